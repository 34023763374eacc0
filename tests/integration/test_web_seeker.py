"""The seeker's page: looking changes nothing, one press acts once (reliability.md A24)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from intake.errors import Temporary
from intake.model import CaseState, Proof, SeekerStatus
from tests.house import TestHouse, open_test_house
from tests.integration.web_parts import LEAD, Client, app_of, form_of, staffed
from tests.unit.pipeline.world import told, wish


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    found = staffed(open_test_house(tmp_path))
    found.seeker()
    sent = found.mail("退会を希望します。よろしくお願いいたします。", from_="山田 太郎 <taro@example.jp>")
    found.work()
    case = found.cases(sent.message_id)[0]
    if case.state is not CaseState.AWAITING_PROOF:  # the reader was not sure: staff send the link
        Client(app_of(found), LEAD).act(case.number, "link")
        found.now += timedelta(minutes=5)  # until then it could be taken back
        found.work()
    yield found
    found.store.close()


def state(house: TestHouse) -> tuple[object, ...]:
    with house.store.read() as tx:
        return (house.cases(), house.get_seeker(), [(m.id, m.state) for m in house.outbox()], len(tx.audit.tail(1000)))


def test_looking_fifty_times_changes_nothing(house: TestHouse) -> None:
    client, path = Client(app_of(house)).http, f"/c/{house.link()}"
    before = state(house)
    for agent in ("curl/8", "Mozilla/5.0 (compatible; MailScanner)", "SafeLinks", "Slackbot-LinkExpanding 1.0"):
        for _ in range(13):
            assert client.get(path, headers={"User-Agent": agent}).status_code == 200
            assert client.head(path, headers={"User-Agent": agent}).status_code == 200
        client.options(path)
    assert state(house) == before


def test_one_press_acts_once(house: TestHouse) -> None:
    client, path = Client(app_of(house)).http, f"/c/{house.link()}"
    fields = form_of(client.get(path).text, "").fields
    done = client.post(path, data=fields | {"choice": "complete"})
    assert "お手続きが完了しました" in done.text
    assert house.get_seeker().status is SeekerStatus.WITHDRAWN
    assert house.cases()[0].proof is Proof.E2
    before = state(house)
    again = client.post(path, data=fields | {"choice": "complete"})
    assert "このリンクは使用済みです" in again.text
    assert "このリンクは使用済みです" in client.get(path).text
    assert state(house) == before


@pytest.mark.parametrize("spoil", [{"nonce": ""}, {"nonce": "0" * 32}, {"choice": ""}, {"choice": "erase"}])
def test_a_press_without_the_pages_nonce_or_choice_does_nothing(house: TestHouse, spoil: dict[str, str]) -> None:
    client, path = Client(app_of(house)).http, f"/c/{house.link()}"
    fields = form_of(client.get(path).text, "").fields | {"choice": "complete"} | spoil
    before = state(house)
    client.post(path, data=fields)
    assert state(house) == before


def test_a_press_from_another_site_does_nothing(house: TestHouse) -> None:
    client, path = Client(app_of(house)).http, f"/c/{house.link()}"
    fields = form_of(client.get(path).text, "").fields | {"choice": "complete"}
    before = state(house)
    response = client.post(path, data=fields, headers={"Origin": "https://evil.example.com"})
    assert response.status_code == 403
    assert state(house) == before


def test_strangers_learn_nothing(house: TestHouse) -> None:
    client = Client(app_of(house)).http
    pages = {client.get(f"/c/{token}").text for token in ("x", "A" * 22, house.link()[:-1] + "!")}
    assert len(pages) == 1
    assert "山田" not in pages.pop()


@pytest.mark.parametrize("hold", ["係争中の案件のため", None])
def test_after_an_erasure_page_and_mail_say_the_same(tmp_path: Path, hold: str | None) -> None:
    """Under a legal hold no day of erasure is promised; both say that the registration has ended."""
    house = told(open_test_house(tmp_path))
    house.seeker(legal_hold=hold)
    wish(house, "deletion")
    client, path = Client(app_of(house)).http, f"/c/{house.link()}"
    page = client.post(path, data=form_of(client.get(path).text, "").fields | {"choice": "complete"}).text
    house.work()
    mail = house.relay.mails[-1]
    text = "".join(mail.text.split())
    assert mail.template == ("deletion_held" if hold else "done_deletion_confirmed")
    assert house.get_seeker().status is SeekerStatus.WITHDRAWN
    assert "退会のお手続きを完了し" in page
    assert "退会のお手続きを完了し" in text
    assert ("ただちに消去することができません" in page) == ("ただちに消去することができません" in text) == bool(hold)
    assert ("消去の予定日" in page) == (hold is None)
    assert ("までにご連絡いたします" in page) == (hold is None)
    house.store.close()


def test_a_busy_database_at_the_press_of_a_button_is_a_page_too(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, path = Client(app_of(house)).http, f"/c/{house.link()}"
    fields = form_of(client.get(path).text, "").fields | {"choice": "complete"}

    @contextmanager
    def busy(*_: Any) -> Iterator[Any]:
        raise Temporary("locked")
        yield

    with monkeypatch.context() as m:
        m.setattr(type(house.store), "write", busy)
        answer = client.post(path, data=fields)
    assert answer.status_code == 503
    assert "お手続きはまだ行われていません" in answer.text
    assert "お手続きが完了しました" in client.post(path, data=fields).text
