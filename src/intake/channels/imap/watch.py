"""One mailbox, watched for years by one thread: IDLE wakes it, polling is the truth."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from imapclient import IMAPClient, SocketTimeout

from intake.channels.imap.account import Account, After
from intake.channels.imap.connection import TIMEOUTS, Connection, TlsMissing
from intake.channels.imap.credentials import SignInRefused
from intake.channels.imap.drain import FAILED, KEYWORD, Drain, Opened, uids_of
from intake.channels.imap.lookback import look_back
from intake.channels.imap.suspects import Suspects
from intake.errors import IntakeError
from intake.journal import journal
from intake.ports import ImapPlace, Store

POLL_SECONDS = 60.0
CHECK_SECONDS = 1.0  # how long a sleeping IDLE may keep us from noticing that we are to stop
RESCAN_SECONDS = 3600.0
STUCK_SECONDS = 300.0  # staff are told to read such a mail in the mailbox itself; then it is gone
STALL_SECONDS = 60.0  # /healthz is red
ALARM_SECONDS = 600.0  # and people are told: a server that starts anew is no alarm
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 300.0
LONGEST_OWN = 20.0  # our own database was away
REFUSED_PAUSE, LONGEST_REFUSED = 60.0, 900.0  # wrong passwords, often tried, lock an account
log = journal("imap")


def utc_now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


class Mailbox:
    """Watches one folder. ``loop`` runs in a thread of its own until told to stop, and raises nothing.

    ``old_mail`` says what happens to what lies there at the first connection: ``archive`` keeps it and answers
    nothing, ``process`` treats it as new. ``notify`` is called with a sentence when the mailbox has stood still for
    ten minutes, and with "" when it goes on.
    """

    def __init__(
        self,
        account: Account,
        store: Store,
        *,
        old_mail: str = "archive",
        clock: Callable[[], datetime] = utc_now,
        max_bytes: int = 35_000_000,
        poll_seconds: float = POLL_SECONDS,
        timeouts: SocketTimeout = TIMEOUTS,
        notify: Callable[[str], None] = lambda _: None,
        use_idle: bool = True,
    ) -> None:
        self.account = account
        self._store, self._clock, self._max_bytes = store, clock, max_bytes
        self._old_mail, self._poll, self._timeouts = old_mail, poll_seconds, timeouts
        self._notify, self._use_idle = notify, use_idle
        self._client: Connection | None = None
        self._known: ImapPlace | None = None
        self._floor = 0
        self._scanned_at = 0.0
        self._failures = 0
        self._why = "not connected yet"
        self._error: type[Exception] = OSError
        self._is_stalled = False
        self._suspects = Suspects()
        self._stuck = 0  # mails that the server lists and does not give out
        self.beat_at = clock()
        self.ok_at = clock()  # the last time that everything on the server was taken in
        self._ok_count = time.monotonic()  # the same moment, for a clock that is set back
        self.taken = 0

    # --- what others see -----------------------------------------------------------------------------------------

    def trouble(self, now: datetime | None = None) -> str | None:
        """What is wrong, in words with its age; None if all that lay there a minute ago is taken in."""
        age = self._silent(now)
        if self._failures and age >= STALL_SECONDS:
            return f"{self._where}: {self._why}, for {_age(age)}"
        if age >= STALL_SECONDS + 2 * self._poll:
            return f"{self._where}: nothing heard for {_age(age)}"
        if self._stuck:
            return f"{self._where}: {self._stuck} mails cannot be fetched; read them in the mailbox itself"
        return None

    def _silent(self, now: datetime | None = None) -> float:
        """Seconds since all was well: by the clock, and by our own count of them."""
        return max(((now or self._clock()) - self.ok_at).total_seconds(), time.monotonic() - self._ok_count)

    @property
    def _where(self) -> str:
        return f"the mailbox {self.account.folder} on {self.account.host}"

    # --- the thread ----------------------------------------------------------------------------------------------

    def loop(self, stop: threading.Event) -> None:
        """Connect, take in, wait; after a failure again, later and later. Ends within seconds of ``stop``."""
        threading.Thread(target=self._close_on, args=(stop,), name="imap-stop", daemon=True).start()
        while not stop.is_set():
            try:
                self._session(stop)
            except Exception as e:  # noqa: BLE001 whatever the server does, we come again
                if not stop.is_set():
                    self._failed(e)
                    self._rest(stop)
            finally:
                self._disconnect()

    def sweep(self) -> int:
        """Connect, take in what is there, disconnect; how many mails. Raises what went wrong."""
        try:
            return self._sweep(self._connect())
        finally:
            self._disconnect()

    def _session(self, stop: threading.Event) -> None:
        client = self._connect()
        self._scanned_at = 0.0
        while not stop.is_set():
            self._sweep(client)
            self._succeeded()
            self._wait(client, stop)

    def _connect(self) -> Connection:
        self._client = Connection(self.account, self._timeouts)
        return self._client

    def _disconnect(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close_hard()

    def _close_on(self, stop: threading.Event) -> None:
        """A server that is silent just now must not keep us from ending."""
        stop.wait()
        time.sleep(2 * CHECK_SECONDS)
        if self._client is not None:
            self._client.close_hard()

    # --- one look ------------------------------------------------------------------------------------------------

    def _sweep(self, client: Connection) -> int:
        """Everything on the server that the ledger does not know is taken in; the folder is opened anew each time."""
        drain = Drain(self.account, client, self._store, self._clock, self._max_bytes, self._suspects)
        found_again = 0 if self._scanned_at else look_back(client, self.account, self._store, drain)
        opened = self._open(client)
        rescan = STUCK_SECONDS if self._stuck else RESCAN_SECONDS
        if opened.place != self._known or time.monotonic() - self._scanned_at > rescan or not self._scanned_at:
            self._known, self._floor = opened.place, 0
        uids = list(uids_of(client, opened.exists, self._floor))
        opened = self._with_old_mail(opened, uids)
        with self._store.read() as tx:
            known = tx.ledger.known(opened.place, self._floor) if uids else set()
            if not self._floor:  # after a new connection, and each hour: what was left undone
                known -= set(tx.ledger.in_state(opened.place, FAILED))
        if not self._floor:
            drain.finish_marking(opened)
            self._scanned_at = time.monotonic()
        taken = found_again + drain.take(opened, [uid for uid in uids if uid not in known], self._beat)
        if not self._floor or drain.failed:
            there = set(uids) if not self._floor else None  # what staff have taken out of the mailbox is no trouble
            with self._store.read() as tx:
                failed = tx.ledger.in_state(opened.place, FAILED)
            self._stuck = len(failed if there is None else there.intersection(failed))
        self._floor = max([self._floor, *uids])
        self.taken += taken
        if taken:
            log.info("taken_in", account=self.account.name, folder=self.account.folder, count=taken)
        return taken

    def _open(self, client: Connection) -> Opened:
        client.allow()
        readonly = self.account.after is After.NOTHING
        try:
            answer = client.select_folder(self.account.folder, readonly)
        except IMAPClient.ReadOnlyError:
            readonly = True
            answer = client.select_folder(self.account.folder, readonly)
        validity = answer.get(b"UIDVALIDITY")
        if not validity:
            raise ConnectionError("the server gives no UIDVALIDITY")
        flags: tuple[bytes, ...] = answer.get(b"PERMANENTFLAGS", ())
        allowed = any(f.strip(b"()") in (b"\\*", KEYWORD) for f in flags)
        place = ImapPlace(self.account.name, self.account.folder, int(validity))
        return Opened(place, int(answer[b"EXISTS"]), not readonly, (KEYWORD,) if allowed else ())

    def _with_old_mail(self, opened: Opened, uids: list[int]) -> Opened:
        """Where old mail ends is written down before the first mail is taken in, so that no crash moves the line."""
        key = f"imap:{opened.place.account}:{opened.place.folder}"
        with self._store.read() as tx:
            noted = tx.meta.get(key)
        if noted is None:
            first: dict[str, Any] = {
                "uidvalidity": opened.place.uidvalidity,
                "old_until": max(uids, default=0) if self._old_mail == "archive" else 0,
            }
            with self._store.write() as tx:
                tx.meta.put(key, json.dumps(first))
        else:
            first = json.loads(noted)
        old_until = first["old_until"] if first["uidvalidity"] == opened.place.uidvalidity else 0
        return Opened(opened.place, opened.exists, opened.is_writable, opened.keywords, old_until)

    # --- waiting -------------------------------------------------------------------------------------------------

    def _wait(self, client: Connection, stop: threading.Event) -> None:
        """Until the server speaks, the poll is due, or we are to stop."""
        client.allow()
        if not self._use_idle or not client.has_capability("IDLE"):
            self._sleep(stop, self._poll)
            return
        until = time.monotonic() + self._poll
        client.idle()
        while not stop.is_set() and (left := until - time.monotonic()) > 0:
            self._beat()
            began, asked = time.monotonic(), min(CHECK_SECONDS, left)
            said = client.idle_check(timeout=asked)
            if any(isinstance(s, tuple) and len(s) > 1 and s[1] in (b"EXISTS", b"RECENT") for s in said):
                break
            if not said and time.monotonic() - began < asked / 2:
                stop.wait(CHECK_SECONDS / 4)  # a closed connection answers at once with nothing: DONE will tell
                break
        client.idle_done()

    def _sleep(self, stop: threading.Event, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and not stop.wait(min(left, 10)):
            self._beat()

    def _rest(self, stop: threading.Event) -> None:
        seconds = min(self._longest_pause, FIRST_PAUSE * 2 ** min(self._failures - 1, 20))
        if self._longest_pause == LONGEST_REFUSED:
            seconds = max(seconds, REFUSED_PAUSE)
        self._sleep(stop, seconds * random.uniform(0.8, 1.2))  # noqa: S311 many mailboxes need not knock in step

    @property
    def _longest_pause(self) -> float:
        if self._error is SignInRefused:
            return LONGEST_REFUSED
        return LONGEST_OWN if issubclass(self._error, IntakeError) else LONGEST_PAUSE

    # --- how it goes ---------------------------------------------------------------------------------------------

    def _beat(self) -> None:
        self.beat_at = self._clock()

    def _succeeded(self) -> None:
        self._failures, self._why = 0, ""
        self.ok_at = self.beat_at = self._clock()
        self._ok_count = time.monotonic()
        if self._is_stalled:
            log.info("recovered", account=self.account.name, folder=self.account.folder)
            self._tell("")

    def _failed(self, error: Exception) -> None:
        self._failures += 1
        self._why, self._error = _words(error), type(error)
        self._beat()
        log.warning("failed", account=self.account.name, error=type(error).__name__, attempts=self._failures)
        trouble = self.trouble()
        if trouble and self._silent() >= ALARM_SECONDS and not self._is_stalled:
            self._tell(trouble)

    def _tell(self, what: str) -> None:
        """Where nobody can be told now, the next failure or success tells."""
        try:
            self._notify(what)
        except Exception as e:  # noqa: BLE001 an alarm that fails must not end the watch
            log.error("not_told", account=self.account.name, error=type(e).__name__)
            return
        self._is_stalled = bool(what)


def _words(error: Exception) -> str:
    """Why, without the server's own words: those may quote an address or a subject."""
    if isinstance(error, SignInRefused):
        return "the server refuses the sign-in; check INTAKE_IMAP_PASSWORD_FILE"
    if isinstance(error, TlsMissing):
        return "the server offers no TLS; use imaps://"
    if isinstance(error, IntakeError):
        return f"mails cannot be kept: {error}"
    if isinstance(error, TimeoutError):
        return "the server is silent"
    if isinstance(error, OSError):
        return f"no connection ({error.strerror or type(error).__name__})"
    if isinstance(error, IMAPClient.AbortError):
        return "the server broke off"
    return f"the server answers something unexpected ({type(error).__name__})"


def _age(seconds: float) -> str:
    if seconds < 7200:
        return f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.0f} seconds"
    return f"{seconds / 3600:.0f} hours" if seconds < 172_800 else f"{seconds / 86_400:.0f} days"
