"""A morning at the desk, on SQLite and on PostgreSQL: the pages rest on both in the same way."""

from __future__ import annotations

from pathlib import Path

from intake.model import CaseState, Proof, SeekerStatus
from tests.house import open_test_house
from tests.integration.web_parts import ADMIN, LEAD, SATO, Client, app_of, form_of, staffed, verified


def test_a_morning_at_the_desk(tmp_path: Path, database_url: str) -> None:
    house = staffed(open_test_house(tmp_path, url=database_url))
    house.seeker(kana="ヤマダ タロウ", applications=(("みなと物流", "applied"),))
    leaving = house.mail("退会を希望します。よろしくお願いいたします。", from_="山田 太郎 <taro@example.jp>")
    asking = house.mail("面談の場所はどこですか。", from_="誰か <nobody@example.com>")
    house.work()
    case, question = house.cases(leaving.message_id)[0], house.cases(asking.message_id)[0]
    with house.store.write() as tx:
        case = tx.cases.change(case, state=CaseState.REVIEW, hold_reason="held", proof=Proof.E2, closed_at=None)
    client = Client(app_of(house), LEAD)
    queue = client.get("/staff/?tab=all").text
    assert case.number in queue
    assert question.number in queue
    for words in ("退会", "山田", "やまだ", "面談"):
        assert "data-row" in client.get("/staff/search", params={"q": words}).text, words
    assert client.act(question.number, "note", text="折り返す").status_code == 303
    assert client.act(question.number, "assign", to=SATO).status_code == 303
    preview = form_of(client.get(f"/staff/cases/{case.number}").text, "/approve").fields | {"what": "approve"}
    assert "山田" in client.post(f"/staff/cases/{case.number}/preview", preview).text
    assert client.act(case.number, "approve", word="退会").status_code == 303
    assert house.get_seeker().status is SeekerStatus.WITHDRAWN
    for path in ("/staff/mails", "/staff/tasks?whose=all", "/staff/health", "/staff/audit", "/staff/?tab=done"):
        assert client.get(path).status_code == 200, path
    assert "改ざんは見つかりませんでした" in verified(client)
    assert SATO in Client(app_of(house), ADMIN).get("/staff/people").text
    house.store.close()
