"""The loop that brings waiting messages to their end: claim, read in the child, settle in one commit, again.

A message that breaks is tried three times and then becomes a case with its bytes; the others go on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from intake.errors import IntakeError, LeaseLost, Unreadable
from intake.failpoints import reach
from intake.journal import journal
from intake.model import AuthVerdict, Envelope, InboxItem, Kind, Message
from intake.pipeline import bounces, daily
from intake.pipeline.reading import Parser, Reading, heard, understand, unreadable
from intake.pipeline.receive import receive
from intake.pipeline.tools import Tools
from intake.ports import Store

TRIES = 3  # failures that are seen and told
DEATHS = 6  # claims: the process itself ended each time, perhaps over this message, perhaps not
BATCH = 20
LEASE_SECONDS = 120
PAUSE_SECONDS = 0.3
RETRY_SECONDS = (1, 5)
log = journal("worker")


def utc_now() -> datetime:
    """The clock; everything below gets ``now`` as an argument."""
    return datetime.now(UTC)


class Worker:
    """One thread's worth of work; several may run, also on other machines over PostgreSQL."""

    def __init__(
        self,
        store: Store,
        tools: Callable[[], Tools],
        parser: Parser,
        name: str = "worker",
        clock: Callable[[], datetime] = utc_now,
        check_sender: Callable[[Message, Envelope], Message] = lambda message, _: message,
        trusts: Callable[[], bool] = lambda: True,
    ) -> None:
        """``check_sender`` completes what the mail's own headers say of its sender (off: as parsed). ``trusts``: the
        clock may be believed; while it may not, nothing falls due."""
        self._store, self._tools, self._parser = store, tools, parser
        self._check_sender, self._trusts = check_sender, trusts
        self._name, self._clock = name, clock
        self.beat_at = clock()
        self.failing: tuple[datetime, str] | None = None  # since when each round fails, and how it began
        self._held: list[InboxItem] = []  # claimed, and not known to have ended

    def run_once(self) -> int:
        """One batch; how many messages were taken up."""
        self.beat_at = self._clock()
        self._let_go()
        with self._store.write() as tx:
            self._held = tx.inbox.claim(self._clock(), BATCH, LEASE_SECONDS, self._name)
        if not self._held:
            return 0
        tools = self._tools()
        for batch in batches(self._held):
            self._handle(batch, tools)
        taken, self._held = len(self._held), []
        return taken

    def _let_go(self) -> None:
        """The store failed us in the midst of a batch: what did not end is taken up anew, at once, not after its lease.

        No fault of the messages: the try does not count. Some have ended, or were never claimed: those are left alone.
        """
        if not self._held:
            return
        with self._store.write() as tx:
            for item in self._held:
                with suppress(LeaseLost):
                    tx.inbox.give_back(item.id, item.fence, self._clock(), "", counts=False)
        self._held = []

    def _handle(self, items: list[InboxItem], tools: Tools) -> None:
        read = [(item, self._read(item, tools)) for item in items]
        try:
            self._settle(read, tools)
        except IntakeError as e:
            if e.temporary:
                raise
            self._one_by_one(read, tools)
        except Exception:  # noqa: BLE001 - one message broke the batch: find it, let the others through
            self._one_by_one(read, tools)

    def run_calendar(self) -> int:
        """What falls due today; cheap when nothing does. A few cases in one commit: after days of standing still there
        are hundreds, and everybody else waits for the same lock."""
        if not self._trusts():
            return 0
        with self._store.read() as tx:
            due = [case.id for case in tx.cases.due((self._clock() + timedelta(hours=9)).date())]
        moved = 0
        for start in range(0, len(due), BATCH):
            self.beat_at = self._clock()
            with self._store.write("case") as tx:
                moved += daily.run(tx, self._tools(), self._clock(), due[start : start + BATCH])
        return moved

    def loop(self, stop: threading.Event) -> None:
        """Work until ``stop``; trouble with the store backs off and never ends the thread."""
        pause = PAUSE_SECONDS
        while not stop.is_set():
            try:
                busy = self.run_once() + self.run_calendar()
                pause = PAUSE_SECONDS
                self.failing = None
            except Exception as e:  # noqa: BLE001 - supervised: the next round may go well
                log.warning("work failed", error=e)
                self.failing = self.failing or (self._clock(), type(e).__name__)
                busy, pause = 0, min(pause * 2, 30.0)
            if not busy:
                stop.wait(pause)

    def _read(self, item: InboxItem, tools: Tools) -> Reading | Exception:
        """A reading, or the failure that gives the message back."""
        if item.attempts > DEATHS:
            return unreadable(item.envelope.channel, "the worker ended again and again over this message")
        if item.damaged:
            return unreadable(item.envelope.channel, "the stored bytes are damaged")
        try:
            reach("parse.child")
            message = self._open(item.envelope, tools)
            if message.kind is not Kind.MESSAGE:
                return Reading(message, None)
            meaning = understand(message, item.envelope, tools)
            if message.error and not message.text.strip() and not message.attachments:
                return Reading(message, meaning, unreadable=message.error)
            return Reading(message, meaning)
        except Exception as e:  # noqa: BLE001 - whatever a message does to the reader, it becomes a case
            if item.attempts < TRIES:
                return e
            log.warning("message cannot be read", message=item.id, error=e)
            reason = str(e) if isinstance(e, Unreadable) else "the reader failed three times"
            return unreadable(item.envelope.channel, reason)

    def _open(self, envelope: Envelope, tools: Tools) -> Message:
        """The message with all that is known of its sender. A forward whose own From fails is not from staff."""
        parsed = bounces.recognised(self._parser.parse(envelope, tools.parse_options), envelope, tools)
        message = heard(parsed, envelope, tools)
        if message.kind is not Kind.MESSAGE:
            return message
        message = self._check_sender(message, envelope)
        if not message.forwarded_by or message.auth.verdict is not AuthVerdict.FAIL:
            return message
        plain = self._parser.parse(envelope, replace(tools.parse_options, staff_addresses=()))
        return replace(heard(plain, envelope, tools), auth=message.auth)

    def _settle(self, read: list[tuple[InboxItem, Reading | Exception]], tools: Tools) -> None:
        with self._store.write("case") as tx:
            for item, reading in read:
                try:
                    if isinstance(reading, Exception):
                        self._give_back(tx.inbox.give_back, item, reading)
                        continue
                    with tx.savepoint():
                        end = receive(tx, item, reading, tools, self._clock())
                    log.info("message ended", message=item.id, end=end.value, channel=item.envelope.channel.value)
                except LeaseLost:
                    log.warning("another worker has this message", message=item.id)

    def _one_by_one(self, read: list[tuple[InboxItem, Reading | Exception]], tools: Tools) -> None:
        """One message of the batch broke it: find it, let the others through."""
        for item, reading in read:
            try:
                self._settle([(item, reading)], tools)
            except Exception as e:
                if isinstance(e, IntakeError) and e.temporary:
                    raise
                log.warning("message failed", message=item.id, attempts=item.attempts, error=e)
                self._shunt(item, e, tools)

    def _shunt(self, item: InboxItem, error: Exception, tools: Tools) -> None:
        """To be tried again; the third time a case that needs nothing of what broke."""
        shunted = unreadable(item.envelope.channel, f"handling failed three times ({type(error).__name__})")
        self._settle([(item, error if item.attempts < TRIES else shunted)], tools)

    def _give_back(self, give_back: Callable[..., None], item: InboxItem, error: Exception) -> None:
        wait = RETRY_SECONDS[min(item.attempts, len(RETRY_SECONDS)) - 1]
        give_back(item.id, item.fence, self._clock() + timedelta(seconds=wait), type(error).__name__)
        log.info("message will be tried again", message=item.id, attempts=item.attempts, error=error)


def batches(items: list[InboxItem]) -> list[list[InboxItem]]:
    """All fresh messages together; each that was claimed before alone, so that a killer takes nobody with it."""
    fresh = [item for item in items if item.attempts == 1]
    return ([fresh] if fresh else []) + [[item] for item in items if item.attempts > 1]
