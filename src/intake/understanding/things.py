"""Subjects that name what we have nothing to do with: 「町内会」「メルマガの件」. Texts are normalised (NFKC)."""

from __future__ import annotations

import re

from intake.understanding.gatewords import GateWords
from intake.understanding.persons import strength

_WORDS = re.compile("[一-鿿ぁ-んァ-ヶ]{2}")


def of_another_subject(request: str, subject: str, own: str, words: GateWords) -> bool:
    """Whether the subject names what we have nothing to do with, and the letter nothing of ours: 「町内会」."""
    plain = without_answers(subject, words)
    if not plain or words.stop("subject", request, plain):
        return bool(plain)
    if not _WORDS.search(plain) or strength(plain) >= 1:  # 「x」, or the sender's name
        return False
    return not (words.has("about-us", plain) or words.has("of-work", own))


def without_answers(subject: str, words: GateWords) -> str:
    """The subject without 「Re:」「転送:」 before it."""
    plain = subject.strip()
    while found := words.signs["answer"].find(plain):
        plain = plain[found.end() :].lstrip()
    return plain
