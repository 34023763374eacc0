"""The register: found by any key, never by a scan, and never crowded out."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from intake.errors import NotFound, Stale
from intake.model import Application, SeekerStatus, Stage
from intake.ports.rows import MatchKeys
from intake.store import SqlStore, open_store
from intake.store.makers import PlainKeys
from intake.store.seekers import MOST
from tests.unit.store.given import KEYRING, NOW, plan_of, seeker

DAY = date(2026, 4, 1)


def test_what_is_stored_comes_back(store: SqlStore) -> None:
    given = seeker(
        addresses=("Hanako@example.jp", "h2@example.com"),
        status=SeekerStatus.PAUSED,
        status_since=DAY,
        registered_via="office",
        concierge="佐藤",
        legal_hold="訴訟",
        invalid_on=DAY,
        withdrawn_on=DAY,
        outreach_held_at=NOW,
        resume_on=DAY,
        password_hash="$argon2id$x",
    )
    with store.write() as tx:
        stored, new = tx.seekers.upsert(given)
        application = tx.seekers.upsert_application(
            "M-001", Application(0, "株式会社例", Stage.OFFERED, self_applied=True, interview_at=NOW)
        )
    assert new
    with store.read() as tx:
        found = tx.seekers.get(stored.id)
        assert found.applications == (application,)
        assert tx.seekers.by_member_id("M-001") == found
        assert tx.seekers.count() == 1
        with pytest.raises(NotFound):
            tx.seekers.get(99)


def test_a_second_import_replaces_the_row_and_keeps_its_applications(store: SqlStore) -> None:
    with store.write() as tx:
        first, _ = tx.seekers.upsert(seeker())
        tx.seekers.upsert_application("M-001", Application(0, "A社", Stage.APPLIED))
        second, new = tx.seekers.upsert(seeker(name="佐々木 花子", addresses=("new@example.jp",)))
    assert (new, second.id, second.version) == (False, first.id, 2)
    assert [a.company for a in second.applications] == ["A社"]
    with store.read() as tx:
        assert tx.seekers.candidates(MatchKeys(addresses=("hanako@example.jp",))) == []
        assert tx.seekers.candidates(MatchKeys(names=("佐々木花子",))) == [second]


def test_an_application_is_replaced_by_member_and_company(store: SqlStore) -> None:
    with store.write() as tx:
        tx.seekers.upsert(seeker())
        first = tx.seekers.upsert_application("M-001", Application(0, "A社", Stage.APPLIED))
        again = tx.seekers.upsert_application("M-001", Application(0, "A社", Stage.CLOSED))
        with pytest.raises(NotFound):
            tx.seekers.upsert_application("M-404", Application(0, "A社", Stage.APPLIED))
        found = tx.seekers.by_member_id("M-001")
    assert first.id == again.id
    assert found is not None
    assert [a.stage for a in found.applications] == [Stage.CLOSED]


def test_any_key_finds_and_empty_keys_find_nothing(store: SqlStore) -> None:
    with store.write() as tx:
        hanako, _ = tx.seekers.upsert(seeker())
        tx.seekers.upsert(seeker("M-002", name="鈴木 一", kana="", addresses=(), phones=()))
        for keys in (
            MatchKeys(addresses=("hanako@example.jp",)),
            MatchKeys(member_ids=("m-001",)),
            MatchKeys(phones=("09000000001",)),
            MatchKeys(names=("山田花子",)),
            MatchKeys(names=("ヤマダハナコ",)),
            MatchKeys(addresses=("", "x@example.jp"), names=("", "山田花子")),
        ):
            assert tx.seekers.candidates(keys) == [hanako], keys
        for keys in (MatchKeys(), MatchKeys(addresses=("",), phones=("",), names=("",))):
            assert tx.seekers.candidates(keys) == []


def test_a_key_of_one_kind_is_no_key_of_another(store: SqlStore) -> None:
    with store.write() as tx:
        tx.seekers.upsert(seeker("09000000001", phones=()))
        assert tx.seekers.candidates(MatchKeys(phones=("09000000001",))) == []


def test_hundreds_of_one_name_do_not_crowd_out_the_address(store: SqlStore) -> None:
    with store.write() as tx:
        for n in range(MOST + 30):
            tx.seekers.upsert(seeker(f"N-{n}", addresses=(f"n{n}@example.jp",), phones=()))
        last, _ = tx.seekers.upsert(seeker("Z-1", addresses=("z@example.jp",), phones=()))
        found = tx.seekers.candidates(MatchKeys(addresses=("z@example.jp",), names=("山田花子", "ヤマダハナコ")))
        both = tx.seekers.candidates(MatchKeys(names=("山田花子", "ヤマダハナコ")))
    assert found[0] == last
    assert len(found) == len(both) == MOST


def test_candidates_are_looked_up_by_index(sqlite_store: SqlStore) -> None:
    keys = MatchKeys(addresses=("x",), names=("y", "z"))
    plan = plan_of(sqlite_store, lambda tx: tx.seekers.candidates(keys))
    assert not [step for step in plan if step.startswith("SCAN") and "seeker" in step], plan
    assert any("SEARCH seeker_key USING PRIMARY KEY (key=?)" in step for step in plan), plan


def test_by_member_id_takes_other_spellings_only_if_one_fits(store: SqlStore) -> None:
    with store.write() as tx:
        upper, _ = tx.seekers.upsert(seeker("AB-1"))
        assert tx.seekers.by_member_id("ａｂ-１") == upper
        lower, _ = tx.seekers.upsert(seeker("ab-1"))
        assert tx.seekers.by_member_id("ab-1") == lower
        assert tx.seekers.by_member_id("Ab-1") is None
        assert tx.seekers.by_member_id("") is None


def test_by_member_id_never_takes_a_number_with_its_hyphens_elsewhere(store: SqlStore) -> None:
    """12-3 was erased, and the second `erase 12-3` erased 1-23."""

    class Folding(PlainKeys):
        def member(self, member_id: str) -> str:
            return "".join(c for c in super().member(member_id) if c.isalnum())

    with store.write() as tx:
        tx.seekers._c.maker = Folding()
        both = [tx.seekers.upsert(seeker(n))[0] for n in ("12-3", "1-23")]
        assert [tx.seekers.by_member_id(n) for n in ("12-3", "1-23", "123")] == [*both, None]
        assert tx.seekers.by_member_id(" １２－３　") == tx.seekers.by_member_id("12‐3") == both[0]
        tx.seekers.remove(both[0].id)
        assert tx.seekers.by_member_id("12-3") is None
        assert tx.seekers.by_member_id("123") is None
        assert tx.seekers.find_like("12-3") == tx.seekers.find_like("123") == both[1]
        with pytest.raises(NotFound):
            tx.seekers.upsert_application("12-3", Application(0, "A社", Stage.APPLIED))


def test_whose_key_is_destroyed_is_not_taken_for_a_namesake_in_number(store: SqlStore) -> None:
    with store.write() as tx:
        gone, _ = tx.seekers.upsert(seeker("AB-1"))
        tx.seekers.upsert(seeker("ab-1"))
        assert tx.seekers.by_member_id("AB-1") == gone
        key = tx.seekers._c.conn.execute(sa.text("SELECT key_id FROM seeker WHERE id = :i"), {"i": gone.id}).scalar()
        tx.blobs.destroy_keys([key])
    with store.read() as tx:
        assert tx.seekers.by_member_id("AB-1") is None


def test_a_change_needs_the_version_that_was_read(store: SqlStore) -> None:
    with store.write() as tx:
        old, _ = tx.seekers.upsert(seeker())
        new = tx.seekers.change(old, status=SeekerStatus.WITHDRAWN, withdrawn_on=DAY, status_since=DAY)
    with pytest.raises(Stale), store.write() as tx:
        tx.seekers.change(old, concierge="佐藤")
    with store.read() as tx:
        assert tx.seekers.get(old.id) == new
        assert (new.version, new.status) == (2, SeekerStatus.WITHDRAWN)


def test_a_change_of_address_is_a_change_of_keys(store: SqlStore) -> None:
    with store.write() as tx:
        old, _ = tx.seekers.upsert(seeker())
        new = tx.seekers.change(old, addresses=("new@example.jp",))
        assert tx.seekers.candidates(MatchKeys(addresses=("hanako@example.jp",))) == []
        assert tx.seekers.candidates(MatchKeys(addresses=("new@example.jp",))) == [new]


@pytest.mark.parametrize("fields", [{"member_id": "X"}, {"id": 3}, {"version": 9}, {"applications": ()}, {"age": 3}])
def test_what_is_no_column_to_change_is_refused(store: SqlStore, fields: dict[str, object]) -> None:
    with store.write() as tx:
        old, _ = tx.seekers.upsert(seeker())
        with pytest.raises(TypeError):
            tx.seekers.change(old, **fields)


def test_the_history_of_states(store: SqlStore) -> None:
    with store.write() as tx:
        row, _ = tx.seekers.upsert(seeker(status_since=date(2025, 1, 1)))
        row = tx.seekers.change(row, status=SeekerStatus.PAUSED, status_since=DAY)
        row = tx.seekers.change(row, concierge="佐藤")
        tx.seekers.upsert(seeker(status=SeekerStatus.ACTIVE, status_since=date(2026, 5, 1)))
        assert tx.seekers.history(row.id) == [
            (date(2025, 1, 1), "active"),
            (DAY, "paused"),
            (date(2026, 5, 1), "active"),
        ]


def test_who_is_due(store: SqlStore) -> None:
    with store.write() as tx:
        tx.seekers.upsert(seeker("M-1", status=SeekerStatus.PAUSED, resume_on=DAY))
        tx.seekers.upsert(seeker("M-2", status=SeekerStatus.PAUSED, resume_on=date(2026, 4, 2)))
        tx.seekers.upsert(seeker("M-3", status=SeekerStatus.WITHDRAWN, resume_on=DAY, withdrawn_on=DAY))
        tx.seekers.upsert(seeker("M-4", status=SeekerStatus.INVALID, invalid_on=DAY))
        assert [s.member_id for s in tx.seekers.due_to_resume(DAY)] == ["M-1"]
        assert [s.member_id for s in tx.seekers.withdrawn_by(DAY)] == ["M-3"]
        assert [s.member_id for s in tx.seekers.invalid_by(DAY)] == ["M-4"]
        assert tx.seekers.invalid_by(date(2026, 3, 31)) == []


def test_pages_and_removal(store: SqlStore) -> None:
    with store.write() as tx:
        rows = [tx.seekers.upsert(seeker(f"M-{n}"))[0] for n in range(4)]
        tx.seekers.upsert_application("M-1", Application(0, "A社", Stage.APPLIED))
        assert tx.seekers.page(limit=2) == [tx.seekers.get(r.id) for r in rows[:2]]
        assert tx.seekers.page(after=rows[1].id) == rows[2:]
        assert tx.seekers.remove(rows[1].id)
        assert not tx.seekers.remove(rows[1].id)
        assert tx.seekers.candidates(MatchKeys(member_ids=("m-1",))) == []
        for table in ("application", "seeker_key", "seeker_status"):
            count = sa.text(f"SELECT count(*) FROM {table} WHERE seeker_id = :id")
            assert tx.inbox._c.conn.execute(count, {"id": rows[1].id}).scalar() == 0


def test_keys_are_made_by_the_given_maker(url: str) -> None:
    class Folded(PlainKeys):
        def addresses(self, address: str) -> str:
            return address.partition("+")[0]

    opened = open_store(url, KEYRING, keymaker=Folded())
    with opened.write() as tx:
        row, _ = tx.seekers.upsert(seeker(addresses=("a+b@example.jp",)))
        assert tx.seekers.candidates(MatchKeys(addresses=("a",))) == [row]
    opened.close()


def test_plain_keys() -> None:
    keys = PlainKeys()
    assert keys.addresses(" Ａ@Example.JP ") == "a@example.jp"
    assert keys.phone("090-0000-0001") == keys.phone("+81 90 0000 0001") == keys.phone("０９０（００００）０００１")
    assert keys.names("山田　花子", "") == ("山田花子",)
    assert keys.names("", "") == ()
