"""Text that a program read with the wrong codec and wrote again: UTF-8 or Shift_JIS taken for Latin-1."""

from __future__ import annotations

import re
from dataclasses import replace

from intake.parsing.one_codec import Decoded

_SPECIALS = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_RUN = re.compile(f"[\u0080-\u00ff{_SPECIALS}]{{2,}}")
_TELLTALE = re.compile("[ãåæçèéäïâ][\u0080-\u00bf" + _SPECIALS + "]")
_BACK = {ord(char): byte for byte in range(0x80, 0xA0) if (char := bytes((byte,)).decode("cp1252", "ignore"))}
_HAS_CJK = re.compile("[\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7af\uff00-\uffef]")


def _bytes_of(run: str) -> bytes:
    return bytes(_BACK.get(ord(char), ord(char)) & 0xFF for char in run)


def _again(match: re.Match[str]) -> str:
    try:
        return _bytes_of(match[0]).decode("utf-8")
    except UnicodeDecodeError:
        return match[0]


def repaired(found: Decoded) -> Decoded:
    """The same, or the text under it where it was encoded twice; only if East Asian writing comes out."""
    if found.codec not in ("utf-8", "cp1252") or len(_TELLTALE.findall(found.text, 0, 4_000)) < 2:
        return found
    text = _RUN.sub(_again, found.text)
    if text == found.text or not _HAS_CJK.search(text):
        return found
    if len(_TELLTALE.findall(text, 0, 4_000)) > len(_TELLTALE.findall(found.text, 0, 4_000)) // 4:
        return found
    return replace(found, text=text, rung=f"{found.rung}, encoded twice")
