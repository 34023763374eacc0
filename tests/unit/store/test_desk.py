"""Saved views, who is looking, and lists read in one go: the same on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from intake.errors import NotFound
from intake.model import CaseState, Channel, Meaning, Message, Role, Seeker
from intake.ports.desk import Present
from intake.store import SqlStore
from tests.unit.store.given import arrival, new_case

NOW = datetime(2026, 4, 1, 3, tzinfo=UTC)


@pytest.fixture
def manned(store: SqlStore) -> SqlStore:
    with store.write() as tx:
        for name in ("佐藤", "田中"):
            tx.staff.add(name, Role.REVIEWER, "x")
    return store


def test_views_are_ones_own_and_those_that_are_shared(manned: SqlStore) -> None:
    with manned.write() as tx:
        tx.views.add("佐藤", "急ぎ", "due:<1d", NOW, shared=False)
        tx.views.add("佐藤", "苦情", "is:complaint", NOW, shared=True)
        tx.views.add("佐藤", "急ぎ", "due:<2d", NOW, shared=False)
        with pytest.raises(NotFound):
            tx.views.add("誰か", "急ぎ", "due:<1d", NOW, shared=True)
    with manned.read() as tx:
        assert [(v.name, v.query, v.shared) for v in tx.views.of("佐藤")] == [
            ("急ぎ", "due:<2d", False), ("苦情", "is:complaint", True)]  # fmt: skip
        shared = tx.views.of("田中")
    assert [(v.staff, v.name) for v in shared] == [("佐藤", "苦情")]
    with manned.write() as tx:
        assert tx.views.remove("田中", shared[0].id) is False
        assert tx.views.remove("佐藤", shared[0].id) is True
    with manned.read() as tx:
        assert tx.views.of("田中") == []


def test_presence_ends_by_itself_and_writers_come_first(manned: SqlStore) -> None:
    with manned.write() as tx:
        first, other = (tx.cases.add(new_case(tx.inbox.add([arrival(n)])[0].message_id)) for n in (1, 2))
        tx.presence.here(first.id, "佐藤", "looking", NOW)
        tx.presence.here(first.id, "田中", "looking", NOW)
        tx.presence.here(first.id, "田中", "writing", NOW + timedelta(seconds=10))
        tx.presence.here(other.id, "佐藤", "looking", NOW - timedelta(minutes=5))
    with manned.read() as tx:
        here = tx.presence.at([first.id, other.id], NOW - timedelta(seconds=30))
        assert here == {first.id: (Present("田中", "writing"), Present("佐藤", "looking"))}
        assert tx.presence.at([first.id], NOW + timedelta(seconds=5)) == {first.id: (Present("田中", "writing"),)}
    with manned.write() as tx:
        tx.presence.gone(first.id, "田中")
        tx.presence.here(first.id, "佐藤", "looking", NOW + timedelta(days=2))
    with manned.read() as tx:
        assert tx.presence.at([first.id, other.id], NOW - timedelta(days=9)) == {
            first.id: (Present("佐藤", "looking"),)
        }


def test_a_list_is_read_in_one_go(manned: SqlStore) -> None:
    with manned.write() as tx:
        ids = [a.message_id for a in tx.inbox.add([arrival(1), arrival(2)])]
        tx.inbox.save_reading(ids[0], Message(Channel.EMAIL, subject="一"), Meaning(("other",)))
        tx.inbox.save_reading(ids[1], Message(Channel.EMAIL, subject="二"), None)
        who, _ = tx.seekers.upsert(Seeker(0, "M-1", "山田", concierge="佐藤"))
        plain = tx.cases.add(new_case(ids[0], seeker_id=who.id, request="question"))
        beside = tx.cases.add(new_case(ids[1], seeker_id=who.id, request="withdrawal"))
        touchy = tx.cases.add(new_case(ids[1], seeker_id=who.id, request="concierge_change"))
        tx.notes.add(plain.id, "佐藤", "覚え", NOW)
    with manned.read() as tx:
        assert {i: m.subject for i, m in tx.glance.messages(ids).items()} == {ids[0]: "一", ids[1]: "二"}
        assert tx.glance.readings(ids)[ids[0]][1] == Meaning(("other",))
        assert tx.glance.readings(ids)[ids[1]][1] is None
        assert tx.glance.people([who.id, 99])[who.id].name == "山田"
        of = [plain.id, beside.id, touchy.id]
        assert tx.glance.about(of, "佐藤") == {beside.id, touchy.id}
        assert tx.glance.about(of, "田中") == frozenset()
        assert tx.glance.message_ids(of)[touchy.id] == (ids[1],)
        assert tx.glance.notes(of) == {plain.id: ("覚え",)}
        assert (tx.glance.people([]), tx.glance.messages([]), tx.glance.about([], "佐藤")) == ({}, {}, frozenset())


def test_cases_are_found_by_every_field(manned: SqlStore) -> None:
    from intake.ports import CaseQuery

    with manned.write() as tx:
        ids = [a.message_id for a in tx.inbox.add([arrival(n) for n in (1, 2, 3)])]
        a = tx.cases.add(new_case(ids[0], channel=Channel.FORM, hold_reason="held", due_on=NOW.date(), received_at=NOW))
        b = tx.cases.add(new_case(ids[1], request="question", complaint=True, received_at=NOW - timedelta(days=9)))
        c = tx.cases.add(new_case(ids[2], request="question", sure=True, state=CaseState.DONE))
        assert (a.request, b.sure) == ("withdrawal", False)

    def found(**fields: object) -> list[int]:
        with manned.read() as tx:
            return [x.id for x in tx.cases.find(CaseQuery(**fields))]  # type: ignore[arg-type]

    assert found(requests=("withdrawal", "pause")) == [a.id]
    assert found(channels=("form",)) == [a.id]
    assert found(holds=("held",)) == [a.id]
    assert found(due_from=NOW.date(), due_until=NOW.date()) == [a.id]
    assert found(due_from=NOW.date() + timedelta(days=1)) == []
    assert b.id in found(received_until=NOW - timedelta(days=8))
    assert a.id not in found(received_until=NOW - timedelta(days=8))
    assert found(complaint=True) == [b.id]
    assert found(sure=True, states=(CaseState.DONE,)) == [c.id]
    assert found(ids=(b.id, c.id), states=(CaseState.REVIEW,)) == [b.id]
    assert found(ids=()) == []
    assert found(proved=True) == []
