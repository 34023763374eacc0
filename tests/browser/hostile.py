"""A house in which every text that a stranger can write tries to run, to call out, or to turn the page around."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import date, timedelta
from email.header import Header
from pathlib import Path

from intake.model import Actor, Case, CaseState, Channel, Envelope, Proof
from intake.pipeline import desk
from intake.pipeline.erasing import begin_operator
from intake.pipeline.erasing.begin import KEEPER
from intake.web.staff.welcome import invite
from intake.worker import Worker
from tests.house import InProcess, TestHouse, open_test_house
from tests.integration.test_erasure_steps import eraser
from tests.integration.web_parts import LEAD, SATO, TANAKA, staffed

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)><svg onload=alert(3)>"
OUT = '<iframe src="https://evil.example.com/"></iframe><link rel=stylesheet href=https://evil.example.com/x.css>'
TURN = "\u202eevil\u202c\u200b\u2066x\u2069\x1b[31m"
NAME = f'"><script>alert(4)</script>{TURN}'
HOSTILE = f'{SCRIPT}{OUT}"\'><a href="javascript:alert(5)">退会</a>{{{{ 7*7 }}}} ${{7*7}} {TURN} 退会を希望します。'
UNSEEN = "\u202e\u202c\u200b\u2066\u2069\x1b"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(7)"><script>alert(8)</script></svg>'


@dataclass(frozen=True)
class World:
    """The house and the ids of what is in it."""

    house: TestHouse
    case: Case
    ids: dict[str, str]  # what stands for {id:int}, by the first part of the path
    token: str  # of somebody's first sign-in


def mail(subject: str, extra: str = "", n: int = 1) -> bytes:
    """A mail that attacks from its name, subject, headers, texts, names of attachments and attachments."""
    text, html = (b64encode(t.encode()).decode() for t in (HOSTILE, f"<html><body onload=alert(9)>{HOSTILE}"))
    return "\r\n".join([
        f"From: {Header(NAME, 'utf-8').encode()} <x{n}@evil.example.com>", f"Subject: {subject}",
        "To: support@agency.example.jp", f"Message-ID: <{n}@evil.example.com>", "MIME-Version: 1.0",
        "X-Evil: <script>alert(10)</script>", f'{extra}Content-Type: multipart/mixed; boundary="b"', "",
        "--b", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64", "", text,
        "--b", "Content-Type: text/html; charset=utf-8", "Content-Transfer-Encoding: base64",
        'Content-Disposition: attachment; filename="../../<img src=x onerror=alert(11)>.html"', "", html,
        "--b", "Content-Type: image/svg+xml", "Content-Transfer-Encoding: base64",
        'Content-Disposition: attachment; filename="a.svg"', "", b64encode(SVG).decode(), "--b--", "",
    ]).encode()  # fmt: skip


def subject() -> str:
    """Encoded, as real mail has it."""
    return Header(HOSTILE[:300], "utf-8").encode()


class Broken(InProcess):
    """Opens nothing."""

    def parse(self, envelope: Envelope, options: object) -> object:  # type: ignore[override]
        raise ValueError("broken")


def world(home: Path) -> World:
    """Everything that a page can show, made by strangers as far as it can be."""
    house = staffed(open_test_house(home))
    house.seeker(name=f"山田 {NAME}", kana=NAME, concierge=NAME, applications=((f"{NAME}株式会社", "applied"),))
    house.seeker("M-2", f"去る {NAME}", "gone@example.jp", status="withdrawn", withdrawn_on=date(2026, 3, 31),
                 status_since=date(2026, 3, 31), applications=[(NAME, "applied")])  # fmt: skip
    case = _arrived(house, mail(subject()))
    long = _arrived(house, mail("退会" + "A" * 1_000_000, n=2))
    house.arrive(Envelope(Channel.FORM, "form", _form(), house.now))
    machine = house.raw(mail(subject(), "Auto-Submitted: auto-replied\r\nX-Long: " + "B" * 5_000 + "\r\n", n=3))
    house.mail("担当を変えてください。", from_="山田 <taro@example.jp>", subject="担当変更")
    house.mail("個人情報をすべて削除してください。", from_="去る <gone@example.jp>")
    house.work()
    _by_staff(house, case, long)
    failing = house.raw(mail(subject(), n=4))
    for _ in range(3):  # three times: a case that nobody could open
        Worker(house.store, lambda: house.tools, Broken(), clock=lambda: house.now).run_once()
        house.now += timedelta(seconds=10)
    assert house.cases(failing.message_id)[0].hold_reason == "unreadable"
    stuck = house.raw(mail(subject(), n=5))
    Worker(house.store, lambda: house.tools, Broken(), clock=lambda: house.now).run_once()
    erased = _erased(house)
    with house.store.write() as tx:
        token = invite(tx, house.tools.keyring, TANAKA, house.now).rpartition("/")[2]
        (mailed, *_) = [m for m in tx.outbox.of_case(case.id) if m.state.value == "queued"]
        rows = tx.audit.tail(30)
        tx.webhooks.enqueue([r.seq for r in rows], house.now)
        for job in tx.webhooks.claim(house.now, 50, 60):
            tx.webhooks.finish(job, "failed", house.now, HOSTILE)
        tx.views.add(LEAD, NAME, "状態:確認待ち", house.now, shared=True)
        tx.presence.here(case.id, SATO, "writing", house.now)
    ids = {"mails": str(mailed.id), "machine": str(machine.message_id), "failed": str(stuck.message_id),
           "erasures": str(erased)}  # fmt: skip
    with house.store.read() as tx:
        return World(house, tx.cases.get(case.id), ids, token)


def _arrived(house: TestHouse, raw: bytes) -> Case:
    message = house.raw(raw, mail_from="x@evil.example.com")
    house.work()
    return house.cases(message.message_id)[0]


def _form() -> bytes:
    import json

    body = {"category": NAME, "name": NAME, "email": "f@evil.example.com", "member_id": NAME[:20], "message": HOSTILE}
    return json.dumps(body).encode()


def _by_staff(house: TestHouse, case: Case, long: Case) -> None:
    """What staff do with it: notes, an answer that waits, another concierge, an erasure that cools off."""
    cases = {c.request: c for c in house.cases() if c.seeker_id}
    with house.store.write() as tx:
        staff = tx.staff.by_name(LEAD)
        assert staff is not None
        act = desk.act_of(tx, staff, house.now)
        case = tx.cases.change(case, assignee=SATO, request="question", state=CaseState.REVIEW, hold_reason="held")
        desk.note(act, case, HOSTILE)
        desk.reply(act, case, HOSTILE, house.tools)
        moved = tx.cases.change(tx.cases.get(cases["concierge_change"].id), proof=Proof.E2, state=CaseState.REVIEW)
        desk.approve(act, moved, staff, house.tools, new_concierge=TANAKA)
        tx.cases.change(long, assignee=SATO)
        waiting = tx.cases.get(cases["deletion"].id)
        tx.cases.change(waiting, state=CaseState.SCHEDULED, hold_reason="cooling_off", wake_on=date(2026, 12, 1))
        tx.audit.append(house.now, Actor("staff", NAME), "case.noted", case_id=case.id, detail={"how": HOSTILE})


def _erased(house: TestHouse) -> int:
    house.seeker("M-3", f"消える {NAME}", "erased@example.jp")
    with house.store.write() as tx:
        row = begin_operator(tx, tx.seekers.get(house.get_seeker("M-3").id), KEEPER, house.tools, house.now)
    eraser(house).run(row.id)
    return row.id
