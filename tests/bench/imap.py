"""Draining an IMAP mailbox against the barest client, in one run (performance.md B).

    python -m tests.bench.imap [--mails 1000] [--rounds 7]

Bare: fetch by fifty, insert in one transaction a batch, flag by fifty; the inserts once by the driver alone (plain
bytes), once by our store (encrypted, a key a mail; no ledger). Bar: at most 1.5 times the time of the former.
"""

from __future__ import annotations

import argparse
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from intake.channels.imap import Mailbox, parse_accounts
from intake.model import Arrival, Channel, Envelope
from tests import rigs
from tests.unit.channels.stores import real_store

BAR = 1.5


def fill(dovecot: rigs.Dovecot, user: str, mails: int) -> None:
    """``mails`` mails of 2 KB."""
    with dovecot.connect(user) as client:
        for at in range(0, mails, 100):
            some = range(at, min(at + 100, mails))
            body = b"x" * 70 + b"\r\n" + b"y" * 1900 + b"\r\n"
            client.multiappend("INBOX", [b"Subject: %d\r\n\r\n" % n + body for n in some])


def bare(dovecot: rigs.Dovecot, user: str, keep: Callable[[list[bytes]], object]) -> float:
    """Seconds."""
    with dovecot.connect(user) as client:
        began = time.perf_counter()
        client.select_folder("INBOX")
        uids = client.search()
        for at in range(0, len(uids), 50):
            some = uids[at : at + 50]
            got = client.fetch(some, ["BODY.PEEK[]"])
            keep([got[uid][b"BODY[]"] for uid in some])
            client.add_flags(some, [b"\\Seen"], silent=True)
        return time.perf_counter() - began


def with_driver(dovecot: rigs.Dovecot, user: str, folder: Path, mails: int) -> float:
    """Bare, into a table of one column."""
    with sqlite3.connect(folder / "db", isolation_level=None) as db:
        for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "CREATE TABLE inbox (raw BLOB)"):
            db.execute(statement)

        def keep(raws: list[bytes]) -> None:
            db.execute("BEGIN IMMEDIATE")
            db.executemany("INSERT INTO inbox VALUES (?)", [(raw,) for raw in raws])
            db.execute("COMMIT")

        return bare(dovecot, user, keep)


def with_store(dovecot: rigs.Dovecot, user: str, folder: Path, mails: int) -> float:
    """Bare, into our inbox."""
    with real_store(folder) as store:

        def keep(raws: list[bytes]) -> None:
            now = datetime.now(UTC)
            with store.write() as tx:
                tx.inbox.add([Arrival(Envelope(Channel.EMAIL, "imap", raw, now)) for raw in raws])

        return bare(dovecot, user, keep)


def ours(dovecot: rigs.Dovecot, user: str, folder: Path, mails: int) -> float:
    """Seconds; the connection is there already, as in the bare client."""
    [account] = parse_accounts(dovecot.url(user), dovecot.password_file)
    with real_store(folder) as store:
        box = Mailbox(account, store, old_mail="process")
        client = box._connect()
        began = time.perf_counter()
        assert box._sweep(client) == mails
        took = time.perf_counter() - began
        box._disconnect()
        return took


def main(mails: int, rounds: int) -> bool:
    """Rounds take turns; True if the bar is reached."""
    dovecot = rigs.Dovecot()
    ways = {"driver": with_driver, "store": with_store, "ours": ours}
    times: dict[str, list[float]] = {name: [] for name in ways}
    try:
        for _ in range(rounds):
            for name, way in ways.items():
                user = dovecot.new_user()
                fill(dovecot, user, mails)
                with tempfile.TemporaryDirectory() as folder:
                    times[name].append(way(dovecot, user, Path(folder), mails))
    finally:
        dovecot.remove()
    for name, found in times.items():
        ratio = _ratio(times, name)
        print(f"{name:8}{mails / statistics.median(found):8.0f} mails/s, ours takes {ratio:.2f}x its time")
    missed = _ratio(times, "driver") > BAR
    if missed:
        print(f"MISSED: {BAR}")
    return not missed


def _ratio(times: dict[str, list[float]], name: str) -> float:
    """Of ours to this, the median of the rounds."""
    return statistics.median(ours / theirs for ours, theirs in zip(times["ours"], times[name], strict=True))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--mails", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    sys.exit(not main(options.mails, options.rounds))
