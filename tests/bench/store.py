"""What the store costs beside bare statements of the driver, in turn on one machine (performance.md B, D, E, F).

    python -m tests.bench.store [--rows 100000] [--rounds 5] [--url postgresql://…]

Prints medians and ratios; a ratio beyond its bar is marked and the exit status is 1.
"""

from __future__ import annotations

import argparse
import os
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from intake.model import CaseState, End
from intake.model.folding import fold
from intake.ports.rows import CaseQuery, MatchKeys
from intake.store import SqlStore, migrate, open_store
from intake.store.register import key_hash, sealed
from intake.store.tables import cases, seeker, seeker_key
from tests.unit.store.given import KEYRING, arrival, new_case

NOW = datetime(2026, 4, 1, tzinfo=UTC)
TEXT = "いつもお世話になっております。先日ご紹介いただいた求人の件ですが、退会の手続きをお願いいたします。山田"
_failed: list[str] = []


class Bare:
    """The driver alone: what the fastest program would say, on a database of its own."""

    def __init__(self, store: SqlStore, folder: Path) -> None:
        self.lite = store.is_sqlite
        if self.lite:
            self.c: Any = sqlite3.connect(folder / "bare.db", isolation_level=None)
            self.c.execute("PRAGMA journal_mode=WAL")
            self.c.execute("PRAGMA synchronous=FULL")
        else:
            url = store.url.set(drivername="postgresql").render_as_string(hide_password=False)
            self.c = psycopg.connect(url, autocommit=True, options="-c synchronous_commit=on")
        self.mark, self.blob = ("?", "BLOB") if self.lite else ("%s", "BYTEA")
        serial = "INTEGER PRIMARY KEY" if self.lite else "BIGSERIAL PRIMARY KEY"
        self.c.execute(
            f"CREATE TABLE bare_inbox (id {serial}, digest {self.blob} UNIQUE, raw {self.blob}, state INT DEFAULT 0,"
            " fence INT DEFAULT 0, attempts INT DEFAULT 0, lease DOUBLE PRECISION, worker TEXT, done TEXT)"
        )
        self.c.execute("CREATE INDEX bare_waiting ON bare_inbox (id) WHERE state = 0")
        self.c.execute("CREATE TABLE bare_address (address TEXT PRIMARY KEY, seeker INT)")
        self.begin = "BEGIN IMMEDIATE" if self.lite else "BEGIN"

    def add(self, raws: list[bytes]) -> None:
        """One transaction."""
        cursor = self.c.cursor()
        cursor.execute(self.begin)
        rows = [(os.urandom(16), r) for r in raws]
        cursor.executemany(f"INSERT INTO bare_inbox (digest, raw) VALUES ({self.mark}, {self.mark})", rows)
        cursor.execute("COMMIT")

    def claim(self, limit: int) -> list[tuple[int, int, bytes]]:
        """One UPDATE … RETURNING with the bytes."""
        skip = "" if self.lite else " FOR UPDATE SKIP LOCKED"
        m = self.mark
        cursor = self.c.cursor()
        cursor.execute(self.begin)
        cursor.execute(
            "UPDATE bare_inbox SET state = 1, fence = fence + 1, attempts = attempts + 1, "
            f"lease = {m}, worker = {m} WHERE id IN (SELECT id FROM bare_inbox WHERE state = 0 ORDER BY id LIMIT {m}"
            f"{skip}) RETURNING id, fence, raw",
            (time.time() + 60, "w", limit),
        )
        rows: list[tuple[int, int, bytes]] = cursor.fetchall()
        cursor.execute("COMMIT")
        return rows

    def finish(self, rows: list[tuple[int, int, bytes]]) -> None:
        """All in one transaction."""
        cursor = self.c.cursor()
        cursor.execute(self.begin)
        for row_id, fence, _ in rows:
            cursor.execute(
                f"UPDATE bare_inbox SET state = 2, done = 'case' WHERE id = {self.mark} AND fence = {self.mark}",
                (row_id, fence),
            )
        cursor.execute("COMMIT")


def main() -> int:
    """Everything in turn."""
    args = argparse.ArgumentParser()
    args.add_argument("--rows", type=int, default=100_000)
    args.add_argument("--rounds", type=int, default=5)
    args.add_argument("--url")
    given = args.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = given.url or f"sqlite:///{folder}/intake.db"
        migrate(url)
        store = open_store(url, KEYRING)
        bare = Bare(store, Path(folder))
        inbox_bench(store, bare, given.rounds)
        claim_bench(store, bare, given.rounds)
        queue_bench(store, given.rows, given.rounds)
        people_bench(store, bare, given.rows, given.rounds)
        search_bench(store, given.rows, given.rounds)
        store.close()
    if _failed:
        print("beyond the bar:", ", ".join(_failed))
    return int(bool(_failed))


