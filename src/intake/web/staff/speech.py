"""What happened, and why something cannot be done, in words for staff."""

from __future__ import annotations

import re
from collections.abc import Callable

from intake.errors import BadInput, IntakeError, NotAllowed, NotFound, NotProved, Stale
from intake.ports import AuditRow
from intake.web.labels import label

Say = Callable[[str], str]
Label = Callable[[object], str]
_JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠]")
_BY_KIND: tuple[tuple[type[IntakeError], str], ...] = (
    (NotProved, "ご本人の確認がまだです。確認リンクを送るか、電話で確認してください。"),
    (NotAllowed, "あなたの役割では行えません。"),
    (NotFound, "見つかりません。"),
    (Stale, "画面を開いたあとで状況が変わりました。"),
    (BadInput, "入力内容をご確認ください。"),
)
_BY_WORDS = (
    ("choose the seeker", "先に、該当する求職者を選んでください。"),
    ("no address on file", "登録アドレスがありません。求職者を選ぶか、電話で確認してください。"),
    ("this case is about that person", "この案件はその方についてのものです。ほかの方を選んでください。"),
    ("no such member of staff", "その名前のスタッフはいません。"),
    ("the person has proved this wish", "ご本人の確認が済んだお申し出です。お断りや終了にはできません。"),
    (
        "carried out, refused or retracted",
        "退会・削除は「対応済み」では終えられません。承認するか、理由を付けてお断りします。",
    ),
    ("the message has no sender", "返信先のアドレスがありません。"),
    ("is closed", "この案件はすでに終わっています。"),
    ("a refusal needs a reason", "理由を入力してください。ご本人に届きます。"),
    ("the note is empty", "メモを入力してください。"),
    ("the answer is empty", "返信の本文を入力してください。"),
    ("is taken", "その名前は使われています。"),
    ("is no step of a case", "今の状態では行えません。"),
    ("under legal hold", "法的保全の対象のため、解除されるまで消去できません。"),
    ("cannot be written to", "この宛先のアドレスには送れません。アドレスをご確認ください。"),
    ("say how the identity was checked", "確認の方法を選んでください。"),
)
EVENTS = {
    "case.opened": "案件を開きました", "case.approved_by": "承認しました", "case.approve": "承認により進みました",
    "case.assigned": "対応者を変えました", "case.noted": "メモを残しました",
    "case.seeker_chosen": "求職者を選びました", "case.reason_given": "理由を伺いました",
    "case.correct": "依頼の種類を直しました", "case.hold": "保留にしました", "case.refuse": "お断りにしました",
    "case.close": "対応済みにしました", "case.lapse": "終了にしました",
    "case.ask": "確認リンクを送ることにしました", "case.remind": "もう一度ご連絡しました",
    "case.prove": "本人確認により進みました", "case.retract": "取り下げられました",
    "case.objection": "未対応の連絡があるため、実行を止めました",
    "case.fall_due": "期日になりました", "case.tasks_done": "作業がすべて終わりました",
    "case.fulfil": "別の案件で実現しました", "case.join": "連絡が加わりました",
    "case.message_joined": "同じ用件の連絡が加わりました", "case.message_closed": "お礼の連絡が届きました",
    "message.reread": "文字コードを変えて読み直しました", "message.by_hand": "開けない連絡を手で案件にしました",
    "message.tried_again": "開けなかった連絡をもう一度試しました",
    "case.discretion": "担当には伝えないでほしいとのご希望です",
    "case.concierge_unknown": "書かれている担当は、こちらにはおりません",
    "link.return_page": "利用再開のページをご案内しました", "seeker.preferences_changed": "希望条件を反映しました",
    "link.issued": "確認リンクを発行しました", "link.answered": "ご本人がリンクのページで選びました",
    "proof.telephone": "電話で本人確認をしました", "reply.queued": "メールを用意しました",
    "reply.none": "メールは送りませんでした", "mail.undone": "メールの送信を取りやめました",
    "mail.edited": "メールを書き直しました", "mail.kept_back": "書き直すあいだ、送信を待っています",
    "mail.sent": "メールを送りました", "mail.failed": "メールを送れませんでした",
    "mail.unknown": "送れたかどうか不明です", "mail.stale": "状況が変わったため送りませんでした",
    "mail.bounced": "メールが戻ってきました", "task.opened": "作業を作りました", "task.done": "作業が終わりました",
    "task.dropped": "作業が不要になりました",
    "seeker.hold_outreach": "ご紹介とご連絡を控えました",
    "seeker.release_outreach": "ご紹介とご連絡を再開できるようにしました",
    "seeker.concierge_changed": "担当を替えました", "seeker.application_ended": "応募を終了にしました",
    "seeker.pause": "登録を「停止中」にしました", "seeker.resume": "登録を「登録中」に戻しました",
    "seeker.withdraw": "登録を「退会済み」にしました", "seeker.reinstate": "登録を復元しました",
    "erasure.planned": "消去を始めました", "erasure.certified": "消去が終わり、証明を残しました",
    "retention.noticed": "お預かり期間の終了をお知らせしました",
    "retention.part_erased": "期間の終わった情報を消去しました",
    "held.dropped": "帳簿の保存期間が終わり、消去しました", "seeker.exported": "個人情報を書き出しました",
    "seeker.hold_set": "法的保全の対象にしました", "seeker.hold_lifted": "法的保全を解除しました",
    "held.read": "帳簿の項目を閲覧しました",
    "keys.rotated": "鍵を取り替えました", "connections.tested": "接続の確認のメールを送りました",
    "staff.signed_in": "サインインしました", "staff.signed_out": "サインアウトしました",
    "staff.locked": "サインインを一時停止しました", "seekers.imported": "求職者を取り込みました",
    "applications.imported": "応募を取り込みました", "staff.added": "スタッフを登録しました",
    "staff.password_set": "パスワードを変えました", "staff.sessions_closed": "サインアウトさせました",
    "staff.invited": "サインイン用リンクを作りました", "staff.factors_removed": "二段階認証を外しました",
    "staff.away": "不在の予定を変えました", "staff.placed": "役割と不在を変えました",
    "staff.codes_on": "認証アプリを使い始めました",
    "staff.codes_off": "認証アプリをやめました", "staff.passkey_added": "パスキーを登録しました",
    "staff.passkey_removed": "パスキーを削除しました", "staff.linked": "社内アカウントとつなぎました",
    "staff.unlinked": "社内アカウントを切り離しました",
    "return.mail": "利用再開についてのメールを用意しました", "token.added": "APIのトークンを作りました",
    "token.revoked": "APIのトークンを無効にしました", "webhooks.replayed": "連携の通知を送り直しました",
    "application.put_by_program": "応募を連携で受け取りました",
    "seeker.added_by_program": "求職者を連携で登録しました",
    "seeker.changed_by_program": "求職者の登録を連携で変えました",
    "staff.closed": "アカウントを停止しました", "staff.opened": "アカウントを再開しました",
}  # fmt: skip
SAID = ("request", "state", "hold", "hold_reason", "why", "policy", "kind")  # details that are codes
_CHOICES = {"complete": "完了", "cancel": "キャンセル", "defer": "選考終了後に退会", "pause": "停止に変更"}
_ACTORS = {
    "worker": "自動処理", "link": "ご本人", "web": "画面", "sender": "自動送信", "return page": "再開のページ",
    "calendar": "毎日の処理", "retention": "保存期間の処理", "keeper": "消去の処理", "import": "取り込み",
    "restore": "復元", "shell": "コマンド", "cli": "コマンド", "trial": "接続の確認",
}  # fmt: skip


