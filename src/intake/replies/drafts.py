"""A mail that staff rewrite before it leaves: its words change, its headers, its link and its signature stay."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import format_datetime

from intake.errors import BadInput
from intake.model import Mail
from intake.replies.agency import Agency
from intake.replies.encoding import encode_mail, fits
from intake.replies.fold import fold
from intake.replies.headers import mailbox
from intake.replies.markup import as_html
from intake.replies.timing import JST
from intake.replies.wording import MAX_TEXT_CHARS, lines_of

_RULE = re.compile(r"^-{20,}$", re.MULTILINE)
_SECRET = re.compile(r"(/(?:c|return)/)[^\s…]+")
_LINKS = re.compile(r"https?://[!-~]+/(?:c|return)/[!-~]+")
HIDDEN = "…"
# Kept as they were, in this order; Date and Message-ID are the new mail's own.
_KEPT = ("In-Reply-To", "References", "Subject", "Auto-Submitted", "X-Auto-Response-Suppress")


def words_of(mail: Mail) -> str:
    """What staff may change: greeting and text, without the signature; the secret of a link is hidden."""
    return _SECRET.sub(rf"\1{HIDDEN}", _parts(mail.text)[0]).strip("\n")


def signature_of(mail: Mail) -> str:
    """What stands below and stays."""
    return _parts(mail.text)[1]


def has_link(mail: Mail) -> bool:
    """True where the mail carries a link that only its reader may see."""
    return _LINKS.search(mail.text) is not None


def rewrite(mail: Mail, words: str, *, agency: Agency, from_: str, now: datetime, message_id: str) -> Mail:
    """The mail with other words. Raises BadInput where nothing is left, too much came, or a link was changed."""
    if len(words) > MAX_TEXT_CHARS:
        raise BadInput(f"本文は{MAX_TEXT_CHARS:,}字までです")
    draft = _with_links(mail, lines_of(words))
    if not draft.strip():
        raise BadInput("the answer is empty")
    text = fold(draft) + "\n\n" + signature_of(mail)
    old = BytesHeaderParser(policy=compat32).parsebytes(mail.data)
    headers = [
        ("Date", format_datetime(now.astimezone(JST))),
        ("From", mailbox(from_)),
        ("To", mailbox(mail.to)),
        ("Message-ID", message_id),
        *((name, _value(mail, name, str(old[name]))) for name in _KEPT if old[name] is not None),
    ]
    charset = agency.charset if fits(mail.subject + text + agency.name, agency.charset) else "utf-8"
    html = as_html(draft + "\n\n" + signature_of(mail)) if agency.html else None
    data = encode_mail(headers, text, charset, agency.name, html)
    return replace(mail, message_id=message_id, data=data, text=text, edited=True)


def _value(mail: Mail, name: str, old: str) -> str:
    return mail.subject if name == "Subject" else " ".join(old.split())


def _parts(text: str) -> tuple[str, str]:
    found = _RULE.search(text)
    return (text, "") if found is None else (text[: found.start()], text[found.start() :])


def _with_links(mail: Mail, words: str) -> str:
    """The secrets put back; each link must stand there once, alone on its line, as it did."""
    for link in dict.fromkeys(_LINKS.findall(_parts(mail.text)[0])):
        shown = _SECRET.sub(rf"\1{HIDDEN}", link)
        if words.split("\n").count(shown) < 1:
            raise BadInput("リンクの行は、そのまま一行で残してください")
        words = words.replace(shown, link, 1)
    if HIDDEN in "".join(re.findall(r"https?://\S+", words)):
        raise BadInput("リンクの行は、そのまま一行で残してください")
    return words
