"""The reading of one message: what is asked, how sure, and why. Two readers that check each other, and a gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from intake.model import Evidence, Meaning, Segment
from intake.understanding import answers, asides, denials, facts, gate, learned, preferences, quoted, reasons, sureness
from intake.understanding.features import Coder
from intake.understanding.reading import ASKED, Reader, Reading
from intake.understanding.rulebook import LABELS, Rulebook
from intake.understanding.silence import says_nothing
from intake.understanding.weights import FILE, Floats, Weights, load_weights
from intake.understanding.why import evidence
from intake.understanding.wordclasses import load_classes

_TOKYO = ZoneInfo("Asia/Tokyo")
THIRD_READER = 0.88


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
    ) -> Meaning:
        """What the sender newly asks for in this message. Never raises for any text; in doubt it is not sure."""
        reading = self.reader.read(body, subject, segments)
        answered = quoted.answered(reading, segments, body)
        if answered:
            reading = self.reader.read(answered, subject="", segments=())
        scores = self.learned.scores(reading)
        chosen, rows = self._denials.without(reading, scores.chosen), scores.rows
        # Who asks for nothing gives no reasons (GUIDE): nobody looks at them there, but beside a key of the app.
        asks = request_code in LABELS or not set(ASKED).isdisjoint(chosen)
        reason_odds = self.learned.reasons(reading, scores) if asks else scores.reasons
        doubts = list(asides.doubts(reading, body, chosen, sender))
        if chosen != scores.chosen:
            doubts.append("denied")
        chosen = ("other",) if says_nothing(reading) else asides.of_employers(chosen, sender)
        if chosen != scores.chosen:
            scores = replace(scores, chosen=chosen)
        if answered:
            doubts.append("answers_quote")
        if request_code in LABELS:
            return self._coded(
                request_code, reason_code, reading, body, chosen, rows, reason_odds, received_at, stated, sender
            )
        also = self._also(reading, chosen)
        unclear = gate.plain_doubts(chosen, reading, scores)
        confidence = sureness.chance(sureness.signs(reading, scores, unclear), self.weights.sure)
        elsewhere = gate.elsewhere(chosen, reading)
        stopped = gate.stopped(chosen, reading, scores) if unclear or elsewhere else ()
        why = () if answered else evidence(reading, chosen, rows, self.reader, self.weights, stopped)
        floor = self._floor(reading, chosen, any(also))
        if confidence < floor or not gate.both_sure(reading, scores) or elsewhere:
            doubts += [*unclear, "unsure"]
        else:
            doubts += unclear or gate.counterfactual(chosen, reading, scores, self.reader, self.learned)
        if answered:
            reading = self.reader.read(body, subject, segments)
            also = self._also(reading, chosen)
        return self._meaning(
            reading, body, chosen, reason_odds, confidence, why, doubts, received_at, stated, sender, also
        )

    def _also(self, reading: Reading, chosen: tuple[str, ...]) -> tuple[str | None, bool]:
        """The fixed answer that fits, and whether there is nothing but thanks."""
        answer = self._answers.find(reading) if chosen == ("question",) else None
        return answer, asides.thanks_only(reading, chosen)

    def _floor(self, reading: Reading, chosen: tuple[str, ...], agreed: bool) -> float:
        """How sure is sure enough. A third reader that agrees lowers it: nothing but thanks, or a known question.

        Cross-validated on the open and own lines: 26 of 27 and 42 of 43 exactly right.
        """
        floor = self.weights.floors.get(sureness.kind_of(chosen), 1.1)
        return min(floor, THIRD_READER) if agreed and not set(reading.verdict) & set(ASKED) else floor

    def _coded(
        self,
        request: str,
        reason_code: str | None,
        reading: Reading,
        body: str,
        read: tuple[str, ...],
        rows: Floats,
        reason_odds: Floats,
        received_at: datetime | None,
        stated: Mapping[str, str] | None,
        sender: str,
    ) -> Meaning:
        """A key pressed in the app says what is asked; a comment that asks for something else makes it unsure."""
        contrary = bool(set(read) & set(ASKED)) and set(read) != {request}
        doubts = ["comment_differs"] if contrary else []
        coded = reasons.of_code(self.rulebook, reason_code)
        why = evidence(reading, (request,), rows, self.reader, self.weights)
        sure, also = 0.6 if contrary else 0.995, self._also(reading, (request,))
        meaning = self._meaning(
            reading, body, (request,), reason_odds, sure, why, doubts, received_at, stated, sender, also
        )
        return meaning if not coded else _with_reasons(meaning, coded)

    def _meaning(
        self,
        reading: Reading,
        body: str,
        chosen: tuple[str, ...],
        reason_odds: Floats,
        confidence: float,
        why: tuple[Evidence, ...],
        doubts: list[str],
        received_at: datetime | None,
        stated: Mapping[str, str] | None,
        sender: str,
        also: tuple[str | None, bool],
    ) -> Meaning:
        today = received_at.astimezone(_TOKYO).date() if received_at else None
        known = facts.of_reading(reading, chosen, today, stated or {}, sender)
        language = asides.language(reading.own)
        if language != "ja" and reading.own.strip():
            doubts.append("not_japanese")
        mentioned = {hit.request for hit in reading.hits if not hit.holds} | set(reading.verdict)
        return Meaning(
            requests=chosen,
            reasons=reasons.reasons_of(reason_odds.tolist(), chosen, self.weights.reason_labels, self.weights.floors),
            facts=known.facts,
            confidence=round(confidence if not doubts else min(confidence, 0.97), 4),
            sure=not doubts,
            why=why,
            doubts=tuple(dict.fromkeys(doubts)),
            mentioned=tuple(sorted((mentioned & set(ASKED)) - set(chosen))),
            language=language,
            thanks_only=also[1],
            after_selection=asides.after_selection(reading, chosen),
            complaint=asides.complaint(reading),
            preferences=preferences.found(reading, body) if "preferences" in chosen else (),
            answer=also[0],
            pause_until=known.pause_until if "pause" in chosen else None,
        )


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
