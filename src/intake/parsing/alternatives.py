"""Which alternative a person would read: text/plain is often a placeholder, cut, garbled or a bare address."""

from __future__ import annotations

import re

_PLACEHOLDER = re.compile(
    r"html\s*(?:メール|形式|に対応|対応|mail|e-?mail|版|表示|format|message|version)|htmlメール|ＨＴＭＬ"
    r"|(?:表示|閲覧|ご覧)(?:でき|する(?:に|こと)|いただ|になれ)|対応して(?:い(?:ない|ません)|おりません)"
    r"|ブラウザ(?:で|を|から)|view (?:this|the) (?:e-?mail|message|newsletter)|does not support|not supported"
    r"|(?:contains?|is in|uses?) html|html[- ](?:compatible|capable|enabled|aware|e-?mail|viewer|reader)"
    r"|multi-?part message|no plain text|plain[ -]text (?:version|part)|text version|e-?mail client"
    r"|本文は(?:あり|ござい)ません|テキスト(?:形式|版|部分)|デコメ|から送信(?:された|して(?:い|お)ります|しています)",
    re.IGNORECASE,
)
_URL = re.compile(r"https?://[^\s<>「」（）]+|www\.[^\s<>]+", re.IGNORECASE)
_SIGNIFICANT = re.compile(r"[\W_]+")
_GARBLED = re.compile(r"\ufffd|\?{3,}|[\u0080-\u009f]|〓{2,}|[ｦ-ﾟ]{1}[一-鿿][ｦ-ﾟ]|[縺繧譁繝]{1}[^\s]{1}[縺繧譁繝]")
_LINES = 40  # of the plain text are compared
_WORDS = 6  # characters of a line that tell it
_LEAST = 12  # characters on either side; less says nothing
_SHORT = 400  # a placeholder is a line or two


def significant(text: str) -> str:
    """Letters and digits only, folded: for comparing two renderings of one text."""
    return _SIGNIFICANT.sub("", text).casefold()


def is_poor(plain: str) -> bool:
    """True where the plain part alone already shows that it is not the message."""
    text = plain.strip()
    if not text:
        return True
    if len(text) < _SHORT and _PLACEHOLDER.search(text):
        return True
    if len(_GARBLED.findall(text[:4_000])) >= 2:
        return True
    return len(significant(_URL.sub("", text))) < 4


def prefers_html(plain: str, html: str) -> bool:
    """True where the rendered HTML is what a person should read rather than the plain text."""
    rich = significant(html)
    if not rich:
        return False
    poor = significant(plain)
    if not poor:
        return True
    if _damage(html) < _damage(plain):
        return True
    if _damage(html) > _damage(plain):
        return False
    bare = significant(_URL.sub("", plain))
    if len(bare) < 4 <= len(rich):
        return len(rich) > len(bare)
    if len(plain) < _SHORT and _PLACEHOLDER.search(plain):
        return len(rich) > 2 * len(poor) if poor in rich else len(rich) >= 8
    return _is_cut(poor, rich)


def differ(plain: str, html: str) -> bool:
    """True where the two say different things: hardly a line of the plain text is anywhere in the other, though both
    are whole. ``html``: its words, roughly, the tags taken out. Honest programs differ in blanks, links and marks."""
    if _damage(plain) or _damage(html):
        return False
    lines = [line for row in _URL.sub("", plain).split("\n")[:_LINES] if len(line := significant(row)) >= _WORDS]
    total = sum(map(len, lines))
    rich = significant(html)
    if total < _LEAST or len(rich) < _LEAST:
        return False
    found = sum(len(line) for line in lines if line in rich or line[:_WORDS] in rich or line[-_WORDS:] in rich)
    return found * 4 < total


def _damage(text: str) -> int:
    found = len(_GARBLED.findall(text[:20_000]))
    return 0 if found < 2 and "\ufffd" not in text else found


def _is_cut(poor: str, rich: str) -> bool:
    """The plain text is the beginning of the other, or hardly anything of it."""
    if len(poor) * 10 > len(rich) * 9:
        return False
    common = _common_prefix(poor, rich)
    if common >= 8 and common * 10 >= len(poor) * 7:
        return True
    return len(poor) * 3 < len(rich) and len(rich) - len(poor) > 20


def _common_prefix(first: str, second: str) -> int:
    low, high = 0, min(len(first), len(second))
    while low < high:
        middle = (low + high + 1) // 2
        if first[:middle] == second[:middle]:
            low = middle
        else:
            high = middle - 1
    return low
