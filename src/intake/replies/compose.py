"""From a letter to the bytes that leave. The headers are fixed; nothing that the sender wrote is in them or below."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256
from typing import Any

from intake.errors import BadInput
from intake.model import Mail, MailClass
from intake.replies.contexts import variables_of
from intake.replies.encoding import encode_mail, fits
from intake.replies.fold import fold
from intake.replies.headers import mailbox, thread_headers, valid_ids
from intake.replies.markup import as_html
from intake.replies.parts import Letter, Part, Section, Thread
from intake.replies.templates import TemplateBook
from intake.replies.timing import JST
from intake.replies.wording import lines_of, one_line

SEVERAL = "receipt_several"
NEUTRAL = "receipt_neutral"
# Sent at least once, as a link is: the person must learn of it (reliability.md §0.2).
ERASURE_NOTICES = frozenset(
    {"deletion_scheduled", "deletion_held", "deletion_final", "deletion_expired", "retention_notice"}
)
_TEXTS = frozenset({"answer_text", "hold_text", "refusal_text", "staff_text", "alarm_text"})


def compose(
    book: TemplateBook,
    letter: Letter,
    *,
    to: str,
    from_: str,
    now: datetime,
    message_id: str,
    mail_from: str,
    thread: Thread,
    charset: str = "utf-8",
    automatic: bool = True,
) -> Mail:
    """Write one mail.

    ``to`` and ``from_`` are addresses only, ``mail_from`` the return path ("" is <>), ``now`` aware. Several parts
    become one mail with a heading each. ``automatic=False`` is a person's own answer: it says nothing of robots.
    Raises TemplateError where a value is missing, BadInput for an address that cannot be written to.
    """
    template, subject, draft = _draft(book, letter)
    text = fold(draft)
    if not fits(subject + text + letter.agency.name, charset):
        charset = "utf-8"
    headers = [
        ("Date", format_datetime(now.astimezone(JST))),
        ("From", mailbox(from_)),
        ("To", mailbox(to)),
        ("Message-ID", _must_be_id(message_id)),
        *thread_headers(thread),
        ("Subject", subject),
        *_robot_headers(automatic),
    ]
    return Mail(
        to=to,
        mail_from=mail_from,
        message_id=message_id,
        subject=subject,
        template=template,
        template_version=_version(book, letter, template),
        data=encode_mail(headers, text, charset, letter.agency.name, as_html(draft) if letter.agency.html else None),
        text=text,
        mail_class=_class(letter),
    )


def render(book: TemplateBook, letter: Letter) -> tuple[str, str, str]:
    """(template, subject, text) of a letter: what staff preview. Raises TemplateError."""
    template, subject, draft = _draft(book, letter)
    return template, subject, fold(draft)


def _draft(book: TemplateBook, letter: Letter) -> tuple[str, str, str]:
    """The same before its lines are folded."""
    if not letter.parts:
        raise BadInput("a letter without parts")
    parts = tuple(_neutral(part) for part in letter.parts[:1]) if letter.neutral else letter.parts
    frame = _frame(letter, parts)
    if len(parts) == 1:
        template, variables = parts[0].template, clean(variables_of(parts[0]))
    else:
        template, variables = SEVERAL, _several(book, parts, frame)
    return template, one_line(book.subject(template, variables, frame)), book.body(template, variables, frame)


def clean(variables: Mapping[str, Any]) -> dict[str, Any]:
    """Values fit for a mail: text of one line stays one line, whatever the register holds."""
    return {name: _clean(value, name in _TEXTS) for name, value in variables.items()}


def _clean(value: Any, long: bool = False) -> Any:
    if type(value) is str:
        return lines_of(value) if long else one_line(value)
    if isinstance(value, tuple):
        return tuple(_clean(item) for item in value)
    if hasattr(value, "__dataclass_fields__") and hasattr(value, "company"):
        return type(value)(company=one_line(value.company), stage=value.stage)
    return value


def _frame(letter: Letter, parts: tuple[Part, ...]) -> dict[str, Any]:
    name = one_line(letter.to_name or "") if not letter.neutral else ""
    numbers = tuple(dict.fromkeys(one_line(p.case_number) for p in letter.parts if p.case_number))
    return {"name": name or None, "agency": letter.agency, "numbers": numbers}


def _neutral(part: Part) -> Part:
    """Of a case only its number; a fixed answer reads the same for everybody and may stay."""
    if part.template == "answer" and part.answer_text:
        return Part("question", "answer", part.case_number, answer_text=part.answer_text)
    return Part("other", NEUTRAL, part.case_number)


def _several(book: TemplateBook, parts: tuple[Part, ...], frame: Mapping[str, Any]) -> dict[str, Any]:
    sections = tuple(_section(book, part, frame) for part in parts)
    return {"sections": sections, "links": len({part.link_url for part in parts if part.link_url})}


def _section(book: TemplateBook, part: Part, frame: Mapping[str, Any]) -> Section:
    variables = clean(variables_of(part))
    text = book.main(part.template, variables, frame).strip("\n")
    return Section(book.phrase(part.template, variables), one_line(part.case_number), text)


def _robot_headers(automatic: bool) -> list[tuple[str, str]]:
    """RFC 3834 §3.1.7 and Microsoft's word for the same. No Precedence: RFC 3834 §3.1.8 advises against it."""
    return [("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All")] if automatic else []


def _must_be_id(message_id: str) -> str:
    if valid_ids([message_id]) != [message_id]:
        raise BadInput("this is not a Message-ID")
    return message_id


def _class(letter: Letter) -> MailClass:
    again = not letter.neutral and any(p.link_url or p.key or p.template in ERASURE_NOTICES for p in letter.parts)
    return MailClass.AGAIN if again else MailClass.ONCE


def _version(book: TemplateBook, letter: Letter, template: str) -> str:
    if template != SEVERAL:
        return book.version(template)
    all_of_them = [book.version(SEVERAL), *(book.version(p.template) for p in letter.parts)]
    return sha256("".join(all_of_them).encode()).hexdigest()[:12]