def inbox_bench(store: SqlStore, bare: Bare, rounds: int, size: int = 50, batches: int = 20) -> None:
    """B: a group commit of 50 mails of 2 KB, encrypted, against the same bytes in one bare table."""
    ours, theirs = [], []
    for _ in range(rounds):
        sets = [[arrival(raw=os.urandom(2048)) for _ in range(size)] for _ in range(batches)]
        ours.append(_seconds(lambda sets=sets: [_add(store, s) for s in sets]))
        theirs.append(_seconds(lambda sets=sets: [bare.add([a.envelope.raw for a in s]) for s in sets]))
    count = size * batches
    print(f"add by {size}: {count / _mid(ours):,.0f}/s, bare {count / _mid(theirs):,.0f}/s", end="")
    _judge("add", _ratio(ours, theirs), None)
    alone = []
    for _ in range(rounds):
        single = [[arrival(raw=os.urandom(2048))] for _ in range(100)]
        alone.append(_seconds(lambda single=single: [_add(store, s) for s in single]))
    print(f"add one by one: {100 / _mid(alone):,.0f}/s")


def _add(store: SqlStore, arrivals: list[Any]) -> None:
    with store.write("inbox") as tx:
        tx.inbox.add(arrivals)


def claim_bench(store: SqlStore, bare: Bare, rounds: int, size: int = 10) -> None:
    """E: claim ten with their bytes, finish ten in one transaction."""
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(_seconds(lambda: [_claim_and_finish(store, size) for _ in range(50)]) / 50)
        theirs.append(_seconds(lambda: [bare.finish(bare.claim(size)) for _ in range(50)]) / 50)
    print(f"claim and finish by {size}: {size / _mid(ours):,.0f}/s, bare {size / _mid(theirs):,.0f}/s", end="")
    _judge("claim", _ratio(theirs, ours), 0.7, at_least=True)


def _claim_and_finish(store: SqlStore, size: int) -> None:
    with store.write() as tx:
        items = tx.inbox.claim(NOW, size, 60, "w")
    assert len(items) == size
    with store.write() as tx:
        tx.inbox.finish_all([(i.id, i.fence, End.MACHINE, None) for i in items], NOW)


