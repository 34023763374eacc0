"""Characters that nobody sees but that turn or hide text: shown as what they are (reliability.md A13)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# direction and width tricks; ordinary blanks, tabs and line breaks are left alone
_NAMES = {
    0x00AD: "SHY", 0x061C: "ALM", 0x115F: "HCF", 0x1160: "HJF", 0x200B: "ZWSP", 0x200C: "ZWNJ", 0x200D: "ZWJ",
    0x200E: "LRM", 0x200F: "RLM", 0x2028: "LSEP", 0x2029: "PSEP", 0x202A: "LRE", 0x202B: "RLE", 0x202C: "PDF",
    0x202D: "LRO", 0x202E: "RLO", 0x2060: "WJ", 0x2066: "LRI", 0x2067: "RLI", 0x2068: "FSI", 0x2069: "PDI",
    0x3164: "HF", 0xFEFF: "BOM", 0xFFA0: "HHF",
}  # fmt: skip


_JOINER, _VARIANT = "\u200d", "\ufe0f"
_UNSEEN = re.compile(  # whatever has a name below, found quickly
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u200b-\u200f\u2028-\u202e\u2060\u2066-\u2069\u3164"
    "\ud800-\uf8ff\ufeff\uffa0\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)


def name_of(char: str) -> str:
    """A short name of a character that would not be seen; "" for all others."""
    if char in "\n\t":
        return ""
    known = _NAMES.get(ord(char))
    if known:
        return known
    return f"U+{ord(char):04X}" if unicodedata.category(char) in ("Cc", "Cs", "Co") or _is_tag(char) else ""


def _is_tag(char: str) -> bool:
    return 0xE0000 <= ord(char) <= 0xE0FFF


def split(text: str) -> Iterator[tuple[str, str]]:
    """Runs of ordinary text as ``("", text)``, each unseen character as ``(name, char)``; in order, nothing lost."""
    start = 0
    for at, char in enumerate(text):
        if char < " " or char > "~":
            name = name_of(char)
            if name and not (char == _JOINER and _joins(text, at)):
                if at > start:
                    yield "", text[start:at]
                yield name, char
                start = at + 1
    if start < len(text):
        yield "", text[start:]


def _joins(text: str, at: int) -> bool:
    """A joiner between two pictures makes one of them (Unicode TS 51, 2.2), 👩‍⚕️: nothing is hidden by it."""
    before = text[max(at - 3, 0) : at].rstrip(_VARIANT)[-1:]
    return _is_picture(before) and _is_picture(text[at + 1 : at + 2])


def _is_picture(char: str) -> bool:
    return unicodedata.category(char or " ") == "So" or "\U0001f3fb" <= char <= "\U0001f3ff"  # or the tone of a skin


def shown(text: str) -> str:
    """The same text, line breaks and all, with unseen characters as ⟨NAME⟩. What every page does to every value."""
    if not _UNSEEN.search(text):
        return text
    return "".join(f"⟨{name}⟩" if name and name != "U+000D" else run for name, run in split(text))


def visible(text: str | None, most: int = 0) -> str:
    """One line in which unseen characters show as ⟨NAME⟩; cut after ``most`` characters, if given."""
    if not text:
        return ""
    cut = text[:most] if most else text
    shown = "".join(f"⟨{name}⟩" if name else run for name, run in split(cut)).replace("\n", " ")
    return shown + "…" if len(cut) < len(text) else shown
