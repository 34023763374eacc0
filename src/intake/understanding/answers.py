"""Questions that have a fixed answer: only where one answer alone surely fits."""

from __future__ import annotations

from itertools import pairwise

from intake.understanding.matcher import Found, Phrasebook
from intake.understanding.reading import Reading
from intake.understanding.rulebook import Answer, Rulebook


class AnswerFinder:
    """Finds the fixed answer for a question."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._book = Phrasebook()
        self._answers = {
            name: (answer, self._patterns(answer), self._book.add(answer.against))
            for name, answer in rulebook.answers.items()
        }

    def _patterns(self, answer: Answer) -> list[list[int]]:
        return [[self._book.add(words) for words in pattern] for pattern in [answer.words, *answer.also]]

    def find(self, reading: Reading) -> str | None:
        """The key of the one answer that fits; None if none does, several do, or more than one thing is asked."""
        found = self.fitting(reading)
        questions = sum(
            1 for s in reading.document.said for one in s if one.concept == "howto" and one.marks & {"ques"}
        )
        return found[0] if len(found) == 1 and questions <= 3 else None

    def fitting(self, reading: Reading) -> list[str]:
        """The keys of all answers whose words are met."""
        document = reading.document
        spans = [self._book.find(piece.words) for piece in document.pieces]
        found = []
        for name, (answer, patterns, against) in self._answers.items():
            if any(against in s[2].groups for here in spans for s in here):
                continue
            for here in spans:
                if any(_met(pattern, here, answer.gap) for pattern in patterns):
                    found.append(name)
                    break
        return found


def _met(pattern: list[int], here: list[Found], gap: int) -> bool:
    chains = [[s] for s in here if pattern[0] in s[2].groups]
    for group in pattern[1:]:
        chains = [[*c, s] for c in chains for s in here if group in s[2].groups and 0 <= s[0] - c[-1][1] <= gap][:50]
    return any(all(a[1] <= b[0] for a, b in pairwise(c)) for c in chains)
