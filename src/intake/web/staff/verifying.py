"""The hash chain looked through beside the pages: a chain of years takes seconds, and no page takes that long."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from time import sleep

from intake.journal import journal
from intake.ports import Store

AT_ONCE_SECONDS = 0.05  # a short chain is answered by the press itself
BREATH_SECONDS = 0.004  # after every few hundred rows: pages go on meanwhile
log = journal("audit")


@dataclass(slots=True)
class Verification:
    """One look through the chain. ``verdict`` is None until it is over, and stays so where it broke off."""

    rows: int
    begun_at: datetime
    looked_at: int = 0
    verdict: tuple[bool, str] | None = None
    over: threading.Event = field(default_factory=threading.Event)


_LATEST: weakref.WeakKeyDictionary[Store, Verification] = weakref.WeakKeyDictionary()
_LOCK = threading.Lock()


def latest(store: Store) -> Verification | None:
    """The one under way, or the last one of this process."""
    with _LOCK:
        return _LATEST.get(store)


def begin(store: Store, now: datetime) -> Verification:
    """Start one, or join the one under way; waits a moment for a chain that is short."""
    with _LOCK:
        found = _LATEST.get(store)
        if found is None or found.over.is_set():
            with store.read() as tx:
                rows = int(tx.audit.head().partition(":")[0])
            found = _LATEST[store] = Verification(rows, now)
            threading.Thread(target=_run, args=(store, found), name="audit-verify", daemon=True).start()
    found.over.wait(AT_ONCE_SECONDS)
    return found


def _run(store: Store, verification: Verification) -> None:
    try:
        with store.read() as tx:
            verification.verdict = tx.audit.verify(_breathing(verification))
    except Exception as error:  # noqa: BLE001 - whatever it is: the page says that there is no verdict
        log.error("the chain was not verified to its end", error=error)
    finally:
        verification.over.set()


def _breathing(verification: Verification) -> Callable[[int], None]:
    def looked(seq: int) -> None:
        verification.looked_at = seq
        sleep(BREATH_SECONDS)

    return looked
