"""How good the classifier is on a labelled corpus: figures for machines, and a table for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from intake.learning.corpus import Line
from intake.learning.tables import render
from intake.model import DESTRUCTIVE, Meaning
from intake.understanding.normalize import normalize
from intake.understanding.rulebook import LABELS

Classify = Callable[[Line], Meaning]
_STEPS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 1.0001)


@dataclass(slots=True)
class Report:
    """Counts over a corpus; ``as_dict`` and ``table`` show them."""

    lines: int = 0
    exact: int = 0
    auto: int = 0
    auto_exact: int = 0
    destructive_mistakes: list[dict[str, str]] = field(default_factory=list)
    destructive_auto_mistakes: int = 0
    hit: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    steps: dict[float, list[float]] = field(default_factory=lambda: {s: [0, 0, 0.0] for s in _STEPS[:-1]})
    reasons: int = 0
    reasons_exact: int = 0
    facts: Counter[str] = field(default_factory=Counter)
    facts_exact: int = 0
    facts_lines: int = 0

    def as_dict(self) -> dict[str, Any]:
        """English keys, stable; shares are 0..1, null where there was nothing to count."""
        return {
            "lines": self.lines,
            "exact": _share(self.exact, self.lines),
            "auto_share": _share(self.auto, self.lines),
            "auto_precision": _share(self.auto_exact, self.auto),
            "destructive_mistakes": len(self.destructive_mistakes),
            "destructive_auto_mistakes": self.destructive_auto_mistakes,
            "reasons_exact": _share(self.reasons_exact, self.reasons),
            "facts_exact": _share(self.facts_exact, self.facts_lines),
            "facts": {
                key: _share(self.facts[f"{key}+"], self.facts[key])
                for key in ("name", "member_id", "phone", "resume_on")
            },
            "requests": {
                label: self._figures(label)
                for label in LABELS
                if self.hit[label] + self.missed[label] + self.false[label]
            },
            "confusion": [
                {"right": right, "read": read, "count": count} for (right, read), count in self.confusion.most_common()
            ],
            "reliability": [
                {
                    "from": low,
                    "lines": int(n),
                    "said": round(said / n, 4) if n else None,
                    "right": _share(int(ok), int(n)),
                }
                for low, (n, ok, said) in self.steps.items()
            ],
        }

    def table(self, lang: str = "ja") -> str:
        """A table that needs no knowledge of statistics, in ``ja`` or ``en``."""
        return render(self.as_dict(), lang)

    def _figures(self, label: str) -> dict[str, float | int | None]:
        hit, false, missed = self.hit[label], self.false[label], self.missed[label]
        precision, recall = _share(hit, hit + false), _share(hit, hit + missed)
        f1 = None if not precision or not recall else round(2 * precision * recall / (precision + recall), 4)
        return {"lines": hit + missed, "precision": precision, "recall": recall, "f1": f1}


def evaluate(lines: Iterable[Line], classify: Classify) -> Report:
    """Read every labelled line and compare. Lines without ``requests`` count for reasons only."""
    report = Report()
    for line in lines:
        meaning = classify(line)
        if line.requests is not None:
            _count_requests(report, line, meaning)
        if line.reasons is not None:
            report.reasons += 1
            report.reasons_exact += meaning.reasons == line.reasons
        if line.facts is not None:
            _count_facts(report, line.facts, meaning)
    return report


def _count_requests(report: Report, line: Line, meaning: Meaning) -> None:
    right, read = set(line.requests or ()), set(meaning.requests)
    exact = right == read
    report.lines += 1
    report.exact += exact
    report.auto += meaning.sure
    report.auto_exact += exact and meaning.sure
    report.hit.update(right & read)
    report.false.update(read - right)
    report.missed.update(right - read)
    if not exact:
        report.confusion["+".join(sorted(right)), "+".join(sorted(read))] += 1
    wrong = (read - right) & DESTRUCTIVE
    if wrong:
        report.destructive_mistakes.append({"id": line.id, "read": "+".join(sorted(read))})
        report.destructive_auto_mistakes += meaning.sure
    low = max(s for s in report.steps if s <= meaning.confidence)
    step = report.steps[low]
    step[0] += 1
    step[1] += exact
    step[2] += meaning.confidence


def _count_facts(report: Report, right: dict[str, str], meaning: Meaning) -> None:
    known = meaning.facts
    read = {
        "name": known.name,
        "member_id": known.member_id,
        "phone": known.phone,
        "resume_on": known.resume_on.isoformat() if known.resume_on else None,
    }
    report.facts_lines += 1
    same = True
    for key, value in read.items():
        equal = fact_key(key, right.get(key)) == fact_key(key, value)
        same = same and equal
        if right.get(key) or value:
            report.facts[key] += 1
            report.facts[f"{key}+"] += equal
    report.facts_exact += same


def fact_key(key: str, value: str | None) -> str:
    """What of a fact is compared: NFKC, without separators (GUIDE)."""
    plain = normalize(value or "").text.replace(" ", "")
    return plain.replace("-", "").replace("(", "").replace(")", "").upper() if key in ("member_id", "phone") else plain


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def by_source(lines: Sequence[Line]) -> dict[str, list[Line]]:
    """The lines of each file."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.source, []).append(line)
    return found
