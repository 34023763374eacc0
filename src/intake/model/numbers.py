"""Whose member number this is, wherever a number alone says whom something is done to.

Apart from what people search by (matching.keys): without its hyphens 12-3 is 1-23, and that is somebody else.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence

from intake.model.seeker import Seeker

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")  # typed for one another; NFKC leaves them apart


def spelled(number: str) -> str:
    """Without width and surrounding blanks, every dash the same one: two numbers of a register never become one."""
    return unicodedata.normalize("NFKC", number).translate(_DASHES).strip()


def is_spelled_alike(one: str, other: str) -> bool:
    """The same number to the letter, upper or lower case too."""
    return spelled(one) == spelled(other)


def owner_of(number: str, people: Sequence[Seeker]) -> Seeker | None:
    """The one of ``people`` whose number this is; m-10001 is M-10001 too, while no two differ by case alone."""
    ways: tuple[Callable[[str], str], ...] = (str, spelled, lambda text: spelled(text).casefold())
    for way in ways:
        found = [s for s in people if way(s.member_id) == way(number)]
        if found:
            return found[0] if len(found) == 1 else None
    return None
