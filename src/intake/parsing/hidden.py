"""What of an HTML mail nobody sees, or its author struck out: by attribute, by style, by a plain rule of its own.

Only what is certain and cheap: no cascade, no layout. What is hidden on one sort of screen only is not hidden.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

STRUCK = frozenset({"s", "strike", "del"})
_LENGTH_UNDER_2 = r"(?:0?\.\d+|1(?:\.\d+)?)p[xt]\b"
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all"
    rf"|font-size\s*:\s*(?:0(?![.\d]*[1-9])|{_LENGTH_UNDER_2}|0?\.0\d*r?em\b)"
    r"|(?<![-\w])opacity\s*:\s*(?:0(?![.\d]*[1-9])|0?\.0\d*|[0-9]%)"
    r"|max-height\s*:\s*0(?:px)?\s*(?:;|\"|'|$)"
    r"|(?<![-\w])(?:left|right|top|text-indent)\s*:\s*-(?:\d{4}|[5-9]\d\d)"
    r"|clip-path\s*:\s*(?:inset\(\s*(?:50|100)%|circle\(\s*0)"
    r"|scale[xy]?\(\s*0(?:\.0+)?\s*[,)]|text-decoration(?:-line)?\s*:[^;\"']{0,60}line-through",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"(?<![-\w])hidden(?:\s|=|/|$)", re.IGNORECASE)
_VALUE = re.compile(r"\"[^\"]*\"|'[^']*'")
_NO_ROOM = re.compile(r"(?<![-\w])(?:width|height)\s*:\s*0(?:px)?\s*(?:;|\"|'|$)", re.IGNORECASE)
_NO_OVERFLOW = re.compile(r"overflow\s*:\s*hidden", re.IGNORECASE)
_INK = re.compile(r"(?<![-\w])color\s*:\s*([^;\"'!]{1,40})", re.IGNORECASE)
_PAPER = re.compile(r"(?<![-\w])background(?:-color)?\s*:\s*([^;\"'!]{1,40})", re.IGNORECASE)
_PAIR = re.compile(r"[;\"'\s]color\s*:[^<>]{0,300}background|background[^<>]{0,300}[;\"'\s]color\s*:")
_SHORT_HEX = re.compile(r"#([0-9a-f])([0-9a-f])([0-9a-f])")
_RELATIVE = frozenset({"inherit", "initial", "unset", "revert", "currentcolor"})  # the same word, not the same colour
_WHITE = frozenset({"white", "#ffffff", "rgb(255,255,255)"})
_NAMES = re.compile(r"\b(class|id)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_SIMPLE = re.compile(r"(?:[a-z][a-z0-9]*)?([.#][\w-]+)", re.IGNORECASE)
_NAMED = re.compile(r"[.#][\w-]+")
_SHOWS = re.compile(r"display|visibility|opacity|font-size|text-decoration|height|position", re.IGNORECASE)
_BRACE = re.compile("[{}]")
_STRIKES = ("<s>", "<s ", "<s\n", "<s\t", "<strike", "<del", "line-through")
_WORDS = ("hidden", "transparent", *_STRIKES)
_OF_STYLES = ("none", "visibility", "mso-hide", "font-size", "opacity", "max-height", "text-indent", "clip-path",
              "scale", ":-", ": -")  # fmt: skip
_RULES = 65_536  # characters of style sheets that are looked at


def sheets(source: str, lower: str) -> str:
    """The style sheets of a document, without those in comments (they are for one program alone). By plain searching,
    once over the text, which is given in small letters too."""
    if len(lower) != len(source):
        return ""
    found: list[str] = []
    at, start = 0, -1
    while at >= 0:
        start = lower.find("<style", at) if start < at else start
        if start < 0:
            break
        comment = lower.find("<!--", at, start)
        if comment >= 0:
            at = lower.find("-->", comment)
            continue
        end = lower.find("</style", start)
        found.append(source[lower.find(">", start) + 1 : end if end >= 0 else len(source)])
        at = end + 7 if end >= 0 else -1
    return _without_remarks("\n".join(found)[:_RULES])


def _without_remarks(sheet: str) -> str:
    first, *others = sheet.split("/*")
    return "".join([first, *(part.partition("*/")[2] for part in others)])


def names(sheet: str) -> frozenset[str]:
    """Classes and ids (``.x``, ``#x``) that a rule of their own hides, on every screen, and nothing shows again."""
    hiding: set[str] = set()
    shown: set[str] = set()
    depth = at = 0
    selector = ""
    for match in _BRACE.finditer(sheet):
        text, at = sheet[at : match.start()], match.end()
        if match[0] == "{":
            depth += 1
            selector = text.rpartition(";")[2]
        else:
            if depth == 1:
                _rule(selector, text, hiding, shown)
            elif _SHOWS.search(text):
                shown.update(_NAMED.findall(selector))
            depth, selector = max(0, depth - 1), ""
    return frozenset(hiding - shown)


def _rule(selector: str, body: str, hiding: set[str], shown: set[str]) -> None:
    """One rule: simple selectors that it hides, and those whose hiding it may take back."""
    hides = is_style_hidden(body)
    if not hides and not _SHOWS.search(body):
        return
    for one in selector.split(","):
        simple = _SIMPLE.fullmatch(one.strip().removeprefix("<!--").strip())
        if simple and hides:
            hiding.add(simple[1])
        elif not hides:
            shown.update(_NAMED.findall(one))


@dataclass(frozen=True, slots=True)
class Looks:
    """What a document hides by its own rules."""

    names: frozenset[str] = frozenset()

    def hides(self, tag: str, attributes: str) -> bool:
        """Whether the element that begins so is not seen, or struck out."""
        if tag in STRUCK:
            return True
        if not attributes:
            return False
        is_marked = "idden" in attributes and bool(_ATTRIBUTE.search(_VALUE.sub('""', attributes)))
        return is_marked or is_style_hidden(attributes) or self._by_name(attributes)

    def _by_name(self, attributes: str) -> bool:
        if not self.names or "display" in attributes:
            return False
        for match in _NAMES.finditer(attributes):
            sign = "." if match[1].lower() == "class" else "#"
            if any(sign + name in self.names for name in (match[2] or match[3] or match[4] or "").split()):
                return True
        return False


def looks(source: str) -> Looks | None:
    """How to tell what is hidden in this document; None where nothing can be."""
    lower = source.lower()
    sheet = sheets(source, lower) if "<style" in lower else ""
    found = names(sheet) if sheet else frozenset()
    coloured = "background" in lower and _PAIR.search(lower)
    if found or coloured or any(word in lower for word in _WORDS):
        return Looks(found)
    return Looks() if any(word in lower for word in _OF_STYLES) and _HIDDEN.search(source) else None


def strikes(source: str) -> bool:
    """Whether words are struck out somewhere: a plain rendering has them as if they were said."""
    lower = source.lower()
    return any(word in lower for word in _STRIKES)


def is_style_hidden(style: str) -> bool:
    """Whether these declarations leave nothing to see."""
    if _HIDDEN.search(style):
        return True
    if "0" in style and _NO_ROOM.search(style) and _NO_OVERFLOW.search(style):
        return True
    return "olor" in style and _is_invisible_ink(style)


def _is_invisible_ink(style: str) -> bool:
    """Transparent letters, or letters of the very colour that they stand on."""
    ink = _INK.search(style)
    if ink is None:
        return False
    colour = _colour(ink[1])
    if colour in _RELATIVE or colour.startswith("var("):
        return False
    paper = _PAPER.search(style)
    return colour == "transparent" or (paper is not None and colour == _colour(paper[1]))


def _colour(text: str) -> str:
    plain = re.sub(r"\s+", "", text.lower())
    short = _SHORT_HEX.fullmatch(plain)
    if short:
        plain = "#" + "".join(char * 2 for char in short.groups())
    return "#ffffff" if plain in _WHITE else plain
