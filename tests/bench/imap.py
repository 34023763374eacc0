"""Draining an IMAP mailbox against the barest client, in one run (performance.md B).

    python -m tests.bench.imap [--mails 1000] [--rounds 3]

Bare: fetch by fifty, insert the bytes in one transaction a batch, flag by fifty. Bar: at most 1.5 times its time.
"""

from __future__ import annotations

import argparse
import sqlite3
import statistics
import sys
import tempfile
import time
from pathlib import Path

from intake.channels.imap import Mailbox, parse_accounts
from tests import rigs
from tests.unit.channels.stores import real_store

BAR = 1.5


def fill(dovecot: rigs.Dovecot, user: str, mails: int) -> None:
    """``mails`` mails of 2 KB."""
    with dovecot.connect(user) as client:
        for n in range(mails):
            client.append("INBOX", b"Subject: %d\r\n\r\n" % n + b"x" * 70 + b"\r\n" + b"y" * 1900 + b"\r\n")


def bare(dovecot: rigs.Dovecot, user: str, path: Path) -> float:
    """Seconds."""
    with dovecot.connect(user) as client, sqlite3.connect(path, isolation_level=None) as db:
        for statement in (
            "PRAGMA journal_mode=WAL",
            "PRAGMA synchronous=FULL",
            "CREATE TABLE inbox (uid INT, raw BLOB)",
        ):
            db.execute(statement)
        began = time.perf_counter()
        client.select_folder("INBOX")
        uids = client.search()
        for at in range(0, len(uids), 50):
            some = uids[at : at + 50]
            got = client.fetch(some, ["BODY.PEEK[]"])
            db.execute("BEGIN IMMEDIATE")
            db.executemany("INSERT INTO inbox VALUES (?, ?)", [(u, got[u][b"BODY[]"]) for u in some])
            db.execute("COMMIT")
            client.add_flags(some, [b"\\Seen"], silent=True)
        return time.perf_counter() - began


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
    times: dict[str, list[float]] = {"bare": [], "ours": []}
    try:
        for _ in range(rounds):
            for name, found in times.items():
                user = dovecot.new_user()
                fill(dovecot, user, mails)
                with tempfile.TemporaryDirectory() as folder:
                    place = Path(folder)
                    found.append(
                        bare(dovecot, user, place / "db") if name == "bare" else ours(dovecot, user, place, mails)
                    )
    finally:
        dovecot.remove()
    base, took = (statistics.median(times[name]) for name in ("bare", "ours"))
    verdict = "" if took <= BAR * base else f"  MISSED: {BAR}"
    print(f"{mails} mails: bare {mails / base:.0f}/s, ours {mails / took:.0f}/s = {took / base:.2f}x the time{verdict}")
    return took <= BAR * base


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--mails", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    sys.exit(not main(options.mails, options.rounds))