def queue_bench(store: SqlStore, rows: int, rounds: int) -> None:
    """D: a page of 50 in the middle at a tenth of the rows, and at all of them."""
    first = _page(store, _fill_cases(store, 0, rows // 10), rounds)
    last = _page(store, _fill_cases(store, rows // 10, rows), rounds)
    print(f"page of 50 at {rows // 10:,}: {first * 1e3:.3f} ms, at {rows:,}: {last * 1e3:.3f} ms", end="")
    _judge("page", last / first, 1.5)
    with store.read() as tx:
        seconds = _mid([_seconds(lambda: tx.cases.count(CaseQuery(states=(CaseState.DONE,)))) for _ in range(50)])
    print(f"capped count: {seconds * 1e3:.3f} ms", end="")
    _judge("count", seconds * 1e3, 1.0)


def _page(store: SqlStore, middle: int, rounds: int) -> float:
    states = (CaseState.REVIEW, CaseState.SCHEDULED, CaseState.AWAITING_PROOF)
    query = CaseQuery(states=states, after=middle)
    with store.read() as tx:
        assert len(tx.cases.find(query)) == 50
        return _mid([_seconds(lambda: tx.cases.find(query)) for _ in range(40 * rounds)])


def _fill_cases(store: SqlStore, start: int, end: int) -> int:
    """A tenth is open; the id in the middle."""
    states = [s.value for s in CaseState]
    defaults = _values(new_case(1))
    for n in range(start, end, 5000):
        rows = [
            defaults | {"state": states[k % 3] if k % 10 == 0 else "done", "message_id": k} for k in range(n, n + 5000)
        ]
        with store.write() as tx:
            tx._context.conn.execute(cases.insert(), rows)
    _analyse(store)
    return (end + start) // 2 if start else end // 2


def _values(case: Any) -> dict[str, Any]:
    names = [c.name for c in cases.c if hasattr(case, c.name)]
    return {n: getattr(case, n) for n in names} | {"state": case.state.value, "channel": case.channel.value, "proof": 0}


def people_bench(store: SqlStore, bare: Bare, rows: int, rounds: int) -> None:
    """F: all keys of a message against a bare look-up of one address, plus a round trip of nothing."""
    for n in range(0, rows, 5000):
        ids = range(n, n + 5000)
        with store.write() as tx:
            taken = tx._context.keys.take(len(ids))
            people = [sealed(tx._context, *pair, _person(k)) for pair, k in zip(taken, ids, strict=True)]
            tx._context.conn.execute(seeker.insert(), people)
            keys = [{"key": key_hash(tx._context, *k.split(":", 1)), "seeker_id": i + 1, "rank": r}
                    for i in ids for k, r in _keys(i)]  # fmt: skip
            tx._context.conn.execute(seeker_key.insert(), keys)
        cursor = bare.c.cursor()
        cursor.execute("BEGIN")
        m = bare.mark
        cursor.executemany(f"INSERT INTO bare_address VALUES ({m}, {m})", [(f"p{k}@example.jp", k) for k in ids])
        cursor.execute("COMMIT")
    _analyse(store)
    dice = random.Random(3)
    ours, theirs = [], []
    with store.read() as tx:
        for _ in range(200 * rounds):
            n = dice.randrange(rows)
            wanted = MatchKeys((f"p{n}@example.jp",), (f"m{n}",), (f"0900000{n:06d}",), (f"名{n % 9973}",))
            ours.append(_seconds(lambda w=wanted: tx.seekers.candidates(w)))
            look = f"SELECT seeker FROM bare_address WHERE address = {bare.mark}"
            theirs.append(_seconds(lambda n=n, look=look: bare.c.execute(look, (f"p{n}@example.jp",)).fetchone()))
    print(f"all keys of a message: {_mid(ours) * 1e6:.0f} µs, bare address {_mid(theirs) * 1e6:.0f} µs", end="")
    _judge("candidates", _mid(ours) / _mid(theirs), None)


def _person(n: int) -> dict[str, Any]:
    texts = {"member_id": f"m{n}", "name": "x", "kana": "", "status": "active", "registered_via": ""}
    return texts | {"addresses": (f"p{n}@example.jp",), "phones": (), "password_hash": None}


def _keys(n: int) -> list[tuple[str, int]]:
    return [(f"a:p{n}@example.jp", 0), (f"m:m{n}", 1), (f"p:0900000{n:06d}", 2), (f"n:名{n % 9973}", 3)]


def search_bench(store: SqlStore, rows: int, rounds: int) -> None:
    """D: newest 50 of words of one to four characters; hits equal to a plain look through the texts."""
    dice = random.Random(11)
    pool = [TEXT[i : i + 12] for i in range(0, len(TEXT) - 12, 6)] + ["紛失届", "担当者変更", "個人情報削除"]
    texts = ["".join(dice.choices(pool, k=10)) + f"{n}" for n in range(rows // 5)]
    started = time.perf_counter()
    for n in range(0, len(texts), 2000):
        with store.write() as tx:
            for k, text in enumerate(texts[n : n + 2000], start=n + 1):
                tx.search.index(k, [text])
    each = (time.perf_counter() - started) / len(texts)
    _analyse(store)
    print(f"index a case of 110 characters: {each * 1e6:.0f} µs")
    found: list[float] = []
    for word in ("退会", "山田", "紛失", "担当者", "個人情報", "会", "手続き", "紛", "田1", "9999", "削除紛失"):
        expected = [n for n in range(len(texts), 0, -1) if fold(word) in fold(texts[n - 1])][:50]
        with store.read() as tx:
            assert tx.search.find(word) == expected, word
            seconds = _mid([_seconds(lambda w=word: tx.search.find(w)) for _ in range(10 * rounds)])
        found.append(seconds * 1e3)
    print(f"search: p50 {statistics.median(found):.2f} ms, slowest word {max(found):.2f} ms", end="")
    _judge("search", statistics.median(found), 2.0 if store.is_sqlite else 10.0)


def _analyse(store: SqlStore) -> None:
    if not store.is_sqlite:
        with store._writer.connect() as c:
            c.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE")


def _seconds(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def _mid(values: list[float]) -> float:
    return statistics.median(values)


def _ratio(a: list[float], b: list[float]) -> float:
    return statistics.median(x / y for x, y in zip(a, b, strict=True))


def _judge(name: str, ratio: float, bar: float | None, at_least: bool = False) -> None:
    wrong = bar is not None and (ratio < bar if at_least else ratio > bar)
    sign = "" if bar is None else f" (bar {'≥' if at_least else '≤'} {bar})"
    print(f" → {ratio:.2f}{sign}{' !' if wrong else ''}")
    if wrong:
        _failed.append(name)


if __name__ == "__main__":
    sys.exit(main())
