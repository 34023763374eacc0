"""Invented cases for every template: what the loader renders, what staff preview, what the golden mails are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from intake.model import Stage
from intake.replies.agency import Agency
from intake.replies.contexts import variable_names
from intake.replies.parts import Kept, Letter, Part

if TYPE_CHECKING:
    from intake.replies.templates import TemplateBook

NOW = datetime(2026, 4, 1, 1, 23, tzinfo=UTC)
AGENCY = Agency(
    name="見本キャリアエージェント",
    office="お手続き窓口",
    telephone="050-0000-0000",
    hours="平日 9:00〜18:00",
    address="〒000-0000 東京都見本区見本町1-2-3 見本ビル4階",
    mail_from="tetsuzuki@agency.example",
    privacy_page="https://agency.example/privacy",
    sign_off="ご不明な点がございましたら、本メールへのご返信か、下記のお電話でお知らせください。",
)
NAME = "見本 花子"
_LINK = "https://agency.example/c/Zk3vXo0b1rQmW8tYp5sLdA"
_UNTIL = datetime(2026, 4, 4, 1, 23, tzinfo=UTC)
_SCREENING = (("見本商事株式会社", Stage.SCREENING), ("株式会社見本製作所", Stage.APPLIED))
_KEPT = (
    Kept("履歴書・職務経歴書・個人情報", "退会から3年間", "当社の規程"),
    Kept("求職の管理簿", "お手続きの完了から2年間", "法令で定められた帳簿の保存期間"),
)
_HELD = (
    Kept("求職管理簿（氏名、会員番号、応募先と選考の結果）", "2028年4月14日まで", "法令で定められた帳簿の保存期間"),
)
_WISHES = (("希望年収", "500万円以上"), ("勤務地", "東京都、神奈川県"), ("リモート勤務", "希望する"))
_FULL = Part(
    request="withdrawal",
    template="",
    case_number="C-000012",
    link_url=_LINK,
    link_expires_at=_UNTIL,
    applications=_SCREENING,
    due_on=date(2026, 4, 6),
    outreach_held=True,
    gentle_way="なお、ご登録はそのままに、ご連絡だけを止めることもできます。",
    kept=_KEPT,
    held=_HELD,
    also_withdraws=True,
    cooling_off_days=7,
    erase_on=date(2026, 4, 15),
    hold_text="お問い合わせへの対応が続いており、やり取りの記録を、当社の規程により保管する必要があるためです。",
    pause_until=date(2026, 9, 30),
    resume_on=date(2026, 10, 1),
    concierge="見本 太郎",
    new_concierge="見本 次郎",
    preferences=_WISHES,
    retracted=("withdrawal",),
    answer_text="退会は、本メールへのご返信、お問い合わせフォーム、アプリ、お電話のいずれからもお申し出いただけます。",
    return_url="https://agency.example/return",
    return_until=date(2026, 5, 1),
    refusal_text="ご登録のお名前と、お申し出のお名前を照らし合わせることができませんでした。",
    staff_text="お問い合わせの件、ご返答が遅くなり申し訳ございません。\n\n応募書類は、次回のご面談でご一緒に見直してまいりましょう。",
    alarm_text="・送信できないメールが 3 通あります（最も古いものは 2 時間前）\n・案件 C-000012 が期日を過ぎています",
    called_on=date(2026, 4, 1),
    key="482109",
    key_minutes=10,
)
_REQUEST_OF = {
    "pause": "pause", "resume": "resume", "deletion": "deletion", "retraction": "retraction", "decline": "decline",
    "concierge_change": "concierge_change", "preferences": "preferences", "reinstatement": "reinstatement",
    "return": "reinstatement", "question": "question", "answer": "question", "other": "other", "neutral": "other",
}  # fmt: skip


def example(template: str, **changes: object) -> Part:
    """A full case for one template; ``changes`` are fields of Part."""
    request = next((r for word, r in _REQUEST_OF.items() if word in template), "withdrawal")
    return replace(_FULL, template=template, **({"request": request} | changes))  # type: ignore[arg-type]


_DUE_ONLY = ("resume", "concierge_change", "reinstatement", "retraction", "question", "other")
_NO_LINK = {"link_url": None, "link_expires_at": None}
_VARIANTS: Mapping[str, Mapping[str, Mapping[str, object]]] = {
    "receipt_withdrawal": {
        "plain": {"applications": (), "gentle_way": None, "reasons": ("hired_elsewhere",), "outreach_held": False},
        "interview": {"applications": (("見本商事株式会社", Stage.INTERVIEW_FIXED),), "gentle_way": None},
        "offer": {"applications": (("見本商事株式会社", Stage.OFFERED),), "gentle_way": None, "reasons": ("family",)},
        "self-applied": {"self_applied": ("見本商事株式会社",), "applications": (), "gentle_way": None},
        "no-link": {**_NO_LINK, "applications": (), "gentle_way": None, "due_on": None},
    },
    "receipt_deletion": {
        "only": {"also_withdraws": False},
        "none-running": {"applications": ()},
        "offer": {"applications": (("見本商事株式会社", Stage.OFFERED),)},
        "self-applied": {"self_applied": ("見本商事株式会社",), "applications": ()},
        "no-link": {**_NO_LINK, "also_withdraws": False},
        "no-cooling-off": {"cooling_off_days": None},
    },
    "receipt_pause": {"unproved": {"outreach_held": False, "due_on": None}},
    "receipt_preferences": {"not-understood": {"preferences": ()}},
    "receipt_decline": {"none-known": {"applications": (), "due_on": None}},
    "confirm_pause": {"no-date": {"pause_until": None}},
    "done_withdrawal": {
        "congratulation": {"reasons": ("hired_elsewhere",), "applications": ()},
        "sympathy": {"reasons": ("family",), "applications": ()},
        "apology": {"reasons": ("support",), "applications": (), "return_url": None},
        "nothing-kept": {"kept": (), "applications": (), "return_until": None, "return_url": None},
    },
    "done_withdrawal_held": {
        "offer": {"applications": (("見本商事株式会社", Stage.OFFERED),)},
        "self-applied": {"self_applied": ("見本商事株式会社",), "applications": ()},
        "no-applications": {"applications": (), "due_on": None},
    },
    "done_deferred": {"none-known": {"applications": ()}},
    "done_pause": {
        "no-date": {"pause_until": None, "resume_on": None, "applications": ()},
        "running": {"pause_until": None, "resume_on": None},
    },
    "done_resume": {"no-concierge": {"concierge": None}},
    "done_reinstatement": {"no-concierge": {"concierge": None}},
    "done_retraction": {
        "several": {"retracted": ("withdrawal", "deletion")},
        "none-listed": {"retracted": ()},
        "has-left": {"retracted": ("deletion",), "has_left": True},
        "has-left-office": {"retracted": ("deletion",), "has_left": True, "return_url": None},
        "has-left-long-ago": {"retracted": ("deletion",), "has_left": True, "return_until": None},
    },
    "done_preferences": {"by-concierge": {"preferences": ()}},
    "done_decline": {"none-listed": {"applications": ()}},
    "done_deletion_confirmed": {
        "short": {"also_withdraws": False, "cooling_off_days": None, "due_on": None},
        "has-left": {"also_withdraws": False, "has_left": True, "applications": ()},
        "declined": {"also_withdraws": False, "has_left": True},
        "offer": {"applications": (("見本商事株式会社", Stage.OFFERED),)},
        "self-applied": {"self_applied": ("見本商事株式会社",), "applications": ()},
    },
    "deletion_scheduled": {"no-link": _NO_LINK, "nothing-held": {"held": ()}},
    "deletion_final": {"nothing-held": {"held": ()}},
    "deletion_expired": {"nothing-held": {"held": ()}},
    "retention_notice": {"nothing-held": {"held": ()}},
    "phone_confirmation": {"today": {"called_on": None, "due_on": None}},
    "reminder": {"pause": {"request": "pause"}, "deletion": {"request": "deletion"}},
    "refusal": {"pause": {"request": "pause", "refusal_text": "サービス停止は、すでに承っております。"}},
    "deletion_held": {
        "by-law": {"hold_text": "法令で定められた帳簿の保存期間が続いているためです。"},
        "has-left": {"has_left": True},
    },
    "staff_answer": {"list": {"staff_text": "面談の日時の案です。\n\n・4月8日（水）18時\n・4月9日（木）12時"}},
    "alarm": {"one": {"alarm_text": "・送信の処理が 12 分間止まっています", "case_number": ""}},
    "answer": {"several-steps": {"answer_text": "方法は二つございます。\n\n1. 本メールへのご返信\n2. お電話"}},
    **{f"receipt_{name}": {"no-date": {"due_on": None}} for name in _DUE_ONLY},
}
_SEVERAL = {
    "receipt_several": ("receipt_deletion", "receipt_withdrawal"),
    "receipt_several+three": ("receipt_concierge_change", "done_pause", "receipt_preferences"),
}


def letters(template: str) -> dict[str, Letter]:
    """Example letters of a template, by name: the full case first, then what it looks like with less."""
    if template == "receipt_several":
        return {name: _several(names) for name, names in _SEVERAL.items()}
    made = {template: _letter(example(template))}
    for variant, changes in _VARIANTS.get(template, {}).items():
        made[f"{template}+{variant}"] = _letter(example(template, **changes))
    if template not in ("alarm", "receipt_neutral"):
        made[f"{template}+unnamed"] = replace(made[template], to_name=None)
    if template == "answer":
        made["answer+stranger"] = replace(made[template], neutral=True)
    return made


def _several(templates: tuple[str, ...]) -> Letter:
    parts = tuple(
        example(t, case_number=f"C-{12 + i:06}", gentle_way=None, link_url=f"{_LINK}{i + 1}")
        for i, t in enumerate(templates)
    )
    return Letter(NAME, parts, neutral=False, agency=AGENCY)


def _letter(part: Part) -> Letter:
    name = None if part.template == "alarm" else NAME
    return Letter(name, (part,), neutral=part.template == "receipt_neutral", agency=AGENCY)


# What a mail is useless or misleading without, by the variable that brings it.
_NEEDED = ("key", "answer_text", "staff_text", "refusal_text", "new_concierge")


def left_out(template: str, text: str) -> str:
    """What the text of a template's full example does not say though it must; "" where all is said."""
    said, known = "".join(text.split()), variable_names(template)
    wanted = {name: str(getattr(_FULL, name)) for name in _NEEDED if name in known}
    wanted |= {"link": _LINK} if "link" in known else {}
    wanted |= {"agency.name": AGENCY.name, "agency.telephone": AGENCY.telephone} if template != "alarm" else {}
    return next((name for name, value in wanted.items() if "".join(value.split()) not in said), "")


def preview(book: TemplateBook, template: str, agency: Agency | None = None) -> tuple[str, str]:
    """(subject, text) of the full case; every other case is rendered too, so that a broken branch is found."""
    from intake.replies.compose import render  # compose needs the book's class, the book needs examples

    made = [render(book, replace(letter, agency=agency or AGENCY)) for letter in letters(template).values()]
    return made[0][1], made[0][2]
