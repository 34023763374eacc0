"""Marks: how something is said. Those that hold together are bits of one number; names only where people read."""

from __future__ import annotations

from collections.abc import Sequence

_TONES = ("ask", "neg", "past", "ques", "sup", "cond")

Placed = tuple[str, str, int]  # a mark's name, where it holds, its bit
Marked = tuple[int, str, str]  # first token, name, where it holds
Beside = list[tuple[int, int]]  # first token, bit
Holding = tuple[int, Beside, Beside]  # bits that hold throughout; marks that hold before them; behind them
Manner = tuple[frozenset[str], str, str]  # the names; all as one string; those that matter most as one string

NOTHING: Holding = (0, [], [])


class Manners(dict[int, Manner]):
    """Bits of marks, in the names that rules and features use; made when first asked for."""

    def __init__(self, names: Sequence[str]) -> None:
        self.bits: dict[str, int] = {}
        for name in names:
            self.bits.setdefault(name, 1 << len(self.bits))

    def __missing__(self, bits: int) -> Manner:
        names = frozenset(name for name, bit in self.bits.items() if bits & bit)
        found = self[bits] = names, "+".join(sorted(names)), "+".join(mark for mark in _TONES if mark in names)
        return found

    def of(self, names: Sequence[str]) -> int:
        """The bits of marks by their names."""
        return sum({self.bits[name] for name in names})


def holding(found: Sequence[tuple[int, str, str, int]]) -> tuple[list[Marked], Holding]:
    """The marks of a sentence for people and rules, and the same by where they hold."""
    throughout, behind, ahead = 0, [], []
    for place, _, where, bit in found:
        if where == "after":
            behind.append((place, bit))
        elif where in ("before", "clause"):
            ahead.append((place, bit))
        else:
            throughout |= bit
    return [(place, name, where) for place, name, where, _ in found], (throughout, behind, ahead)
