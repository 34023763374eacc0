"""The same words again without a Message-ID: one press that came twice, or a second wish (decisions.md, Duplicates)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import pytest

from intake.channels import contact
from intake.model import Accepted, CaseState, End, SeekerStatus
from tests.house import DESK, TestHouse, open_test_house
from tests.unit.pipeline.world import app_wish, one, press, told

LATER, AT_ONCE = timedelta(hours=2), timedelta(minutes=2)


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[TestHouse]:
    made = told(open_test_house(tmp_path, url=database_url))
    made.seeker()
    yield made
    made.store.close()


def form(house: TestHouse, words: str, after: timedelta = LATER, **more: str) -> Accepted:
    house.now += after
    row = {"email": "taro@example.jp", "message": f"wish: {words}", **more}
    with house.store.write() as tx:
        accepted = tx.inbox.add([contact.arrival(row, house.now, f"sending-{house.now.isoformat()}")])[0]
    house.work()
    return accepted


def old_mail(house: TestHouse, words: str, *, file: bytes = b"", dated: bool = False, way: str = DESK) -> Accepted:
    """As old telephones and programs write it: without a Message-ID, mostly without a date."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "taro@example.jp", way, "x"
    if dated:
        mail["Date"] = format_datetime(house.now)
    mail.set_content(f"wish: {words}")
    if file:
        mail.add_attachment(file, maintype="application", subtype="pdf", filename="cv.pdf")
    return house.raw(mail.as_bytes(), mail_from="taro@example.jp")


def end_of(house: TestHouse, accepted: Accepted) -> End | None:
    house.work()
    with house.store.read() as tx:
        return tx.inbox.end_of(accepted.message_id)[0]


def test_to_leave_to_take_it_back_and_to_leave_again_on_one_day(house: TestHouse) -> None:
    first = form(house, "withdrawal")
    form(house, "retraction")
    again = form(house, "withdrawal")
    assert one(house, first).state is CaseState.RETRACTED
    assert end_of(house, again) is End.CASE
    assert (one(house, again).request, one(house, again).state.is_open) == ("withdrawal", True)


@pytest.mark.parametrize("after", [AT_ONCE, LATER])
def test_a_wish_that_was_undone_in_between_is_meant_anew(house: TestHouse, after: timedelta) -> None:
    form(house, "pause", after)
    form(house, "resume", after)
    assert end_of(house, form(house, "pause", after)) is End.CASE
    assert house.get_seeker().status is SeekerStatus.PAUSED


def test_what_was_undone_in_the_app_counts_as_well(house: TestHouse) -> None:
    form(house, "pause")
    app_wish(house, "resume")
    assert end_of(house, form(house, "pause", AT_ONCE)) is End.CASE


def pressed(house: TestHouse, request: str, after: timedelta = AT_ONCE, **more: str) -> Accepted:
    house.now += after
    return app_wish(house, request, number=f"press-{house.now.isoformat()}", **more)


@pytest.mark.parametrize("request_", ["withdrawal", "pause", "resume", "concierge_change", "question", "retraction"])
def test_a_key_of_the_app_that_was_pressed_twice_is_one(house: TestHouse, request_: str) -> None:
    pressed(house, request_)
    written = len(house.outbox())
    assert [end_of(house, pressed(house, request_)) for _ in range(3)] == [End.DUPLICATE] * 3
    assert (len(house.cases()), len(house.outbox())) == (1, written)


def test_another_key_of_the_app_or_other_words_are_no_second_press(house: TestHouse) -> None:
    assert end_of(house, pressed(house, "question")) is End.CASE
    assert end_of(house, pressed(house, "pause")) is End.CASE
    assert end_of(house, pressed(house, "question", comment="x")) is End.CASE
    assert end_of(house, pressed(house, "withdrawal")) is End.CASE
    assert house.get_seeker().status is SeekerStatus.WITHDRAWN


def test_a_key_that_was_undone_in_between_is_meant_anew(house: TestHouse) -> None:
    pressed(house, "pause")
    pressed(house, "resume")
    assert end_of(house, pressed(house, "pause")) is End.CASE
    assert house.get_seeker().status is SeekerStatus.PAUSED


