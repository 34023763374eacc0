"""Every rule's own examples, tried; and what is wrong with the rules as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from intake.understanding.answers import AnswerFinder
from intake.understanding.gatewords import GateWords
from intake.understanding.normalize import normalize
from intake.understanding.reading import Reader, Reading
from intake.understanding.reasonwords import ReasonWordings
from intake.understanding.rulebook import Rule, Rulebook


@dataclass(frozen=True, slots=True)
class Failure:
    """What is wrong with a rule, in a code and in words. ``kind``: hit, miss, contradiction, idle, duplicate."""

    rule: str
    kind: str
    example: str

    def __str__(self) -> str:
        """One line for people."""
        said = {
            "hit": "当たるはずの例に当たりません / does not hit its example",
            "miss": "当たってはいけない例に当たります / hits what it must miss",
            "contradiction": "同じ文が別のルールでは逆の例です / another rule says the opposite of this sentence",
            "idle": "単独では何も決められません / decides nothing, alone or with others",
            "duplicate": "同じ名前のルールがあります / two rules have this name",
        }[self.kind]
        return f"{self.rule}: {said}: {self.example}"


def examples(rulebook: Rulebook) -> Iterator[Failure]:
    """All failures; none means that the rules do what their examples say."""
    reader = Reader(rulebook)
    finder = AnswerFinder(rulebook)
    yield from _duplicates(rulebook)
    for rules in rulebook.requests.values():
        total = sum(r.weight for r in rules.rule if r.weight > 0)
        for rule in rules.rule:
            yield from _tried(rule, reader)
            if rule.weight > 0 and total < 1:
                yield Failure(rule.id, "idle", f"{rule.weight}")
    yield from _reasons(rulebook)
    yield from _gate(rulebook.gate)
    for name, answer in rulebook.answers.items():
        for text in answer.hits:
            if finder.fitting(_read(reader, text)) != [name]:
                yield Failure(f"answers/{name}", "hit", text)
        for text in answer.misses:
            if name in finder.fitting(_read(reader, text)):
                yield Failure(f"answers/{name}", "miss", text)


def _reasons(rulebook: Rulebook) -> Iterator[Failure]:
    finder = ReasonWordings({code: said.wordings for code, said in rulebook.wordings.items()})
    for code, said in rulebook.wordings.items():
        for text in said.hits:
            if code not in finder.find(text):
                yield Failure(f"reasons/{code}", "hit", text)
        for text in said.misses:
            if code in finder.find(text):
                yield Failure(f"reasons/{code}", "miss", text)


def lost_words(rulebook: Rulebook, shipped: Rulebook) -> list[str]:
    """Names of the shipped words of the gate that are not in use: a file of one's own took the place of theirs."""
    here = {word.name for word, _ in rulebook.gate.every()}
    return [word.name for word, _ in shipped.gate.every() if word.name not in here]


def _gate(words: GateWords) -> Iterator[Failure]:
    for word, where in words.every():
        for text in word.hits:
            if word.find(_seen(text, where)) is None:
                yield Failure(f"gate.{word.name}", "hit", text)
        for text in word.misses:
            if word.find(_seen(text, where)) is not None:
                yield Failure(f"gate.{word.name}", "miss", text)


def _seen(text: str, where: str) -> str:
    """A text as the gate sees it: sentences have no blanks."""
    plain = normalize(text).text
    return "".join(plain.split()) if where in ("asking", "beside") else plain


def _tried(rule: Rule, reader: Reader) -> Iterator[Failure]:
    for text in rule.hits:
        if not _holds(rule.id, reader, text):
            yield Failure(rule.id, "hit", text)
    for text in rule.misses:
        if _holds(rule.id, reader, text):
            yield Failure(rule.id, "miss", text)
    for text in set(rule.hits) & set(rule.misses):
        yield Failure(rule.id, "contradiction", text)


def _duplicates(rulebook: Rulebook) -> Iterator[Failure]:
    seen: set[str] = set()
    wanted: dict[tuple[str, str], str] = {}
    for request, rules in rulebook.requests.items():
        for rule in rules.rule:
            if rule.id in seen or not rule.id.startswith(f"{request}."):
                yield Failure(rule.id, "duplicate", request)
            seen.add(rule.id)
            for text in rule.hits:
                wanted[request, text] = rule.id
    for request, rules in rulebook.requests.items():
        for rule in rules.rule:
            for text in rule.misses:
                other = wanted.get((request, text))
                if other and other != rule.id:
                    yield Failure(rule.id, "contradiction", text)


def _read(reader: Reader, text: str) -> Reading:
    return reader.read(text, "", ())


def _holds(rule_id: str, reader: Reader, text: str) -> bool:
    return any(hit.rule == rule_id and hit.holds for hit in _read(reader, text).hits)
