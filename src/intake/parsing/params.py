"""Parameters of Content-Type and Content-Disposition: RFC 2231 in any order, and its common misuses."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from intake.parsing import charset
from intake.parsing.limits import NAME_CHARS, STRUCTURED_BYTES, Notes
from intake.parsing.words import decode_words, one_line, unfold

_PIECE = re.compile(rb"^([^*]+)(?:\*(\d{1,4}))?(\*)?$")
_PERCENT = re.compile(rb"%[0-9A-Fa-f]{2}")
_EXTENDED = re.compile(rb"^([A-Za-z0-9_.:-]{0,40})'([A-Za-z0-9-]{0,20})'")
_REQUOTED = re.compile(rb'(?<=\?=)"\s{1,20}"(?==\?)')  # each folded word in quotes of its own


def split(value: bytes) -> tuple[str, list[tuple[str, bytes]]]:
    """``type; a=b; c="d"`` to the type (lower case) and its parameters as bytes, in order. Linear, never raises."""
    return _split_small(value) if len(value) < 300 else _split(value)


def _split(value: bytes) -> tuple[str, list[tuple[str, bytes]]]:
    value = unfold(value)[:STRUCTURED_BYTES]
    wide = _is_shift_jis(value)
    pieces = _cut(value, wide)
    head = pieces[0].strip().decode("ascii", "replace").lower() if pieces else ""
    found: list[tuple[str, bytes]] = []
    if "=" in head and "/" not in head:  # ``Content-Disposition: filename=x``: the first word is missing
        pieces, head = [b"", *pieces], ""
    if " " in head or "\t" in head:  # ``text/plain charset=utf-8``: the semicolon is missing
        first, _, rest = pieces[0].strip().partition(b" ")
        head = first.decode("ascii", "replace").lower()
        pieces[1:1] = _loose(rest)
    for piece in pieces[1:]:
        name, sep, val = piece.partition(b"=")
        key = name.strip().lower().decode("ascii", "replace")
        if sep and key:
            found.append((key, _unquote(val.strip(), wide)))
    return head, found


_split_small = lru_cache(maxsize=1_024)(_split)  # the same few values in every mail; nobody changes the result


def _loose(rest: bytes) -> list[bytes]:
    return re.split(rb"[ \t]+(?=[A-Za-z*0-9-]+=)", rest.strip())


def _is_shift_jis(value: bytes) -> bool:
    if value.isascii():
        return False
    return charset.decode(value).codec == "cp932"


def _cut(value: bytes, wide: bool) -> list[bytes]:
    """Split at semicolons outside quotes, JIS two-byte runs and Shift_JIS second bytes."""
    if not wide and b'"' not in value and b"\x1b" not in value:
        return value.split(b";")
    out: list[bytes] = []
    start = pos = 0
    quoted = value.count(b'"') % 2 == 0
    inside = False
    while pos < len(value):
        code = value[pos]
        if code == 0x1B and value[pos + 1 : pos + 2] == b"$":
            back = value.find(b"\x1b(", pos)
            pos = len(value) if back < 0 else back + 3
            continue
        if wide and (0x81 <= code <= 0x9F or 0xE0 <= code <= 0xFC):
            pos += 2
            continue
        if code == 0x22 and quoted:
            inside = not inside
        elif code == 0x5C and inside:
            pos += 1
        elif code == 0x3B and not inside:
            out.append(value[start:pos])
            start = pos + 1
        pos += 1
    out.append(value[start:])
    return out


def _unquote(value: bytes, wide: bool) -> bytes:
    if not value.startswith(b'"'):
        return value.strip(b"'") if value[:1] == b"'" and value.count(b"'") == 2 else value
    end = len(value) - 1 if value.endswith(b'"') and len(value) > 1 else len(value)
    inner = value[1:end]
    if b"\\" not in inner:
        return inner
    if b'\\"' not in inner and b"\\\\" not in inner:
        return inner  # a Windows path, or a JIS byte
    out = bytearray()
    pos = 0
    while pos < len(inner):
        code = inner[pos]
        if wide and (0x81 <= code <= 0x9F or 0xE0 <= code <= 0xFC):
            out += inner[pos : pos + 2]
            pos += 2
        elif code == 0x5C and inner[pos + 1 : pos + 2] in (b'"', b"\\"):
            out += inner[pos + 1 : pos + 2]
            pos += 2
        else:
            out.append(code)
            pos += 1
    return bytes(out)


def plain(found: list[tuple[str, bytes]], name: str) -> str:
    """A parameter that has no business being anything but ASCII (charset, boundary, format)."""
    for key, value in found:
        if key == name:
            return value.decode("latin-1").strip()
    for key, _ in found:  # charset*=us-ascii'en'utf-8, boundary*0=... as some write
        if key.startswith((name + "*0", name + "*")):
            joined = _joined(found, name)
            return joined[0].decode("latin-1").strip() if joined else ""
    return ""


def text(found: list[tuple[str, bytes]], name: str, notes: Notes, forced: str | None = None) -> str:
    """A parameter for people, i.e. a file name, by RFC 2231, RFC 2047 inside quotes, percent signs or raw bytes."""
    joined = _joined(found, name)
    if joined is not None:
        raw, label = joined
        result = charset.decode(raw, label or None, forced)
        notes.step("file name", f"rfc2231, {result.step}")
        return clean_name(decode_words(result.text, notes, "file name", forced))
    for key, value in found:
        if key == name:
            return clean_name(_from_raw(value, notes, forced))
    return ""


def _from_raw(value: bytes, notes: Notes, forced: str | None) -> str:
    value = _REQUOTED.sub(b" ", value[:STRUCTURED_BYTES])
    extended = _EXTENDED.match(value)
    if extended and extended[1] and _PERCENT.search(value):
        raw = unquote_to_bytes(value[extended.end() :])
        return charset.decode(raw, extended[1].decode("ascii"), forced).text
    if _PERCENT.search(value):
        raw = unquote_to_bytes(value)
        if not raw.isascii():
            result = charset.decode(raw, None, forced)
            if not result.bad:
                notes.step("file name", f"percent, {result.step}")
                return result.text
    if value.isascii() and b"\x1b" not in value and b"$B" not in value:
        return decode_words(value.decode("ascii"), notes, "file name", forced)
    result = charset.decode(value, None, forced)
    notes.step("file name", f"raw, {result.step}")
    return decode_words(result.text, notes, "file name", forced)


def _joined(found: list[tuple[str, bytes]], name: str) -> tuple[bytes, str] | None:
    """The pieces ``name*``, ``name*0``, ``name*0*`` ... in their order, percent-decoded, with their charset."""
    pieces: dict[int, tuple[bytes, bool]] = {}
    for key, value in found:
        match = _PIECE.match(key.encode("ascii", "replace"))
        if match and match[1].decode() == name and (match[2] or match[3]):
            pieces.setdefault(int(match[2] or 0), (value, bool(match[3])))
    if not pieces:
        return None
    label, out = "", b""
    held = b""  # percent signs are cut apart by some: pieces that follow each other are read as one
    for index, number in enumerate(sorted(pieces)):
        value, coded = pieces[number]
        if index == 0 and (extended := _EXTENDED.match(value)):
            label, value = extended[1].decode("ascii"), value[extended.end() :]
        if coded or (label and (_PERCENT.search(value) or held)):
            held += value
        else:
            out, held = out + unquote_to_bytes(held) + value, b""
    return out + unquote_to_bytes(held), label


_DRIVE = re.compile(r"^(?:[A-Za-z]:\\|\\\\)")


def clean_name(name: str) -> str:
    """A file name on one line, without the path that old Windows mailers send along."""
    name = one_line(name)[:NAME_CHARS]
    if _DRIVE.match(name):
        name = name.rsplit("\\", 1)[-1]
    return name
