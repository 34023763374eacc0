"""The rung of a message's character set, switched on the page of its case."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.model import Case, CaseState
from tests.house import TestHouse, open_test_house
from tests.integration.web_parts import AUDITOR, LEAD, TANAKA, Client, app_of, staffed

WORDS = "お世話になっております。退会の手続きをお願いいたします。"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    found = staffed(open_test_house(tmp_path))
    found.seeker()
    yield found
    found.store.close()


def wrongly_labelled(house: TestHouse) -> Case:
    """Bytes of Shift_JIS that call themselves EUC-JP: the ladder finds out, a person may still overrule it."""
    raw = (
        b"From: =?utf-8?B?5bGx55Sw?= <taro@example.jp>\r\nSubject: =?utf-8?B?6YCA5Lya?=\r\n"
        b"Content-Type: text/plain; charset=euc-jp\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    ) + WORDS.encode("cp932")
    sent = house.raw(raw, mail_from="taro@example.jp")
    house.work()
    case = house.cases(sent.message_id)[0]
    with house.store.write() as tx:
        return tx.cases.change(case, state=CaseState.REVIEW, hold_reason="held")


def path_of(case: Case) -> str:
    return f"messages/{case.message_id}/rung"


def reading(house: TestHouse, case: Case) -> tuple[str, str, tuple[str, ...]]:
    with house.store.read() as tx:
        found = tx.inbox.reading(case.message_id)
    assert found is not None
    assert found[1] is not None
    return found[0].text.strip(), found[0].subject, found[1].requests


def test_a_person_switches_the_rung_and_back(house: TestHouse) -> None:
    case = wrongly_labelled(house)
    client = Client(app_of(house), LEAD)
    before = reading(house, case)
    assert before[0] == WORDS
    assert client.act(case.number, path_of(case), charset="euc-jp").status_code == 303
    text, subject, _ = reading(house, case)
    assert text != WORDS
    assert subject == "退会"  # the encoded word said its own charset: it stays
    assert WORDS not in client.get(f"/staff/cases/{case.number}").text
    assert client.act(case.number, path_of(case), charset="cp932").status_code == 303
    assert reading(house, case)[0] == WORDS
    assert "withdrawal" in reading(house, case)[2]
    assert "退会の手続き" in client.get("/staff/search?q=退会の手続き").text
    assert client.act(case.number, path_of(case), charset="").status_code == 303
    assert reading(house, case) == before
    with house.store.read() as tx:
        rows = [r.detail.get("charset") for r in tx.audit.of_case(case.id) if r.action == "message.reread"]
    assert rows == ["euc-jp", "cp932", "automatic"]


def test_the_subject_only_where_it_is_asked_for(house: TestHouse) -> None:
    case = wrongly_labelled(house)
    client = Client(app_of(house), LEAD)
    client.act(case.number, path_of(case), charset="euc-jp", headers="yes")
    assert reading(house, case)[1] != "退会"


def test_what_is_not_on_the_list_is_refused_and_nothing_changes(house: TestHouse) -> None:
    case = wrongly_labelled(house)
    client = Client(app_of(house), LEAD)
    before = reading(house, case)
    assert client.act(case.number, path_of(case), charset="unicode_escape").status_code == 422
    assert client.act(case.number, path_of(case), charset="euc-jp", version="0").status_code == 409
    assert reading(house, case) == before


def test_who_may(house: TestHouse) -> None:
    case = wrongly_labelled(house)
    app = app_of(house)
    fields = {"csrf": "", "charset": "cp932", "version": str(case.version)}
    auditor = Client(app, AUDITOR)
    url = f"/staff/cases/{case.number}/{path_of(case)}"
    assert auditor.post(url, fields | {"csrf": auditor.token()}).status_code == 403
    assert Client(app).post(url, fields).status_code in (303, 401, 403)
    lead = Client(app, LEAD)
    assert lead.post(url.replace(str(case.message_id), "999999"), fields | {"csrf": lead.token()}).status_code == 404
    with house.store.write() as tx:
        tx.cases.change(tx.cases.get(case.id), assignee=LEAD)
    other = Client(app, TANAKA)
    assert other.post(url, fields | {"csrf": other.token()}).status_code == 404
