"""The first reader: the agency's own rules over words and the way they are said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from intake.understanding.document import Annotator, Document, marks_between
from intake.understanding.matcher import Span
from intake.understanding.rulebook import Mark, RequestRules, Rule, Rulebook


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
    groups: tuple[int, ...]
    against: int
    needs: frozenset[str]
    unless: frozenset[str]


class RuleReader:
    """Finds the rules that hold in a document."""

    def __init__(self, rulebook: Rulebook, annotator: Annotator) -> None:
        self._annotator = annotator
        self._concepts = {f"@{c.name}": c for c in rulebook.concepts}
        self._groups: dict[tuple[str, ...], int] = {}
        self._spelled: dict[int, set[int]] = {}
        self._by_first: dict[int, list[_Ready]] = {}
        for rules in rulebook.requests.values():
            for rule in rules.rule:
                ready = self._ready(rules, rule)
                self._by_first.setdefault(ready.groups[0], []).append(ready)

    def _ready(self, rules: RequestRules, rule: Rule) -> _Ready:
        unless = rules.unless if rule.unless is None else rule.unless
        groups = tuple(self._group(words) for words in rule.words)
        against = self._group(rule.against) if rule.against else -1
        return _Ready(rules.request, rule, groups, against, frozenset(rule.needs), frozenset(unless))

    def _group(self, words: Sequence[str]) -> int:
        """The group of these wordings; concepts are written out. The same list is one group, whoever uses it."""
        plain: list[str] = []
        spelled = set()
        for word in words:
            concept = self._concepts.get(word)
            plain.extend(concept.words if concept else [word])
            if concept:
                spelled.add(self._annotator.concept_groups[concept.name])
        key = tuple(sorted(set(plain))) + tuple(f"@{g}" for g in sorted(spelled))
        if key not in self._groups:
            self._groups[key] = self._annotator.book.add(dict.fromkeys(plain))
            for concept_group in spelled:
                self._spelled.setdefault(concept_group, set()).add(self._groups[key])
        return self._groups[key]

    def hits(self, document: Document) -> list[Hit]:
        """Every rule whose words are met, those that are switched off included."""
        found: list[Hit] = []
        at = 0
        spans = document.spans
        for number, sentence in enumerate(document.sentences):
            here: dict[int, list[Span]] = {}
            while at < len(spans) and spans[at].start < sentence.end:
                span = spans[at]
                here.setdefault(span.group, []).append(span)
                for group in self._spelled.get(span.group, ()):
                    here.setdefault(group, []).append(Span(group, span.start, span.end))
                at += 1
            if here:
                marks = self._annotator.marks_of(here)
                for group in list(here):
                    for ready in self._by_first.get(group, ()):
                        hit = self._hit(ready, here, marks, document, number)
                        if hit:
                            found.append(hit)
        return found

    def _hit(
        self,
        ready: _Ready,
        here: dict[int, list[Span]],
        marks: list[tuple[Span, Mark]],
        document: Document,
        number: int,
    ) -> Hit | None:
        if ready.against >= 0 and ready.against in here:
            return None
        chain = _chain([here.get(g, []) for g in ready.groups], ready.rule.gap)
        if chain is None:
            return None
        sentence = document.sentences[number]
        said = marks_between(chain[0].end, chain[-1].start, chain[-1].end, marks, document.tokens, sentence)
        if ready.rule.last and chain[-1].end < sentence.end - 3:
            return None
        if ready.needs - said:
            return None
        rule = ready.rule
        return Hit(
            ready.request, rule.id, rule.weight, chain[0].start, chain[-1].end, number, frozenset(said & ready.unless)
        )


def _chain(groups: Sequence[Iterable[Span]], gap: int) -> list[Span] | None:
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
