"""The register as CSV: as agencies really write it, in pieces that may come twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from intake.errors import BadInput, RuleError
from intake.model import Stage
from intake.pipeline.roster import Imported, application_of, import_applications, import_seekers
from intake.pipeline.roster_words import day_of, instant_of, load_roster_words
from intake.resources import shipped_rules
from tests.house import NOON, TestHouse, open_test_house

WORDS = load_roster_words([shipped_rules()])
HEAD = "会員番号,氏名,フリガナ,メールアドレス,電話番号,状態,状態変更日,登録経路,担当者,副担当,法的保全\r\n"
ROW = "M-10001,髙橋 花子,タカハシ ハナコ,h@example.jp;h2@example.com,090-0000-0001,登録中,,窓口,佐藤,鈴木,\r\n"


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[TestHouse]:
    made = open_test_house(tmp_path, url=database_url)
    yield made
    made.store.close()


def bring(house: TestHouse, text: str, *, charset: str = "cp932", dry_run: bool = False) -> Imported:
    return import_seekers(house.store, text.encode(charset), "s.csv", NOON, WORDS, dry_run=dry_run)


def openings(house: TestHouse, text: str) -> Imported:
    return import_applications(house.store, text.encode(), "a.csv", NOON, WORDS, dry_run=False)


def test_a_file_again_changes_nothing(house: TestHouse) -> None:
    assert bring(house, HEAD + ROW) == Imported(1, 0, 0, ())
    first = house.get_seeker()
    assert (first.addresses, first.deputy) == (("h@example.jp", "h2@example.com"), "鈴木")
    assert bring(house, HEAD + ROW, charset="utf-8-sig") == Imported(0, 0, 1, ())
    assert house.get_seeker() == first
    with house.store.read() as tx:
        assert len(tx.seekers.history(first.id)) == 1


def test_columns_that_a_file_lacks_stay(house: TestHouse) -> None:
    bring(house, HEAD + ROW)
    assert bring(house, "会員番号,氏名\nM-10001,鈴木 花子\n") == Imported(0, 1, 0, ())
    seeker = house.get_seeker()
    assert (seeker.name, seeker.concierge, seeker.registered_via) == ("鈴木 花子", "佐藤", "office")
    with house.store.read() as tx:
        from intake.ports import MatchKeys

        names = house.tools.keymaker.names("鈴木 花子")
        assert [s.id for s in tx.seekers.candidates(MatchKeys(names=names))] == [seeker.id]
        assert tx.seekers.candidates(MatchKeys(names=house.tools.keymaker.names("高橋 花子"))) == []


def test_a_bad_row_stops_only_itself_and_a_dry_run_writes_nothing(house: TestHouse) -> None:
    bad = ("M-2,,,no address,,,,,,,", ",x,,,,,,,,,", "M-3,田中,,,,謎,,,,,", "M-4,木村,,,,,2026-02-30,,,,")
    text = HEAD + ROW + "\r\n".join(bad) + "\r\n"
    found = bring(house, text, dry_run=True)
    with house.store.read() as tx:
        assert tx.seekers.count() == 0
    assert bring(house, text) == found
    assert (found.added, len(found.errors)) == (1, 4)
    assert [e.split(":")[0] for e in found.errors] == [f"s.csv, line {n}" for n in (3, 4, 5, 6)]
    assert [e.split(": ")[1] for e in found.errors] == ["email", "member_id is empty", "status", "status_since"]


def test_a_file_of_something_else_makes_nobody(house: TestHouse) -> None:
    """The list of openings has member numbers too: T-999, of whom it says nothing else, is no new person."""
    bring(house, HEAD + ROW)
    wrong = "会員番号,企業名,選考段階\nM-10001,青空商事,面接\nT-999,青空商事,面接\n"
    found = bring(house, wrong)
    assert (found.added, found.unchanged) == (0, 1)
    assert [e.partition(":")[0] for e in found.errors] == ["s.csv, line 3"]
    with house.store.read() as tx:
        assert tx.seekers.count() == 1


@pytest.mark.parametrize("address", ["terada@@mail", "@example.jp", "terada@", "ter ada@example.jp", "terada"])
def test_what_is_no_address_is_refused(house: TestHouse, address: str) -> None:
    found = bring(house, f"会員番号,氏名,メールアドレス\nM-1,寺田 正,{address}\n")
    assert found.added == 0
    assert "is not an address" in found.errors[0]


def test_a_person_who_stands_twice_ends_as_the_last_row_says(house: TestHouse) -> None:
    assert bring(house, HEAD + ROW + ROW.replace("佐藤", "田中")) == Imported(1, 1, 0, ())
    assert house.get_seeker().concierge == "田中"


def test_status_changes_begin_their_clocks(house: TestHouse) -> None:
    bring(house, HEAD + ROW)
    bring(house, "会員番号,状態,状態変更日\nM-10001,退会済み,2026年10月1日(木)\n")
    assert house.get_seeker().withdrawn_on == date(2026, 10, 1)
    bring(house, "会員番号,状態,状態変更日\nM-10001,退会済,2026/10/2\n")
    assert house.get_seeker().withdrawn_on == date(2026, 10, 2)
    bring(house, "会員番号,状態\nM-10001,無効\n")
    assert (house.get_seeker().invalid_on, house.get_seeker().withdrawn_on) == (date(2026, 11, 16), None)
    bring(house, "会員番号,状態\nM-10001,有効\n")
    with house.store.read() as tx:
        assert [s for _, s in tx.seekers.history(house.get_seeker().id)] == ["active", "withdrawn", "invalid", "active"]


def test_somebody_new_who_left_on_a_day_nobody_says_is_not_guessed(house: TestHouse) -> None:
    bring(house, "会員番号,氏名,状態\nM-10001,田中,退会\n")
    assert (house.get_seeker().withdrawn_on, house.get_seeker().status_since) == (None, None)


def test_a_release_by_the_register_lets_introductions_go_on(house: TestHouse) -> None:
    house.seeker(status="paused", outreach_held_at=NOON, resume_on=date(2027, 1, 1))
    bring(house, "会員番号,氏名,状態\nM-10001,山田 太郎,登録中\n")
    assert (house.get_seeker().outreach_held_at, house.get_seeker().resume_on) == (None, None)


@pytest.mark.parametrize(("text", "hold"), [("", None), ("なし", None), ("×", None), ("訴訟対応", "訴訟対応")])
def test_no_hold_is_no_ground(house: TestHouse, text: str, hold: str | None) -> None:
    bring(house, f"会員番号,氏名,保全\nM-10001,田中,{text}\n")
    assert house.get_seeker().legal_hold == hold


@pytest.mark.parametrize("text", ["2026年1月3日", "2026-01-03", "2026/1/3", "2026.1.3", "20260103", "令和8年1月3日",
                                  "R8.1.3", "2026年1月3日(土)", "２０２６／０１／０３", "2026/1/3 13:00",
                                  "2026-01-03T00:00:00", "2026 年 1 月 3 日"])  # fmt: skip
def test_days_as_people_write_them(text: str) -> None:
    assert day_of("x", text) == date(2026, 1, 3)


@pytest.mark.parametrize("text", ["2026年1月3日 13時30分", "2026/1/3 13:30", "2026-01-03T13:30", "令和8年1月3日13時半",
                                  "2026年1月3日(土)午後1時30分~", "2026/01/03 1:30 PM",
                                  "2026-01-03T04:30:00Z"])  # fmt: skip
def test_times_as_people_write_them(text: str) -> None:
    assert instant_of("x", text) == datetime(2026, 1, 3, 4, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["来週", "2026-13-01", "2026年2月30日", "1/3", "2026"])
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(BadInput, match="x:"):
        day_of("x", text)


@pytest.mark.parametrize(("text", "stage"), [
    ("面接確定", Stage.INTERVIEW_FIXED), ("面接日程確定済み", Stage.INTERVIEW_FIXED),
    ("一次面接", Stage.INTERVIEW_FIXED), ("書類選考中", Stage.SCREENING),
    ("応募済", Stage.APPLIED), ("内定", Stage.OFFERED), ("お見送り", Stage.CLOSED),
    ("最終結果待ち", Stage.FINAL_PENDING), ("紹介済み", Stage.INTRODUCED), ("Interview_Fixed", Stage.INTERVIEW_FIXED),
])  # fmt: skip
def test_stages_as_staff_write_them(text: str, stage: Stage) -> None:
    assert application_of({"member_id": "M-1", "company": "見本", "stage": text}, WORDS)[1].stage is stage


def test_applications_by_member_and_company(house: TestHouse) -> None:
    house.seeker()
    text = "会員番号,企業名,選考段階,自主応募,面接日時\nM-10001,見本商事,書類選考中,,\n"
    text += "M-10001,見本工業,面接確定,○,2026年12月1日 10時\nM-9,x,応募,,\n"
    found = openings(house, text)
    assert (found.added, found.errors) == (2, ("a.csv, line 4: member_id: 'M-9' is not registered",))
    assert openings(house, text).unchanged == 2
    changed = openings(house, text.replace("書類選考中", "内定"))
    assert (changed.changed, changed.unchanged) == (1, 1)
    running = [(a.company, a.self_applied) for a in house.get_seeker().running]
    assert running == [("見本商事", False), ("見本工業", True)]


def test_an_application_goes_to_nobody_whose_number_only_looks_alike(house: TestHouse) -> None:
    house.seeker("1-23")
    found = openings(house, "会員番号,企業名,選考段階\n12-3,見本商事,内定\n１-２３ ,見本工業,内定\n")
    assert (found.added, found.errors) == (1, ("a.csv, line 2: member_id: '12-3' is not registered",))
    assert [a.company for a in house.get_seeker("1-23").running] == ["見本工業"]


@pytest.mark.parametrize(("text", "why"), [
    ("[seekers]\nhat = ['帽子']", "no such code"), ("[hats]\n", "no such table"),
    ("[status]\nactive = ['停止']\npaused = ['停止']", "already"),
    ("[status]\nactive = 'x'", "list of words"), ("[status", "Expected"),
])  # fmt: skip
def test_a_broken_word_file_is_refused(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "roster.toml").write_text(text, "utf-8")
    with pytest.raises(RuleError, match=why):
        load_roster_words([shipped_rules(), tmp_path])


@pytest.mark.parametrize(("text", "why"), [("氏名\nx\n", "member_id"), ("", "empty"), ("", "line"),
                                           ("会員番号,氏名,名前\n", "two headings")])  # fmt: skip
def test_a_file_that_cannot_be_used_is_refused_whole(house: TestHouse, text: str, why: str) -> None:
    if why == "line":
        text = "会員番号,氏名\n" + "x" * 200_000
    with pytest.raises(BadInput, match=why):
        bring(house, text)
