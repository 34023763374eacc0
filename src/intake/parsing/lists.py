"""Mailing lists and newsletters, by header and by wording."""

from __future__ import annotations

import re
from collections.abc import Sequence

from intake.parsing.headers import Headers

_NEWSLETTER = re.compile(
    r"(?:配信|購読|メルマガ|メールマガジン|ニュースレター|お知らせメール)(?:の|を)?(?:停止|解除|登録解除"
    r"|中止|ご?希望(?:さ|し|で)れ?ない)[^\n]{0,30}(?:こちら|URL|ＵＲＬ"
    r"|下記|以下|ページ|手続|https?)|(?:配信停止|購読解除|登録解除|メルマガ解除|配信解除)(?:は|の(?:方"
    r"|お手続き|手続き)は|URL|はこちら|：|:)|メールマガジン(?:を"
    r"|の)?(?:発行|vol|Vol|第\d+号)|unsubscribe (?:here|from|at|link|by|:)|to unsubscribe"
    r"|manage your (?:e-?mail )?(?:preferences|subscription)|you (?:are )?receiv(?:ed|ing) this (?:e-?mail"
    r"|newsletter|message) because", re.IGNORECASE,
)  # fmt: skip
_NEWSLETTER_GATE = re.compile("配信|購読|マガ|ニュースレター|解除|ubscri|receiv", re.IGNORECASE)
_ISSUE = re.compile(
    r"(?:vol\.?\s?\d+|第\s?\d+\s?号|【?PR】|メルマガ|メールマガジン|ニュースレター|newsletter|\bnews\b"
    r"|通信\s?\d|号】)",
    re.IGNORECASE,
)
_PADDED_COUNTER = re.compile(r"^\s*(?:re:\s*)?[\[(][A-Za-z][\w.@-]{1,40}[:： ,]\s?0\d{2,6}[\])]", re.IGNORECASE)
_LIST_SUBJECT = re.compile(r"^\s*(?:re:\s*)?[\[(][\w.@-]{2,40}[:： ,]\s?0*\d{1,7}[\])]", re.IGNORECASE)
_LIST_HEADERS = tuple(
    """
    list-id list-unsubscribe list-post list-help mailing-list x-mailing-list
    x-ml-name x-mailman-version x-ml-count x-mlserver x-ml-info x-mlname x-list list-subscribe
    x-mailer-magazine x-mag2id x-beenthere list-archive
    """.split()
)


# Where a list says which it is; where to unsubscribe may be anybody's address.
_IDENTITY = ("list-id", "list-post", "mailing-list", "x-mailing-list", "x-beenthere")
_TOKEN = re.compile(r"[a-z0-9._+=-]+(?:@[a-z0-9.-]+)?")
_MASS_SENDER = re.compile(
    r"(?:news|(?:e-?)?mag(?:azine)?[-_.@]|melma|mailma|ml[-_.@]|list|campaign|no-?_?\.?reply|bounce|owner-|mailer"
    r"|info(?:rmation)?[-_.@]|event|notice|notification|system[-_.@]|pr[-_.@])"
)


def list_ground(headers: Headers, subject: str, new: str, sender: str = "", own: Sequence[str] = ()) -> str:
    """Why this comes from a list; "" where it does not, or where the list is the agency's own desk (``own``).

    ``Precedence`` alone is no list: relays and people's programs write it too. Such a mail is read, and never answered
    by a machine (automatic.py, reliability.md A7).
    """
    if _is_ours(headers, own):
        return _by_wording(subject, new)
    name = headers.any_of(_LIST_HEADERS)
    if name:
        return f"header {name}"
    precedence = headers.word("precedence")
    if precedence == "junk" or (precedence in ("bulk", "list") and _MASS_SENDER.match(sender.lower())):
        return f"header Precedence: {precedence}"
    return _by_counter(headers, subject) or _by_wording(subject, new)


def _is_ours(headers: Headers, own: Sequence[str]) -> bool:
    """A group in front of the desk: each list that is named is called as the desk is (``support.agency.example``)."""
    if not own or not headers.any_of(_IDENTITY):
        return False
    names = {name for address in own for name in (address.lower(), address.lower().replace("@", "."))}
    if not all(_names_any(value, names) for value in headers.all("list-id")):
        return False
    return any(_names_any(value, names) for name in _IDENTITY for value in headers.all(name))


def _names_any(value: bytes, names: set[str]) -> bool:
    return not names.isdisjoint(_TOKEN.findall(value[:1_000].decode("latin-1").lower()))


def _by_counter(headers: Headers, subject: str) -> str:
    if _PADDED_COUNTER.match(subject[:100]):
        return "subject counter"
    if _LIST_SUBJECT.match(subject[:100]) and (headers.has("errors-to") or headers.has("x-sequence")):
        return "subject counter"
    return ""


def _by_wording(subject: str, new: str) -> str:
    tail = new[-3_000:]
    if (
        len(new) > 60
        and _NEWSLETTER_GATE.search(tail)
        and _NEWSLETTER.search(tail)
        and ("http" in tail or _ISSUE.search(subject[:200]))
    ):
        return "newsletter wording"
    return ""
