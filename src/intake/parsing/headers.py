"""The header block: cleaned of what programs break in it, its values kept as bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from intake.parsing import limits
from intake.parsing.limits import Notes

_HEADER = re.compile(rb"^([!-9;-~]{1,200})[ \t]*:")
_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:([^\n]*\n(?:[ \t][^\n]*\n)*)")  # one header as it should be
_KNOWN = re.compile(
    rb"^(?:subject|from|to|cc|date|message-id|mime-version|content-[a-z-]+|reply-to|sender|received|return-path"
    rb"|references|in-reply-to|x-[a-z0-9-]+|list-[a-z-]+|precedence|delivered-to|dkim-signature|auto-submitted"
    rb"|authentication-results|importance|user-agent|thread-[a-z]+)[ \t]*:",
    re.IGNORECASE,
)
_LINE = re.compile(rb"[^\r\n]*(?:\r*\n|\r|$)")
_MBOX = re.compile(rb"^>?From [ \t]*[^ \t:\r\n][^\r\n]*(?:\r?\n|\r)")
_ENDS_IN_JIS = re.compile(rb"\x1b\$[@B][!-~]*[\r\n]*$")


@dataclass(slots=True)
class Headers:
    """Names (lower case) and raw values in order of appearance."""

    fields: list[tuple[str, bytes]]
    index: dict[str, bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.index = dict(reversed(self.fields))

    def first(self, name: str) -> bytes | None:
        """The first value of that name, or None."""
        return self.index.get(name)

    def all(self, name: str) -> list[bytes]:
        """All values of that name, topmost first."""
        return [value for key, value in self.fields if key == name]

    def has(self, name: str) -> bool:
        """True if there is such a header."""
        return name in self.index

    def any_of(self, names: tuple[str, ...]) -> str | None:
        """The first of ``names`` that there is, or None."""
        return next((name for name in names if name in self.index), None)

    def word(self, name: str) -> str:
        """The first value as lower-case ASCII on one line, comments and parameters in it; "" if absent."""
        value = self.first(name)
        return "" if value is None else value[:1_000].decode("ascii", "replace").strip().lower()


def trimmed(raw: bytes) -> bytes:
    """Without byte order mark, mbox line and blank lines before the first header."""
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    if raw[:1] in b"\r\n \t" and raw[:1]:
        stripped = raw.lstrip(b"\r\n \t\xef\xbb\xbf")
        if _HEADER.match(stripped[:300]) or stripped.startswith((b"From ", b">From ")):
            raw = stripped
    if raw.startswith((b"From ", b">From ")):
        match = _MBOX.match(raw)
        if match:
            raw = raw[match.end() :]
    return raw


def read(raw: bytes, notes: Notes, top: bool = True) -> tuple[Headers, int]:
    """The header block of a part and where its body begins. A block past the cap is cut and said so."""
    fields: list[tuple[str, bytes]] = []
    pos, size = 0, len(raw)
    name, start = "", 0
    while pos < size:
        whole = _FIELD.match(raw, pos)
        if whole and whole.end() <= limits.HEADER_BLOCK_BYTES and len(fields) < limits.HEADER_COUNT:
            if name:
                _add(fields, name, raw[start:pos])
            name, value = whole[1].decode("ascii").lower(), whole[2]
            start, pos = whole.start(2), whole.end()
            if b"\x1b" not in value:  # raw JIS may go on below, unindented
                fields.append((name, value.strip(b" \t\r\n")))
                name = ""
            continue
        end = _line_end(raw, pos)
        line = raw[pos:end]
        if line[:1] in b"\r\n":
            _add(fields, name, raw[start:pos])
            return Headers(fields), end
        if pos >= limits.HEADER_BLOCK_BYTES or len(fields) >= limits.HEADER_COUNT:
            notes.fault("header block too large: the rest of it was not read")
            _add(fields, name, raw[start:pos][: limits.HEADER_BYTES])
            return Headers(fields), _body_after(raw, pos)
        if line[:1] not in b" \t":
            match = _HEADER.match(line)
            if match is None and name and _ENDS_IN_JIS.search(raw[start:pos]):
                pos = end  # a raw JIS value that a relay cut without indenting what follows
                continue
            if match is None and not _goes_on(raw, end, top, bool(fields or name)):
                _add(fields, name, raw[start:pos])
                return Headers(fields), pos
            _add(fields, name, raw[start:pos])
            name = match[1].decode("ascii").lower() if match else ""
            start = pos + match.end() if match else end
        pos = end
    _add(fields, name, raw[start:size])
    return Headers(fields), size


def _line_end(raw: bytes, pos: int) -> int:
    newline = raw.find(b"\n", pos)
    if newline >= 0:
        return newline + 1
    lone = raw.find(b"\r", pos)
    return lone + 1 if lone >= 0 else len(raw)


def _add(fields: list[tuple[str, bytes]], name: str, value: bytes) -> None:
    if name:
        fields.append((name, value.strip(b" \t\r\n")[: limits.HEADER_BLOCK_BYTES]))


def _goes_on(raw: bytes, pos: int, top: bool, begun: bool) -> bool:
    """After a junk line: do headers that we know follow before the next blank line?"""
    if not begun and not top:
        return False
    for _ in range(20):
        if pos >= len(raw) or raw[pos : pos + 1] in b"\r\n":
            return False
        end = _line_end(raw, pos)
        if _KNOWN.match(raw[pos : min(end, pos + 200)]):
            return True
        pos = end
    return False


def _body_after(raw: bytes, pos: int) -> int:
    for blank in (b"\r\n\r\n", b"\n\n"):
        found = raw.find(blank, pos)
        if found >= 0:
            return found + len(blank)
    return len(raw)
