"""Everything that is about one person: by their cases and addresses, by what others wrote of them, on mail servers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from intake.errors import NotFound
from intake.model import End, Seeker
from intake.pipeline.erasing import masking
from intake.pipeline.erasing.plan import Plan
from intake.pipeline.held import HeldFields
from intake.pipeline.objections import unread_of
from intake.pipeline.tools import Tools
from intake.ports import MatchKeys, Tx
from intake.ports.erasing import MailboxCopy
from intake.ports.rows import Reach
from intake.retention import Trace, Traces, traces_of

PAGE = 200


def collect(tx: Tx, seeker: Seeker, tools: Tools, held: tuple[HeldFields, ...] = ()) -> Plan:
    """Look, change nothing. What several people share (a family's telephone, a common name) stays with the others."""
    traces = own_traces(tx, seeker, tools)
    looks = Traces(traces)
    reach = tx.erasure.reach(seeker.id)
    reach = _with(tx, reach, messages=_unread(tx, seeker, tools) | _of_machines(tx, reach, looks))
    quoting, noted, mails = _of_others(tx, reach, looks)
    reach = _with(tx, reach, mails=mails | {m for m in tx.erasure.loose_mails(seeker.id) if _is_told(tx, m, looks)})
    return Plan(
        reach=reach,
        traces=traces,
        quoting=tuple(sorted({*quoting, *(m for m in reach.shared if _names(tx, m, looks))})),
        noted=tuple(sorted(noted)),
        copies=_copies(tx, reach),
        sent=tuple(tx.outbox.get(m).mail.message_id for m in reach.outbox_ids),
        held=held,
    )


def own_traces(tx: Tx, seeker: Seeker, tools: Tools) -> tuple[Trace, ...]:
    """Those by which nobody else is written: in the register, or at the agency, with an account or without."""
    maker = tools.keymaker
    keys = MatchKeys(
        addresses=tuple(maker.addresses(a) for a in seeker.addresses),
        member_ids=(maker.member(seeker.member_id),),
        phones=tuple(maker.phone(p) for p in seeker.phones),
        names=maker.names(seeker.name, seeker.kana),
    )
    others = [o for o in tx.seekers.candidates(keys) if o.id != seeker.id]
    shared = {(t.kind, t.bare) for o in others for t in traces_of(o)}
    agents = {m.name for m in tx.staff.all()} | tx.seekers.concierges()
    ours = {Trace("name", name).bare for name in agents} | set(tools.own_addresses)
    return tuple(t for t in traces_of(seeker) if (t.kind, t.bare) not in shared and t.bare not in ours)


def _with(tx: Tx, reach: Reach, *, messages: set[int] | None = None, mails: set[int] | None = None) -> Reach:
    """The same reach and what else was found; the keys go with it."""
    more, sent = set(messages or ()) - set(reach.message_ids), set(mails or ()) - set(reach.outbox_ids)
    keys = tx.erasure.keys_of(more, sent) if more or sent else set()
    return replace(
        reach,
        message_ids=tuple(sorted({*reach.message_ids, *more})),
        outbox_ids=tuple(sorted({*reach.outbox_ids, *sent})),
        key_ids=tuple(sorted({*reach.key_ids, *keys})),
    )


def _unread(tx: Tx, seeker: Seeker, tools: Tools) -> set[int]:
    """Messages that nobody has looked at yet, from an address that nobody else has."""
    own = tuple(a for a in seeker.addresses if not _is_shared(tx, seeker, a, tools))
    return unread_of(tx, [replace(seeker, addresses=own)])[seeker.id]


def _is_shared(tx: Tx, seeker: Seeker, address: str, tools: Tools) -> bool:
    """Somebody else who stays has this address too: a couple, a family. ``Tx.erasure.reach`` goes by the same."""
    found = tx.seekers.candidates(MatchKeys(addresses=(tools.keymaker.addresses(address),)))
    return any(o.id != seeker.id and tx.erasures.open_of(o.id) is None for o in found)


def _of_machines(tx: Tx, reach: Reach, looks: Traces) -> set[int]:
    """Bounces, automatic replies and archived mail that name the person: nobody else's, so they go whole."""
    found: set[int] = set()
    before: int | None = None
    while page := tx.inbox.ended(End.MACHINE, before, PAGE):
        before = page[-1]
        mine = set(reach.message_ids)
        found |= {m for m in page if m not in mine and not tx.cases.of_message(m) and _names(tx, m, looks)}
    return found


def _of_others(tx: Tx, reach: Reach, looks: Traces) -> tuple[set[int], set[int], set[int]]:
    """(messages, cases with notes, outgoing mails) of other people that name this one."""
    messages: set[int] = set()
    noted: set[int] = set()
    mails: set[int] = set()
    for case_id in _cases_that_say(tx, looks):
        if case_id in reach.case_ids:
            continue
        messages |= {m for m, _ in tx.cases.messages_of(case_id) if m not in reach.message_ids and _names(tx, m, looks)}
        if any(looks.are_in(text) for _, _, text in tx.notes.of_case(case_id)):
            noted.add(case_id)
        mails |= {m.id for m in tx.outbox.of_case(case_id) if _is_told(tx, m.id, looks)}
    return messages, noted, mails


def _is_told(tx: Tx, outbox_id: int, looks: Traces) -> bool:
    """A mail of ours that names the person."""
    mail = tx.outbox.get(outbox_id).mail
    return looks.are_in(mail.text) or looks.are_in(mail.subject)


def _cases_that_say(tx: Tx, looks: Traces) -> Iterator[int]:
    """Through the search index: every case that may hold one of the traces, in whatever spelling, once."""
    seen: set[int] = set()
    for words in looks.queries():
        before: int | None = None
        while page := tx.search.find(words, PAGE, before):
            before = page[-1]
            yield from (c for c in page if c not in seen)
            seen |= set(page)


def _names(tx: Tx, message_id: int, looks: Traces) -> bool:
    reading = tx.inbox.reading(message_id)
    if reading is not None:
        return masking.names(reading[0], looks)
    try:
        raw = tx.inbox.envelope(message_id).raw
    except NotFound:
        return False
    return looks.are_in(raw[:1_000_000].decode("utf-8", "replace"))


def _copies(tx: Tx, reach: Reach) -> tuple[MailboxCopy, ...]:
    found = []
    for message_id, account, folder, uidvalidity, uid in tx.erasures.copies(reach.message_ids):
        try:
            raw = tx.inbox.envelope(message_id).raw
        except NotFound:
            continue
        reading = tx.inbox.reading(message_id)
        name = reading[0].message_id if reading else ""
        found.append(MailboxCopy(account, folder, uidvalidity, uid, hashlib.sha256(raw).hexdigest(), name))
    return tuple(found)
