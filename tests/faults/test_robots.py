"""Ten thousand bounces get no reply; two of us do not talk to each other."""

from __future__ import annotations

import smtplib
import time
from pathlib import Path

import pytest

from intake.model import Seeker
from tests.faults.sizes import SIZE
from tests.faults.world import Told, audit_world
from tests.house import open_test_house
from tests.process import Product

# ruff: noqa: E501, ISC004 mails as they are
SHAPES = (  # return path, what the mail looks like
    ("", "From: MAILER-DAEMON@mx{n}.example.com\nSubject: Undelivered Mail {n}\nContent-Type: multipart/report; "
         'report-type=delivery-status; boundary="b"\n\n--b\n\nfailed {n}\n--b\nContent-Type: message/delivery-status\n\n'
         "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; a{n}@example.jp\nAction: failed\nStatus: 5.1.1\n--b--\n"),
    ("", "From: postmaster@mx{n}.example.com\nSubject: 退会 {n}\n\n退会の手続きをお願いいたします。 {n}\n"),
    ("robot{n}@example.com", "From: robot{n}@example.com\nAuto-Submitted: auto-replied\nSubject: 不在です {n}\n\n退会希望 {n}\n"),
    ("mailer-daemon@example.com", "From: MAILER-DAEMON@example.com\nSubject: failure notice {n}\n\n退会をお願いします {n}\n"),
)  # fmt: skip


def test_bounces_get_no_reply(tmp_path: Path) -> None:
    house = open_test_house(tmp_path / "home")
    house.seeker(email="robot2@example.com")
    told = Told()
    for n in range(SIZE.bounces):
        sender, text = SHAPES[n % len(SHAPES)]
        raw = text.replace("{n}", str(n)).replace("\n", "\r\n").encode()
        house.raw(raw, mail_from=sender.replace("{n}", str(n)))
        told.accepted.add(raw)
    worker = house.worker
    while worker.run_once():
        pass
    house.sender.run_once(house.now)
    assert house.relay.mails == [] and house.outbox() == []
    figures = audit_world(house.store, told)
    assert figures.messages == SIZE.bounces
    house.store.close()


@pytest.mark.timeout(300)
def test_two_instances_that_are_each_others_relay_exchange_one_mail_each(tmp_path: Path) -> None:
    """Two real processes; each knows the other's desk as a seeker's address, and hands its mail straight to the other."""
    one, other = (Product(tmp_path / name / "home") for name in ("one", "other"))
    desks = {one: "sodan@one.example.jp", other: "sodan@other.example.jp"}
    try:
        for here, there in ((one, other), (other, one)):
            here.home.parent.mkdir()
            here.env |= {"INTAKE_RELAY_URL": f"smtp://127.0.0.1:{there.smtp}", "INTAKE_MAIL_FROM": desks[here],
                         "INTAKE_RECIPIENTS": desks[here]}  # fmt: skip
            assert here.command("init").returncode == 0
            store = here.store()
            with store.write() as tx:
                tx.seekers.upsert(Seeker(0, "M-1", "相手 方", addresses=(desks[there],)))
            store.close()
            here.start()
        for here, there in ((one, other), (other, one)):
            text = f"From: {desks[there]}\nTo: {desks[here]}\nSubject: 退会\nMessage-ID: <{here.smtp}@example.jp>\n"
            raw = (text + "Content-Type: text/plain; charset=utf-8\n\n退会の手続きをお願いいたします。\n").encode()
            with smtplib.SMTP("127.0.0.1", here.smtp, timeout=10) as client:
                client.sendmail(
                    desks[there], [desks[here]], raw.replace(b"\n", b"\r\n"), mail_options=["body=8bitmime"]
                )
        for _ in range(4):  # an answer to an answer would come within seconds
            for here in (one, other):
                here.wait_idle(60)
            time.sleep(1)
        for here in (one, other):
            store = here.store()
            with store.read() as tx:
                left = [item.mail.template for item in tx.outbox.find(limit=50)]
                ends = tx.inbox.counts()
            store.close()
            assert len(left) == 1, f"{left}, {ends}"
            assert (ends["case"], ends["machine"], sum(ends.values())) == (1, 1, 2), ends
            assert here.stop() == 0
    finally:
        one.end()
        other.end()
