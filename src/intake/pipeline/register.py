"""What carrying out does to a seeker's record. Nothing else changes one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from intake.model import Case, Effect, Meaning, Seeker, SeekerStatus, Stage
from intake.model.case import EFFECT_STATUS
from intake.pipeline.moves import Act, drop_tasks

PAUSE_OVER = frozenset({Effect.PAUSE, Effect.RESUME, Effect.WITHDRAW})
REMINDERS = frozenset({"remind"})


def apply(act: Act, case: Case, seeker: Seeker, effects: tuple[Effect, ...], today: date, until: date | None) -> Seeker:
    """Apply effects in order; each change has its audit row. ``until`` is the first day of a resumed service."""
    for effect in effects:
        fields = _fields(effect, seeker, act, today, until)
        if fields:
            was, seeker = seeker.status, act.tx.seekers.change(seeker, **fields)
            act.note(f"seeker.{effect.value}", case, was=was.value, status=seeker.status.value)
            if effect in PAUSE_OVER:
                _forget_reminders(act, seeker, effect)
    return seeker


def _forget_reminders(act: Act, seeker: Seeker, effect: Effect) -> None:
    """Nobody is asked whether to go on who has come back, has left, or has named another day."""
    for of_them in act.tx.cases.of_seeker(seeker.id):
        drop_tasks(act, of_them, effect.value, kinds=REMINDERS)


def accept_preferences(act: Act, case: Case, seeker: Seeker, meaning: Meaning | None) -> Seeker:
    """A person has worked the wishes in: what was said anew of a condition takes the place of the old (A21)."""
    said: dict[str, list[str]] = {}
    for wish in meaning.preferences if meaning else ():
        said.setdefault(wish.field, []).append(wish.value)
    if not said:
        return seeker
    conditions = dict(seeker.preferences) | {name: "、".join(dict.fromkeys(values)) for name, values in said.items()}
    changed = act.tx.seekers.change(seeker, preferences=tuple(conditions.items()))
    act.note("seeker.preferences_changed", case, fields=sorted(said))
    return changed


def end_application(act: Act, case: Case, seeker: Seeker, company: str) -> None:
    """An employer has been told: that selection runs no more, though the agency's own system says so only later."""
    for application in seeker.running:
        if application.company == company:
            act.tx.seekers.upsert_application(seeker.member_id, replace(application, stage=Stage.CLOSED))
            act.note("seeker.application_ended", case, application=application.id, was=int(application.stage))


def _fields(effect: Effect, seeker: Seeker, act: Act, today: date, until: date | None) -> dict[str, Any]:
    if effect is Effect.HOLD_OUTREACH:
        return {} if seeker.outreach_held_at else {"outreach_held_at": act.now}
    if effect is Effect.RELEASE_OUTREACH:
        paused = seeker.status is not SeekerStatus.ACTIVE
        return {} if paused or not seeker.outreach_held_at else {"outreach_held_at": None}
    status = EFFECT_STATUS.get(effect)
    if status is None:
        return {}
    fields: dict[str, Any] = {"status": status, "status_since": today}
    if effect in (Effect.PAUSE, Effect.WITHDRAW):
        fields["outreach_held_at"] = seeker.outreach_held_at or act.now
        fields["resume_on"] = until if effect is Effect.PAUSE else None
    else:
        fields |= {"outreach_held_at": None, "resume_on": None}
    if effect is Effect.WITHDRAW:
        fields["withdrawn_on"] = today
    if effect is Effect.REINSTATE:
        fields["withdrawn_on"] = None
    return fields
