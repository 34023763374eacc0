"""How somebody may be written: what an erasure masks in other people's messages, and looks for in every file.

A name is written with and without a blank, a number with other hyphens, a reading in either kana or at half width; a
file holds it in any of the charsets that Japanese mail uses, in base64 or quoted-printable.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from intake.model import Seeker

MASK = "■"
LEAST_BYTES = 6  # shorter runs turn up in any gigabyte by chance
CHARSETS = ("utf-8", "iso2022_jp", "cp932", "euc_jp", "utf-16-le")
_LEAST_LETTERS = {"name": 3, "kana": 4, "address": 6, "phone": 9, "member_id": 3}
_HYPHENS = "-‐‑‒–—―−ー－ｰ(). 　"
_TO_HIRAGANA = {c: c - 0x60 for c in range(0x30A1, 0x30F7)}
_TO_KATAKANA = {c: c + 0x60 for c in range(0x3041, 0x3097)}
_HALF = {unicodedata.normalize("NFKC", chr(c)): chr(c) for c in range(0xFF66, 0xFF9E)}
_VOICED = {"゛": "ﾞ", "゜": "ﾟ"}


@dataclass(frozen=True, slots=True)
class Trace:
    """One thing by which somebody is recognised."""

    kind: str  # name, kana, address, phone, member_id
    text: str

    @property
    def bare(self) -> str:
        """Without blanks, folded: for telling whether two people share it."""
        folded = unicodedata.normalize("NFKC", self.text).casefold()
        drop = _HYPHENS if self.kind == "phone" else ""
        return "".join(c for c in folded if not c.isspace() and c not in drop)

    @property
    def is_long_enough(self) -> bool:
        """Short ones mean anybody."""
        return len(self.bare) >= _LEAST_LETTERS[self.kind]


def traces_of(seeker: Seeker) -> tuple[Trace, ...]:
    """All of one person that are long enough to mean them."""
    every = [Trace("name", seeker.name), Trace("kana", seeker.kana), Trace("member_id", seeker.member_id)]
    every += [Trace("address", a) for a in seeker.addresses] + [Trace("phone", p) for p in seeker.phones]
    return tuple(dict.fromkeys(t for t in every if t.is_long_enough))


class Traces:
    """Somebody's traces, made ready for looking through texts and files."""

    def __init__(self, traces: Iterable[Trace]) -> None:
        self.traces = tuple(traces)
        words = [_written(t) for t in self.traces]
        self._pattern = re.compile("|".join(words), re.IGNORECASE) if words else None

    def are_in(self, text: str | None) -> bool:
        """True where the text names the person."""
        return bool(text and self._pattern and self._pattern.search(text))

    def masked(self, text: str) -> str:
        """The same text, as long as before, without them: places in it stay where they were."""
        return self._pattern.sub(lambda m: MASK * len(m[0]), text) if self._pattern else text

    def queries(self) -> tuple[str, ...]:
        """Words for the search, which folds width, kana and blanks by itself; a number with and without hyphens."""
        found = [v for t in self.traces for v in (_variants(t) if t.kind == "phone" else {t.bare})]
        return tuple(dict.fromkeys(found))

    def spellings(self) -> tuple[bytes, ...]:
        """Byte strings to look for in files."""
        found: set[bytes] = set()
        for trace in self.traces:
            for text in _variants(trace):
                found |= _bytes_of(text)
        return tuple(sorted(b for b in found if len(b) >= LEAST_BYTES))


def _written(trace: Trace) -> str:
    """A regular expression for one trace: blanks and hyphens are free, each letter is taken at any width and kana."""
    letters = [_letter(c) for c in trace.bare]
    if trace.kind == "phone":
        return r"(?<![0-9０-９])" + f"[{re.escape(_HYPHENS)}]{{0,2}}".join(letters) + r"(?![0-9０-９])"
    if trace.kind in ("name", "kana"):
        return r"[\s　]{0,3}".join(letters)
    edge = r"[A-Za-z0-9０-９Ａ-Ｚａ-ｚ_]"
    return rf"(?<!{edge})" + "".join(letters) + rf"(?!{edge})"


def _letter(char: str) -> str:
    same = {char, char.upper(), char.translate(_TO_HIRAGANA), char.translate(_TO_KATAKANA)}
    if "!" <= char <= "~":
        same |= {chr(ord(c) + 0xFEE0) for c in (char, char.upper()) if len(c) == 1}
    katakana = char.translate(_TO_KATAKANA)
    half = _half_width(katakana)
    one = "".join(re.escape(c) for c in sorted(same) if len(c) == 1)
    return f"(?:[{one}]|{re.escape(half)})" if half != katakana else f"[{one}]"


def _half_width(text: str) -> str:
    pieces = unicodedata.normalize("NFD", text).replace("\u3099", "゛").replace("\u309a", "゜")
    return "".join(_VOICED.get(c) or _HALF.get(c, c) for c in pieces)


def _variants(trace: Trace) -> set[str]:
    text = unicodedata.normalize("NFKC", trace.text).strip()
    if trace.kind in ("name", "kana"):
        parts = text.split()
        joined = {"".join(parts), " ".join(parts), "　".join(parts)}
        kana = {f(j) for j in joined for f in (_hiragana, _katakana)} if trace.kind == "kana" else set()
        return {trace.text, *joined, *kana, *({_half_width(k) for k in kana} if kana else set())}
    if trace.kind == "phone":
        digits = "".join(c for c in text if c.isdigit())
        hyphened = {f"{digits[:3]}-{digits[3:7]}-{digits[7:]}"} if len(digits) == 11 else set()
        return {trace.text, text, digits, *hyphened}
    return {trace.text, text, text.lower(), text.upper()}


def _hiragana(text: str) -> str:
    return text.translate(_TO_HIRAGANA)


def _katakana(text: str) -> str:
    return text.translate(_TO_KATAKANA)


def _bytes_of(text: str) -> set[bytes]:
    """The text in every charset, each also as base64 at its three places and as quoted-printable."""
    found: set[bytes] = set()
    for charset in CHARSETS:
        try:
            raw = text.encode(charset)
        except UnicodeEncodeError:
            continue
        if charset == "iso2022_jp":
            runs = [run for run in re.split(rb"\x1b[$(].", raw) if len(run) >= LEAST_BYTES]
            found |= {code for run in runs for code in (run, *_base64(run))}  # within a longer run, without escapes
        found |= {raw, *_base64(raw)}
        if charset != "utf-16-le":
            found.add("".join(f"={b:02X}" if b > 126 or b == 61 else chr(b) for b in raw).encode())
    escaped = "".join(c if c.isascii() else f"\\u{ord(c):04x}" for c in text)  # JSON's own way
    return found | {escaped.encode()}


def _base64(raw: bytes) -> Sequence[bytes]:
    """What of the base64 of ``raw`` does not depend on what stands before and behind it."""
    found = []
    for lead in range(3):
        code = base64.b64encode(b"\0" * lead + raw)
        start = (0, 2, 3)[lead]
        end = len(code) - (0, 3, 2)[(lead + len(raw)) % 3]
        found.append(code[start:end].rstrip(b"="))
    return found
