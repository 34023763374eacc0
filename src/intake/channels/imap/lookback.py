"""After a backup was put back: mails that were taken in since then, and moved away, lie where we moved them.

The ledger of the backup does not know them, and in the watched folder they are not any more.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from imapclient import IMAPClient

from intake.channels.imap.account import Account, After
from intake.channels.imap.connection import Connection
from intake.channels.imap.drain import Drain, Opened
from intake.journal import journal
from intake.ports import ImapPlace, Store

BACKUP_OF = "backup.of"  # of which moment the backup was that was put back (store)
SLACK = timedelta(days=2)  # SINCE counts days, in whatever zone the server lives
log = journal("imap")


def look_back(client: Connection, account: Account, store: Store, drain: Drain) -> int:
    """Once after each restore: take in what the ledger does not know of the folders for done and failed mails; how
    many. Nothing there is touched. Raises what the connection and the store raise; then it is done again."""
    key = f"{BACKUP_OF}:{account.name}:{account.folder}"
    with store.read() as tx:
        of, done = tx.meta.get(BACKUP_OF), tx.meta.get(key)
    if of is None or of == done:
        return 0
    taken = 0
    if account.after is After.MOVE:
        since = datetime.fromisoformat(of) - SLACK
        taken = sum(_look_into(client, account, store, drain, name, since) for name in (account.done, account.failed))
        log.info("looked_back", account=account.name, folder=account.folder, count=taken)
    with store.write() as tx:
        tx.meta.put(key, of)
    return taken


def _look_into(client: Connection, account: Account, store: Store, drain: Drain, name: str, since: datetime) -> int:
    folder = _existing(client, name)
    if folder is None:
        return 0
    client.allow()
    answer = client.select_folder(folder, readonly=True)
    place = ImapPlace(account.name, folder, int(answer[b"UIDVALIDITY"]))
    client.allow()
    uids = client.search(["SINCE", since.date()])
    with store.read() as tx:
        known = tx.ledger.known(place)
    return drain.take(Opened(place, int(answer[b"EXISTS"]), False, ()), [u for u in uids if u not in known])


def _existing(client: Connection, name: str) -> str | None:
    """The folder's name on this server; None where it was never made."""
    names = [name]
    client.allow()
    if client.has_capability("NAMESPACE"):
        personal = client.namespace().personal
        if personal and personal[0][0]:
            names.insert(0, personal[0][0] + name)
    try:
        return next((n for n in names if client.folder_exists(n)), None)
    except IMAPClient.AbortError:
        raise
    except IMAPClient.Error:
        return None
