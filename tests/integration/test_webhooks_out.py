"""What the agency's own system is told: once for each thing carried out, signed, again until it was taken."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from intake.bootstrap.telling import make_webhook_sender, trouble
from intake.channels.standard_webhooks import load_secrets, verify
from intake.errors import NotProved, RelayTemporary, SettingError
from intake.model import Role
from intake.outbox.webhooks import WAITS, WebhookSender
from intake.pipeline import announce
from tests.house import TestHouse, open_test_house
from tests.unit.pipeline.world import act, app_wish, press, told, wish


@dataclass
class System:
    """The other side: answers as it is told, keeps what it was sent."""

    answers: list[int | Exception] = field(default_factory=list)
    got: list[tuple[dict[str, Any], Mapping[str, str], bytes]] = field(default_factory=list)

    def post(self, body: bytes, headers: Mapping[str, str]) -> int:
        answer = self.answers.pop(0) if self.answers else 204
        if isinstance(answer, Exception):
            raise answer
        self.got.append((json.loads(body), headers, body))
        return answer

    @property
    def types(self) -> list[str]:
        return [event["type"] for event, _, _ in self.got]


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[TestHouse]:
    made = told(open_test_house(tmp_path, url=database_url, webhooks_out="https://ats.example.jp/hook"))
    made.seeker(concierge="佐藤 美咲", applications=(("ひかり電機株式会社", "applied"),))
    yield made
    made.store.close()


def sender(house: TestHouse, system: System) -> WebhookSender:
    parts: Any = SimpleNamespace(settings=house.settings, store=house.store)
    made = make_webhook_sender(parts, way=system, clock=lambda: house.now)
    assert made is not None
    return made


def deliver(house: TestHouse, system: System) -> None:
    while sender(house, system).run_once():
        house.now += timedelta(milliseconds=1)


def test_each_thing_carried_out_is_told_once(house: TestHouse) -> None:
    system = System()
    wish(house, "withdrawal")
    deliver(house, system)
    assert system.types == ["case.opened"]
    press(house)
    deliver(house, system)
    assert sorted(system.types[1:]) == ["case.closed", "seeker.outreach_held", "seeker.withdrawn", "task.opened"]
    event = next(e for e, _, _ in system.got if e["type"] == "seeker.withdrawn")
    assert event["data"]["seeker"]["member_id"] == "M-10001"
    assert event["data"]["case"]["request"] == "withdrawal"
    deliver(house, system)
    assert len(system.got) == 5


def test_it_is_signed_as_standard_webhooks(house: TestHouse) -> None:
    system = System()
    wish(house, "pause")
    deliver(house, system)
    secrets = load_secrets(house.settings.webhooks_out_secret_path)
    for event, headers, body in system.got:
        assert verify(headers, body, secrets, house.now) == event["id"]
    assert load_secrets(house.settings.webhook_secret_path) != secrets


def test_nothing_personal_and_no_word_of_the_sender_is_told(house: TestHouse) -> None:
    system = System()
    wish(house, "withdrawal", more="CANARY 070-0000-9999", subject="CANARY")
    press(house, reason="family")
    deliver(house, system)
    whole = b"".join(body for _, _, body in system.got).decode()
    for word in ("CANARY", "taro@", "山田", "ひかり電機", "070"):
        assert word not in whole


def test_what_was_undone_by_an_error_is_not_told(house: TestHouse) -> None:
    system = System()
    wish(house, "withdrawal", from_="Mallory <mallory@example.com>", more="")
    (case,) = house.cases()
    with pytest.raises(NotProved):
        act(house, case, Role.LEAD, "approve")
    deliver(house, system)
    assert system.types == ["case.opened"]


def test_it_is_tried_again_with_the_same_id_and_longer_waits(house: TestHouse) -> None:
    system = System(answers=[RelayTemporary("cannot connect"), 503, 302])
    wish(house, "question")
    tried = []
    for wait in WAITS[:3]:
        deliver(house, system)
        tried.append(len(system.got))
        house.now += wait - timedelta(seconds=1)
        deliver(house, system)
        assert len(system.got) == tried[-1]  # not before its time
        house.now += timedelta(seconds=1)
    deliver(house, system)
    assert [h["webhook-id"] for _, h, _ in system.got] == [system.got[0][1]["webhook-id"]] * 3
    with house.store.read() as tx:
        assert tx.webhooks.counts() == {"sent": 1}


def test_after_days_it_is_given_up_shown_and_can_be_replayed(house: TestHouse) -> None:
    system = System(answers=[500] * 20)
    wish(house, "question")
    deliver(house, system)
    for wait in WAITS:
        house.now += wait
        deliver(house, system)
    assert len(system.got) == len(WAITS) + 1
    assert trouble(house.store) is not None
    system.answers.clear()
    with house.store.write() as tx:
        assert tx.webhooks.replay(house.now, failed=True) == 1
    deliver(house, system)
    assert len(system.got) == len(WAITS) + 2
    assert trouble(house.store) is None


def test_gone_is_gone(house: TestHouse) -> None:
    system = System(answers=[410])
    wish(house, "question")
    deliver(house, system)
    with house.store.read() as tx:
        assert tx.webhooks.counts() == {"failed": 1}


def test_the_first_time_the_last_day_is_told_not_the_last_year(house: TestHouse) -> None:
    system = System()
    wish(house, "question")
    house.now += timedelta(days=40)
    wish(house, "question", more="again")
    house.now += timedelta(hours=2)
    deliver(house, system)
    assert system.types == ["case.opened"]
    house.now += timedelta(days=40)  # once begun, nothing is skipped, however long the sender stood still
    app_wish(house, "pause")
    house.now += timedelta(days=40)
    deliver(house, system)
    assert "seeker.paused" in system.types


def test_a_killed_sender_delivers_again_and_a_late_one_writes_nothing(house: TestHouse) -> None:
    wish(house, "question")
    system = System()
    with house.store.write() as tx:
        announce.collect(tx, house.now)
        (job,) = tx.webhooks.claim(house.now, 10, 600)
    deliver(house, system)
    assert system.got == []
    house.now += timedelta(seconds=601)
    deliver(house, system)
    assert system.types == ["case.opened"]
    sender(house, system)._end(job, "failed", "late")
    with house.store.read() as tx:
        assert tx.webhooks.counts() == {"sent": 1}


def test_without_a_url_there_is_no_sender_and_a_lost_secret_is_told(house: TestHouse, tmp_path: Path) -> None:
    from dataclasses import replace

    parts: Any = SimpleNamespace(settings=replace(house.settings, webhooks_out=""), store=house.store)
    assert make_webhook_sender(parts) is None
    parts.settings = replace(house.settings, webhooks_out=f"https://a.example.jp/ {tmp_path}/none")
    with pytest.raises(SettingError, match="none"):
        make_webhook_sender(parts)
    parts.settings = replace(house.settings, webhooks_out_allow="nonsense")
    with pytest.raises(SettingError, match="ALLOW"):
        make_webhook_sender(parts)


def test_the_pull_gives_the_same_events_in_order(house: TestHouse) -> None:
    system = System()
    wish(house, "withdrawal")
    press(house)
    deliver(house, system)
    with house.store.read() as tx:
        page = announce.pull(tx, 0, frozenset(), 100)
        assert [e["id"] for e in page.events] == [e["id"] for e, _, _ in system.got]
        first = announce.pull(tx, 0, frozenset(), 2)
        rest = announce.pull(tx, first.cursor, frozenset(), 100)
        assert (*first.events, *rest.events) == page.events
        assert (first.more, rest.more) == (True, False)
        only = announce.pull(tx, 0, frozenset({"seeker.withdrawn"}), 100)
        assert [e["type"] for e in only.events] == ["seeker.withdrawn"]
        assert only.cursor == page.cursor


def test_an_erased_person_is_named_by_our_number_only(house: TestHouse) -> None:
    from intake.model import Actor

    seeker = house.get_seeker()
    with house.store.write() as tx:
        tx.audit.append(house.now, Actor("system", "keeper"), "erasure.planned", seeker_id=seeker.id)
        begun = announce.pull(tx, 0, frozenset(), 10).events[-1]
        tx.seekers.remove(seeker.id)  # type: ignore[attr-defined]
        tx.audit.append(house.now, Actor("system", "keeper"), "erasure.certified", seeker_id=seeker.id)
        ended = announce.pull(tx, 0, frozenset({"seeker.erased"}), 10).events[-1]
        late = announce.pull(tx, 0, frozenset(), 10).events[0]
    assert begun["data"]["seeker"] == {"id": seeker.id, "member_id": "M-10001"}
    assert ended["data"]["seeker"] == {"id": seeker.id, "member_id": None}
    assert late["data"]["seeker"]["member_id"] is None  # an old event told late names nobody either


def test_every_event_has_its_word_on_screen() -> None:
    from intake.web.labels import label

    assert [kind for kind in announce.types() if label(kind) == kind] == []


def test_staff_see_deliveries_and_tell_again(house: TestHouse) -> None:
    from tests.integration.web_parts import ADMIN, LEAD, Client, app_of, staffed

    system = System(answers=[410])
    wish(house, "question")
    deliver(house, system)
    app = app_of(staffed(house))
    admin = Client(app, ADMIN)
    page = admin.get("/staff/deliveries")
    assert "案件の受付" in page.text
    assert "410" in page.text
    assert Client(app, LEAD).get("/staff/deliveries").status_code == 403
    assert admin.post("/staff/deliveries", {"csrf": admin.token()}).status_code == 303
    deliver(house, system)
    with house.store.read() as tx:
        assert tx.webhooks.counts() == {"sent": 1}
        (job,) = tx.webhooks.find()
    assert admin.post("/staff/deliveries", {"csrf": admin.token(), "event": str(job.seq)}).status_code == 303
    deliver(house, system)
    assert len(system.got) == 3
    assert "webhooks.replayed" in {r.action for r in tx_tail(house)}


def tx_tail(house: TestHouse) -> list[Any]:
    with house.store.read() as tx:
        return tx.audit.tail(50)
