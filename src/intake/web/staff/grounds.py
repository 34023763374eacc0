"""Why a message is read as it is, in words: the rule or feature, its weight, and what the reading were without it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from intake.model import Envelope, Evidence, Meaning, Message, Segment
from intake.pipeline.reading import understand
from intake.pipeline.tools import Tools
from intake.web.staff.marks import trimmed

MOST = 4  # readings without a run of words; each takes a millisecond or two
MOST_PLACE = 2**31
LONGEST = 20_000  # characters of a message that is read again
_HELPERS = ("@", "=", "-")  # names of word lists and forms, which say nothing to staff
KANA = 0x3041  # from here on in Unicode: kana, kanji
Say = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Grounds:
    """Of one message: readings without the words that weigh most, by place."""

    without: Mapping[tuple[str, int, int], tuple[tuple[str, ...], bool]]
    requests: tuple[str, ...]
    against: Mapping[str, tuple[str, ...]]  # by rule: words that would undo it
    examples: Mapping[str, str] = field(default_factory=dict)  # by rule: a sentence that it is for, or what it means
    bare: tuple[tuple[str, ...], bool] | None = None  # the reading without all the words that speak for it

    def words(self, e: Evidence, t: Say, label: Say) -> str:
        """「退会:ルール withdrawal.leave(重み +2.00)。この言葉がなければ: 質問(要確認)」"""
        return t("。").join(p for p in (self.what(e, t, label), self.then(e, t, label), self.undone(e, t)) if p)

    def what(self, e: Evidence, t: Say, label: Say) -> str:
        """The rule or the learned feature, and its weight."""
        if self.weightless(e):
            return f"{label(e.request)}{t('を自動で進めない言葉')}: {self.source(e, t)}"
        learned = e.rule.startswith("model:")
        side = t("を支持") if e.weight > 0 else t("に反対") if learned else t("に反対(打ち消し・仮定・第三者などの文)")
        return f"{label(e.request)}{side}: {self.source(e, t)}({t('重み')} {e.weight:+.2f} {t(self.strong(e))})"

    def weightless(self, e: Evidence) -> bool:
        """A word of the gate: it only stops."""
        return e.rule.startswith("gate.")

    def source(self, e: Evidence, t: Say) -> str:
        """What it is, as a person reads it: a rule by a sentence that it is for, a word of the gate by what it means, a
        learned feature by its words."""
        if self.weightless(e):
            return f"「{self.examples.get(e.rule, e.rule)}」"
        if not e.rule.startswith("model:"):
            return f"{t('ルール')}「{self.examples.get(e.rule, e.rule)}」"
        code = e.rule.removeprefix("model:")
        if code[1:] in self.examples:
            return f"{t('学習: ルールと同じ文')}「{self.examples[code[1:]]}」"
        said = "・".join(part for part in re.split(r"[|+:]", code[1:]) if any(ord(c) >= KANA for c in part))
        return f"{t('学習: 言葉')}「{said}」" if said else t("学習: 言い回し")

    def strong(self, e: Evidence) -> str:
        """Its weight in a word."""
        return "強い" if abs(e.weight) >= 1.5 else "中くらい" if abs(e.weight) >= 0.7 else "弱い"

    def altogether(self, t: Say, label: Say) -> str:
        """What the message were read as without any of the words that speak for the reading; "" where not tried."""
        if self.bare is None:
            return ""
        requests, sure = self.bare
        words = "、".join(label(r) for r in requests) + ("" if sure else f"({t('要確認')})")
        return f"{t('色の付いた言葉がすべてなければ')}: {words}"

    def then(self, e: Evidence, t: Say, label: Say) -> str:
        """What the message were read as without these words; "" where that was not tried."""
        found = self.without.get(_place(e))
        if found is None:
            return ""
        requests, sure = found
        words = "、".join(label(r) for r in requests) + ("" if sure else f"({t('要確認')})")
        start = t("この言葉がなくても") if requests == self.requests else t("この言葉がなければ")
        return f"{start}: {words}"

    def undone(self, e: Evidence, t: Say) -> str:
        """Words that would undo a rule, standing beside it."""
        words = self.against.get(e.rule, ())
        return f"{t('そばにあると外れる言葉')}: {'・'.join(words)}" if words else ""


def of(message: Message, meaning: Meaning | None, received_at: datetime, tools: Tools) -> Grounds:
    """Read the message again without each of the weightiest runs; changes nothing."""
    if meaning is None or message.request_code or len(message.text) > LONGEST:
        return Grounds({}, meaning.requests if meaning else (), {})
    envelope = Envelope(message.channel, "", b"", received_at)
    tried: dict[tuple[str, int, int], tuple[tuple[str, ...], bool]] = {}
    for e in sorted(meaning.why, key=lambda e: (e.rule.startswith("model:"), -abs(e.weight))):
        place = _place(e)
        if place not in tried and len(tried) < MOST and any(c.isalnum() for c in e.text):
            found = understand(_without(message, e), envelope, tools)
            tried[place] = found.requests, found.sure
    bare = understand(_without_all(message, meaning), envelope, tools) if meaning.why else None
    return Grounds(tried, meaning.requests, _against(meaning, tools), _examples(tools),
                   (bare.requests, bare.sure) if bare else None)  # fmt: skip


def _examples(tools: Tools) -> dict[str, str]:
    told = {f"gate.{word.name}": word.says for word, _ in tools.rulebook.gate.every()}
    return told | {rule.id: rule.hits[0] for r in tools.rulebook.requests.values() for rule in r.rule}


def _without_all(message: Message, meaning: Meaning) -> Message:
    """Without every run that speaks for what was read, from the last to the first: places before stay right."""
    runs = sorted({(e.start, e.end, e.within) for e in meaning.why if e.weight > 0}, reverse=True)
    bare, last = message, {"body": MOST_PLACE, "subject": MOST_PLACE}
    for start, end, within in runs:
        end = min(end, last[within])
        if start < end:
            last[within] = start
            bare = _without(bare, Evidence("", "", start, end, "", 0.0, within))
    return bare


def _place(e: Evidence) -> tuple[str, int, int]:
    plain = trimmed(e)
    return plain.within, plain.start, plain.end


def _without(message: Message, e: Evidence) -> Message:
    if e.within == "subject":
        return replace(message, subject=message.subject[: e.start] + message.subject[e.end :])
    text = message.text[: e.start] + message.text[e.end :]
    segments = tuple(Segment(_moved(s.start, e), _moved(s.end, e), s.kind) for s in message.segments)
    return replace(message, text=text, segments=segments)


def _moved(place: int, e: Evidence) -> int:
    return place if place <= e.start else max(e.start, place - (e.end - e.start))


def _against(meaning: Meaning, tools: Tools) -> dict[str, tuple[str, ...]]:
    rules = {rule.id: rule for r in tools.rulebook.requests.values() for rule in r.rule}
    found = {}
    for e in meaning.why:
        if e.rule in rules:
            plain = [w for w in rules[e.rule].against if not w.startswith(_HELPERS) and not w.endswith("-")]
            found[e.rule] = tuple(plain[:6])
    return found
