"""winmail.dat (MS-OXTNEF): the files and the text inside, names in whatever charset they are.

Written here because the library for it raises on names that are not ASCII.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from intake.parsing import charset

_SIGNATURE = 0x223E9F78
_ATT_RENDER, _ATT_TITLE, _ATT_DATA, _ATT_PROPS = 0x9002, 0x8010, 0x800F, 0x9005
_MSG_PROPS, _MSG_BODY, _OEM_CODEPAGE = 0x9003, 0x800C, 0x9007
_LONG_NAME, _SHORT_NAME, _DISPLAY_NAME, _BODY, _BODY_HTML = 0x3707, 0x3704, 0x3001, 0x1000, 0x1013
_WIDTH = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_MAX_ITEMS = 2_000


@dataclass(slots=True)
class Contents:
    """What was inside. ``complete`` is False where the stream broke off."""

    files: list[tuple[str, bytes]] = field(default_factory=list)
    text: str = ""
    html: str = ""
    complete: bool = True


def read(data: bytes) -> Contents:
    """The files and the body; never raises, gives what could be read before the damage."""
    found = Contents()
    if len(data) < 6 or struct.unpack_from("<I", data)[0] != _SIGNATURE:
        found.complete = False
        return found
    reader = _Reader(found)
    pos = 6
    for _ in range(_MAX_ITEMS):
        if pos + 9 > len(data):
            break
        attribute, length = struct.unpack_from("<HxxI", data, pos + 1)
        value = data[pos + 9 : pos + 9 + length]
        pos += 9 + length + 2
        if len(value) < length:
            found.complete = False
        if attribute < 0x9000 or attribute in (_ATT_RENDER, _ATT_PROPS):
            reader.attachment(attribute, value)
        reader.message(attribute, value)
    reader.close()
    return found


class _Reader:
    """Takes the attributes in their order; an attachment is several of them."""

    def __init__(self, found: Contents) -> None:
        self.found = found
        self.codepage: str | None = None
        self.title, self.long_name, self.body = b"", "", b""
        self.open = False

    def message(self, attribute: int, value: bytes) -> None:
        if attribute == _OEM_CODEPAGE and len(value) >= 4:
            self.codepage = f"cp{struct.unpack_from('<I', value)[0]}"
        elif attribute == _MSG_PROPS:
            _body_of(_properties(value), self.codepage, self.found)
        elif attribute == _MSG_BODY and not self.found.text:
            self.found.text = charset.decode(value.rstrip(b"\0"), self.codepage).text

    def attachment(self, attribute: int, value: bytes) -> None:
        if attribute == _ATT_RENDER:
            self.close()
            self.open = True
        elif attribute == _ATT_TITLE:
            self.title = value
        elif attribute == _ATT_DATA:
            self.body = value
        elif attribute == _ATT_PROPS:
            self.long_name = _name_of(_properties(value), self.codepage)

    def close(self) -> None:
        if self.open:
            name = self.long_name or charset.decode(self.title.rstrip(b"\0"), self.codepage).text
            self.found.files.append((name, self.body))
        self.title, self.long_name, self.body = b"", "", b""


def _body_of(properties: dict[int, tuple[int, bytes]], codepage: str | None, found: Contents) -> None:
    if _BODY in properties:
        found.text = _text(properties[_BODY], codepage)
    if _BODY_HTML in properties:
        found.html = _text(properties[_BODY_HTML], codepage)


def _name_of(properties: dict[int, tuple[int, bytes]], codepage: str | None) -> str:
    for key in (_LONG_NAME, _DISPLAY_NAME, _SHORT_NAME):
        if key in properties:
            return _text(properties[key], codepage)
    return ""


def _text(value: tuple[int, bytes], codepage: str | None) -> str:
    kind, raw = value
    if kind == 0x1F:
        return raw.decode("utf-16-le", "replace").rstrip("\0")
    return charset.decode(raw.rstrip(b"\0"), codepage).text


def _properties(data: bytes) -> dict[int, tuple[int, bytes]]:
    """MAPI properties by id; stops where the stream stops making sense."""
    found: dict[int, tuple[int, bytes]] = {}
    try:
        count = struct.unpack_from("<I", data)[0]
        pos = 4
        for _ in range(min(count, _MAX_ITEMS)):
            kind, key = struct.unpack_from("<HH", data, pos)
            pos += 4
            if key >= 0x8000:
                pos = _after_name(data, pos)
            pos, value = _value(data, pos, kind)
            found.setdefault(key, (kind & 0xFFF, value))
    except (struct.error, KeyError):
        pass
    return found


def _after_name(data: bytes, pos: int) -> int:
    pos += 16
    named = struct.unpack_from("<I", data, pos)[0]
    pos += 4
    if named == 0:
        return pos + 4
    length = struct.unpack_from("<I", data, pos)[0]
    return int(pos + 4 + length + -length % 4)


def _value(data: bytes, pos: int, kind: int) -> tuple[int, bytes]:
    many, kind = kind & 0x1000, kind & 0xFFF
    if kind in (0x1E, 0x1F, 0x0D, 0x102):
        count = struct.unpack_from("<I", data, pos)[0]
        pos += 4
        first = b""
        for index in range(min(count, _MAX_ITEMS)):
            length = struct.unpack_from("<I", data, pos)[0]
            if index == 0:
                first = data[pos + 4 : pos + 4 + length]
            pos += 4 + length + -length % 4
        return pos, first
    width = _WIDTH[kind]
    count = 1
    if many:
        count = struct.unpack_from("<I", data, pos)[0]
        pos += 4
    return pos + width * count, data[pos : pos + width]
