"""A backup holds mails that waited when it was made. A receipt among them may have left since: it is not said again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from intake.bootstrap.home import connect
from intake.model import MailState
from intake.store import restore
from tests.house import TestHouse, open_test_house


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[TestHouse]:
    made = open_test_house(tmp_path / "home", url=database_url)
    made.seeker()
    made.seeker("M-10002", "鈴木 花子", "hanako@example.jp")
    yield made
    made.store.close()


def put_back(house: TestHouse, backup: Path) -> None:
    store: Any = house.store
    store.close()
    restore(backup, house.settings.store_url, house.tools.keyring)
    house.store = connect(house.settings)


def states(house: TestHouse) -> dict[str, MailState]:
    return {item.mail.template: item.state for item in house.outbox()}


def test_a_receipt_that_waited_in_a_backup_is_shown_to_staff_and_not_sent(house: TestHouse, tmp_path: Path) -> None:
    house.mail("転職活動を3月まで休みたいので、ご紹介を止めてください。")
    house.mail("担当者を変更してほしいです。", from_="鈴木 花子 <hanako@example.jp>", subject="担当の変更")
    house.worker.run_once()
    waited = states(house)
    assert set(waited.values()) == {MailState.QUEUED} and "receipt_concierge_change" in waited
    store: Any = house.store
    store.backup(tmp_path / "backup")
    house.work()
    before = [mail.message_id for mail in house.relay.mails]
    put_back(house, tmp_path / "backup")
    house.now += timedelta(days=1)
    house.work()
    assert [m.message_id for m in house.relay.mails] == before
    assert set(states(house).values()) == {MailState.UNKNOWN}
    with house.store.read() as tx:
        told = {r.action for r in tx.audit.tail()}
        tasks = [(t.plan.kind, t.plan.subject) for t in tx.tasks.open()]
    assert "mail.unknown" in told
    assert ("check_mail", "mail_unknown") in tasks, "a case that nobody looks at anyway makes a piece of work"


def test_a_link_that_waited_in_a_backup_leaves_under_the_same_message_id(house: TestHouse, tmp_path: Path) -> None:
    house.mail("退会したいです。手続きをお願いします。")
    house.worker.run_once()
    store: Any = house.store
    store.backup(tmp_path / "backup")
    house.work()
    put_back(house, tmp_path / "backup")
    house.work()
    first, again = house.relay.mails
    assert first.template == again.template == "receipt_withdrawal"
    assert first.message_id == again.message_id


def test_a_receipt_put_off_to_another_day_is_in_doubt_at_once(house: TestHouse, tmp_path: Path) -> None:
    house.mail("担当者を変更してほしいです。")
    house.worker.run_once()
    with house.store.write() as tx:
        (item,) = tx.outbox.find()
        assert tx.outbox.postpone(item.id, house.now + timedelta(days=3))
    store: Any = house.store
    store.backup(tmp_path / "backup")
    put_back(house, tmp_path / "backup")
    house.sender.run_once(house.now)
    assert states(house) == {"receipt_concierge_change": MailState.UNKNOWN}
