"""The first reader: the agency's own rules over words and the way they are said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from intake.understanding.document import Annotator, Hit, Piece, clause_end, marks_between, reaches
from intake.understanding.matcher import Entry, Found
from intake.understanding.rulebook import RequestRules, Rule, Rulebook

_ABOUT = 14  # tokens before a rule's words within which it must be said what they are about


@dataclass(frozen=True, slots=True, eq=False)
class _Ready:
    """A rule made ready. Groups of wordings and marks are bits."""

    request: str
    rule: Rule
    groups: tuple[int, ...]
    about: int
    against: int
    needs: int
    unless: int
    gap: int
    last: bool


class RuleReader:
    """Finds the rules that hold in a sentence."""

    def __init__(self, rulebook: Rulebook, annotator: Annotator) -> None:
        self._annotator = annotator
        self._manners = annotator.manners
        self._groups: dict[str, int] = {}
        ready = [self._ready(rules, rule) for rules in rulebook.requests.values() for rule in rules.rule]
        self._begun = _Begun(ready)
        self._clausal = self._manners.of([mark.name for mark in rulebook.marks if mark.where == "clause"])

    def _ready(self, rules: RequestRules, rule: Rule) -> _Ready:
        unless = self._manners.of(rules.unless if rule.unless is None else rule.unless)
        groups = tuple(self._bits(words) for words in rule.words)
        about, against = self._bits(rule.about), self._bits(rule.against)
        needs = self._manners.of(rule.needs)
        return _Ready(rules.request, rule, groups, about, against, needs, unless, rule.gap, rule.last)

    def _bits(self, words: Iterable[str]) -> int:
        return sum(1 << group for group in {self._group(word) for word in words})

    def _group(self, word: str) -> int:
        """The group of one wording, or of a whole concept; one group, whoever uses it."""
        if word.startswith("@"):
            return self._annotator.concept_groups[word[1:]]
        if word not in self._groups:
            self._groups[word] = self._annotator.book.add([word])
        return self._groups[word]

    def hits(self, piece: Piece) -> list[Hit]:
        """Every rule whose words are met, those that are switched off included."""
        begun = self._begun
        present = 0
        tried: dict[_Ready, None] = {}
        for _, _, entry in piece.found:
            present |= entry.mask
            if rules := begun[entry]:
                tried.update(rules)
        found: list[Hit] = []
        for ready in tried:
            if not ready.against & present and all(group & present for group in ready.groups):
                hit = self._hit(ready, piece)
                if hit:
                    found.append(hit)
        return sorted(found, key=_rule) if len(found) > 1 else found

    def _hit(self, ready: _Ready, piece: Piece) -> Hit | None:
        chain = _chain([[one for one in piece.found if group & one[2].mask] for group in ready.groups], ready.gap)
        if chain is None:
            return None
        size = len(piece.words)
        start, end = chain[0][0], chain[-1][1]
        if ready.last and end < size - 3:
            return None
        if ready.about and not _stands_before(ready.about, start, piece.found):
            return None
        said = marks_between(chain[0][1], chain[-1][0], clause_end(piece.turns, end, size), piece.holding)
        if ready.needs & ~said:
            return None
        blocked = said & ready.unless
        if blocked & self._clausal and not self._others(piece, start):
            blocked &= ~self._clausal
        return Hit(ready.request, ready.rule.id, ready.rule.weight, start, end, self._manners[blocked][0])

    def _others(self, piece: Piece, start: int) -> bool:
        """Whether a mark that can end with its clause still holds for the words at ``start``."""
        bits = self._manners.bits
        return any(
            bits[name] & self._clausal and place < start and reaches(piece, place, where, start)
            for place, name, where in piece.marks
        )


class _Begun(dict[Entry, "dict[_Ready, None]"]):
    """The rules that a wording may begin; found when first asked for."""

    def __init__(self, rules: Sequence[_Ready]) -> None:
        self._rules = rules

    def __missing__(self, entry: Entry) -> dict[_Ready, None]:
        found = self[entry] = {ready: None for ready in self._rules if ready.groups[0] & entry.mask}
        return found


def _stands_before(about: int, start: int, found: Sequence[Found]) -> bool:
    """Whether what a rule is about is named before its words, and not far."""
    return any(about & entry.mask and 0 <= start - end <= _ABOUT for _, end, entry in found)


def _rule(hit: Hit) -> str:
    return hit.rule


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
