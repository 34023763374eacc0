"""A mail that is no longer right does not leave: it goes back to staff with the reason (features.md 2.14)."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from intake.bootstrap.sending import tell
from intake.model import Case, CaseState, Mail, MailOrigin, MailState, OutboxItem, Role, SeekerStatus
from intake.outbox.sender import Sender
from intake.pipeline import presend
from intake.ports import Delivery, Tx
from intake.replies import TemplateBook
from tests.house import Caught, TestHouse, open_test_house
from tests.unit.pipeline.world import act, actions, one, press, told, wish

HOLD = timedelta(seconds=61)


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[TestHouse]:
    found = told(open_test_house(tmp_path, url=database_url))
    found.seeker()
    yield found
    found.store.close()


def answered(house: TestHouse, words: str = "question unsure") -> tuple[Case, OutboxItem]:
    """A case with an answer of staff that rests, and today's receipt gone."""
    case = one(house, wish(house, words))
    act(house, case, Role.LEAD, "reply", "お返事です。", house.tools)
    item = house.outbox()[-1]
    assert (item.origin, item.state) == (MailOrigin.STAFF, MailState.QUEUED)
    return case, item


def ends(house: TestHouse, item: OutboxItem) -> tuple[MailState, str]:
    house.now += HOLD
    house.work()
    with house.store.read() as tx:
        found = tx.outbox.get(item.id)
    return found.state, found.error


def tasks(house: TestHouse, case: Case) -> list[str]:
    with house.store.read() as tx:
        return [t.plan.kind for t in tx.tasks.of_case(case.id)]


def test_nothing_moved_and_it_leaves(house: TestHouse) -> None:
    _, item = answered(house)
    assert ends(house, item) == (MailState.SENT, "")


@pytest.mark.parametrize("words", ["question unsure", "other", "retraction unsure", "pause unsure"])
def test_a_new_message_of_the_same_person(house: TestHouse, words: str) -> None:
    case, item = answered(house)
    wish(house, words, more="先ほどの件ですが")
    assert ends(house, item) == (MailState.STALE, "new_message")
    assert "mail.stale" in actions(house, case)


def test_a_message_of_somebody_else_is_no_news(house: TestHouse) -> None:
    _, item = answered(house)
    house.seeker("M-2", "鈴木 一郎", "ichiro@example.com")
    wish(house, "question unsure", from_="ichiro@example.com")
    assert ends(house, item) == (MailState.SENT, "")


def test_a_changed_status(house: TestHouse) -> None:
    case, item = answered(house)
    house.seeker(status="withdrawn")
    assert ends(house, item) == (MailState.STALE, "status_changed")
    assert case.state is CaseState.REVIEW  # staff have it in the queue


def test_a_changed_address(house: TestHouse) -> None:
    _, item = answered(house)
    house.seeker(email="new@example.jp")
    assert ends(house, item) == (MailState.STALE, "address_changed")


def test_a_link_for_an_old_address_does_not_leave_and_its_case_goes_to_staff(house: TestHouse) -> None:
    sent = wish(house, "withdrawal", work=False)
    while house.worker.run_once():
        continue
    [item] = house.outbox()
    assert item.origin is MailOrigin.ANSWER
    house.seeker(email="new@example.jp")
    assert ends(house, item) == (MailState.STALE, "address_changed")
    case = one(house, sent)
    assert (case.state, case.hold_reason) == (CaseState.REVIEW, "mail_stale")


def test_a_changed_wording_stops_what_staff_approved_and_nothing_else(house: TestHouse) -> None:
    sent = wish(house, "pause", work=False)
    while house.worker.run_once():
        continue
    [receipt] = house.outbox()
    case = one(house, sent)
    if case.state.is_open:
        act(house, case, Role.LEAD, "reply", "お返事です。", house.tools)
    else:
        with house.store.write() as tx:
            tx.cases.change(tx.cases.get(case.id), state=CaseState.REVIEW, closed_at=None)
        act(house, case, Role.LEAD, "reply", "お返事です。", house.tools)
    approved = house.outbox()[-1]
    files = {path: text.replace("お世話になっております", "いつもお世話になっております")
             for path, text in house.tools.templates.files_of(house.tools.templates.names()).items()}  # fmt: skip
    house.tools = replace(house.tools, templates=TemplateBook(files))
    assert ends(house, approved) == (MailState.STALE, "template_changed")
    with house.store.read() as tx:
        assert tx.outbox.get(receipt.id).error != "template_changed"


