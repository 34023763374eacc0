"""Codes as words on screen. One word for one thing (domain.md, Terms)."""

from __future__ import annotations

from intake.model import Stage

STAGES = {
    Stage.NONE: "紹介前",
    Stage.INTRODUCED: "求人紹介後",
    Stage.APPLIED: "応募済み",
    Stage.SCREENING: "書類選考中",
    Stage.INTERVIEW_FIXED: "面接日程確定",
    Stage.FINAL_PENDING: "最終選考結果待ち",
    Stage.OFFERED: "内定",
    Stage.CLOSED: "終了",
}
WORDS = {
    # requests
    "withdrawal": "退会", "pause": "サービス停止", "resume": "再開", "concierge_change": "担当変更",
    "deletion": "個人情報削除", "preferences": "希望条件", "decline": "選考辞退", "reinstatement": "利用再開(退会後)",
    "retraction": "取り消し", "question": "質問", "other": "その他",
    # states
    "review": "確認待ち", "awaiting_proof": "本人の返事待ち", "scheduled": "予定", "done": "完了", "refused": "お断り",
    "retracted": "取り下げ", "lapsed": "終了(返事なし)",
    # seekers
    "active": "登録中", "paused": "停止中", "withdrawn": "退会済み", "invalid": "無効",
    "office": "窓口", "online": "オンライン",
    # channels
    "email": "メール", "form": "フォーム", "app": "アプリ", "phone": "電話",
    # hold reasons
    "unreadable": "本文を開けません", "unsure": "読み取りに自信がありません", "several_seekers": "該当者が複数います",
    "not_on_file": "登録にないアドレスです", "unverified": "差出人を確かめられません", "no_register": "求職者の登録がありません",
    "no_answer": "本人から返事がありません", "cooling_off": "取り消し期間中", "after_selection": "選考終了後に実行",
    "self_application": "自主応募の終了待ち", "employer_informed": "企業への連絡待ち", "corrected": "読み取りを直しました",
    "held": "保留", "mail_failed": "メールが届きません", "mail_bounced": "メールが戻ってきました", "mail_stale": "送信前に状況が変わりました",
    "budget": "本日の自動メールは送信済みです", "no_address": "登録アドレスがありません", "own_address": "自社のアドレスです",
    "staff_carries_out": "本人確認済み・担当者が実行", "approve_erasure": "削除の承認待ち", "erasure_due": "削除の実行待ち",
    "legal_hold": "法的保全中", "call": "電話で確認",
    # mails
    "queued": "送信待ち", "claimed": "送信中", "sent": "送信済み", "failed": "送信失敗", "unknown": "送信不明",
    "cancelled": "取りやめ", "stale": "要確認",
    # roles
    "reviewer": "担当者", "lead": "リーダー", "privacy_officer": "個人情報管理者", "admin": "管理者", "auditor": "監査",
    # tasks
    "tell_employer": "企業へ辞退を連絡", "remind": "確認の連絡", "preferences_task": "希望条件を反映",
    "new_concierge": "新しい担当を決める", "erase_document": "書類を削除",
    # reasons
    "hired_elsewhere": "他で就職が決まった", "search_ended": "転職活動の終了", "family": "家庭の事情", "health": "体調",
    "busy": "多忙", "support": "サポートへの不満", "concierge_fit": "担当と合わない", "few_jobs": "求人が少ない",
    "mismatch": "希望と合わない", "too_many_contacts": "連絡が多い", "wants_scouts": "スカウトがよい",
    "privacy": "個人情報が心配", "unhappy_other": "その他の不満", "other_reason": "その他の理由",
}  # fmt: skip


def label(code: object) -> str:
    """The word for a code; an unknown code is shown as it is."""
    return WORDS.get(str(code), str(code)) if code is not None else ""


def stage_name(stage: Stage) -> str:
    """A selection's stage in words."""
    return STAGES[stage]