def test_two_members_who_press_the_same_key_are_two(house: TestHouse) -> None:
    house.seeker("M-2", "鈴木 花子", "hanako@example.jp")
    pressed(house, "pause")
    assert end_of(house, pressed(house, "pause", member_id="M-2")) is End.CASE
    assert end_of(house, pressed(house, "pause", member_id="M-none")) is End.CASE


@pytest.mark.parametrize("after", [AT_ONCE, LATER])
def test_what_was_taken_back_behind_the_link_may_be_wished_again(house: TestHouse, after: timedelta) -> None:
    form(house, "withdrawal")
    press(house, "cancel")
    assert end_of(house, form(house, "withdrawal", after)) is End.CASE


@pytest.mark.parametrize("words", ["withdrawal", "pause", "resume", "question", "other", "retraction"])
def test_a_form_that_was_pressed_twice_is_one(house: TestHouse, words: str) -> None:
    form(house, words)
    written = len(house.outbox())
    assert [end_of(house, form(house, words, AT_ONCE)) for _ in range(3)] == [End.DUPLICATE] * 3
    assert (len(house.cases()), len(house.outbox())) == (1, written)


def test_while_nothing_has_come_of_it_the_same_words_are_the_same_wish(house: TestHouse) -> None:
    form(house, "withdrawal")
    assert end_of(house, form(house, "withdrawal")) is End.DUPLICATE
    form(house, "other", AT_ONCE)  # something else was said
    assert end_of(house, form(house, "withdrawal")) is End.JOINED


def test_the_second_wish_too_may_be_pressed_twice(house: TestHouse) -> None:
    for words in ("pause", "resume", "pause"):
        form(house, words)
    assert end_of(house, form(house, "pause", AT_ONCE)) is End.DUPLICATE


def test_what_machines_send_meanwhile_says_nothing(house: TestHouse) -> None:
    form(house, "question", AT_ONCE)
    house.mail("不在です", headers={"Auto-Submitted": "auto-replied"})
    assert end_of(house, form(house, "question", AT_ONCE)) is End.DUPLICATE


def test_a_copy_by_the_other_way_is_one_however_late_it_comes(house: TestHouse) -> None:
    """No Message-ID, but the second in which it was written: the mailbox could not be reached for hours."""
    house.now = house.now.replace(microsecond=0)
    first, copy = old_mail(house, "pause", dated=True), old_mail(house, "pause", dated=True, way=f"x@y, {DESK}")
    house.work()
    form(house, "resume")
    assert end_of(house, first) is End.CASE
    assert end_of(house, copy) is End.DUPLICATE
    assert house.get_seeker().status is SeekerStatus.ACTIVE


def test_a_clock_that_stands_still_makes_no_copies(house: TestHouse) -> None:
    raw = b"From: taro@example.jp\r\nTo: %b\r\nDate: Sat, 1 Jan 2000 00:00:00 +0900\r\n\r\nwish: %b\r\n"
    ends = []
    for words in (b"pause", b"resume", b"pause"):
        house.now += LATER
        path = f"taro+{house.now.hour}@example.jp"  # an envelope of its own: not the same delivery once more
        ends.append(end_of(house, house.raw(raw % (DESK.encode(), words), mail_from=path)))
    assert ends == [End.CASE] * 3


def test_of_a_hundred_copies_each_is_compared_with_the_first(house: TestHouse) -> None:
    first = form(house, "withdrawal")
    for _ in range(5):
        form(house, "withdrawal", AT_ONCE)
    with house.store.read() as tx:
        assert {tx.inbox.end_of(n)[1] for n in tx.inbox.ended(End.DUPLICATE)} == {first.message_id}


def test_a_corrected_file_of_the_same_name_is_kept(house: TestHouse) -> None:
    mails = [old_mail(house, "other", file=data) for data in (b"%PDF first", b"%PDF corrected")]
    house.now += AT_ONCE
    mails.append(old_mail(house, "other", file=b"%PDF corrected", way=f"x@y, {DESK}"))
    assert [end_of(house, m) for m in mails] == [End.CASE, End.CASE, End.DUPLICATE]


def test_two_of_a_family_with_one_address_may_use_the_same_words(house: TestHouse) -> None:
    house.seeker("M-10002", "山田 花子")
    ends = [end_of(house, form(house, "withdrawal", AT_ONCE, member_id=m)) for m in ("M-10001", "M-10002")]
    assert ends == [End.CASE, End.CASE]
