"""What in an address header stands in quotes or comments: nothing there is an address (RFC 5322 §3.2.2, §3.2.4).

A sender's own provider signs and passes whatever its user calls himself or remarks: an address too, and angles.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_DELIMITER = re.compile(r'\\.|["()]', re.DOTALL)
Spans = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Shell:
    """A header's text, twice, each as long as the text itself."""

    open: str  # comments blank, quotes as they are
    bare: str  # comments blank, letters for all that stands in quotes, the marks too
    comments: str  # what the comments say
    is_one_quote: bool  # nothing but one quoted string


def shell(text: str) -> Shell:
    """``text`` without what only remarks on it. A quote or parenthesis that is never closed is a letter."""
    if '"' not in text and "(" not in text:
        return Shell(text, text, "", False)
    quoted, comments = _spans(text)
    said = " ".join(text[start + 1 : end - 1].strip() for start, end in comments)
    left = _filled(text, comments, " ")
    bare = _filled(left, quoted, "x")
    whole = len(quoted) == 1 and not left[: quoted[0][0]].strip() and not left[quoted[0][1] :].strip()
    return Shell(left, bare, said, whole)


def _spans(text: str, quotes: bool = True) -> tuple[Spans, Spans]:
    """Where quoted strings and where outermost comments stand; a quote within a comment is a letter."""
    quoted: Spans = []
    comments: Spans = []
    begun: list[int] = []
    quote = -1
    for match in _DELIMITER.finditer(text):
        char, at = match[0], match.start()
        if quote >= 0:
            if char == '"':
                quoted.append((quote, at + 1))
                quote = -1
        elif char == '"' and quotes and not begun:
            quote = at
        elif char == "(":
            begun.append(at)
        elif char == ")" and begun:
            _close(comments, begun.pop(), at + 1)
    if quote >= 0:  # one is never closed: which, nobody can tell
        return _spans(text, quotes=False)
    return quoted, comments


def _close(comments: Spans, start: int, end: int) -> None:
    """Those within this comment are part of it."""
    while comments and comments[-1][0] > start:
        comments.pop()
    comments.append((start, end))


def _filled(text: str, spans: Spans, letter: str) -> str:
    out, at = [], 0
    for start, end in spans:
        out += [text[at:start], letter * (end - start)]
        at = end
    return "".join([*out, text[at:]])
