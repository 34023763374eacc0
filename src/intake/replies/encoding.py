"""Bytes of a mail: CRLF, ASCII only on the wire, base64 or 7bit, so that every relay and every reader takes it."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from email.parser import BytesHeaderParser
from email.policy import compat32
from hashlib import sha256

from intake.errors import BadInput

MAX_LINE_OCTETS = 998  # RFC 5322 §2.1.1, without CRLF
FOLD_AT = 76
_WORD_CHARS = 75  # RFC 2047 §2
_ISO = "iso-2022-jp"
_ESCAPES = 6  # octets that open and close a run of Japanese in it
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
# The same sign under two code points; ISO-2022-JP knows the left column only.
_TO_JIS = str.maketrans({"～": "〜", "－": "−", "∥": "‖", "￠": "¢", "￡": "£", "￢": "¬", "—": "―"})
CHARSETS = ("utf-8", _ISO)


def fits(text: str, charset: str) -> bool:
    """Whether no character would be lost."""
    return not lost_characters(text, charset)


def lost_characters(text: str, charset: str) -> str:
    """The characters that this charset lacks, each once: the warning that staff see before they send."""
    if charset != _ISO:
        return ""
    return "".join(dict.fromkeys(c for c in text if not _encodes(c)))


def _encodes(character: str) -> bool:
    try:
        return b"\x1b(I" not in character.translate(_TO_JIS).encode(_ISO)
    except UnicodeEncodeError:
        return False


def encode_mail(
    headers: Sequence[tuple[str, str]], text: str, charset: str, from_name: str, html: str | None = None
) -> bytes:
    """Final bytes of a mail. ``from_name`` is put before the address of From; ``html`` is a second view of the text.

    The result is read back: exactly these header names, in this order, each line short enough, or BadInput (A11).
    """
    if charset not in CHARSETS:
        raise BadInput("mails are written in utf-8 or iso-2022-jp")
    body_headers, body = _part(text, "plain", charset) if html is None else _two_views(text, html, charset)
    every = [*headers, ("MIME-Version", "1.0"), *body_headers]
    lines = [_header(name, value, charset, from_name if name == "From" else "") for name, value in every]
    data = "\r\n".join(lines).encode("ascii") + b"\r\n\r\n" + body
    _read_back(data, [name for name, _ in every])
    return data


def _part(text: str, kind: str, charset: str) -> tuple[list[tuple[str, str]], bytes]:
    canonical = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    raw = canonical.translate(_TO_JIS).encode(_ISO) if charset == _ISO else canonical.encode("utf-8")
    if charset == _ISO and max(map(len, raw.split(b"\r\n"))) <= MAX_LINE_OCTETS:
        body, transfer = raw, "7bit"  # by design; each line ends in ASCII, as RFC 1468 wants
    else:
        body, transfer = base64.encodebytes(raw).replace(b"\n", b"\r\n"), "base64"
    return [("Content-Type", f"text/{kind}; charset={charset}"), ("Content-Transfer-Encoding", transfer)], body


def _two_views(text: str, html: str, charset: str) -> tuple[list[tuple[str, str]], bytes]:
    """RFC 2046 §5.1.4: the plainest first, so that a reader who shows only one part shows the text."""
    parts = [_part(text, "plain", charset), _part(html, "html", charset)]
    boundary = f"=_{sha256(b''.join(body for _, body in parts)).hexdigest()[:32]}"
    whole = b""
    for headers, body in parts:
        head = "".join(f"{name}: {value}\r\n" for name, value in headers)
        whole += f"--{boundary}\r\n{head}\r\n".encode("ascii") + body + b"\r\n"
    return [("Content-Type", f'multipart/alternative; boundary="{boundary}"')], whole + f"--{boundary}--\r\n".encode()


def _header(name: str, value: str, charset: str, display: str) -> str:
    if _CONTROLS.search(value + display):
        raise BadInput(f"{name}: a control character may not stand in a header")
    if display:
        words = _encode_words(display, charset, len(name) + 2)
        return f"{name}: " + "\r\n ".join([*words, f"<{value}>"])
    if value.isascii():
        return _fold(name, value)
    return f"{name}: " + "\r\n ".join(_encode_words(value, charset, len(name) + 2))


def _fold(name: str, value: str) -> str:
    """Fold an ASCII value at its blanks."""
    lines = [f"{name}:"]
    for word in value.split(" "):
        if len(lines[-1]) + 1 + len(word) > FOLD_AT and lines[-1] not in (f"{name}:", ""):
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines)


def _encode_words(text: str, charset: str, first_indent: int) -> list[str]:
    """RFC 2047 encoded words, cut between characters, never inside one; each opens and closes its own escapes."""
    words: list[str] = []
    chunk, size, room = "", 0, _room(charset, first_indent)
    for character in text:
        more = len(_raw(character, charset)) - (_ESCAPES if charset == _ISO and not character.isascii() else 0)
        if chunk and size + more > room:
            words.append(_word(chunk, charset))
            chunk, size, room = "", 0, _room(charset, 1)
        chunk += character
        size += more + (_ESCAPES if charset == _ISO and _turns(chunk) else 0)
    return [*words, _word(chunk, charset)]


def _room(charset: str, indent: int) -> int:
    """How many octets an encoded word can take beside its marks."""
    octets: int = (_WORD_CHARS - indent - len(f"=?{charset}?B??=")) // 4 * 3
    return octets - (_ESCAPES if charset == _ISO else 0)


def _turns(chunk: str) -> bool:
    """Whether the last character of a chunk is the first of a run of Japanese, which escapes enclose."""
    return not chunk[-1].isascii() and (len(chunk) == 1 or chunk[-2].isascii())


def _word(text: str, charset: str) -> str:
    return f"=?{charset}?B?{base64.b64encode(_raw(text, charset)).decode('ascii')}?="


def _raw(text: str, charset: str) -> bytes:
    return text.translate(_TO_JIS).encode(_ISO) if charset == _ISO else text.encode(charset)


def _read_back(data: bytes, names: list[str]) -> None:
    head, _, body = data.partition(b"\r\n\r\n")
    parsed = BytesHeaderParser(policy=compat32).parsebytes(head + b"\r\n\r\n")
    if parsed.keys() != names or parsed.defects:
        raise BadInput("the mail does not read back with the headers it was given")
    if any(len(line) > MAX_LINE_OCTETS for line in data.split(b"\r\n")):
        raise BadInput("a line of the mail is too long")
    for part in (head, body):
        bare = part.replace(b"\r\n", b"")
        if b"\r" in bare or b"\n" in bare or b"\0" in bare:
            raise BadInput("a bare CR, LF or NUL in a mail")
