"""Bytes to text by a ladder that says which rung it used.

Order: forced by staff, JIS escapes, declared, UTF-8 under a wrong label, EUC against CP932 by kana, the rest of the
world by charset-normalizer, declared with replacement marks (never silently).
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace
from functools import lru_cache

from intake.parsing import jis, mojibake

_JIS = "iso-2022-jp"
_ALIASES = {
    "utf8": "utf-8", "unicode11utf8": "utf-8", "utf8mb4": "utf-8", "cp65001": "utf-8", "unicode20utf8": "utf-8",
    "utf8bom": "utf-8", "xunicode20utf8": "utf-8", "utf7": "utf-7", "unicode11utf7": "utf-7", "csutf7": "utf-7",
    "xunicode20utf7": "utf-7", "cp65000": "utf-7",
    "iso2022jp": _JIS, "iso2022jpms": _JIS, "iso2022jp1": _JIS, "iso2022jp2": _JIS, "iso2022jp3": _JIS,
    "iso2022jp2004": _JIS, "iso2022jpext": _JIS, "csiso2022jp": _JIS, "csiso2022jp2": _JIS, "jis": _JIS,
    "cp50220": _JIS, "cp50221": _JIS, "cp50222": _JIS, "xjis": _JIS, "xiso2022jp": _JIS, "jis7": _JIS,
    "isoir87": _JIS, "jisencoding": _JIS, "csjisencoding": _JIS, "windows50220": _JIS, "windows50221": _JIS,
    "shiftjis": "cp932", "sjis": "cp932", "xsjis": "cp932", "mskanji": "cp932", "windows31j": "cp932",
    "cp932": "cp932", "ms932": "cp932", "csshiftjis": "cp932", "cswindows31j": "cp932", "xmscp932": "cp932",
    "windows932": "cp932", "sjiswin": "cp932", "shiftjis2004": "cp932", "shiftjisx0213": "cp932", "shift": "cp932",
    "cp943": "cp932", "ibm943": "cp932", "xshiftjis": "cp932", "sjisopen": "cp932", "ibm932": "cp932",
    "eucjp": "euc-jp", "xeucjp": "euc-jp", "ujis": "euc-jp", "eucjpms": "euc-jp", "eucjpwin": "euc-jp",
    "cp51932": "euc-jp", "cseucpkdfmtjapanese": "euc-jp", "eucj": "euc-jp", "euc": "euc-jp", "eucjis2004": "euc-jp",
    "extendedunixcodepackedformatforjapanese": "euc-jp", "xeuc": "euc-jp", "eucjapan": "euc-jp",
    "gb2312": "gb18030", "gb231280": "gb18030", "gbk": "gb18030", "xgbk": "gb18030", "cp936": "gb18030",
    "windows936": "gb18030", "euccn": "gb18030", "gb18030": "gb18030", "csgb2312": "gb18030", "ms936": "gb18030",
    "chinesegb": "gb18030", "hzgb2312": "hz", "hz": "hz",
    "big5": "cp950", "xbig5": "cp950", "cnbig5": "cp950", "cp950": "cp950", "big5eten": "cp950",
    "big5hkscs": "big5hkscs", "euckr": "cp949", "ksc56011987": "cp949", "ksc5601": "cp949", "cp949": "cp949",
    "uhc": "cp949", "windows949": "cp949", "xwindows949": "cp949", "iso2022kr": "iso2022_kr",
    "iso88591": "cp1252", "latin1": "cp1252", "ansi": "cp1252", "cp1252": "cp1252", "windows1252": "cp1252",
    "iso88591windows30latin1": "cp1252", "iso88598i": "iso8859-8", "iso88598e": "iso8859-8",
    "iso88599": "cp1254", "windows874": "cp874", "tis620": "cp874", "iso885911": "cp874", "macintosh": "mac-roman",
    "xmacroman": "mac-roman", "macjapanese": "cp932", "xmacjapanese": "cp932", "koi8": "koi8-r",
    "usascii": "ascii", "ascii": "ascii", "ansix341968": "ascii", "iso646us": "ascii", "ansix34": "ascii",
}  # fmt: skip
_KEEP_OUT = frozenset({"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "mbcs", "oem"})
_NOT_LABEL = re.compile(r"[^a-z0-9]")


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


@lru_cache(maxsize=512)
def codec_of(label: str) -> str | None:
    """The codec that a label stands for (whitelisted text codecs only); None if it says nothing useful."""
    label = label.strip().strip("\"'").lower()
    short = _NOT_LABEL.sub("", label)[:60]
    if short in _ALIASES:
        return _ALIASES[short]
    try:
        info = codecs.lookup(label[:60].replace("_", "-"))
    except (LookupError, ValueError):
        return None
    if not getattr(info, "_is_text_encoding", True) or info.name.replace("_", "-") in _KEEP_OUT:
        return None
    return info.name


def decode(raw: bytes, label: str | None = None, forced: str | None = None) -> Decoded:
    """Read ``raw``; ``label`` is what the mail declares, ``forced`` what staff chose. Never raises."""
    if forced and (codec := codec_of(forced)):
        text, bad = _with(codec, raw, replace=True)
        return Decoded(text, codec, "forced", bad)
    declared = codec_of(label) if label else None
    if b"\x1b$" in raw:
        raw = _WEBCODE.sub(b"", raw)
    if raw.isascii() and b"\x1b" not in raw and b"\x0e" not in raw:
        return _seven_bit(raw, label, declared)
    if b"\x1b$)C" in raw and (korean := _strict("iso2022_kr", raw)) is not None:
        return Decoded(korean, "iso2022_kr", "escapes")
    if _has_jis(raw, declared):
        text, bad = jis.decode(raw)
        if bad * 20 <= len(text) or declared == _JIS:
            return Decoded(text, _JIS, "declared" if declared == _JIS else "escapes", bad)
    return mojibake.repaired(_eight_bit(raw, declared, label))


def _has_jis(raw: bytes, declared: str | None) -> bool:
    if b"\x1b$" in raw or b"\x1b(" in raw:
        return True
    return b"\x0e" in raw and b"\x0f" in raw and declared in (_JIS, None, "ascii")


def _seven_bit(raw: bytes, label: str | None, declared: str | None) -> Decoded:
    """Pure ASCII bytes: plain text, unless a 7-bit encoding hides in them."""
    if declared in ("utf-7", "hz"):
        text, bad = _with(declared, raw, replace=True)
        return Decoded(text, declared, "declared", bad)
    if declared and declared.startswith(("utf-16", "utf-32")) and b"\0" in raw and (wide := _wide(declared, raw)):
        return wide
    if b"$B" in raw or b"$@" in raw:
        restored = jis.restore_escapes(raw)
        if restored is not None:
            text, bad = jis.decode(restored)
            return Decoded(text, _JIS, "escapes restored", bad)
    return Decoded(raw.decode("ascii"), declared or "ascii", "declared" if label else "undeclared")


def _eight_bit(raw: bytes, declared: str | None, label: str | None) -> Decoded:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) and (wide := _strict("utf-16", raw)) is not None:
        return Decoded(wide, "utf-16", "byte order mark")
    utf8 = _strict("utf-8", raw)
    if utf8 is not None and _utf8_wins(raw, declared):
        return Decoded(utf8.removeprefix("\ufeff"), "utf-8", "declared" if declared == "utf-8" else "sniffed")
    if declared in ("utf-16", "utf-32") and (both := _wide(declared, raw)):
        return both
    if declared and declared not in ("utf-8", "ascii", _JIS):
        found = _strict(declared, raw)
        if found is not None and not _belied(found, raw, declared):
            return Decoded(found, declared, "declared")
    return _sniffed(raw, declared, label)


def _wide(declared: str, raw: bytes) -> Decoded | None:
    """UTF-16 or UTF-32; without a byte order mark by what comes out, since few keep to RFC 2781's "big endian"."""
    marked = raw.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff"))
    codecs_ = (declared,) if marked or declared not in ("utf-16", "utf-32") else (f"{declared}-be", f"{declared}-le")
    found = [Decoded(text, codec, "declared") for codec in codecs_ if (text := _strict(codec, raw)) is not None]
    return max(found, key=lambda item: _worth_of_wide(item.text)) if found else None


