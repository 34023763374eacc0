"""The database as the rest of the product sees it: one transaction at a time, one repository a noun."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL

from intake.errors import StoreBusy, Temporary
from intake.failpoints import reach
from intake.keyring import Keyring
from intake.model import Accepted, Actor, Arrival, CaseState
from intake.store import backup, health
from intake.store.access import Access
from intake.store.api_access import ApiTokens
from intake.store.audit import Audit
from intake.store.blobs import Blobs
from intake.store.cases import Cases
from intake.store.clocks import Clocks
from intake.store.context import Context, KeyMaker
from intake.store.corrections import Corrections
from intake.store.desk import Presence, Views
from intake.store.engine import (
    BUSY_SECONDS,
    KEYS_SCHEMA,
    default_keys_url,
    parse_url,
    postgresql_engine,
    sqlite_engine,
)
from intake.store.erasure import Erasure
from intake.store.erasures import Erasures
from intake.store.figures import Figures
from intake.store.glance import Glance
from intake.store.inbox import Inbox
from intake.store.keystore import KeyStore
from intake.store.lane import Lane
from intake.store.leases import Leases
from intake.store.ledger import Ledger
from intake.store.lock import WriterLock
from intake.store.makers import PlainKeys
from intake.store.meta import Meta
from intake.store.notes import Notes
from intake.store.outbox import Outbox
from intake.store.pairs import Hasher
from intake.store.return_keys import ReturnKeys
from intake.store.search import Search
from intake.store.seekers import Seekers
from intake.store.staff import Staff
from intake.store.stuck import Stuck
from intake.store.tasks import Tasks
from intake.store.tokens import Tokens
from intake.store.webhooks import Webhooks
from intake.store.wordings import Wordings
from intake.store.wrapping import FileWrapping, Wrapping

RESTORER = Actor("system", "restore")


class SqlTx:
    """One transaction. Made by ``SqlStore.write`` and ``SqlStore.read`` only."""

    def __init__(self, context: Context, hasher: Hasher) -> None:
        self._context = context
        self.blobs = Blobs(context)
        self.inbox = Inbox(context, self.blobs)
        self.seekers = Seekers(context)
        self.cases = Cases(context)
        self.tokens = Tokens(context)
        self.tasks = Tasks(context)
        self.outbox = Outbox(context, self.blobs)
        self.wordings = Wordings(context)
        self.audit = Audit(context)
        self.staff = Staff(context)
        self.search = Search(context, hasher)
        self.erasure = Erasure(context, self.search)
        self.erasures = Erasures(context, self.blobs)
        self.clocks = Clocks(context)
        self.notes = Notes(context, self.blobs)
        self.corrections = Corrections(context)
        self.ledger = Ledger(context)
        self.meta = Meta(context)
        self.leases = Leases(context)
        self.return_keys = ReturnKeys(context)
        self.api_tokens = ApiTokens(context)
        self.webhooks = Webhooks(context)
        self.figures = Figures(context)
        self.access = Access(context)
        self.views = Views(context)
        self.presence = Presence(context)
        self.glance = Glance(context, self.blobs)
        self.stuck = Stuck(context, self.blobs)

    @property
    def audited(self) -> bool:
        """True once a row was added to the audit trail."""
        return self._context.audited

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo only what happened inside, if it raises."""
        position, audited = self.audit.position(), self._context.audited
        try:
            with self._context.conn.begin_nested():
                yield
        except BaseException:
            self.audit.rewind(position)
            self._context.audited = audited
            raise