def test_a_case_that_moved_on_has_its_own_mail(house: TestHouse) -> None:
    case, item = answered(house)
    with house.store.write() as tx:
        tx.cases.change(tx.cases.get(case.id), state=CaseState.DONE, closed_at=house.now)
    assert ends(house, item) == (MailState.STALE, "state_changed")
    assert tasks(house, case) == []


def test_a_mail_of_a_closed_case_that_did_not_leave_is_work_for_somebody(house: TestHouse) -> None:
    case = one(house, wish(house, "question unsure"))
    act(house, case, Role.LEAD, "refuse", "今回はお受けできません。", house.tools)
    item = house.outbox()[-1]
    house.seeker(email="new@example.jp")
    assert ends(house, item) == (MailState.STALE, "address_changed")
    assert tasks(house, case) == ["check_mail"]


def test_while_a_message_is_unread_what_staff_sent_waits_and_receipts_do_not(house: TestHouse) -> None:
    case, item = answered(house)
    house.now += HOLD
    wish(house, "other", work=False, more="unread")
    for _ in range(5):
        house.sender.run_once(house.now)
        house.now += timedelta(seconds=4)
    with house.store.read() as tx:
        assert tx.outbox.get(item.id).state is MailState.QUEUED
    house.now += presend.LONGEST_WAIT  # nobody reads: the worker is out of order, the mail leaves
    house.sender.run_once(house.now)
    with house.store.read() as tx:
        assert tx.outbox.get(item.id).state is MailState.SENT
    assert "mail.sent" in actions(house, case)


@dataclass
class Dawdling(Caught):
    """A relay during whose answer to RCPT something happens."""

    meanwhile: Callable[[], None] = field(default=lambda: None)

    def deliver_after(self, mail: Mail, look: Callable[[], None]) -> Delivery:
        self.meanwhile()
        look()
        return self.deliver(mail)


@pytest.mark.parametrize("words", ["retraction", "retraction unsure"])
def test_a_retraction_at_any_moment_before_data_stops_what_staff_approved(house: TestHouse, words: str) -> None:
    """Arrived is enough: read or not, before the claim, after it, or while the relay dawdles.

    ``INTAKE_TEST_RETRACTIONS=1000`` asks as often.
    """
    times = int(os.environ.get("INTAKE_TEST_RETRACTIONS", "12"))
    chance = random.Random(7)
    stopped = 0
    for n in range(times):
        address = f"nr{n}@example.jp"
        house.seeker(f"M-{n}", f"試験 {n}", address)
        case = one(house, wish(house, "withdrawal unsure", from_=address))
        act(house, case, Role.LEAD, "send_link", house.tools)
        with house.store.read() as tx:
            item = tx.outbox.of_case(case.id)[-1]
        house.now += timedelta(seconds=chance.choice([5, 59, 61]))
        relay = Dawdling()

        def arrives(address: str = address) -> None:
            wish(house, words, from_=address, work=False)

        moment = chance.choice(["before", "read", "rcpt"])
        if moment == "rcpt":
            relay.meanwhile = arrives
        else:
            arrives()
        if moment == "read":
            while house.worker.run_once():
                continue
        house.now += timedelta(seconds=61)

        def check(tx: Tx, found: OutboxItem) -> str | None:
            return presend.stale(tx, found, house.tools, house.now)

        Sender(house.store, relay, check, lambda: house.now, tell).run_once(house.now)
        assert item.mail.message_id not in {m.message_id for m in relay.mails}, moment
        house.work()
        house.now += timedelta(seconds=10)
        house.work()
        with house.store.read() as tx:
            stopped += tx.outbox.get(item.id).state in (MailState.CANCELLED, MailState.STALE)
        assert item.mail.message_id not in {m.message_id for m in house.relay.mails}
    assert stopped == times
    assert all(house.get_seeker(f"M-{n}").status is SeekerStatus.ACTIVE for n in range(times))


def test_a_retracted_link_mail_never_leaves(house: TestHouse) -> None:
    wish(house, "withdrawal", work=False)
    while house.worker.run_once():
        continue
    [item] = house.outbox()
    wish(house, "retraction", work=False)
    house.work()
    with house.store.read() as tx:
        assert tx.outbox.get(item.id).state is MailState.CANCELLED
    assert [m.template for m in house.relay.mails] == ["done_retraction"]


def test_a_proved_leaving_is_thanked_for_even_while_others_write(house: TestHouse) -> None:
    wish(house, "withdrawal")
    wish(house, "other", work=False, more="another")
    assert press(house).status == "done"
    house.sender.run_once(house.now)
    assert "done_withdrawal" in [m.template for m in house.relay.mails]