def _worth_of_wide(text: str) -> float:
    """Readable signs of any script score; a wrong byte order gives rare ideographs and unassigned places."""
    return _worth(text) + sum(0.5 for char in text[:400] if char in " \n\r" or "!" <= char <= "~") / len(text or " ")


def _utf8_wins(raw: bytes, declared: str | None) -> bool:
    """Strict UTF-8 with a three-byte character, or under a one-byte label, is UTF-8 whatever the label says."""
    if declared not in ("euc-jp", "gb18030", "cp949", "cp950", "cp932", "big5hkscs"):
        return declared is None or not declared.startswith(("utf-16", "utf-32"))
    return max(raw) >= 0xE1 or any(lead in raw for lead in (b"\xe0",))


def _belied(text: str, raw: bytes, declared: str) -> bool:
    """True where the declared codec reads without an error but what comes out is not what anybody writes."""
    if declared in ("cp932", "euc-jp", "gb18030", "cp949", "cp950", "big5hkscs"):
        other = _japanese(raw)
        if other is None or other.codec == declared or _kana(other.text) * 5 < len(other.text[:2_000]):
            return False
        if declared == "gb18030" and _kana(text) * 5 >= len(text[:2_000]):  # kana stand alike in GB and EUC
            return other.codec == "euc-jp" and _common_share(other.text) > 0.3 + _common_share(text)
        return _worth(other.text) > 2 * max(_worth(text), 0.05)
    if declared.startswith("utf-"):
        return False
    high = sum(1 for code in raw if code >= 0x80)
    if high * 4 < len(raw):
        return False
    other = _japanese(raw)
    return other is not None and (_worth(other.text) > 0.5 or (_worth(other.text) > 0.2 and _kana(other.text) > 3))


