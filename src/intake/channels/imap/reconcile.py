"""Does every mail on the server have its row in the ledger? (``intake reconcile``)"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from imapclient import SocketTimeout

from intake.channels.imap.account import Account
from intake.channels.imap.connection import TIMEOUTS, Connection
from intake.channels.imap.drain import FAILED, uids_of
from intake.ports import ImapPlace, Store


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What lies on the server: how many mails, which UIDs have no row, which the server does not give out."""

    place: ImapPlace
    on_server: int
    without_row: tuple[int, ...]
    failed: tuple[int, ...]


def reconcile(account: Account, store: Store, timeouts: SocketTimeout = TIMEOUTS) -> Reckoning:
    """Look, and touch nothing. Raises what the connection raises (OSError, SignInRefused, imapclient's errors)."""
    client = Connection(account, timeouts)
    try:
        client.allow()
        answer: Mapping[bytes, int] = client.select_folder(account.folder, readonly=True)
        place = ImapPlace(account.name, account.folder, int(answer[b"UIDVALIDITY"]))
        uids = set(uids_of(client, int(answer[b"EXISTS"]), 0))
    finally:
        client.close_hard()
    with store.read() as tx:
        missing = uids - tx.ledger.known(place)
        failed = uids & set(tx.ledger.in_state(place, FAILED))
    return Reckoning(place, len(uids), tuple(sorted(missing)), tuple(sorted(failed)))
