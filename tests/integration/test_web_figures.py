"""The page of figures: what it counts, for whom, as picture, table and file."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from intake.errors import StoreBusy
from intake.model import CaseState
from intake.web.staff import figures
from intake.web.staff.beside import Beside
from tests.house import TestHouse, open_test_house
from tests.integration.web_parts import ADMIN, AUDITOR, LEAD, PRIVACY, SATO, Client, app_of, staffed


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestHouse]:
    figures._KEPT.clear()
    monkeypatch.setattr(figures, "AT_ONCE_SECONDS", 20.0)  # however busy the machine of the tests is
    found = staffed(open_test_house(tmp_path))
    found.seeker()
    yield found
    found.store.close()


def table(client: Client, name: str, **asked: str) -> dict[str, list[str]]:
    query = "&".join(f"{k}={v}" for k, v in {"table": name, **asked}.items())
    answer = client.get(f"/staff/figures.csv?{query}")
    assert answer.status_code == 200, answer.text
    assert answer.text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    return {row[0]: row[1:] for row in rows}


def test_what_came_how_it_ended_and_how_long_it_took(house: TestHouse) -> None:
    house.mail("退会の手続きをお願いいたします。母の介護が始まったためです。")
    house.mail("しばらくの間、サービスの停止をお願いいたします。", from_="見知らぬ人 <stranger@example.com>")
    house.work()
    with house.store.write() as tx:
        for case in tx.cases.find(_all()):
            if case.request == "pause":
                tx.cases.change(case, state=CaseState.DONE, closed_at=house.now + timedelta(hours=30))
            else:
                tx.cases.change(case, reasons=("family", "health"))
    house.now += timedelta(days=2)
    client = Client(app_of(house), LEAD)
    came = table(client, "arrivals")
    assert came["退会"] == ["1", "0", "0", "0", "1"]
    assert came["サービス停止"][-1] == "1"
    assert came["再開"][-1] == "0"
    assert sum(int(n[0]) for k, n in table(client, "weeks").items() if k[0] == "2") == 2
    assert table(client, "alone")["サービス停止"] == ["1", "1", "0", "100"]
    assert table(client, "done")["3日以内"] == ["1", "100"]
    assert table(client, "first_mail")["1分以内"] == ["1", "100"]
    assert list(table(client, "reasons").values()) == [["件数"], ["1"], ["1"]]


def _all():  # type: ignore[no-untyped-def]
    from intake.ports import CaseQuery

    return CaseQuery(limit=100)


def test_an_act_of_staff_is_not_alone_and_a_correction_counts(house: TestHouse) -> None:
    sent = house.mail("しばらくの間、サービスの停止をお願いいたします。", from_="見知らぬ人 <stranger@example.com>")
    house.work()
    case = house.cases(sent.message_id)[0]
    client = Client(app_of(house), LEAD)
    assert client.act(case.number, "correct", request="question").status_code == 303
    assert client.act(case.number, "close").status_code == 303
    assert table(client, "alone")["質問"] == ["0", "1", "0", "0"]
    right = [r for k, r in table(client, "accuracy").items() if k[0] == "2" and r[:2] != ["0", "0"]]
    assert right == [["0", "1", "0"]]


def test_a_case_that_waits_for_staff_is_none_that_ends_without_them(house: TestHouse) -> None:
    """Otherwise a share of 100 % stands there while half of all cases wait for somebody."""
    for n in range(4):
        house.mail(f"面談の場所はどこですか。{n}", from_=f"x{n} <x{n}@example.com>")
    house.work()
    with house.store.write() as tx:
        for n, case in enumerate(tx.cases.find(_all())):
            state = (CaseState.DONE, CaseState.REVIEW, CaseState.REVIEW, CaseState.AWAITING_PROOF)[n]
            tx.cases.change(case, state=state, request="pause", closed_at=house.now if n == 0 else None)
    client = Client(app_of(house), LEAD)
    assert table(client, "alone") == {
        "依頼": ["スタッフの手を経ずに終えた件数", "終えた件数", "スタッフを待つ件数", "割合(%)"],
        "サービス停止": ["1", "1", "2", "33"],
        "計": ["1", "1", "2", "33"],
    }
    assert "いまスタッフの対応を待っている案件のうち" in client.get("/staff/figures").text


def test_a_day_in_tokyo_is_not_a_day_in_greenwich(house: TestHouse) -> None:
    house.now = house.now.replace(hour=15, minute=30)  # 00:30 of the next day in Tokyo
    house.mail("退会の手続きをお願いいたします。")
    house.work()
    today = house.now.date()
    client = Client(app_of(house), LEAD)
    assert table(client, "arrivals", **{"from": str(today), "to": str(today)})["退会"][-1] == "0"
    next_ = str(today + timedelta(days=1))
    assert table(client, "arrivals", **{"from": next_, "to": next_})["退会"][-1] == "1"


def test_changes_by_concierge_are_for_leads_only(house: TestHouse) -> None:
    with house.store.write() as tx:
        seeker = tx.seekers.by_member_id("M-1") or tx.seekers.get(1)
        tx.seekers.change(seeker, concierge="=1+1 佐藤")
    sent = house.mail("担当の方を変更していただきたいです。よろしくお願いいたします。")
    house.work()
    case = house.cases(sent.message_id)[0]
    with house.store.write() as tx:
        tx.cases.change(tx.cases.get(case.id), request="concierge_change", state=CaseState.REVIEW, assignee=LEAD)
    app = app_of(house)
    lead = Client(app, LEAD)
    assert lead.act(case.number, "approve", concierge=SATO).status_code == 303
    assert table(lead, "concierges") == {"前の担当": ["担当変更"], "'=1+1 佐藤": ["1"]}
    for name in (SATO, PRIVACY, ADMIN, AUDITOR):
        other = Client(app, name)
        assert other.get("/staff/figures.csv?table=concierges").status_code == 404, name
        assert "担当ごとの担当変更" not in other.get("/staff/figures").text
    assert "担当ごとの担当変更" in lead.get("/staff/figures").text


def test_the_page_has_pictures_with_words_and_tables(house: TestHouse) -> None:
    house.mail("退会の手続きをお願いいたします。")
    house.work()
    page = Client(app_of(house), SATO).get("/staff/figures").text
    assert 'role="img" aria-label="届いた依頼"' in page
    assert "style=" not in page
    assert "<script>" not in page
    english = Client(app_of(house), SATO).get("/staff/figures?lang=en").text
    main = english.partition("<main")[2].partition("</main>")[0]
    assert not [c for c in main if "ぁ" <= c <= "ん" or "一" <= c <= "龠"]


@pytest.mark.parametrize(
    "asked", ["from=x&to=y", "from=2026-99-01", "from=2030-01-01&to=2020-01-01", "from=0001-01-01", "to=9999-12-31"]
)
def test_a_range_that_is_none_is_twelve_weeks(house: TestHouse, asked: str) -> None:
    assert Client(app_of(house), SATO).get(f"/staff/figures?{asked}").status_code == 200


def test_empty(house: TestHouse) -> None:
    assert "この期間にはまだ何もありません。" in Client(app_of(house), SATO).get("/staff/figures").text
    assert Client(app_of(house), SATO).get("/staff/figures.csv?table=passwords").status_code == 404


def test_what_takes_long_to_count_keeps_no_page_waiting(house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page comes at once and says so; the next one has the figures; old ones serve while new ones are counted."""
    go_on, count = threading.Event(), figures._count
    monkeypatch.setattr(figures, "_count", lambda *args: (go_on.wait(20), count(*args))[1])
    monkeypatch.setattr(figures, "AT_ONCE_SECONDS", 0.0)
    client = Client(app_of(house), LEAD)
    page = client.get("/staff/figures").text
    assert "数えています" in page
    assert 'src="/static/again.js"' in page
    assert "届いた依頼" not in page
    go_on.set()
    assert table(client, "arrivals")["退会"][-1] == "0"  # a file is waited for
    page = client.get("/staff/figures").text
    assert "届いた依頼" in page
    assert "again.js" not in page
    go_on.clear()
    house.now += timedelta(seconds=figures.KEEP_SECONDS + 1)
    assert "届いた依頼" in client.get("/staff/figures").text
    go_on.set()


def test_a_count_that_fails_is_told_to_who_waits_and_begun_anew(house: TestHouse) -> None:
    kept: Beside[int] = Beside("test")
    tries = iter((StoreBusy(), None))

    def make() -> int:
        if (trouble := next(tries)) is not None:
            raise trouble
        return 7

    with pytest.raises(StoreBusy):
        kept.get("a", make, lambda _: True, None)
    assert kept.get("a", make, lambda _: True, None) == 7
    assert kept.get("a", make, lambda _: True, None) == 7  # kept: nothing is tried a third time


RANGES = {"from=2026-11-16&to=2026-11-01": True, "from=2020-01-01": True, "from=abc": True, "to=abc": True,
          "from=2026-11-01&to=2026-11-16": False, "": False, "to=2026-11-16": False}  # fmt: skip


@pytest.mark.parametrize(("asked", "odd"), RANGES.items())
def test_a_range_that_is_none_is_said_to_be_none(house: TestHouse, asked: str, odd: bool) -> None:
    page = Client(app_of(house), SATO).get(f"/staff/figures?{asked}").text
    assert ("はじめの日は、おわりの日より前の800日以内にしてください" in page) is odd
