"""Brings the search index up to this version while everything else runs."""

from __future__ import annotations

import threading

from intake.bootstrap.house import House
from intake.errors import Temporary
from intake.journal import journal
from intake.pipeline import reindex

PAUSE_SECONDS = 0.2  # between commits: mail that arrives goes first
RETRY_SECONDS = 10.0
log = journal("index")


def bring_up(house: House, stop: threading.Event) -> None:
    """Until it is done, then idle until ``stop``; what breaks off goes on where it was."""
    done = 0
    while not stop.is_set():
        try:
            cases = _step(house)
        except Temporary:
            stop.wait(RETRY_SECONDS)
            continue
        done += cases
        if not cases:
            if done:
                log.info("search index made anew", cases=done)
            stop.wait()
        stop.wait(PAUSE_SECONDS)


def bring_up_now(house: House) -> int:
    """The same without pauses; how many cases."""
    done = 0
    while cases := _step(house):
        done += cases
    return done


def _step(house: House) -> int:
    with house.store.read() as tx:
        if not reindex.is_due(tx):
            return 0
    with house.store.write() as tx:
        return reindex.step(tx)
