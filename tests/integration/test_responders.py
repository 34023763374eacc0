"""Machines that answer our mails, over days: what we send them stays under the published bound (features.md 2.13).

In any 24 hours: one automatic mail to an address and in a thread, ``per_domain_day`` to strangers of one domain.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from intake.model import Authenticity, AuthVerdict, Channel, Envelope, Mail, Message
from intake.parsing import ParseOptions, parse
from intake.replies import Limits
from intake.worker import Worker
from tests.house import DESK, InProcess, TestHouse, open_test_house
from tests.unit.pipeline.world import told

Responder = Callable[[Mail, int], tuple[str, bytes]]  # our mail, a counter → return path, bytes
HANAKO = "hanako@robots.example.jp"
ROUNDS = 6
DAYS = 3


class Trusting(InProcess):
    """The worst case: every From counts as shown, so that strangers get receipts too."""

    def parse(self, envelope: Envelope, options: ParseOptions) -> Message:
        message = parse(envelope, options)
        domain = message.sender.addr.rpartition("@")[2]
        return replace(message, auth=Authenticity(AuthVerdict.PASS, domain, "dmarc"))


def mail(
    sender: str,
    to_mail: Mail | None,
    number: int,
    *headers: str,
    subject: str = "",
    body: str = "",
    thread: bool = True,
) -> bytes:
    """An answer as a machine would make it."""
    cited = f"In-Reply-To: {to_mail.message_id}\nReferences: {to_mail.message_id}\n" if to_mail and thread else ""
    subject = subject or "Re: ご連絡"
    head = f"From: {sender}\nTo: {DESK}\nSubject: {subject}\nMessage-ID: <r{number}.{sender}>\n{cited}"
    head += "".join(f"{h}\n" for h in headers)
    text = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
    return f"{head}{text}\n{body or 'お問い合わせを承りました。'}\nNo. {number}\n".replace("\n", "\r\n").encode()


def simple(
    *headers: str, subject: str = "", body: str = "", path: str | None = None, local: str = "hanako"
) -> Responder:
    def respond(ours: Mail, number: int) -> tuple[str, bytes]:
        sender = f"{local}@robots.example.jp"
        return (sender if path is None else path), mail(sender, ours, number, *headers, subject=subject, body=body)

    return respond


def report(ours: Mail, number: int) -> tuple[str, bytes]:
    raw = (
        f"From: MAILER-DAEMON@robots.example.jp\nTo: {DESK}\nSubject: Undelivered Mail Returned to Sender\n"
        f"Message-ID: <d{number}@robots.example.jp>\nContent-Type: multipart/report; report-type=delivery-status; "
        f'boundary="b"\n\n--b\nContent-Type: text/plain\n\nx {number}\n--b\nContent-Type: message/delivery-status\n\n'
        f"Reporting-MTA: dns; robots.example.jp\n\nFinal-Recipient: rfc822; {ours.to}\nAction: failed\n"
        f"Status: 5.1.1\n\n--b--\n"
    )
    return "", raw.replace("\n", "\r\n").encode()


def changing(*, thread: bool) -> Responder:
    def respond(ours: Mail, number: int) -> tuple[str, bytes]:
        sender = f"ticket{number}@robots.example.jp"
        return sender, mail(sender, ours, number, subject=f"お問い合わせ番号 {number}", thread=thread)

    return respond


AUTO_BODY = "このメールは自動送信されています。ご返信いただいてもお答えできません。"
KNOWN = {  # told by what they say of themselves: never answered at all
    "rfc3834": simple("Auto-Submitted: auto-replied"),
    "vacation": simple("Precedence: bulk", subject="away from my mail"),
    "exchange": simple("X-Auto-Response-Suppress: All", subject="Automatic reply: x"),
    "null-path": simple(path=""),
    "no-reply": simple(local="no-reply"),
    "report": report,
    "list": simple("List-Id: <members.robots.example.jp>"),
    "japanese-subject": simple(subject="【自動返信】お問い合わせありがとうございます"),
    "japanese-body": simple(body=AUTO_BODY, subject="お問い合わせを受け付けました"),
    "absence": simple(subject="不在通知: Re: ご連絡", body="ただいま不在にしております。"),
}
LIKE_PEOPLE = {  # nothing tells them from a person: the budgets do
    "challenge": simple(subject="Please confirm", body="迷惑メール対策のため、下記をご確認ください。"),
    "echo": lambda ours, n: (HANAKO, mail(HANAKO, ours, n, body=ours.text)),
    "changing-in-thread": changing(thread=True),
    "changing-no-thread": changing(thread=False),
}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    found = told(open_test_house(tmp_path))
    found.seeker(email=HANAKO)
    yield found
    found.store.close()


def work(house: TestHouse) -> None:
    worker = Worker(house.store, lambda: house.tools, Trusting(), clock=lambda: house.now)
    while worker.run_once():
        house.now += timedelta(milliseconds=1)
    house.work()


def converse(house: TestHouse, responder: Responder) -> list[list[Mail]]:
    """Our mails of each day, while every one of them is answered within minutes."""
    house.raw(mail(HANAKO, None, 0, body="wish: question unsure"), mail_from=HANAKO)
    work(house)
    days: list[list[Mail]] = []
    answered, number = 0, 0
    for _ in range(DAYS):
        day_began = len(house.relay.mails) if days else 0
        for _ in range(ROUNDS):
            ours = house.relay.mails[answered:] or house.relay.mails[-1:]  # a bot that never tires
            answered = len(house.relay.mails)
            for m in ours:
                number += 1
                path, raw = responder(m, number)
                house.raw(raw, mail_from=path)
            house.now += timedelta(minutes=5)
            work(house)
        days.append(house.relay.mails[day_began:])
        house.now += timedelta(hours=25)
    return days


@pytest.mark.parametrize("name", KNOWN)
def test_who_says_that_it_is_a_machine_is_never_answered(house: TestHouse, name: str) -> None:
    converse(house, KNOWN[name])
    assert len(house.relay.mails) == 1, "only the person's first mail was answered"


@pytest.mark.parametrize("name", LIKE_PEOPLE)
def test_who_does_not_is_answered_no_more_than_the_bound_says(house: TestHouse, name: str) -> None:
    days = converse(house, LIKE_PEOPLE[name])
    limits = house.tools.agency.limits
    for mails in days:
        to = Counter(m.to for m in mails)
        assert max(to.values(), default=0) <= house.tools.profile.mails_per_day
        strangers = [m for m in mails if m.to != HANAKO]
        assert len(strangers) <= limits.per_domain_day
    if name == "changing-in-thread":
        assert [len(mails) for mails in days] == [1, 1, 1], "the thread is held, whatever address writes"
    assert AUTO_BODY not in "".join(m.text for m in house.relay.mails)


def test_a_domain_of_endless_new_addresses_is_held_by_its_own_budget(house: TestHouse) -> None:
    limits = Limits(per_domain_hour=3, per_domain_day=5)
    house.tools = replace(house.tools, agency=house.tools.agency.model_copy(update={"limits": limits}))
    for n in range(10):
        sender = f"new{n}@robots.example.jp"
        house.raw(mail(sender, None, n, body="wish: other"), mail_from=sender)
        work(house)
    assert len(house.relay.mails) == 3
    for n, sender in ((98, HANAKO), (99, "person@elsewhere.example.com")):
        house.raw(mail(sender, None, n, body="wish: other"), mail_from=sender)
    work(house)
    assert {m.to for m in house.relay.mails[3:]} == {HANAKO, "person@elsewhere.example.com"}
    for n in range(10, 20):
        house.now += timedelta(minutes=61)
        sender = f"new{n}@robots.example.jp"
        house.raw(mail(sender, None, n, body="wish: other"), mail_from=sender)
        work(house)
    assert len([m for m in house.relay.mails if m.to.startswith("new")]) == 5
    with house.store.read() as tx:
        reasons = Counter(r.detail.get("why") for r in tx.audit.tail(500) if r.action == "reply.none")
    assert reasons["budget_domain"] == 15


def test_the_total_holds_for_everybody_and_the_cases_are_there_all_the_same(house: TestHouse) -> None:
    house.tools = replace(house.tools, agency=house.tools.agency.model_copy(update={"limits": Limits(total_hour=4)}))
    for n in range(7):
        house.seeker(f"M-{n}", f"試験 {n}", f"m{n}@example.com")
        house.raw(mail(f"m{n}@example.com", None, n, body="wish: withdrawal"), mail_from=f"m{n}@example.com")
    work(house)
    assert len(house.relay.mails) == 4
    assert Counter(c.hold_reason for c in house.cases()) == Counter({None: 4, "budget_total": 3})
    assert all(re.search("/c/", m.text) for m in house.relay.mails)


def test_forms_without_a_thread_share_no_budget_of_threads(house: TestHouse) -> None:
    for n in range(2):
        house.seeker(f"M-{n}", f"試験 {n}", f"m{n}@example.com")
        raw = f"From: m{n}@example.com\r\nTo: {DESK}\r\n\r\nwish: other\r\n".encode()
        house.arrive(Envelope(Channel.EMAIL, "smtp", raw, house.now, mail_from=f"m{n}@example.com", rcpt_to=(DESK,)))
    work(house)
    assert len(house.relay.mails) == 2
