"""Situations for the tests of the policies; everybody is invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from intake.model import (
    Address,
    Application,
    Authenticity,
    AuthVerdict,
    Candidate,
    Case,
    CaseState,
    Channel,
    Facts,
    Match,
    MatchKind,
    Meaning,
    Message,
    Proof,
    Seeker,
    SeekerStatus,
    Situation,
    Stage,
)
from intake.policy import Profile, load_profile, today_of

RULES = Path(__file__).parents[3] / "rules"
AGENCY: Profile = load_profile([RULES], "agency")
OFFICE: Profile = load_profile([RULES], "public-office")
PROFILES = {"agency": AGENCY, "public-office": OFFICE}
NOW = datetime(2026, 4, 8, 3, 0, tzinfo=UTC)  # a Wednesday, noon in Tokyo
TODAY = today_of(NOW)
DAY = timedelta(days=1)
REQUESTS = (
    "withdrawal", "deletion", "pause", "resume", "concierge_change", "preferences", "decline", "reinstatement",
    "retraction", "question", "other",
)  # fmt: skip
STAGES = tuple(s for s in Stage if s is not Stage.CLOSED)
WITHDRAWN = {"status": SeekerStatus.WITHDRAWN, "withdrawn_on": TODAY - 3 * DAY}


def seeker(stage: Stage = Stage.NONE, *, self_applied: bool = False, **fields: Any) -> Seeker:
    """A seeker whose furthest application is at ``stage``."""
    running = (Application(11, "株式会社みほん", stage, self_applied),) if stage > Stage.NONE else ()
    base = Seeker(
        id=1,
        member_id="A001234",
        name="山田 花子",
        addresses=("hanako@example.jp",),
        phones=("090-0000-0001",),
        concierge="佐藤",
        registered_via="online",
        applications=running,
    )
    return replace(base, **fields)


def case(request: str = "withdrawal", state: CaseState = CaseState.AWAITING_PROOF, **fields: Any) -> Case:
    """An open case of that seeker, a day old."""
    base = Case(
        id=fields.pop("id", 7),
        number="A-000007",
        message_id=fields.pop("message_id", 70),
        request=request,
        state=state,
        channel=Channel.EMAIL,
        received_at=NOW - DAY,
        seeker_id=1,
        sure=True,
    )
    return replace(base, **fields)


EVIDENCE = (
    "unknown",
    "unknown_pass",
    "named",
    "several",
    "failing",
    "file",
    "aligned",
    "app",
    "phone",
    "phone_checked",
)


def situation(
    request: str = "withdrawal", evidence: str = "aligned", who: Seeker | None = None, **fields: Any
) -> Situation:
    """``evidence`` says who wrote and how that is known; other fields go to the meaning, the message or the whole."""
    person = who or seeker()
    match, auth, proof, channel = _evidence(evidence, person)
    requests = fields.pop("requests", (request,))
    meaning = Meaning(requests=requests, confidence=0.99, sure=True)
    message = Message(
        channel=channel,
        subject="ご連絡",
        sender=Address("", "" if channel is Channel.PHONE else "hanako@example.jp"),
        text="よろしくお願いいたします。",
        new_text="よろしくお願いいたします。",
        auth=Authenticity(auth),
        request_code=request if channel in (Channel.APP, Channel.PHONE) else None,
    )
    whole = Situation(
        request=request,
        meaning=meaning,
        message=message,
        match=match,
        proof=proof,
        now=NOW,
        today=TODAY,
        requests=requests,
        app_authenticated=evidence == "app",
        entered_by="佐藤" if channel is Channel.PHONE else None,
    )
    return _with(whole, fields)


def _with(s: Situation, fields: dict[str, Any]) -> Situation:
    for name, value in fields.items():
        if name in Meaning.__dataclass_fields__:
            s = replace(s, meaning=replace(s.meaning, **{name: value}))
        elif name in Facts.__dataclass_fields__:
            s = replace(s, meaning=replace(s.meaning, facts=replace(s.meaning.facts, **{name: value})))
        elif name in Message.__dataclass_fields__:
            s = replace(s, message=replace(s.message, **{name: value}))
        else:
            s = replace(s, **{name: value})
    return s


def _evidence(kind: str, person: Seeker) -> tuple[Match, AuthVerdict, Proof, Channel]:
    one = Match(MatchKind.ONE, person, 0.9, ("address",), on_file=True)
    typed = Match(MatchKind.ONE, person, 0.9, ("member_id",))
    at_address = tuple(Candidate(p, 0.6, ("address",)) for p in (person, replace(person, id=2)))
    named = (Candidate(person, 0.9, ("member_id", "name")),)
    table = {
        "unknown": (Match(MatchKind.NONE), AuthVerdict.NONE, Proof.E0, Channel.EMAIL),
        "unknown_pass": (Match(MatchKind.NONE), AuthVerdict.PASS, Proof.E0, Channel.EMAIL),
        "named": (Match(MatchKind.NONE, candidates=named), AuthVerdict.PASS, Proof.E0, Channel.EMAIL),
        "several": (Match(MatchKind.SEVERAL, candidates=at_address), AuthVerdict.NONE, Proof.E0, Channel.EMAIL),
        "failing": (one, AuthVerdict.FAIL, Proof.E0, Channel.EMAIL),
        "file": (one, AuthVerdict.NONE, Proof.E0, Channel.EMAIL),
        "aligned": (one, AuthVerdict.PASS, Proof.E1, Channel.EMAIL),
        "app": (typed, AuthVerdict.NONE, Proof.E2, Channel.APP),
        "phone": (typed, AuthVerdict.NONE, Proof.E0, Channel.PHONE),
        "phone_checked": (typed, AuthVerdict.NONE, Proof.E3, Channel.PHONE),
    }
    return table[kind]
