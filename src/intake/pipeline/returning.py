"""Coming back alone (features.md B7–B10): the address, then a key that goes to the address on file.

Whoever asks gets the same page after the same work: a row is written for strangers too, and what is sent to a person
of the register is sent after the page was. Nothing here says whether anybody is registered.
"""

from __future__ import annotations

import json
import secrets
from datetime import datetime, timedelta

from intake.errors import NotFound
from intake.model import (
    Actor,
    Address,
    Arrival,
    Case,
    CaseState,
    Channel,
    End,
    Envelope,
    Meaning,
    Message,
    Proof,
    Seeker,
    SeekerStatus,
)
from intake.model.numbers import owner_of
from intake.pipeline import letters, links, settle
from intake.pipeline.moves import Act
from intake.pipeline.tools import Tools
from intake.policy import may_return_alone, today_of
from intake.ports import MatchKeys, NewCase, NewMail, ReturnKey, Tx
from intake.proofs import KeyAnswer, issue_key, new_key, try_key
from intake.replies import Letter, Part, Thread, compose, new_message_id, return_path

DAY = timedelta(hours=24)
PAGE = Actor("seeker", "return page")
COMING_BACK = frozenset({"reinstatement", "resume", "retraction"})  # what a wish to come back may be a case of
WAYS = {"office": "return_office", "online": "return_online"}


def ask(tx: Tx, handle: str, address: str, tools: Tools, now: datetime) -> None:
    """A row for whoever asks. ``handle`` is the secret of the page on which the key will be typed."""
    rules = tools.profile.coming_back
    expires = now + timedelta(minutes=rules.key_minutes)
    tx.return_keys.open(_handle(tools, handle), tools.address_hash(address), now, expires, rules.key_tries)


def whose(tx: Tx, address: str, member_id: str, tools: Tools) -> Seeker | None:
    """The one person of the register who has this address; two at one address are told apart by the number."""
    canonical = tools.keymaker.addresses(address)
    if not canonical:
        return None
    found = [s for s in tx.seekers.candidates(MatchKeys(addresses=(canonical,))) if _address_of(s, address, tools)]
    if member_id.strip():
        number = tools.keymaker.member(member_id)
        found = [s for s in found if tools.keymaker.member(s.member_id) == number]
        owner = owner_of(member_id, found)
        found = [owner] if owner else found
    if len(found) > 1:
        found = [s for s in found if s.status is SeekerStatus.WITHDRAWN]
    return found[0] if len(found) == 1 else None


def send(tx: Tx, handle: str, seeker: Seeker, address: str, tools: Tools, now: datetime, *, password_fits: bool) -> str:
    """What the person is written: the key, or the way back that is left. Gives a code for the operator's log.

    ``password_fits``: the old password was right, or the record has none. Everything goes to the address on file.
    """
    act = Act(tx, PAGE, now)
    act.alone()
    seeker = tx.seekers.get(seeker.id)
    to = _address_of(seeker, address, tools)
    if to is None or letters.unreachable(to, tools):
        return "no_address"
    if seeker.status is not SeekerStatus.WITHDRAWN:
        return _advise(act, seeker, to, "return_registered", tools)
    if not _in_time(seeker, tools, now):
        return _advise(act, seeker, to, WAYS.get(seeker.registered_via, "return_unknown"), tools)
    if not password_fits:
        return "wrong_password"
    if tx.return_keys.issued_since(seeker.id, now - DAY) >= tools.profile.coming_back.keys_per_day:
        return "too_many_keys"
    return _issue(act, handle, seeker, to, tools)


def finish(tx: Tx, handle: str, typed: str, tools: Tools, now: datetime) -> tuple[str, Case | None]:
    """A key was typed: "done", "received" (staff go on), "wrong", or "over" (used up, used, too late, never issued).

    The try is taken away before it is looked at, by one conditional UPDATE. Strangers see "wrong" and "over" alike.
    """
    act = Act(tx, PAGE, now)
    act.alone()
    row = tx.return_keys.take_try(_handle(tools, handle))
    if row is None:
        return "over", None
    answer = _tried(row, handle, typed, tools, now)
    if answer is not KeyAnswer.RIGHT or row.seeker_id is None:
        return ("over" if answer is KeyAnswer.EXPIRED or not row.tries_left else "wrong"), None
    try:
        seeker = tx.seekers.get(row.seeker_id)
    except NotFound:
        return "over", None
    on_file = any(tools.address_hash(a) == row.address_hash for a in seeker.addresses)
    if not on_file or not tx.return_keys.use(row.id, now):
        return "over", None
    return _come_back(act, seeker, tools)


def _tried(row: ReturnKey, handle: str, typed: str, tools: Tools, now: datetime) -> KeyAnswer:
    """The same work for a row that no key was sent for."""
    issued = issue_key(tools.keyring, _subject(row.seeker_id, handle), "", row.expires_at, minutes=0)
    stored = type(issued)(issued.subject, row.digest or secrets.token_bytes(16), row.expires_at, row.tries_left + 1)
    return try_key(tools.keyring, stored, typed, now)


