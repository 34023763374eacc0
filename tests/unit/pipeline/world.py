"""A house whose reader is told what to read, and the question whether its world still holds together (I1–I7)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from intake.channels import app, phone
from intake.channels import standard_webhooks as signing
from intake.model import (
    Accepted,
    Case,
    CaseState,
    Channel,
    Envelope,
    Facts,
    MailState,
    Meaning,
    Proof,
    Role,
    SeekerStatus,
    StaffMember,
)
from intake.pipeline import desk, links, objections
from intake.pipeline.links import LinkPage
from intake.ports import Tx
from tests.house import DESK, TestHouse

SECRET = b"whsec_" + b"A" * 43 + b"="


class ToldReader:
    """Reads "wish: withdrawal deletion / member_id=M-1 after_selection": surely, and nothing else."""

    def read(self, *, body: str, request_code: str | None = None, reason_code: str | None = None, **_: Any) -> Meaning:
        if "poison" in body:
            raise ValueError("the reader broke")
        words = body.partition("wish:")[2].splitlines()[0].split() if "wish:" in body else []
        flags = {w for w in words if w in ("after_selection", "thanks_only", "complaint", "unsure")}
        given = dict(w.split("=", 1) for w in words if "=" in w)
        requests = tuple(sorted(w for w in words if w not in flags and "=" not in w)) or (request_code or "other",)
        return Meaning(
            requests=requests,
            reasons=(reason_code,) if reason_code else (),
            facts=Facts(**given),
            confidence=0.99,
            sure="unsure" not in flags,
            after_selection="after_selection" in flags,
            thanks_only="thanks_only" in flags,
            complaint="complaint" in flags,
        )


def told(house: TestHouse) -> TestHouse:
    """The same house with that reader."""
    house.tools = replace(house.tools, understander=ToldReader())  # type: ignore[arg-type]
    return house


def wish(house: TestHouse, words: str, *, work: bool = True, **row: Any) -> Accepted:
    """A mail that says so, of somebody on file unless told otherwise."""
    accepted = house.mail(f"wish: {words}\n{row.pop('more', '')}", **row)
    if work:
        house.work()
    return accepted


def app_wish(
    house: TestHouse, request: str, member_id: str = "M-10001", number: str = "", comment: str = ""
) -> Accepted:
    """A signed request of the app."""
    raw = json.dumps({"member_id": member_id, "request": request, "comment": comment}).encode()
    at = int(house.now.timestamp())
    name = number or f"app-{member_id}-{request}-{at}-{house.now.microsecond}"
    headers = {"webhook-id": name, "webhook-timestamp": str(at)}
    headers["webhook-signature"] = signing.sign(SECRET, name, at, raw)
    with house.store.write() as tx:
        accepted = tx.inbox.add([app.arrival_from_hook(headers, raw, [SECRET], house.now)])[0]
    house.work()
    return accepted


def call(house: TestHouse, staff: str = "佐藤 美咲", **fields: str) -> Accepted:
    """A telephone call, typed in."""
    with house.store.write() as tx:
        accepted = tx.inbox.add([phone.arrival(fields, staff, house.now)])[0]
    house.work()
    return accepted


def press(house: TestHouse, choice: str = "complete", token: str = "", **more: Any) -> LinkPage:
    """A button of the page behind the newest link."""
    token = token or house.link()
    with house.store.write() as tx:
        page = links.look(tx, token, house.tools, house.now)
        return links.answer(tx, token, choice, page.nonce, page.seen, house.tools, house.now, **more)


def look(house: TestHouse, token: str) -> LinkPage:
    """The page as it stands."""
    with house.store.read() as tx:
        return links.look(tx, token, house.tools, house.now)


def person(house: TestHouse, role: Role, name: str = "") -> StaffMember:
    """A member of staff, made at first use."""
    name = name or f"{role.value} 一"
    with house.store.write() as tx:
        return tx.staff.by_name(name) or tx.staff.add(name, role, None, None)


def act(house: TestHouse, case: Case, role: Role, deed: str, *given: Any, who: str = "", **more: Any) -> Any:
    """One act at the desk, in its own unit of work; the case is read anew."""
    staff = person(house, role, who)
    with house.store.write() as tx:
        doing = desk.act_of(tx, staff, house.now)
        now = tx.cases.get(case.id)
        if deed == "approve":
            more.setdefault("heard", objections.heard(tx, now))  # their page is fresh
        if deed in ("approve", "phone_checked", "correct"):
            return getattr(desk, deed)(doing, now, staff, *given, house.tools, **more)
        return getattr(desk, deed)(doing, now, *given, **more)


def one(house: TestHouse, accepted: Accepted) -> Case:
    """The one case of a message."""
    (case,) = house.cases(accepted.message_id)
    return case


def actions(house: TestHouse, case: Case) -> list[str]:
    """What is on record about a case."""
    with house.store.read() as tx:
        return [r.action for r in tx.audit.of_case(case.id)]


def sound(house: TestHouse, *, waiting: Iterable[int] = ()) -> None:
    """I2, I3, I4, I6, I7 and the hash chain."""
    with house.store.read() as tx:
        assert tx.audit.verify()[0], tx.audit.verify()
        assert set(tx.inbox.without_end()) == set(waiting)
        found = house.cases()
        for case in found:
            _history_leads_here(tx, case)
        _answered_once(house)
        for case in found:
            if case.seeker_id is not None:
                _registration_ended_on_proof(tx, case)


def _history_leads_here(tx: Tx, case: Case) -> None:
    rows = tx.audit.of_case(case.id)
    opened = [r for r in rows if r.action == "case.opened"]
    assert len(opened) == 1, case
    state = opened[0].detail["state"]
    for row in rows:
        if "after" in row.detail:
            assert row.detail["before"] == state, (case.number, row)
            state = row.detail["after"]
    assert state == case.state.value, (case.number, [r.action for r in rows])
    assert (case.closed_at is None) == case.state.is_open
    if case.state is CaseState.AWAITING_PROOF:
        shown = [r.action for r in rows if r.action in ("link.issued", "link.return_page")]
        if shown[-1:] == ["link.return_page"]:
            return  # waits for the key; the page holds no secret of this case
        token = tx.tokens.last_for_case(case.id)
        assert token is not None and token.used_at is None, f"{case.number} waits for a link that is dead"


def _answered_once(house: TestHouse) -> None:
    dead = (MailState.CANCELLED, MailState.STALE)
    mails = [m for m in house.outbox() if m.in_message and m.automatic and m.state not in dead]
    acks = [m for m in mails if m.mail.template.startswith(("receipt_", "answer", "confirm_"))]
    assert all(n == 1 for n in Counter(m.in_message for m in acks).values())


def _registration_ended_on_proof(tx: Tx, case: Case) -> None:
    seeker = tx.seekers.get(case.seeker_id or 0)
    if seeker.status is not SeekerStatus.WITHDRAWN or seeker.withdrawn_on is None:
        return
    ended = [c for c in tx.cases.of_seeker(seeker.id)
             if any(r.action == "seeker.withdraw" for r in tx.audit.of_case(c.id))]  # fmt: skip
    assert not ended or any(c.proof >= Proof.E2 for c in ended)


def bounce_to(house: TestHouse, path: str, via: str = "smtp", *, action: str = "failed", plain: str = "") -> Accepted:
    """A delivery report that comes to this address; a mailbox does not say by which envelope."""
    raw = (
        b"From: MAILER-DAEMON@example.jp\r\nTo: <" + path.encode() + b">\r\nSubject: Undelivered\r\n"
        b"Date: Mon, 16 Nov 2026 12:00:00 +0900\r\nMessage-ID: <b%d@example.jp>\r\nMIME-Version: 1.0\r\n"
        b"Auto-Submitted: auto-replied\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="x"\r\n\r\n'
        b"--x\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n--x\r\nContent-Type: message/delivery-status\r\n\r\n"
        b"Reporting-MTA: dns; mx.example.jp\r\n\r\nFinal-Recipient: rfc822; taro@example.jp\r\nAction: failed\r\n"
        b"Status: 5.1.1\r\n\r\n--x--\r\n"
    ) % len(house.outbox())
    raw = raw.replace(b"Action: failed", f"Action: {action}".encode())
    if plain:
        raw = f"From: system@example.jp\r\nTo: <{path}>\r\nReturn-Path: <>\r\n\r\n{plain}\r\n".encode()
    rcpt_to = (path or DESK,) if via == "smtp" else ()
    accepted = house.arrive(Envelope(Channel.EMAIL, via, raw, house.now, mail_from="", rcpt_to=rcpt_to))
    house.work()
    return accepted
