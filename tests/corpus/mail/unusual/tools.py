"""What the builders of unusual mails share: encoders that do what old programs did, and the case's record."""

# ruff: noqa: E501

from __future__ import annotations

import base64
import re
import struct
from typing import Any

CASES: list[dict[str, Any]] = []
ASK = "退会のお願い"
BODY = "お世話になっております。山田です。\n転職先が決まりましたので、退会をお願いいたします。\n"


def _nec_rows() -> dict[str, bytes]:
    """CP932's NEC selection of the IBM extension: the only places of 髙 and 﨑 that fit into JIS pairs."""
    found: dict[str, bytes] = {}
    for lead in (0xED, 0xEE):
        for trail in [*range(0x40, 0x7F), *range(0x80, 0xFD)]:
            try:
                found[bytes([lead, trail]).decode("cp932")] = bytes([lead, trail])
            except UnicodeDecodeError:
                continue
    return found


NEC = _nec_rows()


def pair(char: str) -> bytes:
    """The JIS pair of a two-byte character, vendor rows included."""
    lead, trail = NEC.get(char) or char.encode("cp932")
    row = (lead - (0x71 if lead < 0xA0 else 0xB1)) * 2 + 1
    if trail >= 0x9F:
        return bytes([row + 1, trail - 0x7E])
    return bytes([row, trail - (0x20 if trail > 0x7F else 0x1F)])


def jis(text: str, kana: str = "I", two: bytes = b"\x1b$B", one: bytes = b"\x1b(B", keep: bool = False) -> bytes:
    """ISO-2022-JP with vendor rows. `kana`: I escape, S shift-out, 8 raw eighth bit. `keep`: no return at line ends."""
    out, state = b"", "A"
    for char in text:
        code = char.encode("cp932")
        if len(code) == 2:
            want, piece = "K", pair(char)
        elif code[0] >= 0xA1:
            want, piece = ("8" if kana == "8" else kana), bytes([code[0] if kana == "8" else code[0] & 0x7F])
        else:
            want, piece = ("A" if not (keep and char == "\n" and state == "K") else "K"), code
        if want != state and want != "8":
            if state == "S":
                out += b"\x0f"
            out += {"K": two, "A": one if state != "S" else b"", "I": b"\x1b(I", "S": b"\x1b(B\x0e"}[want]
            state = want
        out += piece
    return out + (one if state in "KI" else b"\x0f" if state == "S" else b"")


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def word(text: str, charset: str = "utf-8", raw: bytes | None = None) -> str:
    """One encoded word; `raw` are the bytes in place of the text's own."""
    data = raw if raw is not None else (jis(text) if charset.lower() == "iso-2022-jp" else text.encode(charset))
    return f"=?{charset}?B?{b64(data)}?="


def crlf(data: bytes) -> bytes:
    return re.sub(rb"\r?\n", b"\r\n", data)


def mail(headers: str | bytes, body: bytes, *, sender: str = "From: taro@example.jp\n", mime: bool = True) -> bytes:
    """A raw mail of header lines (LF) and a body."""
    first = (
        sender.encode()
        + b"To: agency@example.com\nDate: Fri, 05 Jan 2024 10:00:00 +0900\nMessage-ID: <u1@example.jp>\n"
    )
    head = headers.encode("utf-8", "surrogateescape") if isinstance(headers, str) else headers
    return crlf(first + (b"MIME-Version: 1.0\n" if mime else b"") + head.rstrip(b"\n") + b"\n\n") + crlf(body)


def case(name: str, raw: bytes, **expected: Any) -> None:
    """Adds a case: `subject, from_addr, from_name, text, new_text, kind, attachments, text_has, text_lacks`."""
    CASES.append({"name": name, "expected": expected, "raw": raw})


def parts(
    *items: tuple[str, bytes], kind: str = "mixed", boundary: str = "=_b1", end: bool = True
) -> tuple[str, bytes]:
    """Content-Type header and body of a multipart of (headers, content)."""
    body = b"".join(b"--" + boundary.encode() + b"\n" + head.strip("\n").encode("utf-8", "surrogateescape") + b"\n\n" + data
                    + b"\n" for head, data in items)  # fmt: skip
    tail = f"--{boundary}--\n".encode() if end else b""
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\n', body + tail


def _attribute(level: int, number: int, data: bytes) -> bytes:
    return struct.pack("<BII", level, number, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def tnef(files: list[tuple[bytes, bytes]], body: bytes = b"") -> bytes:
    """A winmail.dat of attachments, and a plain body if given."""
    out = struct.pack("<IH", 0x223E9F78, 1) + _attribute(1, 0x00089006, struct.pack("<I", 0x00010000))
    out += _attribute(1, 0x00069007, struct.pack("<II", 932, 0))
    if body:
        out += _attribute(1, 0x0002800C, body + b"\0")
    for name, data in files:
        out += _attribute(2, 0x00069002, struct.pack("<HIHHHI", 1, 0xFFFFFFFF, 0, 0, 0, 0)[:14])
        out += _attribute(2, 0x00018010, name + b"\0") + _attribute(2, 0x0006800F, data)
    return out
