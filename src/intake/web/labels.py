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
    "deletion": "個人情報削除", "preferences": "希望条件", "decline": "選考辞退",
    "reinstatement": "利用再開(退会後)", "retraction": "取り消し", "question": "質問", "other": "その他",
    # states
    "review": "確認待ち", "awaiting_proof": "本人の返事待ち", "scheduled": "予定", "done": "完了",
    "refused": "お断り", "retracted": "取り下げ", "lapsed": "終了(返事なし)",
    # seekers
    "active": "登録中", "paused": "停止中", "withdrawn": "退会済み", "invalid": "無効", "office": "窓口",
    "online": "オンライン",
    # channels
    "email": "メール", "form": "フォーム", "app": "アプリ", "phone": "電話",
    # hold reasons
    "unreadable": "本文を開けません", "unsure": "読み取りに自信がありません",
    "several_seekers": "該当者が複数います", "not_on_file": "登録にないアドレスです",
    "unverified": "差出人を確かめられません", "no_register": "求職者の登録がありません",
    "no_answer": "本人から返事がありません", "cooling_off": "取り消し期間中", "after_selection": "選考終了後に実行",
    "self_application": "自主応募の終了待ち", "employer_informed": "企業への連絡待ち",
    "corrected": "読み取りを直しました", "held": "保留", "mail_failed": "メールが届きません",
    "calendar_failed": "予定日の処理に失敗しました", "no_reply": "自動返信できない差出人です",
    "mail_unknown": "送れたかどうか不明です", "check_mail": "送れなかったメールを見直す",
    "state_changed": "案件の状態が変わりました", "address_changed": "登録アドレスが変わりました",
    "status_changed": "登録の状態が変わりました", "new_message": "新しい連絡が届きました",
    "template_changed": "ひな形が変わりました", "unread_mail": "未読の連絡を待っています",
    "undone": "取りやめました", "edited": "書き直しました", "erased": "消去済み", "not begun": "順番待ち",
    "damaged": "保存したデータが壊れています",
    "mail_bounced": "メールが戻ってきました", "mail_stale": "送信前に状況が変わりました",
    "budget": "1日の自動メールの上限に達しています", "budget_thread": "このやり取りへの自動メールは送信済みです",
    "budget_domain": "同じドメインへの自動メールが上限に達しました", "budget_total": "自動メール全体が上限に達しました",
    "no_address": "登録アドレスがありません",
    "own_address": "自社のアドレスです", "bad_address": "登録アドレスに送信できません",
    "staff_carries_out": "本人確認済み・スタッフが実行",
    "approve_erasure": "削除の承認待ち", "came_back": "利用再開の意思あり",
    "objection": "予定日までに届いた連絡の確認待ち", "erasure_due": "削除の実行待ち", "legal_hold": "法的保全中",
    "call": "電話で確認", "unknown_member": "会員番号が登録にありません",
    "keys_disagree": "差出人と会員番号が一致しません", "contradiction": "矛盾する依頼があります",
    "which_request": "どの依頼の取り消しか不明です", "nothing_open": "取り消す依頼が見つかりません",
    "already_withdrawn": "すでに退会済みです", "one_document": "書類1点の削除の依頼です",
    "leaving_is_open": "退会・削除の手続き中です", "lead_decides": "リーダーの判断待ち",
    "confirm_sender": "差出人の確認待ち", "sender_confirmed": "本人確認済み・対応待ち",
    "which_application": "どの応募か不明です", "no_application": "選考中の応募がありません",
    "not_withdrawn": "退会していない方です", "unknown_day": "退会日が不明です",
    "reopen": "退会後の再開・スタッフが対応", "reinstated": "利用を再開しました",
    "reopened": "退会後の再開・スタッフが対応", "answered": "回答しました", "archived": "過去のメールとして保管",
    "pause_ended": "停止を終えました", "pause_instead": "退会に代えて停止", "reminder": "もう一度ご連絡",
    "return_page": "利用再開のページから", "send_receipt": "受付の連絡を送付", "tasks_done": "作業がすべて完了",
    "trial": "試し", "ask_how_registered": "登録方法の確認待ち",
    "staff_answer": "スタッフの回答待ち", "staff_read": "スタッフの確認待ち", "in_doubt": "判断がつきません",
    "call_first": "先に電話で確認", "second_approval": "2人目の承認待ち", "conditions": "希望条件の反映待ち",
    "task_overdue": "作業の期限切れ", "no_seeker": "求職者が選ばれていません",
    "date_reached": "予定の日になりました", "status_invalid": "登録が無効の方です", "link_sent": "確認リンクを送付",
    "consequences": "影響の確認待ち", "resumed": "再開しました", "return_alone": "本人が再開の手続き中",
    "retract": "取り消し",
    # policies (rows of the table)
    "archived_mail": "過去のメール", "the_register_is_empty": "求職者の登録がありません",
    "authentication_fails": "差出人の認証に失敗", "only_thanks_after_the_end": "お礼のみ",
    "a_fixed_answer_fits": "定型の回答", "several_seekers_fit": "該当者が複数",
    "nobody_is_identified": "該当者が不明", "reading_is_unsure": "読み取りが不確か",
    "wishes_contradict": "依頼が矛盾", "the_same_wish_is_open": "同じ依頼が進行中", "staff": "スタッフの判断",
    "due": "期日の処理", "proved": "本人確認後の処理", "link": "確認リンク",
    # doubts
    "answers_quote": "引用への返答として読みました", "comment_differs": "選んだ項目とコメントが食い違います",
    "not_japanese": "日本語ではありません",
    "empty": "名前や番号のほかに本文がありません", "subject_only": "件名だけです",
    "damaged_text": "文字化けがあります", "bulk": "一斉配信のメールかもしれません",
    "business_sender": "企業からの連絡かもしれません", "forwarded": "転送された文面です",
    "for_another": "ご家族の登録についての連絡かもしれません",
    "later_day": "先の日付を指定しています", "resumes_later": "先の日付から再開",
    "quoted_only": "引用のほかに本文がありません", "attached_only": "添付にだけ書かれている文面です",
    "hidden_only": "取り消し線か隠し文字だけの文面です",
    "unread_part": "読み取れなかった部分があります",
    "parts_differ": "HTMLとテキストで文面が違います",
    "very_long": "とても長いため、はじめの部分だけを読み取りました", "spam": "迷惑メールかもしれません",
    "denied": "「〜ではなく」などと打ち消されている依頼を外しました",
    "no_rule_withdrawal": "退会をはっきり述べた文が見つかりません",
    "no_rule_deletion": "削除をはっきり述べた文が見つかりません",
    "contradicted_withdrawal": "退会を否定・仮定する文もあります",
    "contradicted_deletion": "削除を否定・仮定する文もあります",
    "counterfactual_withdrawal": "決め手の言葉なしでも退会と読めてしまいます",
    "counterfactual_deletion": "決め手の言葉なしでも削除と読めてしまいます",
    # why no mail went
    "no_reply_needed": "連絡は不要", "archive": "過去のメール", "thanks": "お礼のみ", "joined": "同じ用件に追加",
    "staff_look": "スタッフが確認", "staff_answered": "スタッフが対応", "still_waiting": "引き続き待機",
    "last_mail_follows": "最後の連絡は後ほど", "sender_unproved": "差出人が未確認", "carried_out": "実行しました",
    "null_return_path": "返信先のない連絡", "robot_return_path": "自動送信の宛先", "robot_address": "自動送信の宛先",
    "no_sender": "差出人のアドレスがありません",
    "approved": "承認しました", "closed_by_staff": "対応済み", "cancelled_by_seeker": "本人が取り消し",
    # how a record fits
    "address": "アドレスが一致", "member_id": "会員番号が一致", "name": "氏名が一致",
    "name_part": "氏名の一部が一致", "member_id_near": "会員番号が似ています",
    "address_stated": "本文のアドレスが一致", "-name": "氏名が不一致", "-member_id": "会員番号が不一致",
    "-phone": "電話番号が不一致", "-display_name": "表示名が不一致",
    # roles of messages in a case
    "bounce": "配信エラー", "auto_reply": "自動返信", "list": "配信メール", "message": "メール",
    "opened": "最初の連絡", "closed": "お礼", "bounced": "戻ってきたメール",
    # how somebody was checked
    "phone_on_file": "登録の電話番号にかけた", "phone_called_in": "かかってきた電話で本人確認した",
    "counter_id": "窓口で本人確認書類を見た",
    # mails
    "queued": "送信待ち", "claimed": "送信中", "sent": "送信済み", "failed": "送信失敗", "unknown": "送信不明",
    "cancelled": "取りやめ", "stale": "要確認",
    # roles
    "reviewer": "確認者", "lead": "リーダー", "privacy_officer": "個人情報管理者", "admin": "管理者",
    "auditor": "監査",
    # tasks
    "preferences_updated": "希望条件を反映", "tell_employer": "企業へ辞退を連絡", "remind": "確認の連絡",
    "resume_on": "再開の予定日",
    "preferences_task": "希望条件を反映", "new_concierge": "新しい担当を決める", "erase_document": "書類を削除",
    "erase_mailbox": "受信箱に残るメールを削除", "read_message": "届いた連絡を読む",
    # what the agency's own system is told
    "seeker.outreach_held": "ご紹介を停止", "seeker.outreach_released": "ご紹介の停止を解除",
    "seeker.paused": "サービス停止", "seeker.resumed": "再開", "seeker.withdrawn": "退会",
    "seeker.reinstated": "利用再開",
    "seeker.concierge_changed": "担当変更", "seeker.preferences_changed": "希望条件の変更", "seeker.erased": "消去",
    "seeker.erasure_begun": "消去の開始",
    "case.opened": "案件の受付", "case.changed": "案件の進行", "case.closed": "案件の終了", "task.opened": "作業の追加",
    "task.done": "作業の完了", "task.dropped": "作業の取りやめ",
    # erasures and terms of keeping
    "erasure_request": "ご本人の申し出", "erasure_operator": "運用者の操作", "erasure_retention": "保存期間の終了",
    "register": "求職管理簿", "retention_erase": "消去", "retention_erase_part": "一部を消去",
    "retention_notice": "お知らせ", "retention_wait": "待ち", "retention_legal_hold": "法的保全中",
    "retention_busy": "手続き中のため待ち", "retention_notice_first": "お知らせ済み・期日待ち",
    "stage_introduced": "求人紹介後", "stage_applied": "応募済み", "stage_screening": "書類選考中",
    "stage_interview_fixed": "面接日程確定", "stage_final_pending": "最終選考結果待ち", "stage_offered": "内定",
    "stage_closed": "終了", "stage_none": "紹介前",
    # reasons
    "hired_elsewhere": "他で就職が決まった", "search_ended": "転職活動の終了", "family": "家庭の事情",
    "health": "体調", "busy": "多忙", "support": "サポートへの不満", "concierge_fit": "担当と合わない",
    "few_jobs": "求人が少ない", "mismatch": "希望と合わない", "too_many_contacts": "連絡が多い",
    "wants_scouts": "スカウトがよい", "privacy": "個人情報が心配", "unhappy_other": "その他の不満",
    "other_reason": "その他の理由",
}  # fmt: skip


def label(code: object) -> str:
    """The word for a code; an unknown code is shown as it is."""
    if str(code).startswith("machine:"):  # and why it is held to be one (replies/budget.py)
        return WORDS["auto_reply"]
    return WORDS.get(str(code), str(code)) if code is not None else ""


def stage_name(stage: Stage) -> str:
    """A selection's stage in words."""
    return STAGES[stage]
