"""Whose case it is on both sides: candidates and one key, deputies, conditions old and new, two unsure mails."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from intake.model import CaseState, Proof, Role
from intake.pipeline import desk, register
from intake.pipeline.moves import WORKER, Act
from tests.house import NOON, TestHouse, open_test_house
from tests.unit.pipeline.world import act, person, press, sound, told, wish


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[TestHouse]:
    made = told(open_test_house(tmp_path, url=database_url))
    yield made
    made.store.close()


def test_one_key_sends_the_link_of_a_strangers_mail_to_the_file(house: TestHouse) -> None:
    house.seeker()
    wish(house, "withdrawal name=山田太郎 member_id=M-10001", from_="new@example.com")
    (case,) = house.cases()
    assert (case.seeker_id, case.hold_reason) == (None, "not_on_file")
    with house.store.read() as tx:
        (found,) = tx.cases.candidates(case.id)
    assert (found.seeker.member_id, "member_id" in found.reasons) == ("M-10001", True)
    act(house, case, Role.REVIEWER, "send_link", house.tools, to=found.seeker)
    (case,) = house.cases()
    assert (case.member_id, case.state, case.proof) == ("M-10001", CaseState.AWAITING_PROOF, Proof.E0)
    house.now += timedelta(minutes=2)  # what staff send rests a moment
    house.work()
    assert [m.to for m in house.relay.mails if m.template == "receipt_withdrawal"] == ["taro@example.jp"]
    press(house)
    assert house.get_seeker().status.value == "withdrawn"
    sound(house)


def test_two_at_one_address_are_candidates_both(house: TestHouse) -> None:
    house.seeker("M-1", "山田 太郎", "home@example.jp")
    house.seeker("M-2", "山田 花子", "home@example.jp")
    wish(house, "withdrawal", from_="home@example.jp")
    with house.store.read() as tx:
        found = tx.cases.candidates(house.cases()[0].id)
    assert {c.seeker.member_id for c in found} == {"M-1", "M-2"}


def test_a_known_sender_needs_no_candidates(house: TestHouse) -> None:
    house.seeker()
    wish(house, "withdrawal")
    with house.store.read() as tx:
        assert tx.cases.candidates(house.cases()[0].id) == []


def test_two_unsure_mails_of_one_wish_are_one_case(house: TestHouse) -> None:
    house.seeker()
    wish(house, "withdrawal unsure")
    second = wish(house, "withdrawal unsure", more="もう一度")
    (case,) = house.cases()
    assert (case.state, case.hold_reason) == (CaseState.REVIEW, "unsure")
    with house.store.read() as tx:
        assert (second.message_id, "joined") in tx.cases.messages_of(case.id)
    wish(house, "pause unsure", more="別のこと")
    wish(house, "withdrawal unsure", from_="other@example.com", more="他人")
    assert len(house.cases()) == 3
    house.now += timedelta(days=8)
    wish(house, "withdrawal unsure", more="一週間のあと")
    assert len(house.cases()) == 4


def test_two_mails_to_a_case_that_waits_are_one_look_each_time(house: TestHouse) -> None:
    house.seeker(applications=[("株式会社青空", "screening")])
    wish(house, "withdrawal")
    press(house, "defer")
    (case,) = house.cases()
    assert case.state is CaseState.SCHEDULED
    for words in ("やはり", "もう一度", "読んだあとで"):
        house.now += timedelta(hours=2)
        assert wish(house, "withdrawal after_selection", more=words).message_id
        with house.store.read() as tx:
            (task,) = [t for t in tx.tasks.of_case(case.id) if t.done_at is None]
        if words == "もう一度":
            lead = person(house, Role.LEAD)
            with house.store.write() as tx:
                desk.task_done(desk.act_of(tx, lead, house.now), task.id, house.tools)
    assert task.plan.kind == "read_message"
    assert [c.state for c in house.cases()] == [CaseState.SCHEDULED]


def test_an_unsure_mail_never_joins_what_goes_on_by_itself(house: TestHouse) -> None:
    """「やっぱり」 read wrongly as the same wish must not vanish behind a link that is out."""
    house.seeker()
    wish(house, "withdrawal")
    wish(house, "withdrawal unsure", more="やっぱり")
    assert [c.hold_reason for c in house.cases()] == [None, "unsure"]


def test_while_the_concierge_is_away_the_deputy_stands_in(house: TestHouse) -> None:
    for name in ("佐藤", "鈴木"):
        person(house, Role.REVIEWER, name)
    house.seeker(concierge="佐藤", deputy="鈴木", applications=(("株式会社甲", "applied"),))
    wish(house, "preferences")
    with house.store.write() as tx:
        tx.staff.change("佐藤", away_until=date(2026, 11, 20))
    wish(house, "decline")
    house.now += timedelta(days=5)  # the day after the last day of absence
    wish(house, "question", more="戻りましたか")
    assert [c.assignee for c in house.cases()] == ["佐藤", "鈴木", "佐藤"]
    with house.store.read() as tx:
        work = {t.plan.kind: t.plan.assignee for t in tx.tasks.open()}
    assert work == {"preferences": "佐藤", "tell_employer": "鈴木"}


def test_where_nobody_is_here_the_case_is_everybodys(house: TestHouse) -> None:
    person(house, Role.REVIEWER, "佐藤")
    house.seeker(concierge="佐藤")
    with house.store.write() as tx:
        tx.staff.change("佐藤", active=False)
    wish(house, "question")
    assert house.cases()[0].assignee is None


def test_who_asks_that_the_concierge_be_not_told_is_heard(house: TestHouse) -> None:
    lead = person(house, Role.LEAD, "山本 玲子")
    person(house, Role.REVIEWER, "佐藤")
    house.seeker(concierge="佐藤", applications=(("株式会社甲", "applied"),))
    wish(house, "question", more="担当の佐藤さんには言わないでください。")
    wish(house, "question", more="担当の方にお伝えください。知られたくない事情はありません。")
    assert [c.assignee for c in house.cases()] == [lead.name, "佐藤"]
    house.now += timedelta(days=2)  # beyond the mails of a day
    wish(house, "withdrawal", more="担当者には内緒でお願いします。")
    press(house)
    with house.store.read() as tx:
        (task,) = tx.tasks.open()
    assert (task.plan.kind, task.plan.assignee) == ("tell_employer", lead.name)


@pytest.mark.parametrize(("named", "unknown"), [("佐藤", False), ("佐藤美咲", False), ("大山", True)])
def test_a_concierge_of_somebody_else_is_noticed(house: TestHouse, named: str, unknown: bool) -> None:
    person(house, Role.REVIEWER, "佐藤 美咲")
    house.seeker(concierge="佐藤 美咲")
    wish(house, f"question concierge={named}")
    with house.store.read() as tx:
        actions = [r.action for r in tx.audit.of_case(house.cases()[0].id)]
    assert ("case.concierge_unknown" in actions) is unknown


def test_accepted_conditions_take_the_place_of_the_old(house: TestHouse) -> None:
    from intake.model import Meaning, Preference

    house.seeker(preferences=(("place", "大阪府"), ("salary", "400万円以上")))
    wish(house, "preferences")
    (case,) = house.cases()
    wishes = (("place", "東京都"), ("place", "神奈川県"), ("remote", "希望する"))
    said = Meaning(requests=("preferences",), preferences=tuple(Preference(f, v, 0, 1) for f, v in wishes))
    with house.store.write() as tx:
        reading = tx.inbox.reading(case.message_id)
        assert reading is not None
        tx.inbox.save_reading(case.message_id, reading[0], said)
    with house.store.read() as tx:
        (task,) = tx.tasks.of_case(case.id)
    staff = person(house, Role.REVIEWER)
    with house.store.write() as tx:
        desk.task_done(desk.act_of(tx, staff, house.now), task.id, house.tools)
    assert dict(house.get_seeker().preferences) == {
        "place": "東京都、神奈川県", "salary": "400万円以上", "remote": "希望する",
    }  # fmt: skip
    assert house.cases()[0].state is CaseState.DONE
    with house.store.write() as tx:
        seeker = tx.seekers.by_member_id("M-10001")
        assert seeker is not None
        assert register.accept_preferences(Act(tx, WORKER, NOON), case, seeker, None) == seeker


WORDS = {
    "退会": "withdrawal", "退会希望": "withdrawal", "サービス停止": "pause", "担当変更のご希望": "concierge_change",
    "withdrawal": "withdrawal", "Withdrawal": "withdrawal", "退会の取り消し": "retraction", "利用再開": "reinstatement",
    "個人情報削除": "deletion", "謎": None,
}  # fmt: skip


def test_the_words_on_screen_are_taken_on_the_shell(house: TestHouse) -> None:
    from intake.cli.load import coded

    table = {c: (r.label.ja, r.label.en) for c, r in house.tools.rulebook.requests.items()}
    assert {word: coded(word, table) for word in WORDS} == WORDS
