"""What the terms of keeping bring on a day: a notice, a class of data, a person, a field that a duty has held.

The look and the deed take the same rows: what a dry run says is what a run does.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from intake.errors import NotFound
from intake.journal import journal
from intake.model import Actor, MailOrigin, Seeker
from intake.pipeline import letters
from intake.pipeline.erasing import Eraser, begin
from intake.pipeline.erasing.begin import RETENTION
from intake.pipeline.erasing.masking import without_attachments
from intake.pipeline.held import clocks_of, held_of, subject_of
from intake.pipeline.moves import Act
from intake.pipeline.objections import unread_of
from intake.pipeline.tools import Tools
from intake.policy import today_of
from intake.ports import NewMail, Store, Tx
from intake.ports.erasing import ClockRow, HeldRow
from intake.ports.rows import Reach
from intake.replies import Letter, Part, Thread, compose, new_message_id, return_path
from intake.retention import Due, Subject, calendar, due_of
from intake.retention.clocks import PERSONAL
from intake.retention.plan import ERASE, NOTICE, PART

CALENDAR = Actor("system", "retention")
BATCH = 100
log = journal("retention")


@dataclass(frozen=True, slots=True)
class Agenda:
    """Everything that falls due on one day, by person; and the held fields whose day has come."""

    on: date
    due: tuple[Due, ...]
    held: tuple[HeldRow, ...]

    @property
    def to_do(self) -> tuple[Due, ...]:
        """What happens, as against what waits."""
        return tuple(d for d in self.due if d.is_done_today)


def agenda(tx: Tx, tools: Tools, on: date) -> Agenda:
    """What ``on`` brings, as things stand now. Changes nothing."""
    clocks, notice = clocks_of(tools.profile), tools.profile.retention_notice.days_before
    due = [d for subject in subjects(tx) for d in due_of(subject, clocks, notice, on)]
    return Agenda(on, tuple(due), tuple(tx.erasures.held(on)))


def outlook(tx: Tx, tools: Tools, on: date) -> tuple[list[Due], list[Due]]:
    """(When everybody's personal details end, what of it is due ``on``). One look at everybody, one clock each:
    no other clock changes what these say."""
    clocks, notice = clocks_of(tools.profile), tools.profile.retention_notice.days_before
    personal, soon = [c for c in clocks if c.data == PERSONAL], on + timedelta(days=notice)
    ends, due = list[Due](), list[Due]()
    for subject in subjects(tx):
        theirs = calendar(subject, personal)
        ends += theirs
        if any(d.due_on <= soon for d in theirs):  # for all others there is nothing to decide yet
            due += due_of(subject, personal, notice, on)
    return ends, due


def subjects(tx: Tx, seeker_id: int | None = None) -> Iterable[Subject]:
    """Everybody whose clock may run, or one person, as the planner asks for them."""
    notices, parts = tx.clocks.notices(seeker_id), tx.clocks.parts_gone(seeker_id)
    for row in tx.clocks.running(seeker_id):
        yield _subject(row, notices, parts)


def _subject(row: ClockRow, notices: dict[int, date], parts: dict[int, tuple[str, ...]]) -> Subject:
    told = notices.get(row.seeker_id)
    return replace(subject_of(row), noticed_on=told, parts_gone=parts.get(row.seeker_id, ()), reachable=row.reachable)


def calendar_of(tx: Tx, seeker_id: int, tools: Tools) -> tuple[Due, ...]:
    """Every clock that runs for one person."""
    return tuple(d for s in subjects(tx, seeker_id) for d in calendar(s, clocks_of(tools.profile)))


def run(store: Store, eraser: Eraser, tools: Tools, now: datetime) -> Agenda:
    """Carry the day of ``now`` out; gives what it carried out. May be repeated after a crash."""
    on = today_of(now)
    with store.read() as tx:
        whole = agenda(tx, tools, on)
    left: set[Due] = set()
    for due in whole.to_do:
        if due.action == NOTICE:
            with store.write() as tx:
                done = _announce(Act(tx, CALENDAR, now), due, tools)
        elif due.action == PART:
            done = _take_part(store, due, tools, now)
        else:
            continue
        left |= set() if done else {due}
    with store.write() as tx:
        tx.staff.forget_failures(now)
    left |= _erase([d for d in whole.to_do if d.action == ERASE], store, eraser, tools, now)
    for held in whole.held:
        with store.write() as tx:
            tx.erasures.drop_held(held.id)
            tx.audit.append(now, CALENDAR, "held.dropped", detail={"erasure": held.erasure_id, "data": held.data})
    if whole.to_do or whole.held:
        log.info("the day is done", count=len(whole.to_do) - len(left), due=on.isoformat())
    return replace(whole, due=tuple(d for d in whole.due if d not in left))


def _erase(dues: list[Due], store: Store, eraser: Eraser, tools: Tools, now: datetime) -> set[Due]:
    """Those that are left: what was due when the night began is asked once more in the commit that begins it."""
    left: set[Due] = set()
    for start in range(0, len(dues), BATCH):
        for due in dues[start : start + BATCH]:
            with store.write() as tx:
                if not _is_still_due(tx, due, tools, today_of(now)):
                    left.add(due)
                    continue
                begin(Act(tx, CALENDAR, now), tx.seekers.get(due.seeker_id), None, RETENTION, tools)
        eraser.run(most=BATCH)
    return left


def _is_still_due(tx: Tx, due: Due, tools: Tools, on: date) -> bool:
    """Nobody came back, was put under a hold or wrote (read or not) while the others of this night had their turn."""
    clocks, notice = clocks_of(tools.profile), tools.profile.retention_notice.days_before
    now = [d for subject in subjects(tx, due.seeker_id) for d in due_of(subject, clocks, notice, on)]
    if not any((d.data, d.action) == (due.data, due.action) for d in now):
        return False
    return due.action != ERASE or not unread_of(tx, [tx.seekers.get(due.seeker_id)])[due.seeker_id]


def _announce(act: Act, due: Due, tools: Tools) -> bool:
    """The person hears of it before; a mail that cannot be written leaves the term as it is. False: not due now."""
    if not _is_still_due(act.tx, due, tools, today_of(act.now)):
        return False
    seeker = act.tx.seekers.get(due.seeker_id)
    mail = None if seeker.address is None else _notice(act, seeker, due, tools)
    if mail is not None:
        act.tx.outbox.add(mail, act.now)
    act.tx.clocks.notice(seeker.id, today_of(act.now), due.due_on)
    act.tx.audit.append(act.now, act.actor, "retention.noticed", seeker_id=seeker.id,
                        detail={"due_on": due.due_on, "mail": mail is not None})  # fmt: skip
    return True


def _notice(act: Act, seeker: Seeker, due: Due, tools: Tools) -> NewMail | None:
    to = seeker.address
    if to is None or letters.unreachable(to, tools):
        return None
    row = act.tx.clocks.running(seeker.id)[0]
    day = max(due.due_on, today_of(act.now))
    held = tuple(h.told for h in held_of(seeker, row, tools.profile, day))
    unique = secrets.token_hex(10)
    mail = compose(
        tools.templates,
        Letter(seeker.name, (Part("deletion", "retention_notice", "", erase_on=day, held=held),), neutral=False,
               agency=tools.agency),
        to=to,
        from_=tools.mail_from,
        now=act.now,
        message_id=new_message_id(tools.keyring, tools.mail_from.rpartition("@")[2], unique),
        mail_from=return_path(tools.keyring, tools.mail_from, unique),
        thread=Thread(),
        charset=tools.charset,
    )  # fmt: skip
    return NewMail(mail, (), act.now, automatic=False, origin=MailOrigin.CALENDAR)


def _take_part(store: Store, due: Due, tools: Tools, now: datetime) -> bool:
    """One class of data whose time is over before that of the person's details. False: not due now."""
    with store.write() as tx:
        if not _is_still_due(tx, due, tools, today_of(now)):
            return False
        reach = tx.erasure.reach(due.seeker_id)
        old = _PARTS[due.data](tx, reach, now)
        tx.clocks.take_part(due.seeker_id, due.data, now)
        tx.audit.append(now, CALENDAR, "retention.part_erased", seeker_id=due.seeker_id, detail={"data": due.data})
    with store.write() as tx:
        tx.blobs.destroy_keys(old)
    return True


def _attachments(tx: Tx, reach: Reach, now: datetime) -> list[int]:
    """Mails that came with files are written anew from their text."""
    old: list[int] = []
    for message_id in reach.message_ids:
        reading = tx.inbox.reading(message_id)
        if reading is None or not reading[0].attachments:
            continue
        try:
            envelope = tx.inbox.envelope(message_id)
        except NotFound:
            continue
        message = replace(reading[0], attachments=())
        old += tx.erasures.rewrite(message_id, without_attachments(envelope, message), message, reading[1])
    return old


def _messages(tx: Tx, reach: Reach, now: datetime) -> list[int]:
    keys = sorted(tx.erasure.keys_of(reach.message_ids, ()))
    tx.erasures.bury_mails(reach.message_ids, now)
    tx.erasure.remove_blobs(keys)
    tx.erasure.remove_messages(reach.message_ids)
    tx.search.remove(reach.case_ids)
    return keys


def _mails(tx: Tx, reach: Reach, now: datetime) -> list[int]:
    keys = sorted(tx.erasure.keys_of((), reach.outbox_ids))
    tx.erasure.remove_blobs(keys)
    tx.erasure.remove_mails(reach.outbox_ids)
    return keys


def _cases(tx: Tx, reach: Reach, now: datetime) -> list[int]:
    tx.erasure.remove_cases(reach.case_ids)
    return []


_PARTS = {"resume": _attachments, "career": _attachments, "messages": _messages, "mails": _mails, "cases": _cases}
