"""Everything that the page of a case shows, read in one go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from intake.errors import IntakeError, NotAllowed, NotFound, Permanent, Temporary
from intake.matching import keys_of, match_seeker
from intake.model import (
    DESTRUCTIVE,
    Candidate,
    Case,
    CaseState,
    Channel,
    Decision,
    MailState,
    Meaning,
    Message,
    OutboxItem,
    Proof,
    Role,
    Seeker,
    StaffMember,
    Task,
)
from intake.pipeline import desk, links, put_aside
from intake.pipeline.objections import heard, objections
from intake.pipeline.parts import PREFERENCE_LABELS
from intake.pipeline.tools import Tools
from intake.policy import may_be_refused, today_of
from intake.ports import AuditRow, Tx
from intake.web.staff import grounds, marks, rows, speech
from intake.web.staff.scope import visible

_NEVER_LEFT = frozenset({MailState.CANCELLED, MailState.STALE, MailState.FAILED})
_NO_LINK = frozenset({"question", "other"})
MOST_MESSAGES = 60  # of one case on one page: the one that opened it, and the newest
TRAIL = 100  # events of one page
ENDED_BY_ANSWER = frozenset({"question", "other"})  # an answer, or none, is all there is to do
CLOSED = "この案件は終わっています"
WAITS_FOR_PERSON = "ご本人がリンクのページで答えるのを待っています。"
NOBODY_TO_ANSWER = "返信先のアドレスがありません。"
WORDS_TO_TYPE = {"withdrawal": "退会", "deletion": "削除"}


@dataclass(frozen=True, slots=True)
class Written:
    """A message of the case as it is shown."""

    id: int
    role: str
    message: Message
    meaning: Meaning | None
    subject: tuple[marks.Piece, ...]
    blocks: tuple[marks.Block, ...]
    grounds: grounds.Grounds

    @property
    def is_cut(self) -> bool:
        """True where the page shows only the beginning."""
        return len(self.message.text) > marks.MOST_TEXT


@dataclass(frozen=True, slots=True)
class CaseFile:
    """What a person needs to decide. ``plan`` is what a yes would do, ``obstacle`` why it cannot be said."""

    case: Case
    row: rows.Row
    written: tuple[Written, ...]
    left_out: int  # messages between the first and the newest that the page does not show
    seeker: Seeker | None
    others: tuple[Case, ...]
    objections: tuple[Case, ...]  # what may take this wish back and is not settled
    objections_hidden: int  # more of them, not this person's to see
    heard: str  # all of them, as they were when this was read
    candidates: tuple[Candidate, ...]
    approved_first: AuditRow | None  # the yes that waits for another person's
    plan: Decision | None
    obstacle: str
    reason_helps: bool  # a stated reason overrides the obstacle
    one_document: bool  # not the record, so nothing that proves the person leads to its erasure
    mails: tuple[OutboxItem, ...]
    tasks: tuple[Task, ...]
    notes: tuple[tuple[datetime, str, str], ...]
    trail: tuple[AuditRow, ...]
    earlier: int | None  # the row of the trail from which to go on to earlier ones, None at its beginning
    last_seq: int  # the newest event of the case
    colleagues: tuple[str, ...]
    carers: tuple[str, ...]  # of them those who can be a seeker's concierge
    seen: str  # fingerprint of the consequences shown
    shown: str  # the same, readable: what changed can be told

    @property
    def word(self) -> str:
        """What must be typed before an act that cannot be taken back; "" where none is."""
        return WORDS_TO_TYPE.get(self.case.request, "")

    @property
    def is_destructive(self) -> bool:
        """True for leaving and erasing."""
        return self.case.request in DESTRUCTIVE

    @property
    def wishes(self) -> tuple[tuple[str, str, str], ...]:
        """Conditions that were said: (name, as it stands in the record, as it is proposed)."""
        if self.case.request != "preferences" or self.meaning is None:
            return ()
        old, new = dict(self.seeker.preferences) if self.seeker else {}, dict[str, list[str]]()
        for wish in self.meaning.preferences:
            new.setdefault(wish.field, []).append(wish.value)
        return tuple((PREFERENCE_LABELS.get(name, name), old.get(name, ""), "、".join(dict.fromkeys(said)))
                     for name, said in new.items())  # fmt: skip

    @property
    def is_ended_by_answer(self) -> bool:
        """A question: the first thing to do is to answer it."""
        return self.case.request in ENDED_BY_ANSWER

    @property
    def no_yes(self) -> str:
        """Why the key ``y`` finds nothing to approve or answer, for somebody whose role could; "" where it does."""
        if not self.case.state.is_open:
            return CLOSED
        if self.plan is not None:
            return NOBODY_TO_ANSWER if self.is_ended_by_answer and not self.may_reply else ""
        return WAITS_FOR_PERSON if self.case.state is CaseState.AWAITING_PROOF else self.obstacle

    @property
    def may_reply(self) -> bool:
        """Somebody is there to be written to."""
        return bool((self.seeker.address if self.seeker else "") or self.sender)

    @property
    def may_refuse(self) -> bool:
        """A proved wish to leave is not refused."""
        return may_be_refused(self.case)

    @property
    def may_send_receipt(self) -> bool:
        """Somebody wrote, and no receipt has left or is about to."""
        told = any(m.mail.template.startswith("receipt") and m.state not in _NEVER_LEFT for m in self.mails)
        return bool(self.sender) and not told

    @property
    def may_send_link(self) -> bool:
        """A link would prove something: the wish needs it, and nothing better is there. Else a yes is enough."""
        if self.seeker is None or not self.seeker.address or self.case.proof >= Proof.E2 or self.one_document:
            return False
        if self.case.state is CaseState.SCHEDULED or self.case.request in _NO_LINK:
            return False
        return self.plan is None or self.is_destructive or self.case.state is CaseState.AWAITING_PROOF

    @property
    def sender(self) -> str:
        """Where a receipt would go; "" if nobody wrote."""
        return self.written[0].message.sender.addr if self.written else ""

    @property
    def meaning(self) -> Meaning | None:
        """The reading that the case rests on."""
        return next((w.meaning for w in self.written if w.id == self.case.message_id), None)


def read(tx: Tx, case: Case, staff: StaffMember, tools: Tools, now: datetime, before: int | None = None) -> CaseFile:
    """Read all of it, the trail up to the row ``before``. Changes nothing."""
    seeker = seeker_of(tx, case)
    every = tx.cases.messages_of(case.id)
    linked = every if len(every) <= MOST_MESSAGES else [every[0], *every[1 - MOST_MESSAGES :]]
    readings = tx.glance.readings([m for m, _ in linked])
    written = tuple(_written(m, role, readings.get(m), case, tools) for m, role in linked)
    plan, obstacle, reason_helps = _plan(tx, case, staff, tools, now)
    first = desk.first_approvals(tx, case) if case.request == "deletion" and case.state is CaseState.REVIEW else []
    trail = tx.audit.tail_of_case(case.id, TRAIL + 1, before)
    colleagues = [m for m in tx.staff.all() if m.active and m.role is not Role.AUDITOR]
    others = [c for c in (tx.cases.of_seeker(seeker.id) if seeker else []) if c.id != case.id]
    is_proved = case.request in DESTRUCTIVE and case.proof >= Proof.E2
    unsettled = objections(tx, case) if case.state.is_open and is_proved else []
    seen = visible(tx, staff, unsettled)
    return CaseFile(
        case=case,
        row=rows.rows_of(tx, [case], now, staff)[0],
        written=written,
        left_out=len(every) - len(linked),
        seeker=seeker,
        others=tuple(visible(tx, staff, others[:40])[:20]),
        objections=tuple(seen),
        objections_hidden=len(unsettled) - len(seen),
        heard=heard(tx, case) if unsettled else "",
        candidates=() if seeker else _candidates(tx, case, written, tools),
        approved_first=first[-1] if first else None,
        plan=plan,
        obstacle=obstacle,
        reason_helps=reason_helps,
        one_document=put_aside.about_one_document(tx, case, tools),
        mails=tuple(tx.outbox.of_case(case.id)),
        tasks=tuple(tx.tasks.of_case(case.id)),
        notes=tuple(tx.notes.of_case(case.id)),
        trail=tuple(trail[-TRAIL:]),
        earlier=trail[-TRAIL].seq if len(trail) > TRAIL else None,
        last_seq=max((r.seq for r in (tx.audit.tail_of_case(case.id, 1) if before else trail[-1:])), default=0),
        colleagues=tuple(m.name for m in colleagues),
        carers=desk.carers(tx, seeker),
        seen=links.fingerprint(seeker, tools) if seeker else "",
        shown=shown_of(seeker),
    )


def seeker_of(tx: Tx, case: Case) -> Seeker | None:
    """The record of the case's person, None where nobody is chosen or the record is erased."""
    try:
        return tx.seekers.get(case.seeker_id) if case.seeker_id else None
    except NotFound:
        return None


