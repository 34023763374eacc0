"""Header text: encoded words (RFC 2047) as they really come, and raw bytes of any charset."""

from __future__ import annotations

import binascii
import re

from intake.parsing import charset
from intake.parsing.limits import HEADER_BYTES, Notes

_START = re.compile(r"=\?([^?\s=]{1,60})\?([bBqQ])\?")
_ONLY_WORDS = re.compile(r"^\s*=\?[^?\s=]{1,60}\?[bBqQ]\?[^?]{1,2000}\?=")
_SPACE = re.compile(r"\s+")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")
_NOT_B64 = re.compile(r"[^A-Za-z0-9+/]")
_PADDING = re.compile(r"=+")
_REFERENCE = re.compile(r"&#(\d{4,6});")
_FOLD = re.compile(rb"\r\n|\n|\r")


def unfold(value: bytes) -> bytes:
    """One line of a folded header; inside a two-byte JIS run the fold and its blank are nobody's text."""
    if b"\n" not in value and b"\r" not in value:
        return value.strip()
    if b"\x1b$" in value:
        value = _FOLD_IN_JIS.sub(rb"\1", value)
    return _FOLD.sub(b"", value).strip()


_FOLD_IN_JIS = re.compile(rb"(\x1b\$[@B][!-~]*)(?:(?:\r\n|\n|\r)[ \t]*(?=[!-~]|\x1b\$))")


def raw_text(value: bytes, notes: Notes, where: str, forced: str | None = None, hint: str | None = None) -> str:
    """An unfolded header value to text, encoded words still in it."""
    value = value[:HEADER_BYTES]
    if value.isascii() and b"\x1b" not in value and b"$B" not in value:
        return value.decode("ascii")
    found = charset.decode(value, hint, forced)
    notes.step(where, f"raw, {found.step}")
    if found.bad:
        notes.fault(f"{where}: {found.bad} characters unreadable")
    return found.text


def header_text(value: bytes, notes: Notes, where: str, forced: str | None = None, hint: str | None = None) -> str:
    """A free-text header to what a person reads: unfolded, decoded, on one line."""
    text = decode_words(raw_text(unfold(value), notes, where, forced, hint), notes, where, forced)
    return one_line(text)


def one_line(text: str) -> str:
    """Control characters out, white space single, ends trimmed (the ideographic space stays inside)."""
    if text.isprintable():
        return text.strip()
    return _CONTROL.sub("", text.replace("\r", " ").replace("\n", " ").replace("\t", " ")).strip()


def decode_words(text: str, notes: Notes, where: str, forced: str | None = None, again: bool = True) -> str:
    """Replace encoded words; neighbours of one charset are joined as bytes before they are read."""
    if "=?" not in text:
        return _references(text)
    out: list[str] = []
    run: list[tuple[str, str, str]] = []  # charset, encoding, text of adjacent words
    pos = 0
    while (match := _START.search(text, pos)) is not None:
        end = text.find("?=", match.end())
        cut = end < 0
        end = len(text) if cut else end
        payload = text[match.end() : end]
        if cut and not _looks_encoded(payload, match[2]):
            break
        between = text[pos : match.start()]
        if not run or between.strip():
            _flush(run, out, notes, where, forced)
            out.append(between)
        run.append((match[1].split("*")[0].lower(), match[2].lower(), payload))
        pos = min(len(text), end + 2)
    _flush(run, out, notes, where, forced)
    out.append(text[pos:])
    found = _references("".join(out))
    if again and "=?" in found and _ONLY_WORDS.match(found):  # a program encoded what was encoded already
        return decode_words(found, notes, where, forced, again=False)
    return found


def _looks_encoded(payload: str, encoding: str) -> bool:
    if encoding in "bB":
        return len(payload) > 3 and not _NOT_B64.search(payload.rstrip("=").strip())
    return payload.count("=") > 2


def _flush(run: list[tuple[str, str, str]], out: list[str], notes: Notes, where: str, forced: str | None) -> None:
    start = 0
    for index in range(1, len(run) + 1):
        if index == len(run) or run[index][0] != run[start][0]:
            raw = _bytes_of([(encoding, text) for _, encoding, text in run[start:index]])
            found = charset.decode(raw, run[start][0], forced)
            notes.step(where, f"encoded word, {found.step}")
            if found.bad:
                notes.fault(f"{where}: {found.bad} characters unreadable")
            out.append(found.text)
            start = index
    run.clear()


def _bytes_of(words: list[tuple[str, str]]) -> bytes:
    """Bytes of adjacent words; base64 that was cut inside a quantum goes on in the next word."""
    out: list[bytes] = []
    held = ""
    for encoding, text in words:
        if encoding == "q":
            out += [_base64(held), _quoted(text)]
            held = ""
            continue
        held += _SPACE.sub("", text)
        if held.endswith("=") or len(held) % 4 == 0:
            out.append(_base64(held))
            held = ""
    out.append(_base64(held))
    return b"".join(out)


def _base64(text: str) -> bytes:
    if "=" in text and "=" in text.rstrip("="):  # encoded piece by piece, then joined
        return b"".join(_base64(piece) for piece in _PADDING.split(text)[:1_000])
    clean = _NOT_B64.sub("", text)
    if len(clean) % 4 == 1:
        clean = clean[:-1]
    try:
        return binascii.a2b_base64(clean + "=" * (-len(clean) % 4))
    except ValueError:
        return b""


def _quoted(text: str) -> bytes:
    raw = text.replace("_", " ").encode("utf-8", "surrogateescape")
    return binascii.a2b_qp(raw)


def _references(text: str) -> str:
    """``&#39641;``: what old web mailers write for a character outside their charset."""
    if "&#" not in text:
        return text
    return _REFERENCE.sub(_reference, text)


def _reference(match: re.Match[str]) -> str:
    code = int(match[1])
    return chr(code) if 0x2E80 <= code <= 0xFFE6 and not 0xD800 <= code <= 0xF8FF else match[0]


def references(text: str) -> str:
    """The same for bodies."""
    return _references(text)
