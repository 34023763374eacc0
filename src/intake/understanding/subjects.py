"""Subjects that name what we have nothing to do with: 「町内会」「メルマガの件」."""

from __future__ import annotations

from intake.understanding.gatewords import GateWords
from intake.understanding.normalize import normalize
from intake.understanding.persons import strength


def another_subject(request: str, subject: str, own: str, words: GateWords) -> tuple[str, int, int] | None:
    """The gate's word by which a subject as given names what we have nothing to do with, and where it stands there;
    None where it names something of ours, nothing, or the sender (「x」「山田 太郎」), or the letter speaks of work."""
    normal = normalize(subject)
    plain = without_answers(normal.text, words)
    lead = len(normal.text.rstrip()) - len(plain)
    if named := words.stop("subject", request, plain):
        word, match = named
        return word.name, *normal.origin(lead + match.start(), lead + match.end())
    unknown = words.stop("subject-alone", request, plain)
    if not unknown or strength(plain) >= 1 or words.has("of-work", own):
        return None
    return unknown[0].name, *normal.origin(lead, lead + len(plain))


def without_answers(subject: str, words: GateWords) -> str:
    """The subject, normalised, without 「Re:」「転送:」 before it."""
    plain = subject.strip()
    while (found := words.signs["answer"].find(plain)) and found.end():
        plain = plain[found.end() :].lstrip()
    return plain