def shown_of(seeker: Seeker | None) -> str:
    """Running selections in a form that a later look can be compared with."""
    return ",".join(f"{a.id}:{int(a.stage)}" for a in seeker.running) if seeker else ""


def today(now: datetime) -> str:
    """The day in Tokyo, for date fields."""
    return today_of(now).isoformat()


def _written(
    message_id: int, role: str, reading: tuple[Message, Meaning | None] | None, case: Case, tools: Tools
) -> Written:
    message, meaning = reading if reading else (Message(channel=Channel.EMAIL, error="not_read"), None)
    why = meaning.why if meaning else ()
    told = grounds.of(message, meaning if message_id == case.message_id else None, case.received_at, tools)
    return Written(message_id, role, message, meaning, marks.subject(message.subject, why),
                   marks.blocks(message.text, message.segments, why), told)  # fmt: skip


def _plan(tx: Tx, case: Case, staff: StaffMember, tools: Tools, now: datetime) -> tuple[Decision | None, str, bool]:
    """What a yes would do; or why not, and whether a stated reason would change that."""
    if not case.state.is_open:
        return None, "", False
    try:
        return desk.would_approve(tx, case, staff, tools, now), "", False
    except Temporary:
        raise
    except IntakeError as e:
        return None, speech.of_error(e), isinstance(e, NotAllowed) and _reason_helps(tx, case, staff, tools, now)


def _reason_helps(tx: Tx, case: Case, staff: StaffMember, tools: Tools, now: datetime) -> bool:
    try:
        desk.would_approve(tx, case, staff, tools, now, override_reason="reason")
    except Permanent:
        return False
    return True


def _candidates(tx: Tx, case: Case, written: tuple[Written, ...], tools: Tools) -> tuple[Candidate, ...]:
    """Whom the message may be from, best first, to choose among."""
    if not case.state.is_open:
        return ()
    kept = tx.cases.candidates(case.id)
    if kept or not written or written[0].meaning is None:
        return tuple(kept)
    message, facts = written[0].message, written[0].meaning.facts
    sender = message.sender
    found = tx.seekers.candidates(keys_of(sender.addr, facts, message.stated, sender.name, tools.keymaker))
    match = match_seeker(sender.addr, sender.name, facts, message.stated, found, tools.weights, tools.keymaker,
                         entered_by_staff=case.channel is Channel.PHONE)  # fmt: skip
    return match.candidates
