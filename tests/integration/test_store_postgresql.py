"""PostgreSQL that goes away comes back without anybody's help; its limits are ours."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psycopg
import pytest

from intake.errors import BadInput, StoreBusy, StoreUnavailable
from intake.store import SqlStore, migrate, open_store
from tests import rigs
from tests.unit.store.given import KEYRING, NOW, add_message, arrival, seeker


@pytest.fixture
def store(postgres_url: str) -> Iterator[SqlStore]:
    """An open store."""
    migrate(postgres_url)
    opened = open_store(postgres_url, KEYRING)
    yield opened
    opened.close()


def cut(store: SqlStore, postgres: rigs.Postgres) -> None:
    """End every connection to the database, and wait until they are gone."""
    name = (store.url.database,)
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as c:
        c.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", name)
        while c.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", name).fetchone() != (0,):
            time.sleep(0.01)


def test_a_connection_lost_within_a_write_undoes_it_and_the_next_call_works(
    store: SqlStore, postgres: rigs.Postgres
) -> None:
    with pytest.raises(StoreUnavailable), store.write() as tx:  # noqa: PT012
        add_message(tx)
        cut(store, postgres)
        tx.inbox.counts()
    with store.write() as tx:
        assert tx.inbox.counts()["waiting"] == 0
        add_message(tx)


def test_a_connection_lost_before_the_commit_is_said(store: SqlStore, postgres: rigs.Postgres) -> None:
    with pytest.raises(StoreUnavailable), store.write() as tx:  # noqa: PT012
        add_message(tx)
        cut(store, postgres)
    with store.write() as tx:
        assert [a.new for a in tx.inbox.add([arrival()])] == [True]


def test_idle_connections_that_died_are_not_noticed_by_anybody(store: SqlStore, postgres: rigs.Postgres) -> None:
    with store.write() as tx:
        add_message(tx)
    store.ping()
    cut(store, postgres)
    with store.write() as tx:
        assert tx.inbox.counts()["waiting"] == 1
    cut(store, postgres)
    with store.read() as tx:
        assert tx.inbox.envelope(1) == arrival().envelope
    cut(store, postgres)
    store.ping()


def test_a_server_that_is_not_there_is_unavailable(free_port: int) -> None:
    gone = open_store(f"postgresql://intake@127.0.0.1:{free_port}/x", KEYRING)
    for use in (gone.write, gone.read):
        with pytest.raises(StoreUnavailable), use():
            pass
    with pytest.raises(StoreUnavailable):
        gone.ping()


def test_a_lock_that_is_not_given_is_busy(store: SqlStore, postgres_url: str) -> None:
    patient = open_store(postgres_url, KEYRING, busy_seconds=0.3)
    with store.write() as tx:
        row, _ = tx.seekers.upsert(seeker())
    with store.write() as tx:
        tx.seekers.change(row, concierge="佐藤")
        with pytest.raises(StoreBusy), patient.write() as other:
            other.seekers.change(row, concierge="鈴木")
    patient.close()


def test_a_pool_that_is_used_up_is_busy(postgres_url: str) -> None:
    from contextlib import ExitStack

    migrate(postgres_url)
    patient = open_store(postgres_url, KEYRING, busy_seconds=0.2)
    with ExitStack() as stack:
        for _ in range(40):
            stack.enter_context(patient.read())
        with pytest.raises(StoreBusy), patient.read():
            pass
    patient.ping()
    patient.close()


def test_two_claims_at_once_do_not_wait_and_do_not_overlap(store: SqlStore) -> None:
    with store.write() as tx:
        tx.inbox.add([arrival(n) for n in range(10)])
    with store.write() as first, store.write() as second:
        mine, theirs = first.inbox.claim(NOW, 4, 60, "a"), second.inbox.claim(NOW, 10, 60, "b")
    assert len(mine) == 4
    assert len(theirs) == 6
    assert not {i.id for i in mine} & {i.id for i in theirs}


def test_commits_are_synced_whatever_the_server_says(store: SqlStore) -> None:
    with store.write() as tx:
        show = tx.inbox._c.conn.exec_driver_sql
        assert show("SHOW synchronous_commit").scalar() == "on"  # the server of these tests runs with "off"
        assert show("SHOW lock_timeout").scalar() == "10s"
    with store.keys._writer.connect() as c:
        assert c.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
        assert c.exec_driver_sql("SELECT current_schema()").scalar() == "intake_keys"


def test_what_postgresql_cannot_keep_is_bad_input(store: SqlStore) -> None:
    with pytest.raises(BadInput), store.write() as tx:
        tx.seekers.upsert(seeker(concierge="佐藤\x00"))  # a plain column; what is sealed may hold anything
