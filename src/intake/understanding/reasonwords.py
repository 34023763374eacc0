"""Wordings of reasons (rules/reasons/*.toml): which reasons a text words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from intake.understanding.wordings import Wording, Wordings, outside, pairs_of, said


class ReasonWordings:
    """All wordings of all reasons; keeps nothing of what it read."""

    def __init__(self, wordings: Mapping[str, Sequence[str]]) -> None:
        self._all = Wordings((_whole(wording), code) for code in wordings for wording in wordings[code])

    def maybe(self, text: str, pairs: set[str]) -> list[Wording[str]]:
        """Those that a normalised ``text`` may have. ``pairs``: its runs of two characters."""
        return self._all.maybe(text, pairs)

    def find(self, text: str) -> set[str]:
        """The codes of the reasons that a normalised ``text`` words."""
        return said(self._all.maybe(text, pairs_of(text)), text)


def _whole(wording: str) -> str:
    """The two characters that a wording begins with stand before all of its alternatives."""
    return f"{wording[:2]}(?:{wording[2:]})" if "|" in outside(wording) else wording
