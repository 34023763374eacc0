"""One row a request: what a sure reading of an identified person does by itself (decisions.md, the table).

Each is asked only after the gates: the reading is sure, one seeker is known, the mail is not failing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from intake.model import (
    Application,
    CaseState,
    Decision,
    Effect,
    Meaning,
    Message,
    Proof,
    ReplyPlan,
    Seeker,
    SeekerStatus,
    Situation,
    TaskPlan,
)
from intake.model.ladder import Act
from intake.policy.deadlines import DAY, may_return_alone, today_of
from intake.policy.declined import meant_applications
from intake.policy.gates import superseded
from intake.policy.leaving import Course, course_of, is_invalid, is_near, is_registered, needs_warning, put_off
from intake.policy.profile import Profile
from intake.policy.receipts import Answer, answer_with, ask_by_link, done, from_receipt_on, receipt, review
from intake.policy.retracting import leaving_is_open, retract
from intake.policy.situation import may


def withdrawal(s: Situation, profile: Profile) -> Decision | None:
    """Receipt and link in one mail at every stage; the app and a telephone check go by the stage table at once."""
    if s.request != "withdrawal":
        return None
    assert s.seeker is not None
    if not is_registered(s.seeker):
        return review(s, profile, "already_withdrawn", answer=answer_with(s, "receipt_other"))
    return _proved_or_link(s, profile, s.seeker)


def deletion(s: Situation, profile: Profile) -> Decision | None:
    """Receipt and link; after 完了 staff approve. One old document is a task, not an erasure."""
    if s.request != "deletion":
        return None
    assert s.seeker is not None
    if "withdrawal" not in s.requests and is_one_document(s.message, s.meaning, profile):
        task = TaskPlan("erase_document", due_on=profile.due_on(s.request, s.today), assignee=s.seeker.concierge)
        return review(s, profile, "one_document", answer=answer_with(s, "receipt_other"), tasks=(task,))
    return _proved_or_link(s, profile, s.seeker)


def is_one_document(message: Message, meaning: Meaning, profile: Profile) -> bool:
    """True where one old document is to go, not the record: a task for staff, not an erasure (decisions.md)."""
    said = " ".join(e.text for e in meaning.why if e.request == "deletion" and e.weight > 0)
    return profile.one_document.is_meant(message.new_text, said or message.new_text)


def _proved_or_link(s: Situation, profile: Profile, seeker: Seeker) -> Decision:
    proved = may(s, Act.WITHDRAW, profile)
    told_by_staff = s.proof is Proof.E3
    if not proved or (needs_warning(seeker, profile) and not told_by_staff):
        asked = ask_by_link(s, profile, "consequences" if proved else "link_sent")
        return replace(asked, fulfils=superseded(s, profile)) if asked.state is CaseState.AWAITING_PROOF else asked
    wants_to_wait = s.request == "withdrawal" and s.meaning.after_selection and seeker.running
    course = put_off(s.today) if wants_to_wait else course_of(s.request, seeker, profile, s.now, s.today)
    decision = _as_decision(s, course)
    return replace(decision, fulfils=superseded(s, profile))


def _as_decision(s: Situation, course: Course) -> Decision:
    address = s.seeker.address if s.seeker else None
    silent = s.message.no_reply or (None if address else "no_address")
    speaks = course.template is not None and not silent
    return Decision(
        request=s.request,
        policy="",
        reason=course.reason,
        state=course.state,
        hold_reason=course.hold,
        effects=course.effects,
        reply=ReplyPlan(course.template or "", "file") if speaks else None,
        no_reply=None if speaks else (silent or course.reason),
        tasks=course.tasks,
        assign=course.assign,
        due_on=course.due_on,
        wake_on=course.wake_on,
    )


def pause(s: Situation, profile: Profile) -> Decision | None:
    """From on file: outreach held, status paused, confirmation with a way back. Else a link."""
    if s.request != "pause":
        return None
    assert s.seeker is not None
    if not is_registered(s.seeker):
        return review(s, profile, "already_withdrawn", answer=answer_with(s, "receipt_other"))
    if is_invalid(s.seeker):
        return review(s, profile, "status_invalid", effects=from_receipt_on(s, profile))
    if not may(s, Act.PAUSE, profile):
        return ask_by_link(s, profile)
    resume_on = s.meaning.facts.resume_on or (s.meaning.pause_until + DAY if s.meaning.pause_until else None)
    remind = TaskPlan("remind", subject="resume_on", due_on=resume_on, assignee=s.seeker.concierge)
    decision = done(s, "paused", "done_pause", (Effect.HOLD_OUTREACH, Effect.PAUSE), (remind,) if resume_on else ())
    return replace(decision, fulfils=superseded(s, profile))


def resume(s: Situation, profile: Profile) -> Decision | None:
    """From on file: active again, however worded. After a withdrawal it is coming back."""
    if s.request != "resume":
        return None
    assert s.seeker is not None
    if not is_registered(s.seeker):
        return come_back(s, profile, s.seeker)
    if leaving_is_open(s.open_cases):
        return review(s, profile, "leaving_is_open")
    if is_invalid(s.seeker):
        return review(s, profile, "status_invalid")
    if s.meaning.pause_until is not None and s.meaning.pause_until >= s.today:
        return _go_on_later(s, profile, s.seeker, s.meaning.pause_until + DAY)
    if not may(s, Act.RESUME, profile):
        return ask_by_link(s, profile)
    pauses = tuple(c.id for c in s.open_cases if c.request in ("pause", "resume") and not c.is_doubtful)
    return replace(done(s, "resumed", "done_resume", (Effect.RESUME, Effect.RELEASE_OUTREACH)), targets=pauses)


def _go_on_later(s: Situation, profile: Profile, seeker: Seeker, day: date) -> Decision:
    """「4月から再開」: the pause goes on until that day, the concierge is reminded of it (domain.md, Pause)."""
    clear = s.meaning.facts.resume_on == day and seeker.status is SeekerStatus.PAUSED
    if not clear or not may(s, Act.RESUME, profile):
        return review(s, profile, "later_day")
    remind = TaskPlan("remind", subject="resume_on", due_on=day, assignee=seeker.concierge)
    return done(s, "resumes_later", "done_pause", (Effect.HOLD_OUTREACH, Effect.PAUSE), (remind,))


def concierge_change(s: Situation, profile: Profile) -> Decision | None:
    """Receipt; to the lead, never to the one concerned."""
    if s.request != "concierge_change":
        return None
    hold = "lead_decides" if may(s, Act.CONCIERGE_CHANGE, profile) else "confirm_sender"
    return review(s, profile, hold, assign="lead")


def preferences(s: Situation, profile: Profile) -> Decision | None:
    """Receipt with what was understood, a task for the concierge, a talk offered."""
    if s.request != "preferences":
        return None
    assert s.seeker is not None
    if s.seeker.status is SeekerStatus.WITHDRAWN:
        return review(s, profile, "already_withdrawn", answer=answer_with(s, "receipt_other"))
    if not may(s, Act.PREFERENCES, profile):
        return review(s, profile, "confirm_sender")
    return waits_for_tasks(s, profile, "conditions", (_task(s, profile, "preferences", ""),))


def decline(s: Situation, profile: Profile) -> Decision | None:
    """Receipt; the concierge tells the employer, never the machine alone. Which application must be clear."""
    if s.request != "decline":
        return None
    assert s.seeker is not None
    if not may(s, Act.DECLINE, profile):
        return review(s, profile, "confirm_sender")
    meant = meant_applications(s.seeker, s.message.new_text)
    if not meant:
        return review(s, profile, "which_application" if s.seeker.running else "no_application", assign="concierge")
    tasks = tuple(_told(_task(s, profile, "tell_employer", a.company), a, s, profile) for a in meant)
    return waits_for_tasks(s, profile, "employer_informed", tasks)


def _told(task: TaskPlan, application: Application, s: Situation, profile: Profile) -> TaskPlan:
    """Today where the interview is near; the mail promises its result by the usual day all the same."""
    return replace(task, due_on=s.today) if is_near(application, profile, s.now) else task


def _task(s: Situation, profile: Profile, kind: str, subject: str) -> TaskPlan:
    assert s.seeker is not None
    concierge = None if s.meaning.complaint else s.seeker.concierge
    return TaskPlan(kind, subject=subject, due_on=profile.due_on(s.request, s.today), assignee=concierge)


def waits_for_tasks(s: Situation, profile: Profile, hold: str, tasks: tuple[TaskPlan, ...]) -> Decision:
    """The case waits until people have done their part; past its day staff look at it."""
    due = profile.due_on(s.request, s.today)
    told = receipt(s)
    return Decision(
        request=s.request,
        policy="",
        reason=hold,
        state=CaseState.SCHEDULED,
        hold_reason=hold,
        reply=told.reply,
        no_reply=told.no_reply,
        tasks=tasks,
        assign="lead" if s.meaning.complaint else "concierge",
        due_on=due,
        wake_on=due + timedelta(days=1),
    )


def reinstatement(s: Situation, profile: Profile) -> Decision | None:
    """Coming back: alone within the days of the profile, afterwards by the kind of registration."""
    if s.request != "reinstatement":
        return None
    assert s.seeker is not None
    return come_back(s, profile, s.seeker)


def come_back(s: Situation, profile: Profile, seeker: Seeker) -> Decision:
    """For everything that means: I left, and want to use the service again."""
    if is_registered(seeker):
        return review(s, profile, "not_withdrawn", answer=answer_with(s, "receipt_reinstatement"))
    left_on = seeker.withdrawn_on or seeker.status_since
    if left_on is None:
        return review(s, profile, "unknown_day", answer=answer_with(s, "receipt_reinstatement"))
    if may_return_alone(left_on, s.today, profile.coming_back.days):
        if profile.coming_back.self_service:
            link = ask_by_link(replace(s, request="reinstatement"), profile, "return_alone")
            return replace(link, request=s.request)
        return review(s, profile, "reopen", answer=answer_with(s, "receipt_reinstatement"))
    way = {"office": "return_office", "online": "return_online"}.get(seeker.registered_via)
    if way is None:  # the kind is asked for, never guessed (features.md B15)
        return review(s, profile, "ask_how_registered", answer=answer_with(s, "return_unknown"))
    if _was_told_the_way(s, left_on):
        return review(s, profile, "reopen", answer=answer_with(s, "receipt_reinstatement"))
    return done(s, way, way)


def _was_told_the_way(s: Situation, left_on: date) -> bool:
    """Our mail asks for an answer (「本メールへのご返信でお知らせください」): who gives it is not sent the same again,
    but seen by a person."""
    return any(
        c.request in ("reinstatement", "resume", "retraction")
        and c.state is CaseState.DONE
        and today_of(c.received_at) > left_on
        for c in s.closed_cases
    )


def retraction(s: Situation, profile: Profile) -> Decision | None:
    """Beats everything of the same person that has not been carried out; afterwards it is coming back."""
    if s.request != "retraction":
        return None
    assert s.seeker is not None
    if not may(s, Act.RETRACT, profile):
        return review(s, profile, "confirm_sender")
    if not is_registered(s.seeker) and not any(c.request == "deletion" for c in s.open_cases):
        return come_back(s, profile, s.seeker)
    return retract(s, profile)


def question(s: Situation, profile: Profile) -> Decision | None:
    """No fixed answer fits surely: staff answer."""
    return review(s, profile, "staff_answer", assign="concierge") if s.request == "question" else None


def other(s: Situation, profile: Profile) -> Decision | None:
    """A receipt, and staff read it."""
    return review(s, profile, "staff_read", assign="concierge") if s.request == "other" else None


def in_doubt(s: Situation, profile: Profile) -> Decision | None:
    """The last row: whatever no other row knows waits for a person."""
    return review(s, profile, "in_doubt", answer=Answer(no_reply="in_doubt"), effects=from_receipt_on(s, profile))
