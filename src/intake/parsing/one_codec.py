"""Bytes read with one codec, the Japanese ones with the vendors' rows that Python's codecs refuse."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from intake.parsing import jis
from intake.parsing.codec_names import JIS


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the rung that read it, and how many characters could not be read."""

    text: str
    codec: str
    rung: str
    bad: int = 0

    @property
    def step(self) -> str:
        """The rung as the provenance line says it."""
        return f"{self.codec} {self.rung}"


def strict(codec: str, raw: bytes) -> str | None:
    """The text, or None where any byte is not of this codec."""
    text, bad = read_with(codec, raw, replace=False)
    return None if bad else text


def read_with(codec: str, raw: bytes, replace: bool) -> tuple[str, int]:
    """Read with one codec. Without ``replace`` any fault gives ("", 1)."""
    try:
        if codec == JIS:
            return jis.decode(raw)
        if codec == "euc-jp":
            return _euc(raw, replace)
        if codec == "cp1252":
            return raw.decode("cp1252", "latin1-for-holes"), 0
        return raw.decode(codec), 0
    except (UnicodeError, LookupError):
        if not replace:
            return "", 1
        text = raw.decode(codec, "replace")
        return text, max(1, text.count("\ufffd"))


def _holes(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("latin1-for-holes", _holes)  # cp1252 leaves five bytes undefined; browsers read them as C1


def _euc(raw: bytes, replace: bool) -> tuple[str, int]:
    """EUC-JP with the vendor rows that Python's codec refuses."""
    try:
        return jis.as_cp932(raw.decode("euc_jp")), 0
    except UnicodeDecodeError as error:
        if not replace and error.start < len(raw) and not _could_be_euc(raw):
            return "", 1
    out: list[str] = []
    bad = pos = 0
    table = jis.pair_table()
    while pos < len(raw):
        code = raw[pos]
        width = 3 if code == 0x8F else 2 if code == 0x8E or code >= 0xA1 else 1
        unit = raw[pos : pos + width]
        char = _euc_unit(unit, table)
        if char is None:
            bad += 1
            if not replace:
                return "", 1
            char, width = "\ufffd", 1
        out.append(char)
        pos += width
    return "".join(out), bad


_NOT_EUC = re.compile(rb"[\x80-\x8d\x90-\xa0]")


def _could_be_euc(raw: bytes) -> bool:
    return not _NOT_EUC.search(raw)


def _euc_unit(unit: bytes, table: dict[tuple[int, int], str]) -> str | None:
    if unit[0] < 0x80:
        return chr(unit[0])
    if unit[0] >= 0xA1 and len(unit) == 2:
        return table.get((unit[0] & 0x7F, unit[1] & 0x7F)) if unit[1] >= 0xA1 else None
    try:
        return unit.decode("euc_jp")
    except UnicodeDecodeError:
        return None