def _common_share(text: str) -> float:
    """How many of the ideographs are everyday Japanese ones."""
    found = [char for char in text[:4_000] if "一" <= char <= "鿿"]
    return sum(1 for char in found if _is_common(char)) / len(found) if found else 0.0


def _kana(text: str) -> int:
    return sum(1 for char in text[:2_000] if "ぁ" <= char <= "ヿ")


def _sniffed(raw: bytes, declared: str | None, label: str | None) -> Decoded:
    """Nothing declared, or the declaration does not read."""
    guess = _japanese(raw)
    tries: list[Decoded] = [guess] if guess else []
    for codec in dict.fromkeys((declared or "utf-8", "utf-8")):
        text, bad = _with(codec, raw, replace=True)
        rung = "declared, damaged" if codec == declared else "sniffed, damaged"
        tries.append(Decoded(text, codec, rung, bad))
    joined = _without_cuts(raw, declared) or _paired(raw) or _line_by_line(raw)
    if joined is not None:
        return joined
    best = max(tries, key=lambda item: _worth(item.text) - 8 * item.bad / max(1, len(item.text)))
    if best.bad == 0 and (_worth(best.text) > 0.5 or _has_hiragana(best.text)):
        return best
    if best.bad and best.bad * 50 <= sum(1 for char in best.text if ord(char) > 0x7F):
        return best
    return _rest_of_the_world(raw, declared, label, best)


def _has_hiragana(text: str) -> bool:
    """Words of ours between half-width kana or rare signs: no other script's bytes come out so by chance."""
    count = sum(1 for char in text[:4_000] if "ぁ" <= char <= "ん")
    return count >= 3 and count * 6 >= sum(1 for char in text[:4_000] if char >= "\x80")


def _line_by_line(raw: bytes) -> Decoded | None:
    """UTF-8 and another Japanese codec in one text: a quotation or a footer that somebody pasted as bytes."""
    lines = raw.split(b"\n")
    if len(lines) < 2 or len(lines) > 5_000:
        return None
    out: list[str] = []
    kinds: set[str] = set()
    for line in lines:
        text = _strict("utf-8", line)
        if text is None:
            guess = _japanese(line)
            if guess is None or _worth(guess.text) < 0.4:
                return None
            text = guess.text
            kinds.add(guess.codec)
        elif not line.isascii():
            kinds.add("utf-8")
        out.append(text)
    return Decoded("\n".join(out), "utf-8", "sniffed line by line") if "utf-8" in kinds and len(kinds) > 1 else None


def _paired(raw: bytes) -> Decoded | None:
    """CESU-8: pictures as two halves of three bytes each, as old Java programs write them."""
    if not _HALVES.search(raw):
        return None
    try:
        text = raw.decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeError:
        return None
    return Decoded(text, "utf-8", "sniffed, halves joined")


def _rest_of_the_world(raw: bytes, declared: str | None, label: str | None, best: Decoded) -> Decoded:
    readable = sum(1 for char in best.text if ord(char) > 0x7F) - best.bad
    if declared in (None, "ascii") or (declared == "utf-8" and readable < best.bad):
        world = _normalizer(raw)
        if world is not None:
            return world
    if best.bad and declared in (None, "ascii"):
        text = _with("cp1252", raw, replace=True)[0]
        return Decoded(text, "cp1252", "last resort", text.count("\ufffd"))
    return best