class SqlStore:
    """The store on SQLite or PostgreSQL. Safe to use from several threads; each transaction has its connection."""

    def __init__(
        self, url: URL, keys_url: URL, keyring: Keyring, maker: KeyMaker, wrapping: Wrapping, busy_seconds: float
    ) -> None:
        self.url, self.keys_url = url, keys_url
        self._keyring, self._maker = keyring, maker
        self._writer, self._reader, self._lock = engines(url, None, busy_seconds)
        keys_writer, keys_reader, keys_lock = engines(keys_url, KEYS_SCHEMA, busy_seconds)
        self._engines = [self._writer, self._reader, keys_writer, keys_reader]
        self._locks = [lock for lock in (self._lock, keys_lock) if lock is not None]
        self.keys = KeyStore(keys_writer, keys_reader, keys_lock, wrapping)
        self._lane = Lane(self._writer, self._lock, keyring, self.keys)
        self._hasher = Hasher(keyring)

    @property
    def is_sqlite(self) -> bool:
        """True on SQLite, False on PostgreSQL."""
        return self._writer.dialect.name == "sqlite"

    @contextmanager
    def write(self, failpoint: str | None = None) -> Iterator[SqlTx]:
        """A transaction that commits when the block ends well. ``failpoint`` names it for tests that kill us here.

        Raises StoreBusy, StorageFull, StoreUnavailable; then nothing was written. One exception: a connection to
        PostgreSQL that breaks within the commit leaves the outcome open, and the caller tries the same again.
        """
        with ExitStack() as stack:
            if self._lock is not None:
                stack.enter_context(self._lock.held())
            conn = stack.enter_context(_connection(self._writer))
            with conn.begin() as transaction:
                tx = self._tx(conn)
                yield tx
                tx.audit.flush()
                if tx.audited:
                    reach("audit.before_commit")
                if failpoint is not None:
                    reach(f"{failpoint}.before_commit")
                transaction.commit()
        if failpoint is not None:
            reach(f"{failpoint}.committed")

    def keep(self, arriving: Sequence[Arrival], failpoint: str = "inbox") -> list[Accepted]:
        """``inbox.add`` in a unit of work of its own, on a connection that stays open. Raises what ``write`` raises."""
        return self._lane.keep(arriving, failpoint)

    @contextmanager
    def read(self) -> Iterator[SqlTx]:
        """A transaction that cannot write: a snapshot on SQLite, what is committed on PostgreSQL."""
        with _connection(self._reader) as conn, conn.begin():
            yield self._tx(conn)

    def ping(self) -> None:
        """One round trip to the data and one to the keys. Raises StoreUnavailable."""
        for engine in (self._reader, self._engines[3]):
            with _connection(engine) as conn:
                conn.execute(sa.select(sa.literal(1))).scalar_one()

    def checkpoint(self) -> None:
        """Bring the log into the database file and empty it, so that nothing deleted is left there (SQLite)."""
        if self._lock is None:
            return
        with self._lock.held(), _connection(self._writer) as conn:
            busy, *_ = conn.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise StoreBusy("a reader keeps the log from being emptied; try again")

    def compact(self) -> None:
        """Take the last traces of what was deleted out of index, file and log. Seconds at a million cases."""
        with self.write() as tx:
            tx.search.compact()
        if self.is_sqlite:
            self.checkpoint()
        else:
            with _connection(self._writer) as conn:
                conn.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM")
        self.keys.forget()

    def problems(self) -> list[str]:
        """What is wrong with the stored data, as sentences; empty when all is well. Reads everything."""
        with _connection(self._reader) as conn, conn.begin():
            found = health.problems_of(conn)
        with self.read() as tx:
            whole, place = tx.audit.verify()
        return found if whole else [*found, f"audit: {place}"]

    def files_with(self, traces: Sequence[bytes]) -> list[str]:
        """Names of our files that hold one of these byte strings (SQLite; empty on PostgreSQL)."""
        if not self.is_sqlite:
            return []
        return health.files_with(Path(str(self.url.database)), Path(str(self.keys_url.database)), traces)

    def backup(self, path: Path) -> None:
        """Write the data to ``path`` and the keys to ``path.keys``, while everything runs. Raises BadInput."""
        if not self.is_sqlite:  # the copy on SQLite is stamped by itself
            with self.write() as tx:
                tx.meta.put(backup.MADE_AT, datetime.now(UTC).isoformat())
        backup.backup(self.url, self.keys_url, path)

    def seal_register(self) -> int:
        """Seal the rows that a version before schema 0006 left plain; how many. Cheap where there are none."""
        done = 0
        with self.read() as tx:
            if not tx.seekers.has_plain_rows():
                return 0
        while True:
            with self.write() as tx:
                count = tx.seekers.seal_plain_rows()
            done += count
            if not count:
                self.compact()
                return done

    def bury_again(self) -> int:
        """After a restore: remove everybody who was erased since the backup was made; how many there were.

        Also called at each start: a database that came back without our knowing is put right before it serves.
        """
        with self.read() as tx:
            made = tx.meta.get(backup.MADE_AT)
            whom = set(tx.erasure.undead())
            restored = tx.meta.get(backup.RESTORED) is not None
            highest = tx.blobs.highest_key()
        self.keys.begin_after(highest)
        if restored:
            since = datetime.fromisoformat(made) - backup.SLACK if made else backup.BEFORE_ALL
            whom |= set(self.keys.buried("seeker", since))
        found = 0
        for seeker_id in sorted(whom):
            with self.write() as tx:
                reach = tx.erasure.reach(seeker_id)
                found += bool(tx.erasure.residue(reach))
                _close_cases(tx, reach.case_ids)
                tx.blobs.destroy_keys(reach.key_ids)
                tx.erasure.remove(reach)
        if restored:
            with self.write() as tx:
                tx.erasure.end_keyless()
                tx.leases.doubt_receipts()
                tx.meta.put(backup.OF, made or backup.BEFORE_ALL.isoformat())
        if whom or restored:
            self.compact()
            with self.write() as tx:
                tx.meta.drop(backup.RESTORED)
        return found

    def file(self) -> Path | None:
        """The SQLite file; None on PostgreSQL."""
        return Path(str(self.url.database)) if self.is_sqlite else None

    def files(self) -> list[Path]:
        """Every file of the data and of the keys that is ours to read: none of PostgreSQL's."""
        made = [Path(str(url.database)) for url in (self.url, self.keys_url) if url.get_backend_name() == "sqlite"]
        return sorted({p for d in made for p in d.parent.glob(f"{d.name}*") if p.is_file()})

    def close(self) -> None:
        """Give back all connections; closing SQLite's last one is a checkpoint, so the lock is held."""
        with ExitStack() as stack:
            for lock in self._locks:
                with suppress(Temporary):  # the folder may be gone, or another process busy: close all the same
                    stack.enter_context(lock.held())
            self._lane.close()
            for engine in self._engines:
                engine.dispose()

    def _tx(self, conn: sa.Connection) -> SqlTx:
        return SqlTx(Context(conn, self._keyring, self.keys, self._maker), self._hasher)


