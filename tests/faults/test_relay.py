"""A relay that is down, lists grey, refuses, dies after the dot: each mail has its own fate, staff hear of the bad."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from pathlib import Path

from intake.bootstrap.sending import tell
from intake.model import MailClass, MailState, Seeker
from intake.outbox.courier import open_courier
from intake.outbox.sender import Sender
from intake.pipeline import presend
from tests.faults.traffic import address, address_of, mail
from tests.faults.world import Told, audit_world
from tests.house import open_test_house
from tests.sink import SmtpSink, Turn

TROUBLES = (
    Turn(banner="421 4.3.2 later"),
    Turn(drop="ehlo"),
    Turn(mail="451 4.7.1 greylisted"),
    Turn(rcpt=("450 4.2.1 greylisted",)),
    Turn(rcpt=("550 5.1.1 unknown",)),
    Turn(drop="data"),
    Turn(dot="451 4.3.0 later"),
    Turn(dot="554 5.7.1 refused"),
    *(Turn(drop="dot"),) * 4,
    *(Turn(),) * 2,
)


def test_a_bad_week_of_the_relay(tmp_path: Path, smtp_sink: SmtpSink) -> None:
    """Whatever it does, in whatever order: receipts once, links again as the same mail, ends told."""
    dice = random.Random(3)  # of the script and of the waits: the same week each time
    house = open_test_house(tmp_path / "home")
    with house.store.write() as tx:
        for n in range(200):
            tx.seekers.upsert(Seeker(0, f"M-{n}", f"求職 {n}郎", addresses=(address_of(n),)))
    courier = open_courier(smtp_sink.url, tmp_path)
    sender = Sender(
        house.store,
        courier,
        check=lambda tx, item: presend.stale(tx, item, house.tools, house.now),
        on_end=tell,
        clock=lambda: house.now,
        chance=dice.random,
        batch=1,
    )
    told = Told()
    for n in range(1, 161):
        house.raw(mail(n), mail_from=address(n))
        told.accepted.add(mail(n))
    while house.worker.run_once():
        pass
    smtp_sink.script(*(dice.choice(TROUBLES) for _ in range(300)))
    for _ in range(7 * 24 * 2):  # half an hour a step, for a week
        while sender.run_once(house.now):
            pass
        house.now += timedelta(minutes=30)
    told.mails = [m.data for m in smtp_sink.received]
    figures = audit_world(house.store, told)
    with house.store.read() as tx:
        ends = Counter((i.mail.mail_class, i.state) for i in tx.outbox.find(limit=500))
    assert figures.repeated, "no link left twice: the relay never died after its dot"
    assert ends[MailClass.ONCE, MailState.UNKNOWN] and ends[MailClass.ONCE, MailState.FAILED]
    assert not ends[MailClass.AGAIN, MailState.UNKNOWN]
    assert ends[MailClass.ONCE, MailState.SENT] > 5 and ends[MailClass.AGAIN, MailState.SENT] > 5, ends
    courier.close()
    house.store.close()


def test_a_relay_that_stays_away_is_given_up_after_five_days_and_staff_know(tmp_path: Path, free_port: int) -> None:
    house = open_test_house(tmp_path / "home")
    house.seeker()
    house.mail("退会の手続きをお願いいたします。", subject="退会のお願い")
    while house.worker.run_once():
        pass
    courier = open_courier(f"smtp://127.0.0.1:{free_port}", tmp_path)
    sender = Sender(house.store, courier, check=lambda *_: None, on_end=tell, clock=lambda: house.now)
    begun, tries = house.now, 0
    while house.outbox()[0].state is MailState.QUEUED:
        tries += sender.run_once(house.now)
        house.now += timedelta(minutes=10)
        assert house.now - begun < timedelta(days=6)
    assert house.now - begun > timedelta(days=4)
    assert 10 < tries < 5 * 48, "more often than every half an hour, or hardly at all"
    (case,) = house.cases()
    assert (case.state.value, case.hold_reason) == ("review", "mail_failed")
    audit_world(house.store, Told())
    house.store.close()
