"""Mailing lists and newsletters, by header and by wording."""

from __future__ import annotations

import re

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


def list_ground(headers: Headers, subject: str, new: str) -> str:
    """Why this comes from a list; "" where it does not."""
    name = headers.any_of(_LIST_HEADERS)
    if name:
        return f"header {name}"
    if headers.word("precedence") in ("bulk", "list", "junk"):
        return f"header Precedence: {headers.word('precedence')}"
    if _PADDED_COUNTER.match(subject[:100]):
        return "subject counter"
    if _LIST_SUBJECT.match(subject[:100]) and (headers.has("errors-to") or headers.has("x-sequence")):
        return "subject counter"
    tail = new[-3_000:]
    if (
        len(new) > 60
        and _NEWSLETTER_GATE.search(tail)
        and _NEWSLETTER.search(tail)
        and ("http" in tail or _ISSUE.search(subject[:200]))
    ):
        return "newsletter wording"
    return ""
