"""Transfer encodings, damaged or lying: base64, quoted-printable, uuencode, none."""

from __future__ import annotations

import binascii
import re

from intake.parsing.limits import Notes
from intake.parsing.mime import Part, transfer_encoding

_B64 = re.compile(rb"[A-Za-z0-9+/=\s]*\Z")
_B64_URL = re.compile(rb"[A-Za-z0-9_-]{60,}={0,2}\s*\Z|(?:[A-Za-z0-9_-]{40,80}\s+)+[A-Za-z0-9_-]+={0,2}\s*\Z")
_SPLIT_LINE = re.compile(rb"!\r?\n[ \t]")  # where a relay broke a line at 990 bytes
_QP_RUN = re.compile(rb"(?:=[0-9A-Fa-f]{2}){3}")
_SOFT = re.compile(rb"=[ \t]+(\r?\n)")
_B64_LINE = re.compile(rb"[ \t]*[A-Za-z0-9+/]+={0,2}[ \t]*\Z")
_NOT_B64 = re.compile(rb"[^A-Za-z0-9+/]")
_QP_HIGH = re.compile(rb"=(?:[89A-Fa-f][0-9A-Fa-f]|1[Bb])")
_BLANK = re.compile(rb"\s")
_UU = re.compile(rb"(?m)^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{0,300})\r?$\n?")
_UU_END = re.compile(rb"(?m)^(?:end|====)[ \t]*\r?$\n?")


def decode_transfer(part: Part, notes: Notes) -> bytes:
    """The bytes of a leaf as its writer meant them; what cannot be decoded is kept as it stands."""
    encoding = transfer_encoding(part)
    body = part.body
    if encoding == "base64" or encoding == "b":
        return _from_base64(body, notes)
    if encoding in ("quoted-printable", "q", "quotedprintable", "quoted_printable", "qp"):
        return _from_quoted(body, notes)
    if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
        files, rest = uudecode(body)
        return files[0][1] if files else rest
    if part.main == "text" and body.isascii():
        return _undeclared(body, notes)
    return body


def _from_quoted(body: bytes, notes: Notes) -> bytes:
    """Quoted-printable; soft breaks may carry blanks, and some label base64 so."""
    if b"=" not in body.rstrip(b"=\r\n \t") and _is_base64(body):
        notes.step("body", "labelled quoted-printable, base64")
        return _chunks(body)
    return binascii.a2b_qp(_SOFT.sub(b"=\\1", body) if b"= " in body or b"=\t" in body else body)


def _is_base64(body: bytes) -> bool:
    head = body.strip()
    return len(head) >= 24 and b" " not in head and bool(_B64.match(head)) and not _chunks(head).isascii()


def _twice(raw: bytes, notes: Notes) -> bytes:
    """What a gateway encoded that was encoded already."""
    if len(raw) < 200_000 and raw.isascii() and _is_base64(raw):
        notes.step("body", "base64 twice")
        return _chunks(raw)
    return raw


def _tidied(body: bytes) -> bytes:
    """Without a relay's line cuts, and in the common alphabet."""
    if b"!" in body:
        body = _SPLIT_LINE.sub(b"", body)
    if (b"-" in body or b"_" in body) and _B64_URL.match(body):
        body = body.replace(b"-", b"+").replace(b"_", b"/")
    return body


def _from_base64(body: bytes, notes: Notes) -> bytes:
    body = _tidied(body)
    if 0 <= body.find(b"=") < len(body) - 8 and len(_QP_RUN.findall(body, 0, 20_000)) >= 2:
        notes.step("body", "labelled base64, quoted-printable")
        return _from_quoted(body, notes)
    if _B64.match(body):
        if not _prose(body):
            return _twice(_chunks(body), notes)
        notes.step("body", "labelled base64, plain")
        return body
    good: list[bytes] = []
    rest: list[bytes] = []
    for line in body.splitlines():
        if not rest and (_B64_LINE.match(line) or not line.strip()):
            good.append(line)
        elif not good and not _B64_LINE.match(line):
            rest.append(line)
        elif good and not rest and _mostly_base64(line):
            good.append(_NOT_B64.sub(b"", line))
        else:
            rest.append(line)
    code = b"".join(good)
    if len(code) < 4 or (b"".join(rest).count(b" ") > 2 and len(code) < len(b"".join(rest)) // 2):
        notes.step("body", "labelled base64, plain")
        return body
    notes.step("body", "base64 damaged or followed by plain text")
    return _chunks(code)


def _mostly_base64(line: bytes) -> bool:
    """A long unbroken line with a few alien bytes is damage; anything with blanks is somebody's footer."""
    return len(line) >= 40 and b" " not in line.strip() and len(_NOT_B64.findall(line)) * 10 <= len(line)


def _prose(body: bytes) -> bool:
    """Only letters, yet words: blanks inside the lines."""
    head = body[:2_000].strip()
    return head.count(b" ") > max(2, head.count(b"\n"))


def _chunks(body: bytes) -> bytes:
    """Base64 with padding anywhere (pieces encoded one by one), cut anywhere."""
    code = _BLANK.sub(b"", body)
    if b"=" in code.rstrip(b"="):
        return b"".join(_piece(piece) for piece in re.split(rb"=+", code)[:100_000] if piece)
    return _piece(code.rstrip(b"="))


def _piece(code: bytes) -> bytes:
    if len(code) % 4 == 1:
        code = code[:-1]
    try:
        return binascii.a2b_base64(code + b"=" * (-len(code) % 4))
    except ValueError:
        return b""


def _undeclared(body: bytes, notes: Notes) -> bytes:
    """Quoted-printable or base64 that lost its header."""
    if b"=" in body and len(_QP_HIGH.findall(body, 0, 20_000)) >= 6:
        raw = binascii.a2b_qp(body)
        if _reads(raw):
            notes.step("body", "quoted-printable undeclared")
            return raw
    head = body[:400].strip()
    if len(head) >= 24 and b" " not in head and _B64.match(body):
        code = _BLANK.sub(b"", body)
        if len(code) % 4 == 0 and len(code) >= 24:
            raw = _chunks(body)
            if _reads(raw) and not raw.isascii():
                notes.step("body", "base64 undeclared")
                return raw
    return body


def _reads(raw: bytes) -> bool:
    if b"\x1b$" in raw:
        return True
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def uudecode(body: bytes) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Files between ``begin 644 name`` and ``end``, and the text around them."""
    files: list[tuple[bytes, bytes]] = []
    rest: list[bytes] = []
    pos = misses = 0
    while misses < 10 and (match := _UU.search(body, pos)) is not None:
        end = _UU_END.search(body, match.end())
        stop = end.start() if end else len(body)
        content = _uu_lines(body[match.end() : stop])
        if content is None:
            rest.append(body[pos : match.end()])
            pos = match.end()
            misses += 1
            continue
        rest.append(body[pos : match.start()])
        files.append((match[1].strip(), content))
        pos = end.end() if end else len(body)
        if len(files) >= 100:
            break
    rest.append(body[pos:])
    return files, b"".join(rest)


def _uu_lines(block: bytes) -> bytes | None:
    """The bytes of the lines; None if they are not uuencoded at all."""
    out: list[bytes] = []
    bad = 0
    lines = block.splitlines()
    for line in lines:
        if not line.strip():
            continue
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            count = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                out.append(binascii.a2b_uu(line[:count]))
            except binascii.Error:
                bad += 1
    return b"".join(out) if lines and bad * 5 <= len(lines) else None
