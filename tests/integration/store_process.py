"""What tests of the store run in processes of their own: ``python -m tests.integration.store_process WHAT URL …``."""

from __future__ import annotations

import os
import resource
import sys
import time
from datetime import UTC, datetime

from intake.errors import StorageFull, StoreBusy, StoreUnavailable
from intake.model import Actor, End
from intake.store import SqlStore, open_store
from tests.unit.store.given import KEYRING, arrival, new_case

WORKER = Actor("system", "worker")


def say(*words: object) -> None:
    """One line to whoever started us, at once."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def add(store: SqlStore, first: str, count: str) -> None:
    """Add mails one a transaction, saying each number after its commit."""
    for n in range(int(first), int(first) + int(count)):
        with store.write("inbox") as tx:
            (accepted,) = tx.inbox.add([arrival(n)])
        say(n, accepted.message_id, int(accepted.new))


def work(store: SqlStore, name: str, seconds: str) -> None:
    """Claim and finish with a case and an audit row until nothing is left."""
    until = time.monotonic() + float(seconds)
    while time.monotonic() < until:
        with store.write() as tx:
            items = tx.inbox.claim(datetime.now(UTC), 5, 60, name)
        if not items:
            return
        for item in items:
            with store.write() as tx:
                case = tx.cases.add(new_case(item.id))
                tx.audit.append(datetime.now(UTC), WORKER, "case.opened", case_id=case.id)
                tx.inbox.finish(item.id, item.fence, End.CASE, case.id, datetime.now(UTC))
            say(item.id)


def fill(store: SqlStore, limit: str) -> None:
    """Add mails of 20 KB until the disk is full; say which were accepted, then how it ended."""
    if int(limit):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
    n = 0
    while True:
        n += 1
        try:
            with store.write() as tx:
                tx.inbox.add([arrival(n, raw=os.urandom(20_000))])
        except (StorageFull, StoreUnavailable) as e:
            say(type(e).__name__)
            return
        say(n)


def hold(store: SqlStore, seconds: str) -> None:
    """Keep a write transaction open."""
    with store.write() as tx:
        tx.meta.put("held", "1")
        say("held")
        time.sleep(float(seconds))


def try_write(store: SqlStore) -> None:
    """Say how a write went."""
    started = time.monotonic()
    try:
        with store.write() as tx:
            tx.meta.put("a", "1")
        say("written")
    except StoreBusy:
        say("busy", round(time.monotonic() - started))


if __name__ == "__main__":
    what, url, *arguments = sys.argv[1:]
    opened = open_store(url, KEYRING)
    {"add": add, "work": work, "fill": fill, "hold": hold, "try_write": try_write}[what](opened, *arguments)
    opened.close()
