"""Ten thousand bounces get no reply."""

from __future__ import annotations

from pathlib import Path

from tests.faults.sizes import SIZE
from tests.faults.world import Told, audit_world
from tests.house import open_test_house

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
