"""Search: candidates from the index or by fields, rechecked against the decrypted texts, only what one may see."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from intake.model import Case, Message, Seeker, StaffMember
from intake.model.folding import fold, words_of
from intake.ports import Tx
from intake.web.staff import tabs
from intake.web.staff.asked import Asked
from intake.web.staff.scope import may_see, visible

MOST = 50
LOOKED_AT_MOST = 200  # texts opened for one page; the next page goes on from there
_NUMBER = re.compile(r"C\s*-?\s*\d{1,15}")


@dataclass(frozen=True, slots=True)
class Found:
    """A page, newest first; ``more`` is the id to go on after, None at the end."""

    cases: list[Case]
    more: int | None = None


def by_number(tx: Tx, staff: StaffMember, words: str) -> Case | None:
    """The case of this number, if it is one."""
    plain = unicodedata.normalize("NFKC", words).upper()
    case = tx.cases.by_number(plain) if _NUMBER.fullmatch(plain) else None
    return case if case is not None and may_see(tx, staff, case) else None


def page(tx: Tx, staff: StaffMember, asked: Asked, after: int | None = None) -> Found:
    """Cases that fit all fields and hold all words."""
    seeker = _member(tx, asked)
    if asked.member:
        asked = replace(asked, query=replace(asked.query, seeker_id=seeker.id if seeker else -1))
    theirs = _of_member(tx, staff, asked, seeker) if seeker and not asked.member and after is None else []
    found: dict[int, Case] = {c.id: c for c in theirs}
    looked, last = 0, after
    while len(found) <= MOST and looked < LOOKED_AT_MOST:
        ids, cases = _next(tx, staff, asked, last)
        if not ids:
            return _page(found, None)
        looked, last = looked + len(ids), ids[-1]
        found |= {c.id: c for c in _holding(tx, visible(tx, staff, cases), asked)}
    return _page(found, last)


def _page(found: dict[int, Case], last: int | None) -> Found:
    rows = sorted(found.values(), key=lambda c: -c.id)
    if len(rows) > MOST:
        return Found(rows[:MOST], rows[MOST - 1].id)
    return Found(rows, last)


def _next(tx: Tx, staff: StaffMember, asked: Asked, after: int | None) -> tuple[list[int], list[Case]]:
    """The next ids of the source, and the cases among them that fit the fields."""
    words = " ".join((asked.words, *asked.senders)).strip()
    if not words:
        cases = tabs.merged(tx, tabs.for_eyes_of(staff, asked.query), after)[: MOST + 1]
        return [c.id for c in cases], cases
    ids = tx.search.find(words, MOST + 1, after)
    query = replace(asked.query, ids=tuple(ids), limit=MOST + 1)
    return ids, tabs.merged(tx, tabs.for_eyes_of(staff, query), None) if ids else []


def _member(tx: Tx, asked: Asked) -> Seeker | None:
    """Whose number was asked for, as a field or as the only word."""
    number = asked.member or asked.words
    if not number or len(number) > 40 or " " in number:
        return None
    return tx.seekers.find_like(number)


def _of_member(tx: Tx, staff: StaffMember, asked: Asked, seeker: Seeker) -> list[Case]:
    """A person's cases, also those that never named the number."""
    query = replace(asked.query, seeker_id=seeker.id)
    return visible(tx, staff, tabs.merged(tx, tabs.for_eyes_of(staff, query), None))


def _holding(tx: Tx, cases: Sequence[Case], asked: Asked) -> list[Case]:
    """Those whose texts really hold all words: the index knows only hashes of pairs."""
    if not (asked.words or asked.senders or asked.attachment) or not cases:
        return list(cases)
    ids = [c.id for c in cases]
    written = tx.glance.message_ids(ids)
    messages = tx.glance.messages({m for found in written.values() for m in found})
    if not (asked.words or asked.senders):
        return [c for c in cases if any(m in messages and messages[m].attachments for m in written.get(c.id, ()))]
    notes = tx.glance.notes(ids)
    people = tx.glance.people({c.seeker_id for c in cases if c.seeker_id is not None})
    kept = []
    for case in cases:
        mine = [messages[m] for m in written.get(case.id, ()) if m in messages]
        who = people.get(case.seeker_id) if case.seeker_id is not None else None
        texts = [case.number, *notes.get(case.id, ()), *_said(mine), *_record(who)]
        if _fits(asked, mine, who, fold(" \n".join(texts))):
            kept.append(case)
    return kept


def _fits(asked: Asked, messages: Sequence[Message], who: Seeker | None, plain: str) -> bool:
    if asked.attachment and not any(m.attachments for m in messages):
        return False
    senders = fold("\n".join([*(f"{m.sender.name}\n{m.sender.addr}" for m in messages), *_record(who)]))
    return all(w in plain for w in words_of(asked.words)) and all(fold(s) in senders for s in asked.senders)


def _said(messages: Sequence[Message]) -> list[str]:
    texts: list[str] = []
    for m in messages:
        texts += [m.subject, m.text, m.sender.name, m.sender.addr, *m.stated.values(), *(a.name for a in m.attachments)]
    return texts


def _record(who: Seeker | None) -> list[str]:
    return [who.name, who.kana, who.member_id, *who.addresses, *who.phones] if who else []
