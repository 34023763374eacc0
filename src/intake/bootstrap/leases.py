"""A start after a crash on the same machine need not wait for the leases of the dead to run out."""

from __future__ import annotations

import os
import socket
from datetime import datetime

from intake.journal import journal
from intake.ports import Store

log = journal("start")


def holder() -> str:
    """This process, as claims name it."""
    return f"{socket.gethostname()}:{os.getpid()}"


def end_leases_of_the_dead(store: Store, now: datetime) -> int:
    """Let go of claims of processes of this machine that are gone; other machines' leases run out by themselves.

    A process that has just started cannot hold a claim: its own name is a dead namesake's (containers are all pid 1).
    """
    with store.read() as tx:
        dead = [name for name in tx.leases.holders() if _is_dead(name)]
    if not dead:
        return 0
    with store.write() as tx:
        ended = sum(tx.leases.end(name, now) for name in dead)
    log.info("claims of ended processes are free again", count=ended)
    return ended


def _is_dead(name: str) -> bool:
    host, _, pid = name.rpartition(":")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    if int(pid) == os.getpid():
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