def _same(text: str) -> str:
    return text


def of_error(error: IntakeError) -> str:
    """Why it was not done, in Japanese."""
    text = str(error)
    for part, words in _BY_WORDS:  # first: the name of somebody in an English text is no Japanese text
        if part in text:
            return words
    if _JAPANESE.search(text):
        return text if text.endswith("。") else f"{text}。"
    return next((words for kind, words in _BY_KIND if isinstance(error, kind)), "実行できませんでした。")


def of_event(row: AuditRow, t: Say = _same, label: Label = label) -> str:
    """「確認待ち → 完了」 and the like: what a row of the audit trail says to a person."""
    said = t(EVENTS.get(row.action, row.action))
    details = _details(row, t, label)
    return f"{said}({details})" if details else said


def of_actor(row: AuditRow, t: Say = _same, label: Label = label) -> str:
    """Who did it."""
    return row.actor.name if row.actor.kind == "staff" else t(_ACTORS.get(row.actor.name, label(row.actor.name)))


def _details(row: AuditRow, t: Say, label: Label) -> str:
    d = row.detail
    found = _changes(row, t, label)
    if d.get("choice"):
        found.append(t(_CHOICES.get(str(d["choice"]), str(d["choice"]))))
    cause = "erasure_" if row.action.startswith("erasure.") else ""
    found += [label(f"{cause if key == 'why' else ''}{d[key]}") for key in SAID if d.get(key) and f"was_{key}" not in d]
    if d.get("template"):
        found.append(mail_name(str(d["template"]), t, label))
    if d.get("how"):
        found.append(label(d["how"]))
    return "、".join(dict.fromkeys(found))


