"""What happens by itself and what comes to people, in the profile that is in use: walked through the real functions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from starlette.responses import Response

from intake.model import (
    Address,
    Application,
    Authenticity,
    AuthVerdict,
    Case,
    CaseState,
    Channel,
    Decision,
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
from intake.policy import Profile, choices_for, decide, decide_proved, today_of
from intake.web.staff import speech
from intake.web.staff.asked import REQUESTS
from intake.web.staff.visit import Visit

SENDERS = (
    ("登録アドレス(認証済み)", True, AuthVerdict.PASS, Proof.E1, Channel.EMAIL),
    ("登録アドレス(認証なし)", True, AuthVerdict.NONE, Proof.E0, Channel.EMAIL),
    ("登録にないアドレス", False, AuthVerdict.PASS, Proof.E0, Channel.EMAIL),
    ("認証に失敗", True, AuthVerdict.FAIL, Proof.E0, Channel.EMAIL),
    ("アプリ", True, AuthVerdict.NONE, Proof.E2, Channel.APP),
)
STAGES = tuple(s for s in Stage if s is not Stage.CLOSED)
LEAVING = ("withdrawal", "deletion")


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a decision leads: state, why it waits there, the mail, what is done at once, the work for people."""

    state: str
    hold: str
    mail: str
    link: bool
    effects: tuple[str, ...]
    tasks: tuple[str, ...]


def show(visit: Visit) -> Response:
    """The page."""
    profile = visit.tools.profile
    arrivals = [(r, [_arriving(r, sender, profile, visit.now) for sender in SENDERS]) for r in REQUESTS]
    leaving = [(r, s, profile.stage(s), _leaving(r, s, profile, visit.now)) for r in LEAVING for s in STAGES]
    return visit.page(
        "policies.html",
        profile=profile,
        profile_name=visit.context.settings.profile,
        senders=[name for name, *_ in SENDERS],
        arrivals=arrivals,
        leaving=leaving,
        requests=REQUESTS,
        mail_name=speech.mail_name,
        words="",
    )


def _arriving(request: str, sender: tuple[str, bool, AuthVerdict, Proof, Channel], profile: Profile,
              now: datetime) -> Outcome:  # fmt: skip
    """A sure reading of somebody without selections and without other cases."""
    _, on_file, verdict, proof, channel = sender
    who = _somebody(request, Stage.NONE, now)
    match = Match(MatchKind.ONE, who, 0.9, ("address",), on_file=True) if on_file else Match(MatchKind.NONE)
    others = (_case("withdrawal", CaseState.AWAITING_PROOF, now),) if request == "retraction" and on_file else ()
    message = Message(channel, sender=Address("", who.addresses[0]), auth=Authenticity(verdict),
                      request_code=request if channel is Channel.APP else None)  # fmt: skip
    situation = Situation(
        request, Meaning((request,), confidence=1.0, sure=True), message, match, proof, now, today_of(now), (request,),
        open_cases=others, app_authenticated=channel is Channel.APP,
    )  # fmt: skip
    return _outcome(decide(situation, profile))


def _leaving(request: str, stage: Stage, profile: Profile, now: datetime) -> Outcome | None:
    """What 完了 behind the link leads to."""
    who, case = _somebody(request, stage, now), _case(request, CaseState.AWAITING_PROOF, now)
    if "complete" not in choices_for(case, who):
        return None
    return _outcome(decide_proved(case, who, "complete", Proof.E2, profile, now, today_of(now)))


def _somebody(request: str, stage: Stage, now: datetime) -> Seeker:
    running = (Application(1, "", stage),) if stage > Stage.NONE else ()
    who = Seeker(1, "M-1", "", addresses=("person@example.jp",), registered_via="online", applications=running,
                 concierge="-")  # fmt: skip
    if request == "resume":
        return replace(who, status=SeekerStatus.PAUSED)
    if request == "reinstatement":
        return replace(who, status=SeekerStatus.WITHDRAWN, withdrawn_on=today_of(now) - timedelta(days=3))
    return who


def _case(request: str, state: CaseState, now: datetime) -> Case:
    return Case(1, "C-1", 1, request, state, Channel.EMAIL, now - timedelta(days=1), seeker_id=1, sure=True)


def _outcome(d: Decision) -> Outcome:
    return Outcome(
        d.state.value,
        d.hold_reason or "",
        d.reply.template if d.reply else "",
        bool(d.reply and d.reply.link),
        tuple(e.value for e in d.effects),
        tuple(dict.fromkeys(t.kind for t in d.tasks)),
    )
