"""The rule files: read, checked, and made ready for matching."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from intake.errors import RuleError
from intake.understanding.gaterules import load_gate
from intake.understanding.gatewords import GateWords
from intake.understanding.rulefiles import files_in, read, refuse_pattern

LABELS = (
    "withdrawal",
    "pause",
    "resume",
    "concierge_change",
    "deletion",
    "preferences",
    "decline",
    "reinstatement",
    "retraction",
    "question",
    "other",
)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Names(_Strict):
    """What people read instead of the code."""

    ja: str
    en: str


class Concept(_Strict):
    """Words that mean the same; rules write ``@name``."""

    name: str = Field(pattern=r"^[a-z][a-z_]*$")
    label: str
    words: list[str] = Field(min_length=1)
    spellings: list[str] = []


class Mark(_Strict):
    """A way of saying: asked, denied, supposed, reported."""

    name: str = Field(pattern=r"^[a-z][a-z_]*$")
    label: str
    where: Literal["after", "before", "clause", "sentence"] = "after"  # clause: before, with no turn between
    words: list[str] = Field(min_length=1)
    joined: list[tuple[list[str], list[str]]] = []  # each of the first directly before each of the second

    @property
    def wordings(self) -> list[str]:
        """All its words, the joined ones too."""
        return self.words + [head + end for heads, ends in self.joined for head in heads for end in ends]


class Rule(_Strict):
    """One wording with its examples. ``words``: each list must be met, in this order, at most ``gap`` words apart.

    ``about``: one of these must stand before them; how it is said there does not matter (「去年出した」履歴書を消して).
    """

    id: str = Field(pattern=r"^[a-z_]+\.[a-z0-9-]+$")
    words: list[list[str]] = Field(min_length=1)
    gap: int = Field(3, ge=0, le=20)
    weight: float = Field(1.0, ge=-5, le=5)
    about: list[str] = []
    against: list[str] = []
    needs: list[str] = []
    unless: list[str] | None = None
    last: bool = False
    hits: list[str] = Field(min_length=1)
    misses: list[str] = Field(min_length=1)


class RequestRules(_Strict):
    """rules/requests/TYPE.toml: one request type."""

    request: Literal[LABELS]  # type: ignore[valid-type]
    label: Names
    number: str = Field(pattern=r"^[0-9-]$")
    destructive: bool = False
    names: list[str] = []  # what people call it, for messages that say it is not meant (denials of common.toml)
    unless: list[str] = []
    rule: list[Rule] = []


class Reason(_Strict):
    """A stated reason, and the one gentler way it may name."""

    code: str
    label: str
    gentler: str = ""
    tone: Literal["congratulation", "sympathy", "apology", "plain"] = "plain"
    app_codes: list[str] = []
    words: list[str] = []
    elsewhere: list[str] = []  # other agencies that suit this reason; named only if the agency switches it on


class Reasons(_Strict):
    """rules/reasons.toml."""

    name_other_agencies: bool = False
    reason: list[Reason]


class Wordings(_Strict):
    """rules/reasons/CODE.toml: how people say that reason; each ``hit`` must be found, no ``miss``."""

    wordings: list[str] = Field(min_length=1)
    hits: list[str] = Field(min_length=1)
    misses: list[str] = Field(min_length=1)


class Answer(_Strict):
    """rules/answers/NAME.toml: a question that has a fixed answer."""

    label: str
    words: list[list[str]] = Field(min_length=1)
    also: list[list[list[str]]] = []
    gap: int = 8
    against: list[str] = []
    hits: list[str] = Field(min_length=1)
    misses: list[str] = Field(min_length=1)
    answer: str = Field(min_length=20)


class _Lexicon(_Strict):
    concept: list[Concept]


class _Common(_Strict):
    denials: list[str] = []
    mark: list[Mark]


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything that the agency's people may change about understanding."""

    requests: Mapping[str, RequestRules]
    concepts: tuple[Concept, ...]
    marks: tuple[Mark, ...]
    reasons: Reasons
    answers: Mapping[str, Answer]
    gate: GateWords
    wordings: Mapping[str, Wordings] = field(default_factory=dict)  # of reasons, by their code
    denials: tuple[str, ...] = ()  # wordings that, right behind its name, say that a request is not meant
    weights_file: Path | None = None  # weights that `intake learn` left beside the home's own rules


def load_rulebook(rules_dirs: Sequence[Path]) -> Rulebook:
    """Read the rule files; a file of a later directory stands in for the one of the same name before it.

    Raises RuleError, naming file, table and (where it can) line, for anything that is missing, unknown or unsafe.
    """
    files = files_in(rules_dirs)
    lexicon = read(files, "lexicon.toml", _Lexicon)
    common = read(files, "common.toml", _Common)
    reasons = read(files, "reasons.toml", Reasons)
    requests = {}
    for name in sorted(n for n in files if n.startswith("requests/")):
        rules = read(files, name, RequestRules)
        requests[rules.request] = rules
    missing = set(LABELS) - set(requests)
    if missing:
        raise RuleError(f"rules/requests: no file for {', '.join(sorted(missing))}")
    answers = {
        Path(name).stem: read(files, name, Answer) for name in sorted(n for n in files if n.startswith("answers/"))
    }
    own = [folder / "weights.npz" for folder in rules_dirs if (folder / "weights.npz").is_file()]
    weights_file = own[-1] if own else None
    wordings = {Path(n).stem: read(files, n, Wordings) for n in sorted(files) if n.startswith("reasons/")}
    concepts, marks, gate = tuple(lexicon.concept), tuple(common.mark), load_gate(files)
    book = Rulebook(requests, concepts, marks, reasons, answers, gate, wordings, tuple(common.denials), weights_file)
    _check_names(book, files)
    return book


def _check_names(book: Rulebook, files: Mapping[str, Path]) -> None:
    concepts = {f"@{c.name}" for c in book.concepts}
    marks = {m.name for m in book.marks}
    for request, rules in book.requests.items():
        path = files.get(f"requests/{request}.toml", request)
        for name in rules.unless:
            _known(name, marks, f"{path}: unless")
        for rule in rules.rule:
            for word in [w for group in rule.words for w in group] + rule.about + rule.against:
                if word.startswith("@"):
                    _known(word, concepts, f"{path}: {rule.id}")
            for name in rule.needs + (rule.unless or []):
                _known(name, marks, f"{path}: {rule.id}")
    for concept in book.concepts:
        for spelling in concept.spellings:
            refuse_pattern(spelling, f"lexicon.toml: {concept.name}")
    _check_wordings(book)


_SPECIAL = re.compile(r"[\\()\[\]{}|?.^$]|^.?$")


def _check_wordings(book: Rulebook) -> None:
    codes = {reason.code for reason in book.reasons.reason}
    for code, said in book.wordings.items():
        _known(code, codes, f"reasons/{code}.toml")
        for wording in said.wordings:
            refuse_pattern(wording, f"reasons/{code}.toml")
            if _SPECIAL.search(wording[:2]) or wording[2:3] in ("?", "{"):
                raise RuleError(f"reasons/{code}.toml: {wording!r} does not begin with two plain characters")


def _known(name: str, names: set[str], place: str) -> None:
    if name not in names:
        raise RuleError(f"{place}: {name} is not known")
