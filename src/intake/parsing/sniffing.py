"""Bytes whose label is missing or does not read: which codec gives what people write."""

from __future__ import annotations

import re
from dataclasses import replace

from intake.parsing.codec_names import codec_of
from intake.parsing.one_codec import Decoded, read_with, strict
from intake.parsing.worth import has_hiragana, worth

_HALVES = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
_SAMPLE = 100_000  # enough to tell two codecs apart
_CUT = re.compile(rb"(?<=[\x80-\xff])!?\r?\n[ ]?(?=[\x80-\xff])")
_WESTERN = frozenset(
    "cp1250 cp1254 cp1257 cp1258 iso8859-2 iso8859-3 iso8859-4 iso8859-9 iso8859-10 iso8859-13 iso8859-14 iso8859-15"
    " iso8859-16 mac-roman mac-latin2 mac-iceland mac-turkish cp437 cp850 cp852 cp858 iso8859-1 cp775 hp-roman8".split()
)


def sniffed(raw: bytes, declared: str | None, label: str | None) -> Decoded:
    """Nothing declared, or the declaration does not read: the best of what does. Never raises; what could not be read
    is counted in ``bad``."""
    guess = japanese(raw)
    tries: list[Decoded] = [guess] if guess else []
    for codec in dict.fromkeys((declared or "utf-8", "utf-8")):
        text, bad = read_with(codec, raw, replace=True)
        rung = "declared, damaged" if codec == declared else "sniffed, damaged"
        tries.append(Decoded(text, codec, rung, bad))
    joined = _without_cuts(raw, declared) or _paired(raw) or _line_by_line(raw)
    if joined is not None:
        return joined
    best = max(tries, key=lambda item: worth(item.text) - 8 * item.bad / max(1, len(item.text)))
    if best.bad == 0 and (worth(best.text) > 0.5 or has_hiragana(best.text)):
        return best
    if best.bad and best.bad * 50 <= sum(1 for char in best.text if ord(char) > 0x7F):
        return best
    return _rest_of_the_world(raw, declared, label, best)


def _line_by_line(raw: bytes) -> Decoded | None:
    """UTF-8 and another Japanese codec in one text: a quotation or a footer that somebody pasted as bytes."""
    lines = raw.split(b"\n")
    if len(lines) < 2 or len(lines) > 5_000:
        return None
    out: list[str] = []
    kinds: set[str] = set()
    for line in lines:
        text = strict("utf-8", line)
        if text is None:
            guess = japanese(line)
            if guess is None or worth(guess.text) < 0.4:
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
        text = read_with("cp1252", raw, replace=True)[0]
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
    text, bad = read_with(codec, raw, replace=True)
    return Decoded(text, codec, "statistics", bad) if not bad else None


def _without_cuts(raw: bytes, declared: str | None) -> Decoded | None:
    """A relay that cuts lines at 998 bytes cuts inside characters; put those together again."""
    joined = _CUT.sub(b"", raw)
    if joined == raw or len(joined) < 400:
        return None
    for codec in dict.fromkeys((declared or "utf-8", "utf-8", "euc-jp")):
        text = strict(codec, joined)
        if text is not None:
            return Decoded(text, codec, "line cuts mended")
    return None


def japanese(raw: bytes) -> Decoded | None:
    """EUC-JP against CP932, by how much everyday Japanese comes out; None if neither reads."""
    sample = raw if len(raw) <= _SAMPLE else raw[: raw.rfind(b"\n", 0, _SAMPLE) + 1] or raw[:_SAMPLE]
    found = [
        Decoded(text, codec, "sniffed") for codec in ("euc-jp", "cp932") if (text := strict(codec, sample)) is not None
    ]
    if not found:
        return None
    best = max(found, key=lambda item: worth(item.text))
    if sample is raw:
        return best
    text, bad = read_with(best.codec, raw, replace=True)
    return replace(best, text=text, bad=bad)
