"""Bytes to text by a ladder that says which rung it used.

Order: forced by staff, JIS escapes, declared, UTF-8 under a wrong label, EUC against CP932 by kana, the rest of the
world by charset-normalizer, declared with replacement marks (never silently).
"""

from __future__ import annotations

import re

from intake.parsing import jis, mojibake
from intake.parsing.codec_names import JIS, codec_of
from intake.parsing.one_codec import Decoded, read_with, strict
from intake.parsing.sniffing import japanese, sniffed
from intake.parsing.worth import common_share, kana, worth

_WEBCODE = re.compile(rb"\x1b\$[EFGOPQ][!-z]{1,20}\x0f")  # pictures of one telephone company, in any charset


def decode(raw: bytes, label: str | None = None, forced: str | None = None) -> Decoded:
    """Read ``raw``; ``label`` is what the mail declares, ``forced`` what staff chose. Never raises."""
    if forced and (codec := codec_of(forced)):
        text, bad = read_with(codec, raw, replace=True)
        return Decoded(text, codec, "forced", bad)
    declared = codec_of(label) if label else None
    if b"\x1b$" in raw:
        raw = _WEBCODE.sub(b"", raw)
    if raw.isascii() and b"\x1b" not in raw and b"\x0e" not in raw:
        return _seven_bit(raw, label, declared)
    if b"\x1b$)C" in raw and (korean := strict("iso2022_kr", raw)) is not None:
        return Decoded(korean, "iso2022_kr", "escapes")
    if _has_jis(raw, declared):
        text, bad = jis.decode(raw)
        if bad * 20 <= len(text) or declared == JIS:
            return Decoded(text, JIS, "declared" if declared == JIS else "escapes", bad)
    return mojibake.repaired(_eight_bit(raw, declared, label))


def _has_jis(raw: bytes, declared: str | None) -> bool:
    if b"\x1b$" in raw or b"\x1b(" in raw:
        return True
    return b"\x0e" in raw and b"\x0f" in raw and declared in (JIS, None, "ascii")


def _seven_bit(raw: bytes, label: str | None, declared: str | None) -> Decoded:
    """Pure ASCII bytes: plain text, unless a 7-bit encoding hides in them."""
    if declared in ("utf-7", "hz"):
        text, bad = read_with(declared, raw, replace=True)
        return Decoded(text, declared, "declared", bad)
    if declared and declared.startswith(("utf-16", "utf-32")) and b"\0" in raw and (wide := _wide(declared, raw)):
        return wide
    if b"$B" in raw or b"$@" in raw:
        restored = jis.restore_escapes(raw)
        if restored is not None:
            text, bad = jis.decode(restored)
            return Decoded(text, JIS, "escapes restored", bad)
    return Decoded(raw.decode("ascii"), declared or "ascii", "declared" if label else "undeclared")


def _eight_bit(raw: bytes, declared: str | None, label: str | None) -> Decoded:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) and (wide := strict("utf-16", raw)) is not None:
        return Decoded(wide, "utf-16", "byte order mark")
    utf8 = strict("utf-8", raw)
    if utf8 is not None and _utf8_wins(raw, declared):
        return Decoded(utf8.removeprefix("\ufeff"), "utf-8", "declared" if declared == "utf-8" else "sniffed")
    if declared in ("utf-16", "utf-32") and (both := _wide(declared, raw)):
        return both
    if declared and declared not in ("utf-8", "ascii", JIS):
        found = strict(declared, raw)
        if found is not None and not _belied(found, raw, declared):
            return Decoded(found, declared, "declared")
    return sniffed(raw, declared, label)


def _wide(declared: str, raw: bytes) -> Decoded | None:
    """UTF-16 or UTF-32; without a byte order mark by what comes out, since few keep to RFC 2781's "big endian"."""
    marked = raw.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff"))
    codecs_ = (declared,) if marked or declared not in ("utf-16", "utf-32") else (f"{declared}-be", f"{declared}-le")
    found = [Decoded(text, codec, "declared") for codec in codecs_ if (text := strict(codec, raw)) is not None]
    return max(found, key=lambda item: _worth_of_wide(item.text)) if found else None


def _worth_of_wide(text: str) -> float:
    """Readable signs of any script score; a wrong byte order gives rare ideographs and unassigned places."""
    return worth(text) + sum(0.5 for char in text[:400] if char in " \n\r" or "!" <= char <= "~") / len(text or " ")


def _utf8_wins(raw: bytes, declared: str | None) -> bool:
    """Strict UTF-8 with a three-byte character, or under a one-byte label, is UTF-8 whatever the label says."""
    if declared not in ("euc-jp", "gb18030", "cp949", "cp950", "cp932", "big5hkscs"):
        return declared is None or not declared.startswith(("utf-16", "utf-32"))
    return max(raw) >= 0xE1 or any(lead in raw for lead in (b"\xe0",))


def _belied(text: str, raw: bytes, declared: str) -> bool:
    """True where the declared codec reads without an error but what comes out is not what anybody writes."""
    if declared in ("cp932", "euc-jp", "gb18030", "cp949", "cp950", "big5hkscs"):
        other = japanese(raw)
        if other is None or other.codec == declared or kana(other.text) * 5 < len(other.text[:2_000]):
            return False
        if declared == "gb18030" and kana(text) * 5 >= len(text[:2_000]):  # kana stand alike in GB and EUC
            return other.codec == "euc-jp" and common_share(other.text) > 0.3 + common_share(text)
        return worth(other.text) > 2 * max(worth(text), 0.05)
    if declared.startswith("utf-"):
        return False
    high = sum(1 for code in raw if code >= 0x80)
    if high * 4 < len(raw):
        return False
    other = japanese(raw)
    return other is not None and (worth(other.text) > 0.5 or (worth(other.text) > 0.2 and kana(other.text) > 3))
