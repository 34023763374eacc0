"""Messages that failed: what, when and why in words; tried again, or made a case by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from intake.errors import NotProved, Unreadable
from intake.model import Case, CaseState, End, Envelope, Message, Proof
from intake.parsing import ParseOptions
from intake.pipeline.desk import would_approve
from intake.worker import Worker
from tests.house import InProcess, TestHouse, open_test_house
from tests.integration.web_parts import AUDITOR, LEAD, SATO, Client, app_of, form_of, staffed

URL = "/staff/failed"


@dataclass
class Fragile(InProcess):
    """Opens nothing while it is ``broken``."""

    broken: list[Exception] = field(default_factory=list)

    def parse(self, envelope: Envelope, options: ParseOptions) -> Message:
        if self.broken:
            raise self.broken[0]
        return super().parse(envelope, options)


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[TestHouse]:
    found = staffed(open_test_house(tmp_path, url=database_url))
    found.seeker()
    yield found
    found.store.close()


def worked(house: TestHouse, rounds: int, error: Exception) -> None:
    worker = Worker(house.store, lambda: house.tools, Fragile([error]), clock=lambda: house.now)
    for _ in range(rounds):
        worker.run_once()
        house.now += timedelta(seconds=10)


def waiting(house: TestHouse) -> int:
    """A message that failed once and waits for its next try."""
    sent = house.mail("退会を希望します。")
    worked(house, 1, ValueError("broken"))
    return sent.message_id


def poison(house: TestHouse, body: str = "担当の対応に不満があり、退会を希望します。") -> Case:
    sent = house.mail(body)
    worked(house, 3, Unreadable("parsing took too long"))
    return house.cases(sent.message_id)[0]


def test_with_nothing_failed_the_page_says_so(house: TestHouse) -> None:
    page = Client(app_of(house), LEAD).get(URL).text
    assert "開けなかった連絡はありません" in page
    assert f'href="{URL}"' in Client(app_of(house), SATO).get("/staff/").text


def test_a_waiting_message_is_named_with_its_reason_and_its_source(house: TestHouse) -> None:
    message = waiting(house)
    client = Client(app_of(house), LEAD)
    page = client.get(URL).text
    assert f"#{message}" in page
    assert "処理の途中で失敗しました" in page
    assert "ValueError" in page
    assert "1回" in page
    source = client.get(f"{URL}/{message}").text
    assert "From:" in source
    assert "taro@example.jp" in source
    reviewer = Client(app_of(house), SATO)  # whose it is nobody knows: perhaps a complaint about this very person
    assert f"#{message}" not in reviewer.get(URL).text
    assert reviewer.get(f"{URL}/{message}").status_code == 403
    assert "もう一度試す" not in Client(app_of(house), AUDITOR).get(URL).text


def test_trying_again_brings_it_to_its_end(house: TestHouse) -> None:
    message = waiting(house)
    client = Client(app_of(house), LEAD)
    house.now -= timedelta(seconds=10)  # its own next try is not due yet
    form = form_of(client.get(URL).text, f"/{message}/again")
    assert client.post(form.action, form.fields).headers["location"].startswith(URL)
    house.work()
    assert [c.request for c in house.cases(message)] == ["withdrawal"]
    assert f"#{message}" not in client.get(URL).text
    assert client.post(form.action, form.fields).status_code == 409
    assert any(r.action == "message.tried_again" and r.actor.name == LEAD for r in trail(house))


def test_a_case_is_made_by_hand_once(house: TestHouse) -> None:
    message = waiting(house)
    client = Client(app_of(house), LEAD)
    form = form_of(client.get(URL).text, f"/{message}/case")
    made = client.post(form.action, form.fields)
    (case,) = house.cases(message)
    assert made.headers["location"].startswith(f"/staff/cases/{case.number}")
    assert (case.state, case.hold_reason, case.proof) == (CaseState.REVIEW, "unreadable", Proof.E0)
    assert client.post(form.action, form.fields).status_code == 409
    house.work()
    assert house.cases(message) == [case]
    assert house.outbox() == []
    page = client.get(f"/staff/cases/{case.number}").text
    assert "開けない連絡を手で案件にしました" in page
    with house.store.read() as tx:
        assert tx.inbox.end_of(message)[0] is End.CASE


def test_a_message_that_is_being_handled_is_left_alone(house: TestHouse) -> None:
    message = waiting(house)
    client = Client(app_of(house), LEAD)
    again, by_hand = (form_of(client.get(URL).text, f"/{message}/{what}") for what in ("again", "case"))
    with house.store.write() as tx:
        assert len(tx.inbox.claim(house.now, 10, 120, "another")) == 1
    assert "処理中" in client.get(URL).text
    assert client.post(again.action, again.fields).status_code == 409
    assert client.post(by_hand.action, by_hand.fields).status_code == 409
    assert house.cases(message) == []


def test_what_could_not_be_opened_is_opened_again(house: TestHouse) -> None:
    case = poison(house)
    client = Client(app_of(house), LEAD)
    page = client.get(URL).text
    assert case.number in page
    assert "開くのに時間がかかりすぎました" in page
    assert f"/staff/cases/{case.number}/messages/{case.message_id}/source" in page
    form = form_of(page, f"/cases/{case.number}/again")
    assert client.post(form.action, form.fields).headers["location"].startswith(f"/staff/cases/{case.number}")
    with house.store.read() as tx:
        now = tx.cases.get(case.id)
        lead = tx.staff.by_name(LEAD)
        assert lead is not None
        assert (now.request, now.hold_reason, now.sure, now.complaint) == ("withdrawal", "unsure", False, True)
        assert now.seeker_id == house.get_seeker().id
        assert now.proof is Proof.E0
        with pytest.raises(NotProved):
            would_approve(tx, now, lead, house.tools, house.now)
    shown = client.get(f"/staff/cases/{case.number}").text
    assert "対応に不満があり" in shown
    assert case.number not in client.get(URL).text
    assert client.post(form.action, form.fields).status_code == 409


def test_whom_it_seems_to_be_from_is_no_proof(house: TestHouse) -> None:
    """A pause wants the address on file: of a mail whose sender was never checked nobody knows that."""
    case = poison(house, "しばらくの間、サービスの停止をお願いします。")
    client = Client(app_of(house), LEAD)
    form = form_of(client.get(URL).text, f"/cases/{case.number}/again")
    client.post(form.action, form.fields)
    with house.store.read() as tx:
        now, lead = tx.cases.get(case.id), tx.staff.by_name(LEAD)
        assert (now.request, now.seeker_id) == ("pause", house.get_seeker().id)
        assert lead is not None
        with pytest.raises(NotProved):
            would_approve(tx, now, lead, house.tools, house.now)


def test_what_still_cannot_be_opened_says_why(house: TestHouse) -> None:
    case = poison(house)
    app = app_of(house)
    object.__setattr__(app.state.context, "parser", Fragile([Unreadable("the parser died (signal 9)")]))
    client = Client(app, LEAD)
    form = form_of(client.get(URL).text, f"/cases/{case.number}/again")
    answer = client.post(form.action, form.fields)
    assert answer.status_code == 422
    assert "もう一度開きましたが、読めませんでした" in answer.text
    assert "開く途中で処理が止まりました" in answer.text
    with house.store.read() as tx:
        assert tx.cases.get(case.id) == case


def test_a_lost_key_is_said_and_no_case_is_made(house: TestHouse) -> None:
    message = waiting(house)
    with house.store.write() as tx:
        (key,) = [i.key_id for i in tx.inbox.claim(house.now, 10, 1, "worker")]
    with house.store.write() as tx:
        tx.blobs.destroy_keys([key])
    house.now += timedelta(seconds=5)
    house.work()
    client = Client(app_of(house), LEAD)
    page = client.get(URL).text
    assert "本文の鍵が見つかりません" in page
    assert client.get(f"{URL}/{message}").status_code == 404
    form = form_of(page, f"/{message}/case")
    answer = client.post(form.action, form.fields)
    assert answer.status_code == 409
    assert "鍵が見つからないため" in answer.text


def trail(house: TestHouse) -> list[Any]:
    with house.store.read() as tx:
        return tx.audit.tail(50)


def test_what_could_not_be_opened_is_still_listed_while_it_is_put_aside(house: TestHouse) -> None:
    """「保留」 reads nothing: the page must not say that everything was read."""
    case = poison(house)
    client = Client(app_of(house), LEAD)
    assert client.act(case.number, "hold", text="本人に送り直しをお願い中").status_code == 303
    page = client.get(URL).text
    assert case.number in page
    form = form_of(page, f"/cases/{case.number}/again")
    assert client.post(form.action, form.fields).headers["location"].startswith(f"/staff/cases/{case.number}")
    assert case.number not in client.get(URL).text
