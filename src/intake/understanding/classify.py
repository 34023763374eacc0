"""The reading of one message: what is asked, how sure, and why. Two readers that check each other, and a gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from intake.model import Evidence, Meaning, Segment
from intake.understanding import (
    answers,
    asides,
    comments,
    denials,
    facts,
    gate,
    learned,
    named,
    preferences,
    quoted,
    reasons,
    sureness,
    wisheddays,
)
from intake.understanding.features import Coder
from intake.understanding.letters import TOO_LONG, beginning, day, whole
from intake.understanding.reading import ASKED, Reader, Reading
from intake.understanding.rulebook import LABELS, Rulebook
from intake.understanding.silence import says_nothing
from intake.understanding.weights import FILE, Weights, load_weights
from intake.understanding.why import evidence
from intake.understanding.wordclasses import load_classes

THIRD_READER = 0.88
DOUBTED = 0.97  # no more is claimed where a person looks


@dataclass(frozen=True, slots=True)
class _Letter:
    """What came in, and what is known beside its words."""

    body: str
    subject: str
    segments: Sequence[Segment]
    received_at: datetime | None
    stated: Mapping[str, str]
    sender: str
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Heard:
    """What the readers made of a letter. ``meant``: the words read instead, where it only answers a quoted question."""

    reading: Reading
    scores: learned.Scores  # ``chosen`` as denials and what stands beside the words left it
    chosen: tuple[str, ...]  # before somebody's name or an employer's letterhead spoke
    doubts: tuple[str, ...]
    meant: str | None


class Understander:
    """Reads messages. Holds rules, weights and the process's one tokenizer; keeps nothing of what it read."""

    def __init__(self, rulebook: Rulebook, weights: Weights | None = None) -> None:
        self.rulebook = rulebook
        self.weights = weights or load_weights(rulebook.weights_file or FILE)
        self.reader = Reader(rulebook, Coder(self.weights.words, load_classes(), self.weights.vocabulary()))
        self.learned = learned.LearnedReaders(self.weights)
        self._answers = answers.AnswerFinder(rulebook)
        self._denials = denials.Denials(rulebook)

    def answers_near(self, body: str, segments: Sequence[Segment]) -> tuple[str, ...]:
        """Keys of all fixed answers whose words are met, sure or not: for a person who writes the answer.

        Not of the subject: 「お願い」 there says nothing.
        """
        return tuple(self._answers.fitting(self.reader.read(body, "", segments)))

    def read(
        self,
        *,
        channel: str,
        subject: str,
        body: str,
        segments: Sequence[Segment],
        received_at: datetime | None,
        stated: Mapping[str, str] | None = None,
        request_code: str | None = None,
        reason_code: str | None = None,
        sender: str = "",
        doubts: Sequence[str] = (),
    ) -> Meaning:
        """What the sender newly asks for in this message. Never raises for any text; in doubt it is not sure.

        ``doubts``: why these may not be the sender's own words at all, as whoever opened the mail found.
        """
        given = {key: whole(value) for key, value in (stated or {}).items()}
        segments, cut = beginning(segments, len(body))
        doubts = (*doubts, TOO_LONG) if cut else tuple(doubts)
        letter = _Letter(whole(body), whole(subject), segments, received_at, given, whole(sender), doubts)
        heard = self._heard(letter)
        if request_code in LABELS:
            return self._coded(letter, heard, request_code, reason_code, typed=channel == "phone")
        return self._weighed(letter, heard)

    def _heard(self, letter: _Letter) -> _Heard:
        """What is asked, and what outside the words themselves speaks against being sure of it."""
        reading = self.reader.read(letter.body, letter.subject, letter.segments)
        meant = quoted.answered(reading, letter.segments, letter.body)
        if meant:
            reading = self.reader.read(meant, subject="", segments=())
        scores = self.learned.scores(reading)
        read = self._denials.without(reading, scores.chosen)
        beside = asides.doubts(reading, letter.body, read, letter.sender)
        later = wisheddays.doubts(reading.own, read, day(letter.received_at))
        doubts = list(dict.fromkeys([*letter.doubts, *beside, *later]))
        if read != scores.chosen:
            doubts.append("denied")
        chosen = ("other",) if says_nothing(reading) else asides.of_employers(read, letter.sender)
        if chosen != scores.chosen:
            scores = replace(scores, chosen=chosen)
        if meant:
            doubts.append("answers_quote")
        return _Heard(reading, scores, read, tuple(doubts), meant)

    def _weighed(self, letter: _Letter, heard: _Heard) -> Meaning:
        """The reading, as sure as the signs allow and the gate lets pass."""
        reading, scores, chosen = heard.reading, heard.scores, heard.scores.chosen
        unclear = gate.plain_doubts(chosen, reading, scores)
        figures = sureness.signs(reading, scores, unclear)
        confidence = DOUBTED if "empty" in heard.doubts else sureness.chance(figures, self.weights.sure)
        elsewhere = gate.elsewhere(chosen, reading)
        stopped = gate.stopped(chosen, reading, scores) if unclear or elsewhere else ()
        why = () if heard.meant else evidence(reading, chosen, scores.rows, self.reader, self.weights, stopped)
        also = self._also(reading, chosen)
        if (
            confidence < self._floor(reading, chosen, figures, any(also))
            or not gate.both_sure(reading, scores)
            or elsewhere
        ):
            doubts = [*heard.doubts, *unclear, "unsure"]
        else:
            held = unclear or gate.counterfactual(chosen, reading, scores, self.reader, self.learned)
            doubts = [*heard.doubts, *held]
        return self._meaning(letter, heard, chosen, confidence, why, doubts, also)

    def _also(self, reading: Reading, chosen: tuple[str, ...]) -> tuple[str | None, bool]:
        """The fixed answer that fits, and whether there is nothing but thanks."""
        answer = self._answers.find(reading) if chosen == ("question",) else None
        return answer, asides.thanks_only(reading, chosen)

    def _floor(self, reading: Reading, chosen: tuple[str, ...], figures: Mapping[str, float], agreed: bool) -> float:
        """How sure is sure enough. A third reader that agrees lowers it: nothing but thanks, or a known question.

        Cross-validated on the open and own lines: 26 of 27 and 42 of 43 exactly right.
        """
        floor = sureness.floor_of(chosen, figures, self.weights.floors)
        return min(floor, THIRD_READER) if agreed and not set(reading.verdict) & set(ASKED) else floor

    def _coded(
        self, letter: _Letter, heard: _Heard, request: str, reason_code: str | None, typed: bool = False
    ) -> Meaning:
        """A key pressed in the app says what is asked; a comment that asks for something else, or speaks against it
        where it would end a registration, makes it unsure, and what it asks for more is not lost. ``typed`` by staff
        at the telephone: they were asked, and write in words of their own."""
        both = None if typed else self._after_key(letter, heard, request)
        doubts = comments.doubts(request, heard.scores.chosen, both, heard.reading.own)
        if not typed:
            doubts += wisheddays.doubts(heard.reading.own, (request,), day(letter.received_at))
        more = () if typed else comments.further(request, self._weighed(letter, heard), both)
        chosen = (request, *more)
        coded = reasons.of_code(self.rulebook, reason_code)
        why = evidence(heard.reading, chosen, heard.scores.rows, self.reader, self.weights)
        also = self._also(heard.reading, chosen)
        meaning = self._meaning(letter, heard, chosen, 0.6 if doubts else 0.995, why, doubts, also, coded=True)
        return meaning if not coded else _with_reasons(meaning, coded)

    def _after_key(self, letter: _Letter, heard: _Heard, request: str) -> Meaning | None:
        """Key and comment as one letter; None where nothing is said, or where no comment could end a registration."""
        opening = comments.OPENINGS.get(request)
        if opening is None or says_nothing(heard.reading):
            return None
        body, segments = comments.after(opening, letter.body, letter.segments)
        longer = replace(letter, body=body, segments=segments)
        return self._weighed(longer, self._heard(longer))

    def _meaning(
        self,
        letter: _Letter,
        heard: _Heard,
        chosen: tuple[str, ...],
        confidence: float,
        why: tuple[Evidence, ...],
        doubts: list[str],
        also: tuple[str | None, bool],
        coded: bool = False,
    ) -> Meaning:
        # What stands in the letter itself: not in the words that were read in its stead.
        reading = heard.reading
        if heard.meant and not coded:
            reading = self.reader.read(letter.body, letter.subject, letter.segments)
            also = self._also(reading, chosen)
        today = day(letter.received_at)
        known = facts.of_reading(reading, chosen, today, letter.stated, letter.sender)
        language = asides.language(reading.own)
        if language != "ja" and reading.own.strip():
            doubts.append("not_japanese")
        mentioned = frozenset(hit.request for hit in reading.hits if not hit.holds) | frozenset(reading.verdict)
        if "retraction" in chosen:
            mentioned = named.taken_back(reading, mentioned)
        return Meaning(
            requests=chosen,
            reasons=self._reasons(heard, chosen, coded),
            facts=known.facts,
            confidence=round(confidence if not doubts else min(confidence, DOUBTED), 4),
            sure=not doubts,
            why=why,
            doubts=tuple(dict.fromkeys(doubts)),
            mentioned=tuple(sorted((mentioned & set(ASKED)) - set(chosen))),
            language=language,
            thanks_only=also[1],
            after_selection=asides.after_selection(reading, chosen),
            complaint=asides.complaint(reading),
            preferences=preferences.found(reading, letter.body) if "preferences" in chosen else (),
            answer=self._whole_answer(reading, also[0]),
            pause_until=self._rests_until(reading, chosen, today, known.pause_until),
        )

    def _rests_until(
        self, reading: Reading, chosen: tuple[str, ...], today: date | None, named: date | None
    ) -> date | None:
        """The last day of a pause, also of one that somebody who wants to go on from a later day goes on having."""
        if "pause" in chosen:
            return named
        again = wisheddays.again_from(reading.own, today) if "resume" in chosen else None
        return again - timedelta(days=1) if again else None

    def _whole_answer(self, reading: Reading, answer: str | None) -> str | None:
        """The fixed answer, unless the letter asks for more than that."""
        return None if answer is None or self._answers.asks_more(reading, answer) else answer

    def _reasons(self, heard: _Heard, chosen: tuple[str, ...], coded: bool) -> tuple[str, ...]:
        """Who asks for nothing gives no reasons (GUIDE): nobody looks at them there, but beside a key of the app."""
        asks = coded or not set(ASKED).isdisjoint(heard.chosen)
        odds = self.learned.reasons(heard.reading, heard.scores) if asks else heard.scores.reasons
        return reasons.reasons_of(odds.tolist(), chosen, self.weights.reason_labels, self.weights.floors)


def _with_reasons(meaning: Meaning, coded: tuple[str, ...]) -> Meaning:
    return replace(meaning, reasons=tuple(sorted({*coded, *(r for r in meaning.reasons if r != "other_reason")})))


def as_json(message_id: str, meaning: Meaning) -> dict[str, object]:
    """The object that ``intake classify`` prints (contract.md)."""
    known = meaning.facts
    stated = {
        "name": known.name,
        "member_id": known.member_id,
        "phone": known.phone,
        "resume_on": known.resume_on.isoformat() if known.resume_on else None,
    }
    return {
        "id": message_id,
        "requests": list(meaning.requests),
        "reasons": list(meaning.reasons),
        "facts": {key: value for key, value in stated.items() if value},
        "confidence": meaning.confidence,
        "decision": "auto" if meaning.sure else "review",
        "why": [
            {
                "request": e.request,
                "text": e.text,
                "start": e.start,
                "end": e.end,
                "rule": e.rule,
                "weight": round(e.weight, 3),
                "in": e.within,
            }
            for e in meaning.why
        ],
    }
