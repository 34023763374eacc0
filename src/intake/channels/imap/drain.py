"""Mails of one folder into the inbox: fetched by fifty, committed by a hundred while the next ones come, and only then
flagged or moved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from imapclient import IMAPClient

from intake.channels.imap.account import Account, After
from intake.channels.imap.connection import Connection
from intake.channels.imap.fetching import Fetched, fetch
from intake.channels.imap.suspects import Suspects
from intake.errors import Temporary
from intake.failpoints import reach
from intake.journal import journal
from intake.model import Arrival, Channel, Envelope
from intake.ports import ImapPlace, LedgerRow, Store, Tx

FETCH = 50  # mails a command
COMMIT = 100  # mails a transaction
BATCH_BYTES = 16_000_000
SMALL_BYTES = BATCH_BYTES // FETCH  # fifty of these fit; only of larger ones the size is asked one by one
PARTIAL_BYTES = 1_000_000
LAST_UID = 2**32 - 1
KEYWORD = b"$IntakeKept"
KEPT, MARKED, ARCHIVED, PARTIAL, FAILED = "kept", "marked", "archived", "partial", "failed"
log = journal("imap")


@dataclass(frozen=True, slots=True)
class Opened:
    """The folder as the server has opened it."""

    place: ImapPlace
    exists: int
    is_writable: bool
    keywords: tuple[bytes, ...]
    old_until: int = 0  # UIDs up to here lay there at the first connection and are archived


class Drain:
    """Takes mails of an opened folder in. Nothing is flagged before its commit; a crash repeats only the flagging."""

    def __init__(
        self,
        account: Account,
        client: Connection,
        store: Store,
        clock: Callable[[], datetime],
        max_bytes: int,
        suspects: Suspects | None = None,
    ) -> None:
        self._account, self._client, self._store, self._clock = account, client, store, clock
        self._max_bytes = max_bytes
        self._suspects = suspects or Suspects()
        self._small = min(SMALL_BYTES, max_bytes)
        self._folders: dict[str, str] = {}
        self._marked: list[int] = []  # flagged on the server, not yet noted in the ledger
        self.failed = 0  # mails that the server does not give out, or that cannot be stored

    def take(self, opened: Opened, uids: Sequence[int], beat: Callable[[], None] = lambda: None) -> int:
        """Take the mails with these UIDs in, lowest first and suspects last; how many rows the ledger got."""
        self._suspects.at(opened.place)
        sound = [uid for uid in uids if not self._suspects.is_suspect(uid)]
        taken = self._take_sound(opened, sound, beat)
        for uid in sorted(set(uids) - set(sound)):
            taken += self._take_suspect(opened, uid)
            beat()
        self._note_marked(opened)
        return taken

    def _take_suspect(self, opened: Opened, uid: int) -> int:
        """Alone and committed at once. One that the server breaks off at is noted as not given out."""
        if self._suspects.rests(uid):
            now = self._clock()
            return self._finished(opened, self._keep(opened, [Fetched(uid, b"", b"", now)]))
        found = [one for batch in self._batches([uid]) for one in self._fetch(batch)]
        taken = self._finished(opened, self._keep(opened, found)) if found else 0
        self._suspects.came(uid)
        return taken

    def _take_sound(self, opened: Opened, uids: Sequence[int], beat: Callable[[], None]) -> int:
        taken = 0
        held: list[Fetched] = []
        stored: Future[list[LedgerRow]] | None = None  # being committed while the server gives out the next ones
        with ThreadPoolExecutor(1, "imap-commit") as beside:
            for batch in self._batches(sorted(uids)):
                held += self._fetch(batch)
                beat()
                if len(held) >= COMMIT or sum(len(f.raw) for f in held) >= BATCH_BYTES:
                    taken += self._finish(opened, stored)
                    stored, held = beside.submit(self._keep, opened, held), []
            taken += self._finish(opened, stored)
        if held:
            taken += self._finished(opened, self._keep(opened, held))
        return taken

    def finish_marking(self, opened: Opened) -> None:
        """Flag or move what was committed before a crash or a lost connection."""
        for state, folder in ((KEPT, self._account.done), (PARTIAL, self._account.failed)):
            with self._store.read() as tx:
                uids = tx.ledger.in_state(opened.place, state)
            for at in range(0, len(uids), COMMIT):
                self._mark(opened, uids[at : at + COMMIT], folder)
        self._note_marked(opened)

    def _batches(self, uids: Sequence[int]) -> Iterator[list[tuple[int, int]]]:
        """(uid, size) by fifty, or by sixteen megabytes; one that is too large stands alone."""
        if not uids:
            return
        with self._suspecting(uids):
            sizes = self._sizes_of_large(uids)
        batch: list[tuple[int, int]] = []
        held = 0
        for uid in uids:
            size = sizes.get(uid, self._small)
            if batch and (len(batch) >= FETCH or held + size > BATCH_BYTES):
                yield batch
                batch, held = [], 0
            batch.append((uid, size))
            held += size
        yield batch

    def _sizes_of_large(self, uids: Sequence[int]) -> dict[int, int]:
        """RFC822.SIZE of every mail that is not small; the server finds those itself."""
        self._client.allow()
        wanted = set(uids)
        large = [u for u in self._client.search(["UID", f"{uids[0]}:*", "LARGER", str(self._small)]) if u in wanted]
        sizes: dict[int, int] = {}
        for at in range(0, len(large), 500):
            self._client.allow()
            answer = self._client.fetch(large[at : at + 500], ["RFC822.SIZE"])
            sizes |= {uid: int(found[b"RFC822.SIZE"]) for uid, found in answer.items() if b"RFC822.SIZE" in found}
        return sizes

    def _fetch(self, batch: Sequence[tuple[int, int]]) -> list[Fetched]:
        """All of these mails; of one that is too large its beginning, which says what the sender wants."""
        whole = {uid: size for uid, size in batch if size <= self._max_bytes}
        with self._suspecting([uid for uid, _ in batch]):
            fetched = fetch(self._client, list(whole), sum(whole.values()), self._clock())
            for uid, size in batch:
                if size > self._max_bytes:
                    fetched += fetch(self._client, [uid], PARTIAL_BYTES, self._clock(), PARTIAL_BYTES)
        return fetched

    @contextmanager
    def _suspecting(self, uids: Sequence[int]) -> Iterator[None]:
        """Where the server breaks off meanwhile, these are asked for alone from now on."""
        try:
            yield
        except Exception:
            self._suspects.broke(uids)
            raise

    def _finish(self, opened: Opened, stored: Future[list[LedgerRow]] | None) -> int:
        """Wait for a commit, and only then touch its mails."""
        return self._finished(opened, stored.result()) if stored else 0

    def _finished(self, opened: Opened, rows: Sequence[LedgerRow]) -> int:
        self.failed += sum(r.state == FAILED for r in rows)
        reach("imap.committed_unflagged")
        self._mark(opened, [r.uid for r in rows if r.state == KEPT], self._account.done)
        self._mark(opened, [r.uid for r in rows if r.state == PARTIAL], self._account.failed)
        return len(rows)

    def _keep(self, opened: Opened, fetched: Sequence[Fetched]) -> list[LedgerRow]:
        """Commit arrivals and ledger together. If one mail spoils it for all, each is tried alone."""
        try:
            with self._store.write("imap") as tx:
                rows = self._write(tx, opened, fetched)
                tx.ledger.mark(opened.place, self._marked, MARKED)
            self._marked = []
            return rows
        except Temporary:
            raise
        except Exception as e:  # noqa: BLE001 one mail must not block the mailbox
            log.error("not_stored", account=self._account.name, count=len(fetched), error=type(e).__name__)
            if len(fetched) > 1:
                return [row for one in fetched for row in self._keep(opened, [one])]
        failed = LedgerRow(fetched[0].uid, b"", FAILED)
        with self._store.write() as tx:
            tx.ledger.add(opened.place, [failed], self._clock())
        return [failed]

    def _write(self, tx: Tx, opened: Opened, fetched: Sequence[Fetched]) -> list[LedgerRow]:
        seen = tx.ledger.by_bytes(opened.place.account, [f.sha256 for f in fetched if f.raw])
        fresh = [f for f in fetched if f.raw and f.sha256 not in seen]
        accepted = tx.inbox.add([Arrival(self._envelope(opened, f)) for f in fresh]) if fresh else []
        ids = seen | {f.sha256: a.message_id for f, a in zip(fresh, accepted, strict=True)}
        rows = [_row(opened, f, ids.get(f.sha256), self._touches(opened)) for f in fetched]
        tx.ledger.add(opened.place, rows, self._clock())
        return rows

    def _envelope(self, opened: Opened, mail: Fetched) -> Envelope:
        is_old = mail.uid <= opened.old_until
        return Envelope(Channel.EMAIL, "imap", mail.raw, mail.at, peer=self._account.host, archive=is_old)

    def _touches(self, opened: Opened) -> bool:
        return opened.is_writable and self._account.after is not After.NOTHING

    def _mark(self, opened: Opened, uids: Sequence[int], folder: str) -> None:
        """What fails here is tried again at the next connection; the mails are kept already."""
        if not uids or not self._touches(opened):
            return
        self._client.allow()
        try:
            if self._account.after is After.MOVE:
                self._move(uids, self._folder(folder))
            else:
                self._client.add_flags(uids, [b"\\Seen", *opened.keywords], silent=True)
        except IMAPClient.AbortError:
            raise
        except IMAPClient.Error as e:
            log.error("not_marked", account=self._account.name, count=len(uids), error=type(e).__name__)
            return
        self._marked += uids

    def _note_marked(self, opened: Opened) -> None:
        """What the next batch's commit has not written down. A crash before it only repeats the flagging."""
        if self._marked:
            with self._store.write() as tx:
                tx.ledger.mark(opened.place, self._marked, MARKED)
            self._marked = []

    def _move(self, uids: Sequence[int], folder: str) -> None:
        if self._client.has_capability("MOVE"):
            self._client.move(uids, folder)
            return
        self._client.copy(uids, folder)
        self._client.add_flags(uids, [b"\\Deleted", b"\\Seen"], silent=True)
        if self._client.has_capability("UIDPLUS"):
            self._client.uid_expunge(uids)  # a bare EXPUNGE would also remove what a person marked

    def _folder(self, name: str) -> str:
        """The folder's name on this server, made if absent (some keep everything below ``INBOX.``)."""
        if name not in self._folders:
            self._folders[name] = self._make(name)
        return self._folders[name]

    def _make(self, name: str) -> str:
        names = [name]
        if self._client.has_capability("NAMESPACE"):
            personal = self._client.namespace().personal
            if personal and personal[0][0] and not name.startswith(personal[0][0]):
                names.insert(0, personal[0][0] + name)
        for candidate in names:
            if self._client.folder_exists(candidate):
                return candidate
        for candidate in names[:-1]:
            try:
                self._client.create_folder(candidate)
            except IMAPClient.AbortError:
                raise
            except IMAPClient.Error:
                continue
            return candidate
        self._client.create_folder(names[-1])
        return names[-1]


def _row(opened: Opened, mail: Fetched, message_id: int | None, touches: bool) -> LedgerRow:
    if not mail.raw:
        return LedgerRow(mail.uid, b"", FAILED)
    if mail.is_partial:
        state = PARTIAL
    elif mail.uid <= opened.old_until:
        state = ARCHIVED
    else:
        state = KEPT if touches else MARKED
    return LedgerRow(mail.uid, mail.sha256, state, message_id)


def uids_of(client: Connection, exists: int, above: int) -> Iterable[int]:
    """UIDs above ``above``; all of them (0) are asked for by five thousand, a line of IMAP being bounded."""
    if above:
        client.allow()
        found = client.search(["UID", f"{min(above + 1, LAST_UID)}:*"])
        yield from (uid for uid in found if uid > above)  # n:* always gives the last one
        return
    for first in range(1, exists + 1, 5000):
        last = "*" if first + 5000 > exists else str(first + 4999)
        client.allow()
        yield from client.search([f"{first}:{last}"])
