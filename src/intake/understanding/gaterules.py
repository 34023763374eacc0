"""rules/gate/*.toml: the gate's words as the agency's people write them, checked and made ready.

All files are read together: a file of one's own adds words, one of a shipped file's name takes its place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from intake.errors import RuleError
from intake.understanding.gatewords import GateWord, GateWords, Sign, Where
from intake.understanding.rulefiles import compiled, read, refuse_nested, refuse_unsafe

_USED = re.compile(r"\{([^\d,{}][^{}]*)\}")  # {0,9} is a repeat


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Term(_Strict):
    """``[[term]]``: alternatives with one meaning; patterns write ``{name}``."""

    name: str = Field(pattern=r"^[a-z][a-z_]*$")
    title: str = Field(min_length=1)
    words: list[str] = Field(min_length=1)


class _Entry(_Strict):
    says: str = Field(min_length=1)
    words: list[str] = Field(min_length=1)
    any_case: bool = False
    hits: list[str] = Field(min_length=2)
    misses: list[str] = Field(min_length=2)


class WordRule(_Entry):
    """``[[word]]``: stops what it is ``against``. See rules/gate/sentence.toml for ``only``, ``unless``, ``yet``."""

    name: str = Field(pattern=r"^[a-z][a-z-]*$")
    against: list[Literal["withdrawal", "deletion"]] = Field(min_length=1)
    where: Where
    only: list[str] = []
    unless: list[str] = []
    yet: list[str] = []


class SignRule(_Entry):
    """``[[sign]]``: what the gate's code asks for by name; stops nothing by itself."""

    name: Sign


class GateFile(_Strict):
    """rules/gate/NAME.toml."""

    term: list[Term] = []
    word: list[WordRule] = []
    sign: list[SignRule] = []

    @property
    def rules(self) -> list[WordRule | SignRule]:
        """All that is no term."""
        return [*self.word, *self.sign]


# Full-width figures and letters, half-width kana: no text has them once it is normalised.
_UNREAD = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff66-\uff9f]")


class _Terms:
    """All terms, written out where they are used."""

    def __init__(self, given: Sequence[tuple[str, Term]]) -> None:
        _once([(term.name, place) for place, term in given])
        self._given = {term.name: (place, term.words) for place, term in given}
        self._written: dict[str, str] = {}

    def pattern(self, words: Sequence[str], place: str, flags: int) -> re.Pattern[str]:
        """Any of the words, made ready. Raises RuleError, naming the term or the word that is to blame."""
        whole = self._any(words, place)
        try:
            ready = re.compile(whole, flags)
        except re.error:
            for at, some in (*self._given.values(), (place, words)):
                for word in some:
                    compiled(self._any([word], at), at)
            raise RuleError(f"{place}: the words are no patterns, each by itself") from None
        refuse_nested(whole, place)
        if ready.match(""):
            raise RuleError(f"{place}: matches nothing at all")
        return ready

    def _any(self, words: Sequence[str], place: str, inside: tuple[str, ...] = ()) -> str:
        for word in words:
            refuse_unsafe(word, place)
            if _UNREAD.search(word):
                raise RuleError(f"{place}: {word!r} never meets: texts are read in half-width letters, full-width kana")
        return _USED.sub(lambda used: self._term(used[1], place, inside), "|".join(words))

    def _term(self, name: str, place: str, inside: tuple[str, ...]) -> str:
        if name not in self._written:
            if name not in self._given or name in inside:
                raise RuleError(f"{place}: {{{name}}} {'uses itself' if name in inside else 'is not known'}")
            at, words = self._given[name]
            self._written[name] = f"(?:{self._any(words, at, (*inside, name))})"
        return self._written[name]


def load_gate(files: Mapping[str, Path]) -> GateWords:
    """The gate's words of all ``gate/*.toml``. Raises RuleError, naming file and entry, for what is missing, unknown,
    there twice or unsafe."""
    given = {name: read(files, name, GateFile) for name in sorted(files) if name.startswith("gate/")}
    rules = [(f"{files[name]}: {rule.name}", rule) for name, file in given.items() for rule in file.rules]
    terms = _Terms([(f"{files[name]}: {term.name}", term) for name, file in given.items() for term in file.term])
    _once([(rule.name, place) for place, rule in rules])
    stopping: dict[tuple[Where, str], list[GateWord]] = {}
    signs: dict[Sign, GateWord] = {}
    for place, rule in rules:
        word = _ready(rule, place, terms)
        if isinstance(rule, SignRule):
            signs[rule.name] = word
        else:
            for request in rule.against:
                stopping.setdefault((rule.where, request), []).append(word)
    if missing := set(get_args(Sign)) - set(signs):
        raise RuleError(f"rules/gate: no sign named {', '.join(sorted(missing))}")
    return GateWords({key: tuple(words) for key, words in stopping.items()}, signs)


def _ready(rule: WordRule | SignRule, place: str, terms: _Terms) -> GateWord:
    flags = re.IGNORECASE if rule.any_case else 0
    pattern = terms.pattern(rule.words, place, flags)
    word = GateWord(rule.name, rule.says, pattern, tuple(rule.hits), tuple(rule.misses))
    if isinstance(rule, SignRule):
        return word
    if pattern.groups > 2:
        raise RuleError(f"{place}: more than two brackets that name something; write (?: ) for the others")
    only, unless, yet = (
        terms.pattern(words, place, flags) if words else None for words in (rule.only, rule.unless, rule.yet)
    )
    return replace(word, only=only, unless=unless, yet=yet)


def _once(named: Sequence[tuple[str, str]]) -> None:
    """Each name with its place: RuleError where one is there again."""
    seen: set[str] = set()
    for name, place in named:
        if name in seen:
            raise RuleError(f"{place}: this name is there twice")
        seen.add(name)