def _changes(row: AuditRow, t: Say, label: Label) -> list[str]:
    """What was and what is: 「確認待ち → 完了」, 「対応者 佐藤 → 田中」."""
    d = row.detail
    found: list[str] = []
    if d.get("before") and d.get("after"):
        before, after = label(d["before"]), label(d["after"])
        found.append(f"{before} → {after}" if before != after else after)
    coded = [name for name in ("request", "hold_reason") if f"was_{name}" in d]
    found += [f"{label(d[f'was_{name}']) or '–'} → {label(d.get(name)) or '–'}" for name in coded]
    for name, words in (("due_on", "期限"), ("wake_on", "次に見直す日")):
        if f"was_{name}" in d:
            found.append(f"{t(words)} {d[f'was_{name}'] or '–'} → {d.get(name) or '–'}")
    if row.action == "case.assigned" and "to" in d:
        nobody = t("未割り当て")
        found.append(f"{d['was'] or nobody} → {d['to'] or nobody}" if "was" in d else str(d["to"] or nobody))
    if row.action.startswith("seeker.") and d.get("was") and d["was"] != d.get("status"):
        found.append(f"{label(d['was'])} → {label(d.get('status'))}")
    return found


_MAILS = {
    "receipt_neutral": "受付のご連絡(共通)", "receipt_several": "受付のご連絡(複数)", "refusal": "お断りのご連絡",
    "staff_answer": "スタッフからの返信", "answer": "ご質問への回答", "reminder": "確認のお願い(再)",
    "phone_confirmation": "お電話の確認", "deletion_scheduled": "削除日のご連絡",
    "return_key": "認証キーのご案内", "return_registered": "ご登録の状況のご案内",
    "deletion_expired": "お預かり期間の終了による削除のご連絡", "retention_notice": "お預かり期間の終了のお知らせ",
    "deletion_final": "削除完了のご連絡", "deletion_held": "削除を控える旨のご連絡",
    "reinstatement_link": "利用再開のリンク", "return_office": "窓口のご案内", "return_online": "利用再開のご案内",
    "return_unknown": "利用再開のご案内", "alarm": "お知らせ", "done_withdrawal_held": "退会の保留のご連絡",
    "done_deferred": "選考終了後の退会のご連絡", "done_deletion_confirmed": "削除のお申し込みの確認",
}  # fmt: skip
_PREFIXES = (("receipt_", "受付のご連絡"), ("done_", "完了のご連絡"), ("confirm_", "ご確認のお願い"))


def mail_name(template: str, t: Say = _same, label: Label = label) -> str:
    """The name of a reply as staff know it."""
    if template in _MAILS:
        return t(_MAILS[template])
    for prefix, name in _PREFIXES:
        if template.startswith(prefix):
            return f"{t(name)}({label(template.removeprefix(prefix))})"
    return template