def _normalizer(raw: bytes) -> Decoded | None:
    from charset_normalizer import from_bytes  # costs 20 ms: only where nothing else reads

    found = from_bytes(raw[:4_000], threshold=0.35).best()
    if found is None:
        return None
    codec = codec_of(found.encoding) or "cp1252"
    if codec in _WESTERN:  # statistics cannot tell these apart; the commonest is the best guess
        codec = "cp1252"
    text, bad = _with(codec, raw, replace=True)
    return Decoded(text, codec, "statistics", bad) if not bad else None


_WESTERN = frozenset(
    "cp1250 cp1254 cp1257 cp1258 iso8859-2 iso8859-3 iso8859-4 iso8859-9 iso8859-10 iso8859-13 iso8859-14 iso8859-15"
    " iso8859-16 mac-roman mac-latin2 mac-iceland mac-turkish cp437 cp850 cp852 cp858 iso8859-1 cp775 hp-roman8".split()
)


def _without_cuts(raw: bytes, declared: str | None) -> Decoded | None:
    """A relay that cuts lines at 998 bytes cuts inside characters; put those together again."""
    joined = _CUT.sub(b"", raw)
    if joined == raw or len(joined) < 400:
        return None
    for codec in dict.fromkeys((declared or "utf-8", "utf-8", "euc-jp")):
        text = _strict(codec, joined)
        if text is not None:
            return Decoded(text, codec, "line cuts mended")
    return None


_WEBCODE = re.compile(rb"\x1b\$[EFGOPQ][!-z]{1,20}\x0f")  # pictures of one telephone company, in any charset
_HALVES = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
_SAMPLE = 100_000  # enough to tell two codecs apart

_CUT = re.compile(rb"(?<=[\x80-\xff])!?\r?\n[ ]?(?=[\x80-\xff])")


def _japanese(raw: bytes) -> Decoded | None:
    """EUC-JP against CP932, by how much everyday Japanese comes out; None if neither reads."""
    sample = raw if len(raw) <= _SAMPLE else raw[: raw.rfind(b"\n", 0, _SAMPLE) + 1] or raw[:_SAMPLE]
    found = [
        Decoded(text, codec, "sniffed") for codec in ("euc-jp", "cp932") if (text := _strict(codec, sample)) is not None
    ]
    if not found:
        return None
    best = max(found, key=lambda item: _worth(item.text))
    if sample is raw:
        return best
    text, bad = _with(best.codec, raw, replace=True)
    return replace(best, text=text, bad=bad)


def _worth(text: str) -> float:
    """How Japanese a text looks, about -1 to 1 per character beyond ASCII."""
    score, count, before = 0.0, 0, ""
    for char in text[:4_000]:
        if char >= "\x80":
            count += 1
            if "\uff61" <= char <= "\uff9f":  # half-width kana come in runs
                score += 0.1 if "\uff66" <= before <= "\uff9f" else -0.3
            else:
                score += _worth_of(char)
        before = char
    return score / count if count else 0.0


@lru_cache(maxsize=8192)
def _worth_of(char: str) -> float:
    code = ord(char)
    if 0x4E00 <= code <= 0x9FFF:
        return 0.6 if _is_common(char) else -0.2
    return next((worth for low, high, worth in _WORTH if low <= code <= high), 0.0)


_WORTH = (  # everyday writing, then what only a wrong codec gives
    (0x3041, 0x3096, 1.0),
    (0x3001, 0x3002, 1.0),
    (0x30A1, 0x30FA, 0.8),
    (0x30FC, 0x30FC, 1.0),
    (0x3000, 0x303F, 0.5),
    (0xFF01, 0xFF5E, 0.5),
    (0x2460, 0x2473, 0.5),
    (0xAC00, 0xD7A3, 0.6),
    (0xFFFD, 0xFFFD, -1.0),
    (0xE000, 0xF8FF, -1.0),
    (0x80, 0x9F, -1.0),
    (0x0370, 0x04FF, -0.4),
)


@lru_cache(maxsize=8_192)
def _is_common(char: str) -> bool:
    """JIS level 1 kanji, what people write with (rows 16 to 47)."""
    try:
        return 0xB0 <= char.encode("euc_jp")[0] <= 0xCF
    except UnicodeEncodeError:
        return False


def _strict(codec: str, raw: bytes) -> str | None:
    text, bad = _with(codec, raw, replace=False)
    return None if bad else text


def _with(codec: str, raw: bytes, replace: bool) -> tuple[str, int]:
    """Read with one codec. Without ``replace`` any fault gives ("", 1)."""
    try:
        if codec == _JIS:
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

_EUC_PAIR = re.compile(rb"[\xa1-\xfe]{2}")


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
