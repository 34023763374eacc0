"""A webhook's id with other words than the first time: answered as contract.md says, but never unnoticed."""

from __future__ import annotations

from collections.abc import Iterable

from intake.errors import NotFound
from intake.journal import journal
from intake.model import Accepted, Arrival
from intake.ports import Store, Tx

SIGNED = frozenset({"form", "app"})  # their ids are plain ASCII of the agency's own site, fit for a log
log = journal("hooks")


def warn(store: Store, kept: Iterable[tuple[Arrival, Accepted | BaseException]]) -> None:
    """Name each signed sending that was not kept since its id was taken, by other bytes. Raises nothing."""
    again = [(a, found.message_id) for a, found in kept if isinstance(found, Accepted) and not found.new]
    again = [(a, message_id) for a, message_id in again if a.idempotency and a.idempotency[0] in SIGNED]
    if not again:
        return
    try:
        with store.read() as tx:
            for arrival, message_id in again:
                if _says_otherwise(tx, arrival, message_id):
                    _name(arrival, message_id)
    except Exception as e:  # noqa: BLE001 everybody has their answer: nothing may end the writer now
        log.warning("repeated ids could not be looked at", error=e)


def _says_otherwise(tx: Tx, arrival: Arrival, message_id: int) -> bool:
    """False where the first one is erased."""
    try:
        return tx.inbox.envelope(message_id).raw != arrival.envelope.raw
    except NotFound:
        return False


def _name(arrival: Arrival, message_id: int) -> None:
    source, number = arrival.idempotency or ("", "")
    log.warning("an id came again with other words, which are not kept", what=source, id=number, message=message_id)
