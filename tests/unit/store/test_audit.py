"""The trail cannot be changed, and a change made by force is named by its place (A27)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from intake.model import Actor
from intake.store import SqlStore
from intake.store.audit import HEAD
from intake.store.tables import audit, meta
from tests.unit.store.given import KEYRING, NOW

WORKER = Actor("system", "worker")


def fill(store: SqlStore, count: int = 5) -> None:
    """Rows in transactions of two."""
    for start in range(0, count, 2):
        with store.write() as tx:
            for n in range(start, min(start + 2, count)):
                at = NOW + timedelta(microseconds=n)
                tx.audit.append(at, WORKER, "case.moved", case_id=n % 2, seeker_id=7, detail={"to": "done", "n": n})


def by_force(store: SqlStore, *statements: sa.Executable) -> None:
    """What a person with the database in hand can do."""
    with store.write() as tx:
        conn = tx.inbox._c.conn
        if store.is_sqlite:
            for event in ("update", "delete"):
                conn.exec_driver_sql(f"DROP TRIGGER audit_no_{event}")
        else:
            conn.exec_driver_sql("ALTER TABLE audit DISABLE TRIGGER USER")
        for statement in statements:
            conn.execute(statement)


def verify(store: SqlStore) -> tuple[bool, str]:
    with store.read() as tx:
        return tx.audit.verify()


def test_a_whole_trail_verifies(store: SqlStore) -> None:
    assert verify(store) == (True, "0 rows")
    fill(store, 5)
    assert verify(store) == (True, "5 rows")


def test_more_rows_than_a_page(store: SqlStore) -> None:
    with store.write() as tx:
        for n in range(1203):
            tx.audit.append(NOW, WORKER, "x", detail={"n": n})
    assert verify(store) == (True, "1203 rows")
    by_force(store, sa.update(audit).where(audit.c.seq == 1101).values(action="y"))
    assert verify(store) == (False, "row 1101: does not fit")


@pytest.mark.parametrize("statement", ["UPDATE audit SET action = 'x'", "DELETE FROM audit"])
def test_the_database_refuses_changes(store: SqlStore, statement: str) -> None:
    fill(store, 1)
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), store.write() as tx:
        tx.inbox._c.conn.exec_driver_sql(statement)
    assert verify(store) == (True, "1 rows")


def test_postgresql_refuses_to_empty_it(store: SqlStore) -> None:
    if store.is_sqlite:
        return  # no TRUNCATE there; DELETE is tried above
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), store.write() as tx:
        tx.inbox._c.conn.exec_driver_sql("TRUNCATE audit")


@pytest.mark.parametrize(
    "values",
    [
        {"action": "case.moveD"},
        {"at_us": 1},
        {"actor_name": "佐藤"},
        {"actor_kind": "staff"},
        {"case_id": None},
        {"seeker_id": 8},
        {"detail": '{"n": 3, "to": "gone"}'},
        {"hash": bytes(32)},
    ],
)
def test_a_changed_field_is_named(store: SqlStore, values: dict[str, object]) -> None:
    fill(store)
    by_force(store, sa.update(audit).where(audit.c.seq == 3).values(values))
    assert verify(store) == (False, "row 3: does not fit")


def test_a_dropped_row_is_named(store: SqlStore) -> None:
    fill(store)
    by_force(store, sa.delete(audit).where(audit.c.seq == 2))
    assert verify(store) == (False, "row 2: missing (the next one is 3)")


def test_a_dropped_row_with_the_rest_moved_up_is_named(store: SqlStore) -> None:
    fill(store)
    moves = [sa.update(audit).where(audit.c.seq == n).values(seq=n - 1) for n in (3, 4, 5)]
    by_force(store, sa.delete(audit).where(audit.c.seq == 2), *moves)
    assert verify(store) == (False, "row 2: does not fit")


def test_a_row_of_another_history_is_named(store: SqlStore, sqlite_store: SqlStore) -> None:
    """Signed by us for the same place, but after other rows: a restored backup that went on has such rows."""
    fill(store)
    with sqlite_store.write() as tx:
        for _ in range(3):
            tx.audit.append(NOW, WORKER, "another history")
    with sqlite_store.read() as tx:
        query = sa.select(audit).where(audit.c.seq == 3)
        foreign = dict(tx.inbox._c.conn.execute(query).one()._mapping)
    by_force(store, sa.update(audit).where(audit.c.seq == 3).values(foreign))
    assert verify(store) == (False, "row 3: does not fit")


def test_a_cut_tail_is_seen(store: SqlStore) -> None:
    fill(store)
    by_force(store, sa.delete(audit).where(audit.c.seq > 3))
    ok, place = verify(store)
    assert not ok
    assert place.startswith("after row 3:")


def test_a_cut_tail_with_a_forged_head_is_seen(store: SqlStore) -> None:
    fill(store)
    with store.read() as tx:
        third = tx.audit.tail(limit=10)[2]
    forged = f"3:{third.hash.hex()}:{'0' * 32}"
    by_force(
        store,
        sa.delete(audit).where(audit.c.seq > 3),
        sa.update(meta).where(meta.c.key == HEAD).values(value=forged),
    )
    assert verify(store)[0] is False


def test_an_emptied_trail_is_seen(store: SqlStore) -> None:
    fill(store)
    by_force(store, sa.delete(audit))
    assert verify(store)[0] is False


def test_a_missing_head_is_seen(store: SqlStore) -> None:
    fill(store)
    by_force(store, sa.delete(meta).where(meta.c.key == HEAD))
    assert verify(store) == (False, "after row 5: the signed head is missing")


def test_going_on_after_damage_hides_nothing(store: SqlStore) -> None:
    damages: list[Callable[[], sa.Executable]] = [
        lambda: sa.delete(audit).where(audit.c.seq > 3),
        lambda: sa.delete(meta).where(meta.c.key == HEAD),
    ]
    fill(store)
    by_force(store, *(d() for d in damages))
    fill(store, 2)
    assert verify(store)[0] is False


def test_without_the_secret_nobody_can_write_a_row_that_fits(store: SqlStore) -> None:
    import hashlib

    fill(store, 1)
    with store.read() as tx:
        (last,) = tx.audit.tail()
    row = {"seq": 2, "at_us": 1, "actor_kind": "staff", "actor_name": "x", "action": "y", "detail": "{}"}
    digest = hashlib.sha256(last.hash + b"anything").digest()
    with store.write() as tx:
        tx.inbox._c.conn.execute(sa.insert(audit), row | {"hash": digest})
    assert verify(store) == (False, "row 2: does not fit")


def test_a_row_that_cannot_be_read_is_named(sqlite_store: SqlStore) -> None:
    fill(sqlite_store)
    by_force(sqlite_store, sa.text("UPDATE audit SET actor_name = CAST(x'ff00fe' AS TEXT) WHERE seq = 4"))
    assert verify(sqlite_store) == (False, "row 4: unreadable")


def test_a_savepoint_takes_its_rows_back(store: SqlStore) -> None:
    with store.write() as tx:
        tx.audit.append(NOW, WORKER, "kept")
        with pytest.raises(ValueError, match="no"), tx.savepoint():  # noqa: PT012
            tx.audit.append(NOW, WORKER, "undone")
            raise ValueError("no")
        tx.audit.append(NOW, WORKER, "kept too")
    with store.read() as tx:
        assert [r.action for r in tx.audit.tail()] == ["kept too", "kept"]
        assert tx.audit.verify() == (True, "2 rows")


def test_a_rolled_back_row_leaves_no_gap(store: SqlStore) -> None:
    fill(store, 1)
    with pytest.raises(ValueError, match="no"), store.write() as tx:  # noqa: PT012
        tx.audit.append(NOW, WORKER, "undone")
        raise ValueError("no")
    fill(store, 2)
    assert verify(store) == (True, "3 rows")


def test_rows_come_back_as_they_were_written(store: SqlStore) -> None:
    with store.write() as tx:
        row = tx.audit.append(NOW, Actor("staff", "佐藤"), "case.moved", case_id=1, detail={"to": ("a", "b"), "n": 1})
        fill_other = tx.audit.append(NOW, WORKER, "other", seeker_id=3)
    with store.read() as tx:
        assert tx.audit.of_case(1) == [row]
        assert tx.audit.of_seeker(3) == [fill_other]
        assert tx.audit.tail(limit=1) == [fill_other]
        assert tx.audit.tail(before=2) == [row]
        assert tx.audit.head() == f"2:{fill_other.hash.hex()}"
    assert row.detail == {"to": ["a", "b"], "n": 1}
    assert KEYRING.key("audit") != KEYRING.key("data keys")