def _close_cases(tx: SqlTx, case_ids: Sequence[int]) -> None:
    """What a backup brought back as open was over when its person was erased: nothing waits for nobody."""
    now = datetime.now(UTC)
    for case in [tx.cases.get(c) for c in case_ids]:
        if case.state.is_open:
            tx.cases.change(case, state=CaseState.DONE, hold_reason=None, wake_on=None, closed_at=now)
            tx.audit.append(now, RESTORER, "case.fulfil", case_id=case.id,
                            detail={"before": case.state.value, "after": CaseState.DONE.value})  # fmt: skip


def open_store(
    url: str,
    keyring: Keyring,
    keys_url: str | None = None,
    *,
    keymaker: KeyMaker | None = None,
    wrapping: Wrapping | None = None,
    busy_seconds: float = BUSY_SECONDS,
) -> SqlStore:
    """The store at ``url`` (``sqlite:///…`` or ``postgresql://…``); data keys at ``keys_url``.

    By default keys are in ``keys.db`` beside a SQLite file, in the schema ``intake_keys`` on PostgreSQL. ``keymaker``
    makes the keys seekers are found by; it must be the one that makes MatchKeys. ``wrapping`` gives the keys that wrap
    the data keys; without it they are derived from the keyring. Connects on first use.
    """
    data = parse_url(url)
    keys = default_keys_url(data) if keys_url is None else parse_url(keys_url)
    return SqlStore(data, keys, keyring, keymaker or PlainKeys(), wrapping or FileWrapping(keyring, None), busy_seconds)


def engines(url: URL, schema: str | None, busy_seconds: float) -> tuple[sa.Engine, sa.Engine, WriterLock | None]:
    """(writer, reader, the lock between processes). PostgreSQL needs no lock; keys are read there without BEGIN."""
    if url.get_backend_name() != "sqlite":
        engine = postgresql_engine(url, schema=schema, busy_seconds=busy_seconds)
        if schema is None:
            return engine, engine.execution_options(postgresql_readonly=True), None
        return engine, postgresql_engine(url, schema=schema, busy_seconds=busy_seconds, autocommit=True), None
    writer = sqlite_engine(url, readonly=False, busy_seconds=busy_seconds)
    reader = sqlite_engine(url, readonly=True, busy_seconds=busy_seconds)
    return writer, reader, WriterLock(Path(str(url.database)), busy_seconds)


@contextmanager
def _connection(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A pooled connection; all of them being in use is StoreBusy."""
    try:
        conn = engine.connect()
    except sa.exc.TimeoutError as e:
        raise StoreBusy() from e
    with conn:
        yield conn