def _issue(act: Act, handle: str, seeker: Seeker, to: str, tools: Tools) -> str:
    rules = tools.profile.coming_back
    key = new_key(rules.key_digits)
    issued = issue_key(tools.keyring, _subject(seeker.id, handle), key, act.now, minutes=rules.key_minutes)
    if not act.tx.return_keys.issue(_handle(tools, handle), seeker.id, issued.digest):
        return "over"
    part = Part("reinstatement", "return_key", "", key=key, key_minutes=rules.key_minutes)
    _write(act, seeker, to, part, tools, counted=False)
    return "key_sent"


def _advise(act: Act, seeker: Seeker, to: str, template: str, tools: Tools) -> str:
    """How else to come back: at most as many mails a day as any automatic answer."""
    sent = act.tx.outbox.automatic_since(tools.address_hash(to), act.now - DAY)
    if sent >= tools.profile.mails_per_day:
        return "budget"
    _write(act, seeker, to, Part("reinstatement", template, ""), tools, counted=True)
    return template


def _write(act: Act, seeker: Seeker, to: str, part: Part, tools: Tools, *, counted: bool) -> None:
    unique = secrets.token_hex(10)
    mail = compose(
        tools.templates,
        Letter(seeker.name, (part,), neutral=False, agency=tools.agency),
        to=to,
        from_=tools.mail_from,
        now=act.now,
        message_id=new_message_id(tools.keyring, tools.mail_from.rpartition("@")[2], unique),
        mail_from=return_path(tools.keyring, tools.mail_from, unique) if part.key else "",
        thread=Thread(),
        charset=tools.charset,
    )
    item = act.tx.outbox.add(NewMail(mail=mail, case_ids=(), not_before=act.now, automatic=counted), act.now)
    act.tx.audit.append(act.now, act.actor, "return.mail", seeker_id=seeker.id,
                        detail={"outbox": item.id, "template": mail.template})  # fmt: skip


def _come_back(act: Act, seeker: Seeker, tools: Tools) -> tuple[str, Case]:
    waiting = [c for c in act.tx.cases.of_seeker(seeker.id)
               if c.state.is_open and c.request in COMING_BACK and not c.is_doubtful]  # fmt: skip
    case = next((c for c in waiting if c.request == "reinstatement"), None) or _open_case(act, seeker, tools)
    case = links.prove(act, case, seeker, "complete", Proof.E2, tools)
    if case.state is not CaseState.DONE:
        return "received", case
    for other in waiting:
        if other.id != case.id:
            settle.fulfil(act, act.tx.cases.get(other.id))
    return "done", case


def _open_case(act: Act, seeker: Seeker, tools: Tools) -> Case:
    """Nobody wrote before: what was done on the page is kept as a message like every other."""
    said = json.dumps({"page": "/return", "member_id": seeker.member_id, "at": act.now.isoformat()})
    envelope = Envelope(Channel.FORM, "return", said.encode(), act.now, content_type="application/json")
    (accepted,) = act.tx.inbox.add([Arrival(envelope)])
    address = seeker.address or ""
    message = Message(
        channel=Channel.FORM,
        subject="利用再開のページ",
        sender=Address(addr=address, canonical=tools.keymaker.addresses(address)),
        request_code="reinstatement",
    )
    meaning = Meaning(requests=("reinstatement",), confidence=1.0, sure=True)
    act.tx.inbox.save_reading(accepted.message_id, message, meaning)
    case = act.tx.cases.add(
        NewCase(
            message_id=accepted.message_id,
            request="reinstatement",
            state=CaseState.AWAITING_PROOF,
            channel=Channel.FORM,
            received_at=act.now,
            seeker_id=seeker.id,
            confidence=1.0,
            sure=True,
            policy="reinstatement",
            sender_hash=tools.address_hash(address) if address else b"",
        )
    )
    act.tx.search.index(case.id, [case.number, seeker.name, seeker.kana, seeker.member_id, address])
    act.note("case.opened", case, request=case.request, policy=case.policy, reason="return_page",
             state=case.state.value, proof=0)  # fmt: skip
    act.tx.inbox.finish(accepted.message_id, 0, End.CASE, case.id, act.now)
    return case


def _in_time(seeker: Seeker, tools: Tools, now: datetime) -> bool:
    left_on = seeker.withdrawn_on or seeker.status_since
    return may_return_alone(left_on, today_of(now), tools.profile.coming_back.days)


def _address_of(seeker: Seeker, address: str, tools: Tools) -> str | None:
    """The address as it stands in the record."""
    canonical = tools.keymaker.addresses(address)
    return next((a for a in seeker.addresses if canonical and tools.keymaker.addresses(a) == canonical), None)


def _handle(tools: Tools, handle: str) -> bytes:
    return tools.keyring.hash("return-handle", handle[:88])


def _subject(seeker_id: int | None, handle: str) -> str:
    return f"{seeker_id or 0}:{handle[:88]}"
