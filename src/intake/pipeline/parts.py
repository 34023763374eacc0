"""What a mail says of one case: everything comes from the register, the rules or a closed vocabulary."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from intake.model import Case, CaseState, Effect, Meaning, Seeker, SeekerStatus, Stage
from intake.pipeline import restated
from intake.pipeline.held import held_of
from intake.pipeline.moves import Act
from intake.pipeline.tools import Tools
from intake.policy import today_of
from intake.replies import Kept, Part

if TYPE_CHECKING:
    from intake.pipeline.settle import Settled

PREFERENCE_LABELS = {
    "salary": "年収",
    "place": "勤務地",
    "occupation": "職種",
    "remote": "働き方",
    "start": "入社時期",
    "contact": "ご連絡方法",
    "hours": "勤務時間",
    "employment": "雇用形態",
}


def part_of(act: Act, settled: Settled, seeker: Seeker | None, tools: Tools, free: str | None = None) -> Part:
    """The part for one case. ``free`` is what staff wrote (an answer, the reason of a refusal)."""
    case, decision = settled.case, settled.decision
    assert decision.reply is not None
    part: dict[str, Any] = {
        "request": case.request,
        "template": decision.reply.template,
        "case_number": case.number,
        "due_on": decision.due_on or case.due_on,
        "hold_reason": case.hold_reason,
        "has_left": case.request == "deletion" and Effect.WITHDRAW in decision.effects,
    }
    if decision.reply.neutral:
        return Part(**part, answer_text=_of_meaning(_meaning(act, case), tools).get("answer_text"))
    if settled.link is not None:
        part |= {"link_url": settled.link.url, "link_expires_at": settled.link.expires_at}
    part |= _of_case(act, case, tools)
    if seeker is not None:
        part |= _of_seeker(act, case, seeker, tools)
        if case.request == "decline" and case.state is CaseState.DONE:
            part["applications"] = _declined(act, case)
        part["held"] = _held(act, case, seeker, tools)
    part |= _of_meaning(restated.still_meant(act.tx, case, _meaning(act, case)), tools)
    dropped = [act.tx.cases.get(t) for t in decision.targets] or [case]
    if _is_being_erased(act, case):
        part |= {"kept": (), "return_until": None}
    part["retracted"] = tuple(dict.fromkeys(c.request for c in dropped))
    if seeker is not None and "deletion" in part["retracted"] and decision.reply.template == "done_retraction":
        part |= _stays_away(act, seeker, tools)
    if free is not None:
        part |= {"staff_text": free, "refusal_text": free}
    return Part(**part)


def _stays_away(act: Act, seeker: Seeker, tools: Tools) -> dict[str, Any]:
    """Whoever has left meanwhile stays so: taking an erasure back does not bring the registration back."""
    if seeker.status is not SeekerStatus.WITHDRAWN:
        return {"has_left": False}
    since = seeker.withdrawn_on or today_of(act.now)
    until = since + timedelta(days=tools.profile.return_days)
    return {"has_left": True, "return_until": until if until >= today_of(act.now) else None}


def _declined(act: Act, case: Case) -> tuple[tuple[str, Stage], ...]:
    """The employers whom staff have told, and no other: whoever reads a name here does not go to the interview."""
    tasks = [t for t in act.tx.tasks.of_case(case.id) if t.plan.kind == "tell_employer" and t.done_at is not None]
    told = dict.fromkeys(t.plan.subject for t in tasks if not t.is_needless)
    return tuple((company, Stage.APPLIED) for company in told)  # the stage is not said


def _held(act: Act, case: Case, seeker: Seeker, tools: Tools) -> tuple[Kept, ...]:
    """What a duty keeps beyond the erasure that this case asks for."""
    rows = act.tx.clocks.running(seeker.id) if case.request == "deletion" else []
    day = case.wake_on or today_of(act.now)
    return tuple(h.told for row in rows for h in held_of(seeker, row, tools.profile, day))


def _meaning(act: Act, case: Case) -> Meaning | None:
    reading = act.tx.inbox.reading(case.message_id)
    return reading[1] if reading else None


def _of_case(act: Act, case: Case, tools: Tools) -> dict[str, Any]:
    today = today_of(act.now)
    return {
        "reasons": case.reasons,
        "gentle_way": _gentle_way(case, tools),
        "tone": _tone(case, tools),
        "kept": tuple(Kept(k.what, k.how_long, k.why) for k in tools.profile.kept),
        "cooling_off_days": tools.profile.cooling_off_days,
        "return_until": today + timedelta(days=tools.profile.return_days),
        "return_url": f"{tools.public_url}/return" if tools.profile.coming_back.self_service else None,
        "erase_on": case.wake_on,
        "called_on": today,
    }


def _is_being_erased(act: Act, case: Case) -> bool:
    """The same person asks for erasure: then nothing is said of keeping, and nothing of coming back."""
    others = act.tx.cases.of_seeker(case.seeker_id) if case.request == "withdrawal" and case.seeker_id else []
    return any(c.request == "deletion" and c.state.is_open and not c.is_doubtful for c in others)


def _gentle_way(case: Case, tools: Tools) -> str | None:
    """At most one sentence, by reason, and only to somebody who leaves (rules/reasons.toml)."""
    if case.request != "withdrawal":
        return None
    rows = {r.code: r.gentler for r in tools.rulebook.reasons.reason}
    return next((rows[code] for code in case.reasons if rows.get(code)), None)


def _tone(case: Case, tools: Tools) -> str | None:
    """How the thank-you sounds, by the gravest reason: nobody who is ill is congratulated."""
    tones = {r.tone for r in tools.rulebook.reasons.reason if r.code in case.reasons}
    return next((tone for tone in ("sympathy", "apology", "congratulation") if tone in tones), None)


def _of_seeker(act: Act, case: Case, seeker: Seeker, tools: Tools) -> dict[str, Any]:
    own = tuple(a.company for a in seeker.running if a.self_applied) if tools.profile.self_applied_blocks else ()
    return {
        "applications": tuple((a.company, a.stage) for a in seeker.running),
        "self_applied": own,
        "outreach_held": seeker.outreach_held_at is not None,
        "also_withdraws": case.request == "deletion" and seeker.status is not SeekerStatus.WITHDRAWN,
        "resume_on": seeker.resume_on,
        "pause_until": seeker.resume_on - timedelta(days=1) if seeker.resume_on else None,
        "concierge": seeker.concierge,
        "new_concierge": seeker.concierge,
        "hold_text": tools.profile.erasure.held_text if seeker.legal_hold else None,
    }


def _of_meaning(meaning: Meaning | None, tools: Tools) -> dict[str, Any]:
    if meaning is None:
        return {}
    wishes = tuple((PREFERENCE_LABELS.get(p.field, p.field), p.value) for p in meaning.preferences)
    answer = tools.rulebook.answers.get(meaning.answer) if meaning.answer else None
    return {"preferences": wishes, "answer_text": answer.answer if answer else None}
