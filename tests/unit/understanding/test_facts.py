"""What a sender states of themselves."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.unit.understanding.conftest import Read

RECEIVED = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def test_a_form_states_its_facts(read: Read) -> None:
    facts = read(
        "お名前：大崎 文乃\n会員番号：ＡＢ－２０４１８\n電話：０９０－００００－１１２１\n内容：退会したいです"
    ).facts
    assert (facts.name, facts.member_id, facts.phone) == ("大崎 文乃", "AB-20418", "090-0000-1121")


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("お世話になっております。坪井です。\n退会をお願いします。\n\n坪井 祥子", "坪井 祥子"),
        ("福留あゆみと申します。退会をお願いします。", "福留あゆみ"),
        ("退会お願いします。理由はありません。永井良子です。", "永井良子"),
    ],
)
def test_names(read: Read, body: str, name: str) -> None:
    assert read(body).facts.name == name


def test_a_telephone_number_is_not_a_member_number(read: Read) -> None:
    facts = read("退会します。\n番号 090-0000-5830").facts
    assert facts.member_id is None
    assert facts.phone == "090-0000-5830"


def test_quoted_history_states_nothing(read: Read) -> None:
    facts = read("退会をお願いします。\n\n> 会員番号 555123\n> 電話 090-0000-9999\n> 山田太郎です").facts
    assert facts.member_id is None
    assert facts.phone is None


def test_a_pause_ends_the_day_after_its_last_day(read: Read) -> None:
    meaning = read("3月末まで紹介を止めてください。", received_at=RECEIVED)
    assert meaning.pause_until == date(2027, 3, 31)
    assert meaning.facts.resume_on == date(2027, 4, 1)


def test_without_the_day_of_receipt_no_year_is_guessed(read: Read) -> None:
    assert read("3月末まで紹介を止めてください。").facts.resume_on is None


def test_a_full_date_needs_no_day_of_receipt(read: Read) -> None:
    assert read("2027年5月11日からまた紹介をお願いします。").facts.resume_on == date(2027, 5, 11)
