"""The first reader: the agency's own rules over words and the way they are said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from intake.understanding.document import Annotator, Document, clause_end, marks_between
from intake.understanding.matcher import Found
from intake.understanding.rulebook import RequestRules, Rule, Rulebook


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that holds, and the tokens that made it hold. ``blocked`` names the marks that switch it off."""

    request: str
    rule: str
    weight: float
    start: int
    end: int
    sentence: int
    blocked: frozenset[str] = frozenset()

    @property
    def holds(self) -> bool:
        """False: the words are there, but denied, supposed, reported …"""
        return not self.blocked


@dataclass(frozen=True, slots=True)
class _Ready:
    request: str
    rule: Rule
    groups: tuple[frozenset[int], ...]
    against: frozenset[int]
    needs: frozenset[str]
    unless: frozenset[str]


class RuleReader:
    """Finds the rules that hold in a document."""

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
        return _Ready(rules.request, rule, groups, against, frozenset(rule.needs), frozenset(unless))

    def _group(self, word: str) -> int:
        """The group of one wording, or of a whole concept; one group, whoever uses it."""
        if word.startswith("@"):
            return self._annotator.concept_groups[word[1:]]
        if word not in self._groups:
            self._groups[word] = self._annotator.book.add([word])
        return self._groups[word]

    def hits(self, document: Document) -> list[Hit]:
        """Every rule whose words are met, those that are switched off included."""
        found: list[Hit] = []
        by_first = self._by_first
        for number, here in enumerate(document.found):
            if not here:
                continue
            present: set[int] = set()
            present.update(*[one.entry.groups for one in here])
            first = present & by_first.keys()
            if first:
                candidates = {id(ready): ready for group in first for ready in by_first[group]}
                for ready in sorted(candidates.values(), key=_order):
                    if ready.against.isdisjoint(present) and not any(g.isdisjoint(present) for g in ready.groups):
                        hit = self._hit(ready, here, document, number)
                        if hit:
                            found.append(hit)
        return found

    def _hit(self, ready: _Ready, here: Sequence[Found], document: Document, number: int) -> Hit | None:
        rule = ready.rule
        chain = _chain([[one for one in here if not g.isdisjoint(one.entry.groups)] for g in ready.groups], rule.gap)
        if chain is None:
            return None
        sentence = document.sentences[number]
        if rule.last and chain[-1].end < sentence.end - 3:
            return None
        limit = clause_end(document.turns, chain[-1].end, sentence.end)
        said = marks_between(chain[0].end, chain[-1].start, limit, document.marks[number])
        if ready.needs - said:
            return None
        return Hit(ready.request, rule.id, rule.weight, chain[0].start, chain[-1].end, number, said & ready.unless)


def _order(ready: _Ready) -> str:
    return ready.rule.id


def _chain(groups: Sequence[Sequence[Found]], gap: int) -> list[Found] | None:
    """The first way to meet all groups in order, each at most ``gap`` tokens after the one before."""
    for first in groups[0]:
        chain = [first]
        for group in groups[1:]:
            following = next((s for s in group if 0 <= s.start - chain[-1].end <= gap), None)
            if following is None:
                break
            chain.append(following)
        if len(chain) == len(groups):
            return chain
    return None
