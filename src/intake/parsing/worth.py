"""How Japanese a text looks: what tells the right codec from one that merely reads."""

from __future__ import annotations

from functools import lru_cache

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


def worth(text: str) -> float:
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
        return 0.6 if is_common(char) else -0.2
    return next((value for low, high, value in _WORTH if low <= code <= high), 0.0)


@lru_cache(maxsize=8_192)
def is_common(char: str) -> bool:
    """JIS level 1 kanji, what people write with (rows 16 to 47)."""
    try:
        return 0xB0 <= char.encode("euc_jp")[0] <= 0xCF
    except UnicodeEncodeError:
        return False


def common_share(text: str) -> float:
    """How many of the ideographs are everyday Japanese ones."""
    found = [char for char in text[:4_000] if "一" <= char <= "鿿"]
    return sum(1 for char in found if is_common(char)) / len(found) if found else 0.0


def kana(text: str) -> int:
    """How many kana stand in the first 2,000 characters."""
    return sum(1 for char in text[:2_000] if "ぁ" <= char <= "ヿ")


def has_hiragana(text: str) -> bool:
    """Words of ours between half-width kana or rare signs: no other script's bytes come out so by chance."""
    count = sum(1 for char in text[:4_000] if "ぁ" <= char <= "ん")
    return count >= 3 and count * 6 >= sum(1 for char in text[:4_000] if char >= "\x80")
