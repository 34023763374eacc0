"""The structure of a mail: parts with their headers and bytes, read leniently and within limits.

Written here rather than taken from ``email``: that one raises RecursionError on deep mails and works line by line,
which alone takes longer than all of this.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from intake.parsing import headers as header_block
from intake.parsing import limits, params
from intake.parsing.headers import Headers
from intake.parsing.limits import Notes

_SNIFFED = re.compile(rb"(?:^|\n)--([^\r\n]{1,200})\r?\n(?=content-[a-z-]+[ \t]*:)", re.IGNORECASE)
SMIME = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_TYPE = re.compile(r"^[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+*-]+$")
_SHORT = {"text": "text/plain", "plain": "text/plain", "html": "text/html", "multipart": "multipart/mixed"}


@dataclass(slots=True)
class Part:
    """A node of the tree; ``body`` is still transfer-encoded. ``number`` counts in walking order from 0."""

    headers: Headers
    body: bytes
    number: int
    depth: int
    media_type: str = "text/plain"
    params: list[tuple[str, bytes]] = field(default_factory=list)
    disposition: str = ""
    disposition_params: list[tuple[str, bytes]] = field(default_factory=list)
    children: list[Part] = field(default_factory=list)
    declared: bool = True  # False: no Content-Type that says anything
    preamble: bytes = b""

    @property
    def main(self) -> str:
        """``text`` of ``text/plain``."""
        return self.media_type.partition("/")[0]

    def walk(self) -> Iterator[Part]:
        """This part and all below it, in order."""
        yield self
        for child in self.children:
            yield from child.walk()


class _Reader:
    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self.count = 0

    def part(self, raw: bytes, depth: int, default: str = "text/plain", top: bool = False) -> Part:
        headers, start = header_block.read(raw, self.notes, top)
        part = Part(headers, raw[start:], self.count, depth)
        self.count += 1
        _describe(part, default)
        if part.main == "multipart":
            self._multipart(part)
        elif part.media_type in ("message/rfc822", "message/global", "message/news") or self._is_first_piece(part):
            self._nested(part)
        elif part.media_type in SMIME:
            self._signed(part)
        elif not part.declared and depth == 0 and part.body[:2] == b"--" and _SNIFFED.match(part.body):
            part.media_type = "multipart/mixed"
            self._multipart(part)
        return part

    def _room(self, part: Part) -> bool:
        if part.depth >= limits.DEPTH:
            self.notes.fault(f"nested deeper than {limits.DEPTH} levels: the rest was not read")
            return False
        if self.count >= limits.PARTS:
            self.notes.fault(f"more than {limits.PARTS} parts: the rest was not read")
            return False
        return True

    def _multipart(self, part: Part) -> None:
        default = "message/rfc822" if part.media_type == "multipart/digest" else "text/plain"
        pieces = _split(part)
        if pieces is None:
            part.media_type = "text/html" if _looks_html(part.body) else "text/plain"
            return
        part.preamble = pieces[0]
        for piece in pieces[1:]:
            if not self._room(part):
                break
            part.children.append(self.part(piece, part.depth + 1, default))

    def _nested(self, part: Part) -> None:
        if not self._room(part):
            return
        body = part.body
        if transfer_encoding(part) in ("base64", "quoted-printable"):
            from intake.parsing.transfer import decode_transfer

            body = decode_transfer(part, self.notes)
        part.children.append(self.part(header_block.trimmed(body), part.depth + 1, top=True))

    def _is_first_piece(self, part: Part) -> bool:
        """The first of the mails that one was cut into (RFC 2046 §5.2.2) is read, and said to be a piece."""
        if part.media_type != "message/partial":
            return False
        self.notes.fault("a piece of a longer mail (message/partial)")
        return params.plain(part.params, "number") == "1"

    def _signed(self, part: Part) -> None:
        """An opaque signature holds the part that was signed; an encrypted one stays closed."""
        from intake.parsing import smime
        from intake.parsing.transfer import decode_transfer

        inner = smime.content(decode_transfer(part, self.notes))
        if inner is not None and self._room(part):
            part.children.append(self.part(inner, part.depth + 1, top=True))


def read(raw: bytes, notes: Notes) -> Part:
    """The tree of a mail; never raises, whatever the bytes are."""
    if len(raw) > limits.RAW_BYTES:
        notes.fault("mail too large: only its beginning was read")
        raw = raw[: limits.RAW_BYTES]
    raw = header_block.trimmed(raw)
    if b"\n" not in raw and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")
    return _Reader(notes).part(raw, 0, top=True)


def _describe(part: Part, default: str) -> None:
    value = part.headers.first("content-type")
    if value is None:
        part.media_type, part.declared = default, False
    else:
        kind, part.params = params.split(value)
        kind = kind.strip().strip("\"'").rstrip("/;,.")
        kind = _SHORT.get(kind, kind)
        if not _TYPE.match(kind):
            part.declared = False
            boundary = any(key == "boundary" for key, _ in part.params)
            kind = "multipart/mixed" if boundary else default if not kind else "text/plain"
        part.media_type = kind
    value = part.headers.first("content-disposition")
    if value is not None:
        part.disposition, part.disposition_params = params.split(value)


def transfer_encoding(part: Part) -> str:
    """The declared Content-Transfer-Encoding, tidied."""
    word = part.headers.word("content-transfer-encoding")
    return re.split(r"[;\s(]", word.strip("\"' ="), maxsplit=1)[0].strip("\"'") if word else ""


def _split(part: Part) -> list[bytes] | None:
    """Preamble and the raw children; None if no boundary can be found at all."""
    body = part.body
    boundary = b""
    for key, value in part.params:
        if key == "boundary":
            boundary = value.strip()
    if not boundary and (plain := params.plain(part.params, "boundary")):
        boundary = plain.encode("latin-1", "replace")
    pieces = _cut(body, boundary) if boundary else None
    if pieces is None:
        match = _SNIFFED.search(body[: 1024 * 1024])
        if match:
            pieces = _cut(body, match[1].rstrip(b" \t"))
    return pieces


def _cut(body: bytes, boundary: bytes) -> list[bytes] | None:
    """Split at delimiter lines, by finding the string, so that a body without line ends costs nothing."""
    marker = b"--" + boundary
    out: list[bytes] = []
    start = pos = 0
    while (pos := body.find(marker, pos)) >= 0:
        if pos and body[pos - 1] not in b"\r\n":
            pos += len(marker)
            continue
        end = pos + len(marker)
        closing = body[end : end + 2] == b"--"
        rest = end + 2 if closing else end
        line_end = rest
        while line_end < len(body) and body[line_end] in b" \t":
            line_end += 1
        if line_end < len(body) and body[line_end] not in b"\r\n":
            pos = end  # a longer boundary that begins like this one
            continue
        out.append(_without_last_newline(body[start:pos]))
        if len(out) > limits.PARTS + 2:
            return out
        start = line_end + (2 if body[line_end : line_end + 2] == b"\r\n" else 1)
        pos = min(start, len(body))
        if closing:
            start = len(body) + 1
            break
    if not out:
        return None
    if start <= len(body):
        out.append(body[start:])  # the closing delimiter is missing: the mail was cut, or written so
    return out


def _without_last_newline(piece: bytes) -> bytes:
    if piece.endswith(b"\r\n"):
        return piece[:-2]
    return piece[:-1] if piece.endswith((b"\n", b"\r")) else piece


def _looks_html(body: bytes) -> bool:
    head = body[:1000].lstrip().lower()
    return head.startswith((b"<!doctype html", b"<html", b"<body", b"<div", b"<meta"))
