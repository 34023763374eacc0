"""The first reader: the agency's own rules over words and the way they are said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from intake.understanding.document import Annotator, Hit, Piece, clause_end, marks_between
from intake.understanding.matcher import Found
from intake.understanding.rulebook import RequestRules, Rule, Rulebook


@dataclass(frozen=True, slots=True, eq=False)
class _Ready:
    request: str
    rule: Rule
    groups: tuple[frozenset[int], ...]
    against: frozenset[int]
    needs: frozenset[str]
    unless: frozenset[str]
    gap: int
    last: bool


class RuleReader:
    """Finds the rules that hold in a sentence."""

    def __init__(self, rulebook: Rulebook, annotator: Annotator) -> None:
        self._annotator = annotator
        self._groups: dict[str, int] = {}
        self._by_first: dict[int, list[_Ready]] = {}
        for rules in rulebook.requests.values():
            for rule in rules.rule:
                ready = self._ready(rules, rule)
                for group in ready.groups[0]:
                    self._by_first.setdefault(group, []).append(ready)

    def _ready(self, rules: RequestRules, rule: Rule) -> _Ready:
        unless = rules.unless if rule.unless is None else rule.unless
        groups = tuple(frozenset(self._group(word) for word in words) for words in rule.words)
        against = frozenset(self._group(word) for word in rule.against)
        return _Ready(
            rules.request, rule, groups, against, frozenset(rule.needs), frozenset(unless), rule.gap, rule.last
        )

    def _group(self, word: str) -> int:
        """The group of one wording, or of a whole concept; one group, whoever uses it."""
        if word.startswith("@"):
            return self._annotator.concept_groups[word[1:]]
        if word not in self._groups:
            self._groups[word] = self._annotator.book.add([word])
        return self._groups[word]

    def hits(self, piece: Piece) -> list[Hit]:
        """Every rule whose words are met, those that are switched off included."""
        by_first = self._by_first
        present: set[int] = set()
        present.update(*[one[2].groups for one in piece.found])
        first = present & by_first.keys()
        if not first:
            return []
        found: list[Hit] = []
        for ready in sorted({ready for group in first for ready in by_first[group]}, key=_order):
            if ready.against.isdisjoint(present) and not any(g.isdisjoint(present) for g in ready.groups):
                hit = _hit(ready, piece)
                if hit:
                    found.append(hit)
        return found


def _hit(ready: _Ready, piece: Piece) -> Hit | None:
    chain = _chain([[one for one in piece.found if not g.isdisjoint(one[2].groups)] for g in ready.groups], ready.gap)
    if chain is None:
        return None
    size = len(piece.words)
    start, end = chain[0][0], chain[-1][1]
    if ready.last and end < size - 3:
        return None
    said = marks_between(chain[0][1], chain[-1][0], clause_end(piece.turns, end, size), piece.marks)
    if ready.needs - said:
        return None
    return Hit(ready.request, ready.rule.id, ready.rule.weight, start, end, said & ready.unless)


def _order(ready: _Ready) -> str:
    return ready.rule.id


def _chain(groups: Sequence[Sequence[Found]], gap: int) -> list[Found] | None:
    """The first way to meet all groups in order, each at most ``gap`` tokens after the one before."""
    for first in groups[0]:
        chain = [first]
        for group in groups[1:]:
            end = chain[-1][1]
            following = next((s for s in group if 0 <= s[0] - end <= gap), None)
            if following is None:
                break
            chain.append(following)
        if len(chain) == len(groups):
            return chain
    return None
