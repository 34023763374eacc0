"""Several people are erased side by side: each for themselves, whatever befalls one of them or the process."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from intake.bootstrap.erasing import HouseOutside
from intake.pipeline.erasing import Eraser, begin_operator, steps
from intake.pipeline.erasing.begin import KEEPER
from tests.house import TestHouse
from tests.integration.test_erasure_steps import POINTS, Killed, as_house, eraser, quick_house

NAMES = {"M-10001": "鵜殿 珠緒子", "M-10002": "百目鬼 藤一郎", "M-10003": "勅使河原 みどり"}


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Any:
    """Three who go, each with a message, and one who stays and names two of them."""
    made = quick_house(tmp_path / "home", database_url)
    for n, (member_id, name) in enumerate(NAMES.items()):
        made.seeker(member_id, name, f"gone{n}@example.jp", applications=[("株式会社甲", "applied")])
        made.mail("退会します。", from_=f"{name} <gone{n}@example.jp>")
    made.seeker("M-20001", "山田 太郎", "taro@example.jp")
    made.mail("鵜殿 珠緒子さんと百目鬼 藤一郎さんの紹介です。担当を変更してください。", from_="taro@example.jp")
    made.work()
    yield made
    made.store.close()


def begin_all(house: TestHouse) -> None:
    for member_id in NAMES:
        with house.store.write() as tx:
            found = tx.seekers.by_member_id(member_id)
            if found is not None and tx.erasures.open_of(found.id) is None:
                begin_operator(tx, found, KEEPER, house.tools, house.now)


def test_a_residue_of_one_keeps_nobody_else_back(house: TestHouse) -> None:
    caught = house.settings.home / "mails"

    class Leaky(HouseOutside):
        def forget_caught(self, *_: Any) -> int:
            caught.mkdir(exist_ok=True)
            (caught / "copy.eml").write_bytes(NAMES["M-10002"].encode())
            return 0

    (house.settings.home / "list.csv").write_text(f"M-10003,{NAMES['M-10003']}", "cp932")
    begin_all(house)
    done = Eraser(house.store, Leaky(as_house(house)), lambda: house.now).run()
    assert [row.figures["elsewhere"] for row in done] == [[], ["list.csv"]]
    with house.store.read() as tx:
        (left,) = tx.erasures.open()
        assert (left.step, left.error) == ("keys", "file: mails/copy.eml")
        assert len(tx.erasures.held()) == len(NAMES)
    (caught / "copy.eml").unlink()
    house.now += timedelta(hours=2)
    assert [row.id for row in eraser(house).run()] == [left.id]
    ended(house)


@pytest.mark.parametrize("point", POINTS)
def test_ended_in_the_midst(point: str, house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the second time that a place is reached, if it is twice; then again."""
    if not house.settings.database_url.startswith("sqlite") and point not in ("erase.key_destroyed", "erase.removed"):
        pytest.skip("each place on SQLite, two on PostgreSQL: one person alone is stopped everywhere on both")
    reached = 0

    def stop(name: str) -> None:
        nonlocal reached
        reached += name == point
        if name == point and (reached == 2 or point in ONCE):
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(steps, "failpoint", stop)
        patch.setattr(sys.modules["intake.pipeline.erasing.begin"], "failpoint", stop)
        with pytest.raises(Killed):
            once(house)
    house.now += timedelta(hours=1)
    once(house)
    ended(house)


ONCE = ("erase.buried", "erase.key_destroyed", "erase.checkpoint", "erase.scanned", "erase.plan_forgotten")


def once(house: TestHouse) -> None:
    begin_all(house)
    eraser(house).run()


def ended(house: TestHouse) -> None:
    with house.store.read() as tx:
        rows = tx.erasures.newest()
        assert len(rows) == len(NAMES)
        assert all(row.certificate for row in rows)
        assert len([r for r in tx.audit.tail() if r.action == "erasure.certified"]) == len(NAMES)
        assert tx.audit.verify()[0]
        assert sorted(h.erasure_id for h in tx.erasures.held()) == sorted(row.id for row in rows)
        assert [s.member_id for s in tx.seekers.page(limit=10)] == ["M-20001"]
        (case,) = tx.cases.of_seeker(house.get_seeker("M-20001").id)
        reading = tx.inbox.reading(case.message_id)
    assert reading is not None
    assert reading[0].text.startswith("■■■■■■さんと■■■■■■■さんの紹介です。")
