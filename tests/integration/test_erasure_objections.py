"""Nobody is erased or leaves over a message of their own that nobody has settled; no message can stop it for ever."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from intake.errors import BadInput
from intake.model import Accepted, Application, Case, CaseState, Role, SeekerStatus, Stage
from intake.parsing import ParseOptions, parse
from intake.pipeline import objections
from intake.pipeline.erasing import begin_due, begin_operator
from intake.pipeline.erasing.begin import KEEPER
from intake.worker import Worker
from tests.house import InProcess, TestHouse
from tests.integration.test_erasure_steps import eraser, quick_house
from tests.unit.pipeline.world import act, app_wish, one, press, told, wish

OFFICER = Role.PRIVACY_OFFICER
DELETE = "個人情報の削除をお願いします。"
RETRACT = "個人情報の削除の申し込みを取り消します。"
NEW_ADDRESS = "会員番号M-10001の山田太郎です。前のメールが使えなくなりました。" + RETRACT + "電話090-1111-2222"


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[TestHouse]:
    made = quick_house(tmp_path / "home", database_url)
    made.seeker(phones=("090-1111-2222",))
    yield made
    made.store.close()


def approved(house: TestHouse) -> Case:
    """Proved behind the link, approved; three days of the seven are over."""
    case = opened(house, house.mail(DELETE))
    press(house)
    house.work()
    act(house, case, OFFICER, "approve")
    house.work()
    house.now += timedelta(days=3)
    return case


def opened(house: TestHouse, accepted: Accepted) -> Case:
    house.work()
    return one(house, accepted)


def keeper(house: TestHouse) -> int:
    """A round of the keeper: how many were begun."""
    with house.store.write() as tx:
        begun = begin_due(tx, house.tools, house.now)
    eraser(house).run()
    return len(begun)


def five_days_later(house: TestHouse) -> int:
    house.now += timedelta(days=5)
    house.work()
    return keeper(house)


def now(house: TestHouse, case: Case) -> tuple[CaseState, str | None]:
    with house.store.read() as tx:
        found = tx.cases.get(case.id)
    return found.state, found.hold_reason


def gone(house: TestHouse) -> bool:
    with house.store.read() as tx:
        return tx.seekers.by_member_id("M-10001") is None


def failing(house: TestHouse) -> Accepted:
    """A retraction whose DMARC broke on the way."""
    head = "Authentication-Results: mx.agency.example.jp; dmarc=fail header.from=example.jp\r\n"
    text = "From: taro@example.jp\r\nMessage-ID: <d@x>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    accepted = house.raw((head + text + RETRACT + "\r\n").encode(), mail_from="taro@example.jp")

    class Reader(InProcess):
        def parse(self, envelope, options):  # type: ignore[no-untyped-def]
            return parse(envelope, ParseOptions(authserv_id="mx.agency.example.jp"))

    Worker(house.store, lambda: house.tools, Reader(), clock=lambda: house.now).run_once()
    return accepted


SENT = {
    "unsure, from the file": lambda h: h.mail("個人情報の削除を取り消したいのですが可能ですか？", subject="Re"),
    "clear, from a new address": lambda h: h.mail(NEW_ADDRESS, from_="山田太郎 <new-taro@example.com>"),
    "clear, but DMARC fails": failing,
    "by the app": lambda h: app_wish(told(h), "question"),
}


@pytest.mark.parametrize("way", SENT)
def test_nobody_is_erased_over_an_objection_and_staff_let_it_go_on(house: TestHouse, way: str) -> None:
    case = approved(house)
    objection = opened(house, SENT[way](house))
    assert objection.state is CaseState.REVIEW
    assert five_days_later(house) == 0
    assert now(house, case) == (CaseState.REVIEW, "objection")
    with house.store.read() as tx:
        (row,) = [r for r in tx.audit.of_case(case.id) if r.action == "case.objection"]
    assert row.detail["cases"] == [objection.number]
    assert keeper(house) == 0
    act(house, case, OFFICER, "approve")
    assert now(house, case) == (CaseState.SCHEDULED, "erasure_due")
    assert keeper(house) == 1
    assert gone(house)


def test_what_staff_settled_stops_nothing(house: TestHouse) -> None:
    case = approved(house)
    objection = opened(house, SENT["unsure, from the file"](house))
    act(house, objection, Role.LEAD, "close")
    assert five_days_later(house) == 1
    assert now(house, case)[0] is CaseState.DONE


def test_staff_find_that_it_was_taken_back(house: TestHouse) -> None:
    case = approved(house)
    objection = opened(house, SENT["unsure, from the file"](house))
    assert five_days_later(house) == 0
    act(house, objection, Role.LEAD, "correct", "retraction")
    act(house, objection, Role.LEAD, "approve")
    assert now(house, case)[0] is CaseState.RETRACTED
    assert keeper(house) == 0
    assert not gone(house)


def test_what_asks_for_the_same_again_stops_nothing(house: TestHouse) -> None:
    case = approved(house)
    forged = house.mail("会員番号M-10001の山田太郎です。退会と個人情報の削除をお願いします。", from_="m@example.com")
    house.work()
    assert {c.request for c in house.cases(forged.message_id)} == {"withdrawal", "deletion"}
    assert five_days_later(house) == 1
    assert now(house, case)[0] is CaseState.DONE


def test_a_new_message_after_staff_said_so_is_looked_at_again(house: TestHouse) -> None:
    """Also one that lay unread while they decided: the order of the record counts, not the time of arrival."""
    case = approved(house)
    opened(house, SENT["unsure, from the file"](house))
    assert five_days_later(house) == 0
    SENT["clear, from a new address"](house)  # not read yet
    house.now += timedelta(minutes=1)
    act(house, case, OFFICER, "approve")
    house.work()
    assert keeper(house) == 0
    assert now(house, case) == (CaseState.REVIEW, "objection")
    act(house, case, OFFICER, "approve")
    assert keeper(house) == 1


def test_an_unread_message_is_read_first(house: TestHouse) -> None:
    case = approved(house)
    house.mail(RETRACT, subject="取消")
    house.now += timedelta(days=5)
    house.worker.run_calendar()
    assert keeper(house) == 0
    assert now(house, case) == (CaseState.SCHEDULED, "erasure_due")
    house.work()
    assert now(house, case)[0] is CaseState.RETRACTED
    assert keeper(house) == 0
    assert not gone(house)


def test_an_unread_message_of_somebody_else_stops_nothing(house: TestHouse) -> None:
    approved(house)
    house.now += timedelta(days=5)
    house.work()
    house.mail("面接について質問です。", from_="hanako@example.jp")
    assert keeper(house) == 1


def test_the_operator_needs_nobody(house: TestHouse) -> None:
    """decisions.md: ``erase --execute`` refuses under legal hold alone."""
    approved(house)
    opened(house, SENT["unsure, from the file"](house))
    with house.store.write() as tx:
        seeker = tx.seekers.by_member_id("M-10001")
        assert seeker is not None
        row = begin_operator(tx, seeker, KEEPER, house.tools, house.now)
    eraser(house).run(row.id)
    assert gone(house)


def put_off(house: TestHouse) -> Case:
    """Leaves when the selection is over; it is over the next day."""
    house.seeker(applications=(("ひかり電機株式会社", "applied"),))
    case = opened(house, wish(told(house), "withdrawal"))
    press(house, "defer")
    house.work()
    house.now += timedelta(days=3)
    return case


def selection_ends(house: TestHouse) -> None:
    with house.store.write() as tx:
        (running,) = house.get_seeker().running
        ended = Application(running.id, running.company, Stage.CLOSED, running.self_applied, None)
        tx.seekers.upsert_application("M-10001", ended)
    house.now += timedelta(days=1)


@pytest.mark.parametrize("words", ["retraction unsure", "question", "other", "withdrawal unsure"])
def test_nobody_leaves_over_an_objection_and_staff_let_them(house: TestHouse, words: str) -> None:
    case = put_off(house)
    assert opened(house, wish(house, words)).state is CaseState.REVIEW
    assert now(house, case) == (CaseState.SCHEDULED, "after_selection"), "nothing is due yet"
    selection_ends(house)
    house.work()
    assert now(house, case) == (CaseState.REVIEW, "objection")
    assert house.get_seeker().status is SeekerStatus.ACTIVE
    act(house, case, Role.LEAD, "approve")
    assert now(house, case)[0] is CaseState.DONE
    assert house.get_seeker().status is SeekerStatus.WITHDRAWN


def test_who_leaves_is_not_kept_by_an_unread_message_for_long(house: TestHouse) -> None:
    case = put_off(house)
    selection_ends(house)
    wish(house, "retraction", work=False)
    house.worker.run_calendar()
    assert now(house, case) == (CaseState.SCHEDULED, "after_selection")
    house.work()
    assert now(house, case)[0] is CaseState.RETRACTED


def test_what_was_said_before_the_proof_or_with_it_keeps_nobody(house: TestHouse) -> None:
    told(house)
    house.seeker(applications=(("ひかり電機株式会社", "applied"),))
    wish(house, "other")
    house.now += timedelta(days=1)
    accepted = wish(house, "question withdrawal")
    case = next(c for c in house.cases(accepted.message_id) if c.request == "withdrawal")
    press(house, "defer")
    house.work()
    selection_ends(house)
    house.work()
    assert now(house, case)[0] is CaseState.DONE


def test_staff_let_nobody_leave_over_what_came_after_they_looked(house: TestHouse) -> None:
    """The page was open, a message came, and only then was it approved."""
    case = put_off(house)
    before = opened(house, wish(house, "question"))
    selection_ends(house)
    house.work()
    with house.store.read() as tx:
        looked = objections.heard(tx, case)
    assert looked.startswith(f"{before.id}:")
    opened(house, wish(house, "retraction unsure"))
    with pytest.raises(BadInput, match="新しい連絡"):
        act(house, case, Role.LEAD, "approve", heard=looked)
    assert now(house, case) == (CaseState.REVIEW, "objection")
    assert house.get_seeker().status is SeekerStatus.ACTIVE
    act(house, case, Role.LEAD, "approve")  # the page opened again
    assert house.get_seeker().status is SeekerStatus.WITHDRAWN


def test_a_further_message_of_what_staff_saw_is_new_as_well(house: TestHouse) -> None:
    case = approved(house)
    opened(house, wish(house, "pause unsure"))
    assert five_days_later(house) == 0
    with house.store.read() as tx:
        looked = objections.heard(tx, case)
    wish(house, "pause unsure", more="消さないでください")
    with pytest.raises(BadInput, match="新しい連絡"):
        act(house, case, OFFICER, "approve", heard=looked)
    assert now(house, case) == (CaseState.REVIEW, "objection")


def test_staff_let_nobody_leave_over_an_unread_message(house: TestHouse) -> None:
    case = put_off(house)
    opened(house, wish(house, "question"))
    selection_ends(house)
    house.work()
    wish(house, "withdrawal unsure", from_="other@example.com", work=False)
    wish(house, "retraction", work=False)
    with pytest.raises(BadInput, match="読み取っています"):
        act(house, case, Role.LEAD, "approve")
    assert house.get_seeker().status is SeekerStatus.ACTIVE
    house.work()
    assert now(house, case)[0] is CaseState.RETRACTED
