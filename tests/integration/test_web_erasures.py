"""The privacy officer's pages: what is erased when, the certificate, one person's terms, and everything about them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from intake.errors import NotAllowed
from intake.pipeline.erasing import begin_operator
from intake.pipeline.erasing.begin import KEEPER
from tests.house import TestHouse
from tests.integration.test_erasure_steps import NAME, approved, eraser, filled
from tests.integration.web_parts import AUDITOR, LEAD, PASSWORD, PRIVACY, SATO, Client, app_of, staffed


@pytest.fixture(scope="module")
def house(tmp_path_factory: Any) -> Iterator[TestHouse]:
    """Somebody whose erasure cools off, somebody erased, somebody who left."""
    made = filled(tmp_path_factory.mktemp("web") / "home", "")
    approved(made)
    staffed(made)
    made.seeker("M-7", "鈴木 一", "hajime@example.jp", status="withdrawn", status_since=date(2026, 3, 31),
                withdrawn_on=date(2026, 3, 31), applications=[("株式会社乙", "applied")])  # fmt: skip
    made.seeker("M-8", "去る 花子", "saru@example.jp")
    with made.store.write() as tx:
        row = begin_operator(tx, tx.seekers.get(made.get_seeker("M-8").id), KEEPER, made.tools, made.now)
    eraser(made).run(row.id)
    yield made
    made.store.close()


def signed_in(house: TestHouse, who: str = PRIVACY) -> Client:
    return Client(app_of(house), who)


def asked(client: Client, password: str, how: str) -> Any:
    form = {"member": "M-2", "password": password, "as": how, "csrf": client.token()}
    return client.post("/staff/retention/export", form)


def test_what_waits_and_what_is_done(house: TestHouse) -> None:
    page = signed_in(house).get("/staff/erasures").text
    assert NAME in page
    assert "取り消し期間中" in page
    assert "運用者の操作" in page
    assert "去る" not in page


def test_the_certificate_stands_in_the_chain_and_names_nobody(house: TestHouse) -> None:
    client = signed_in(house, AUDITOR)
    page = client.get("/staff/erasures/1").text
    assert "操作記録の連なりに同じ内容があります" in page
    assert "見つかったもの 0" in page
    assert "去る" not in page
    assert client.get("/staff/erasures/99").status_code == 404


def test_the_calendar_by_month_and_the_terms_of_one(house: TestHouse) -> None:
    client = signed_in(house)
    page = client.get("/staff/retention?month=2029-03").text
    assert "鈴木 一" in page
    assert "2029年3月31日" in page
    assert "鈴木 一" not in client.get("/staff/retention?month=2029-04").text
    person = client.get("/staff/retention/person?member=M-7").text
    assert "2029年3月31日" in person
    assert "2028年3月31日" in person, "the register's fields have a term of their own"
    assert "法令で定められた帳簿の保存期間" in person
    assert "登録中のため" in client.get("/staff/retention/person?member=M-2").text
    assert "登録にいません" in client.get("/staff/retention/person?member=M-404").text


def test_everything_about_one_person_after_the_password(house: TestHouse) -> None:
    client = signed_in(house)
    client.get("/staff/retention/person?member=M-2")
    wrong = asked(client, "guess", "json")
    assert wrong.status_code == 422
    got = asked(client, PASSWORD, "json")
    told = json.loads(got.text)
    assert got.headers["content-disposition"].startswith("attachment")
    assert told["register"]["name"] == "山田 太郎"
    assert [m["text"] for m in told["messages"]] != []
    assert told["mails"][0]["to"] == "taro@example.jp"
    page = asked(client, PASSWORD, "page").text
    assert "保有個人データの開示" in page
    assert "担当を変更してください" in page
    with house.store.read() as tx:
        rows = [r for r in tx.audit.tail() if r.action == "seeker.exported"]
    assert [r.actor.name for r in rows] == [PRIVACY, PRIVACY]


def test_others_may_not(house: TestHouse) -> None:
    for who in (SATO, AUDITOR):
        client = signed_in(house, who)
        client.get("/staff/")
        got = asked(client, PASSWORD, "json")
        assert got.status_code == 403
    assert signed_in(house, SATO).get("/staff/retention").status_code == 403


def test_export_on_the_shell(house: TestHouse, tmp_path: Path) -> None:
    page = tmp_path / "disclosure.html"
    for words in (["export", "M-7"], ["export", "M-7", "--out", str(page)]):
        command = [sys.executable, "-m", "intake", "--home", str(house.settings.home), *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
        assert done.returncode == 0, done.stderr
        if "--out" not in words:
            assert json.loads(done.stdout)["applications"][0]["company"] == "株式会社乙"
    assert "鈴木 一" in page.read_text("utf-8")
    assert page.stat().st_mode & 0o077 == 0


def test_every_page_stands_after_an_erasure(tmp_path: Path) -> None:
    """Cases, mails and lists of somebody erased stay as figures and open without a name."""
    house = staffed(filled(tmp_path / "home", ""))
    with house.store.write() as tx:
        row = begin_operator(tx, tx.seekers.get(house.get_seeker("M-1").id), KEEPER, house.tools, house.now)
    eraser(house).run(row.id)
    client = signed_in(house, LEAD)
    for path in ("/", "/?tab=done", "/cases/C-000001", "/cases/C-000001/messages/1/source", "/mails", "/mails/1",
                 "/tasks?whose=all", "/search?q=鵜殿", "/figures", "/machine", "/audit"):  # fmt: skip
        got = client.get(f"/staff{path}")
        assert got.status_code in (200, 404), (path, got.status_code)
        assert "鵜殿 珠緒子" not in got.text, path
    assert client.get("/staff/cases/C-000001").status_code == 200
    house.store.close()


def test_a_hold_is_set_with_its_ground_and_lifted(house: TestHouse) -> None:
    client = signed_in(house)
    form = {"member": "M-7", "csrf": client.token()}
    assert client.post("/staff/retention/hold", form | {"do": "set"}).status_code == 422
    done = client.post("/staff/retention/hold", form | {"do": "set", "ground": "訴訟対応"})
    page = client.get(done.headers["location"]).text  # a reload does nothing anew
    assert "訴訟対応" in page
    assert "法的保全の対象にしました" in page.partition('role="status"')[2].partition("</div>")[0]
    assert house.get_seeker("M-7").legal_hold == "訴訟対応"
    with house.store.write() as tx, pytest.raises(NotAllowed):
        begin_operator(tx, tx.seekers.get(house.get_seeker("M-7").id), KEEPER, house.tools, house.now)
    client.post("/staff/retention/hold", form | {"do": "lift"})
    assert house.get_seeker("M-7").legal_hold is None
    with house.store.read() as tx:
        assert {"seeker.hold_set", "seeker.hold_lifted"} <= {r.action for r in tx.audit.tail(10)}


def test_what_a_duty_holds_is_shown_to_the_officer_alone_and_recorded(house: TestHouse) -> None:
    house.seeker("M-9", "残る 次郎", "nokoru@example.jp", applications=[("株式会社丙", "screening")])
    with house.store.write() as tx:
        row = begin_operator(tx, tx.seekers.get(house.get_seeker("M-9").id), KEEPER, house.tools, house.now)
    eraser(house).run(row.id)
    client = signed_in(house)
    assert "残る" not in client.get(f"/staff/erasures/{row.id}").text
    page = client.post(f"/staff/erasures/{row.id}/held", {"csrf": client.token()}).text
    assert "残る 次郎" in page
    assert "株式会社丙（書類選考中）" in page
    auditor = signed_in(house, AUDITOR)
    assert auditor.post(f"/staff/erasures/{row.id}/held", {"csrf": auditor.token()}).status_code == 403
    with house.store.read() as tx:
        assert [r.action for r in tx.audit.tail(20)].count("held.read") == 1
