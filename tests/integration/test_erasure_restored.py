"""A backup that was made in the middle of an erasure comes back after its end (found by a random history)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from intake.bootstrap.home import connect
from intake.pipeline.erasing import Residue, begin_operator, steps
from intake.pipeline.erasing.begin import KEEPER
from intake.pipeline.erasing.steps import LOST
from intake.store import restore
from tests.house import TestHouse
from tests.integration.test_erasure_steps import Killed, eraser, filled


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[TestHouse]:
    made = filled(tmp_path / "home", database_url)
    yield made
    made.store.close()


def begun(house: TestHouse, member_id: str) -> int:
    with house.store.write() as tx:
        return begin_operator(tx, house.get_seeker(member_id), KEEPER, house.tools, house.now).id


def killed_at(point: str, house: TestHouse) -> None:
    def stop(name: str) -> None:
        if name == point:
            raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(steps, "failpoint", stop)
        with pytest.raises(Killed):
            eraser(house).run()
    house.now += timedelta(hours=1)


@pytest.mark.parametrize("point", ["erase.caught", "erase.table[1]", "erase.removed"])
def test_it_is_certified_as_such_and_keeps_nobody_else_waiting(point: str, house: TestHouse, tmp_path: Path) -> None:
    first = begun(house, "M-1")
    killed_at(point, house)
    store: Any = house.store
    store.backup(tmp_path / "backup")
    (done,) = eraser(house).run()
    assert done.id == first
    store.close()
    restore(tmp_path / "backup", house.settings.store_url, house.tools.keyring)
    house.store = connect(house.settings)
    second = begun(house, "M-2")
    house.now += timedelta(hours=1)
    assert sorted(row.id for row in eraser(house).run()) == [first, second]
    with house.store.read() as tx:
        again = tx.erasures.get(first).certificate
        assert tx.erasures.get(second).certificate["restored"] is False  # type: ignore[index]
        assert tx.seekers.by_member_id("M-1") is None
        assert any(r.action == "erasure.certified" and dict(r.detail) == again for r in tx.audit.tail())
    assert again is not None
    assert (again["restored"], again["scan"]) == (True, {})
    assert store.problems() == []


def test_a_plan_that_is_lost_for_another_reason_is_no_end(house: TestHouse) -> None:
    """Nobody is buried: without the plan nothing says what to remove, and a person must look. Others go on."""
    lost, other = begun(house, "M-1"), begun(house, "M-2")
    with house.store.write() as tx:
        tx.blobs.destroy_keys([tx.erasures.get(lost).key_id])
    assert [row.id for row in eraser(house).run()] == [other]
    assert house.get_seeker("M-1").member_id == "M-1"
    with house.store.read() as tx:
        assert tx.erasures.get(lost).error == LOST
    house.now += timedelta(hours=2)
    with pytest.raises(Residue, match=f"erasure {lost}"):
        eraser(house).run(lost)
