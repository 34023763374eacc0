"""Copies of an erased person's mails on the agency's own IMAP server: deleted and expunged where we may."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from imapclient import IMAPClient, SocketTimeout

from intake.channels.imap.account import Account, After
from intake.channels.imap.connection import TIMEOUTS, Connection
from intake.journal import journal
from intake.ports.erasing import MailboxCopy

MOST_BYTES = 64_000_000
log = journal("imap")


def delete_copies(
    account: Account, copies: Sequence[MailboxCopy], timeouts: SocketTimeout = TIMEOUTS
) -> tuple[MailboxCopy, ...]:
    """Delete these mails in the folder they were read from, or where we have moved them; what is left to people.

    A mail is deleted only if its bytes are the ones that were taken in. ``after=nothing`` says that the server is not
    ours to change: everything is left. Raises what the connection raises.
    """
    if account.after is After.NOTHING:
        return tuple(copies)
    client = Connection(account, timeouts)
    try:
        return tuple(copy for copy in copies if not _delete(client, account, copy))
    finally:
        client.close_hard()


def _delete(client: Connection, account: Account, copy: MailboxCopy) -> bool:
    try:
        for folder in dict.fromkeys((copy.folder, account.done, account.failed)):
            if _delete_in(client, folder, copy):
                return True
    except IMAPClient.AbortError:
        raise
    except IMAPClient.Error as e:
        log.warning("copy not deleted", account=account.name, uid=copy.uid, error=type(e).__name__)
    return False


def _delete_in(client: Connection, folder: str, copy: MailboxCopy) -> bool:
    """True where it was there and is gone, or has been gone for long."""
    client.allow()
    if not client.folder_exists(folder):
        return False
    answer = client.select_folder(folder)
    same_place = folder == copy.folder and int(answer.get(b"UIDVALIDITY", 0)) == copy.uidvalidity
    uids = [copy.uid] if same_place else []
    uids += [u for u in _by_message_id(client, copy) if u not in uids]
    mine = [uid for uid in uids if _is_it(client, uid, copy)]
    if not mine:
        return False
    client.allow()
    client.add_flags(mine, [b"\\Deleted"], silent=True)
    if client.has_capability("UIDPLUS"):
        client.uid_expunge(mine)
    elif _only_ours_is_deleted(client, mine):
        client.expunge()  # a bare EXPUNGE would also remove what a person marked
    client.allow()
    return not [uid for uid in mine if client.fetch([uid], ["UID"])]


def _by_message_id(client: Connection, copy: MailboxCopy) -> list[int]:
    name = copy.message_id.strip()
    if not name or any(c in name for c in '"\\\r\n') or not name.isascii():
        return []
    client.allow()
    return list(client.search(["HEADER", "Message-ID", name]))


def _is_it(client: Connection, uid: int, copy: MailboxCopy) -> bool:
    client.allow(MOST_BYTES)
    found = client.fetch([uid], ["BODY.PEEK[]"]).get(uid, {})
    raw = found.get(b"BODY[]")
    return isinstance(raw, bytes) and hashlib.sha256(raw).hexdigest() == copy.sha256


def _only_ours_is_deleted(client: Connection, uids: Sequence[int]) -> bool:
    client.allow()
    return set(client.search(["DELETED"])) <= set(uids)
