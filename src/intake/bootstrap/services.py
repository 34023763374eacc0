"""Everything that runs for ever: SMTP and web in one event loop, worker, sender and mailboxes in threads."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

import uvicorn

from intake.bootstrap.clock import ClockWatch
from intake.bootstrap.health import Health, failing
from intake.bootstrap.house import House
from intake.bootstrap.indexing import bring_up
from intake.bootstrap.keeping import Keeper
from intake.bootstrap.leases import end_leases_of_the_dead
from intake.bootstrap.mailboxes import mailboxes
from intake.bootstrap.presence import Presence
from intake.bootstrap.sending import make_sender
from intake.bootstrap.telling import make_webhook_sender, trouble
from intake.bootstrap.working import make_worker
from intake.channels.limits import Limits
from intake.channels.smtp import SmtpServer
from intake.config import listen_pair, words
from intake.errors import SettingError
from intake.journal import journal
from intake.web.app import create_app
from intake.web.context import WebContext
from intake.web.wire import hearing
from intake.worker import utc_now

TOLD_SECONDS = 300.0  # how long /healthz speaks of a thread that ended
PARTS = ("smtp", "imap", "web", "worker", "sender")
log = journal("run")


class _Uvicorn(uvicorn.Server):
    """Our process has its own signals (dependencies.md trap 18)."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Raises SettingError where the address cannot be had: uvicorn only logs it and ends the whole process."""
        try:
            await super().startup(sockets)
        except SystemExit as e:
            where, why = f"{self.config.host}:{self.config.port}", e.__context__
            said = why.strerror if isinstance(why, OSError) else "uvicorn ended"
            raise SettingError(f"INTAKE_HTTP_LISTEN: cannot listen on {where} ({said}); choose another port") from e


class Supervised:
    """A thread that is started again when it ends before its time."""

    def __init__(self, name: str, target: Callable[[threading.Event], None], stop: threading.Event) -> None:
        self._name, self._target, self._stop = name, target, stop
        self.restarts = 0
        self._died_at: datetime | None = None
        self._why = ""
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._target(self._stop)
            except Exception as e:  # noqa: BLE001 - supervised: whatever it was, the thread begins again
                log.error("thread ended and is started again", thread=self._name, error=e)
                self._why = type(e).__name__
            if not self._stop.is_set():
                self.restarts += 1
                self._died_at = utc_now()
                self._stop.wait(1.0)

    def trouble(self) -> str | None:
        """What to say of a thread that ended lately; None of one that runs as it should."""
        if self._died_at is None or (utc_now() - self._died_at).total_seconds() > TOLD_SECONDS:
            return None
        return f"ended by itself ({self._why or 'no reason'}) and was started again, {self.restarts} times until now"

    def join(self, seconds: float) -> None:
        """Wait for its end."""
        self._thread.join(seconds)


class Services:
    """The running product, or the parts of it that were asked for."""

    def __init__(self, house: House, parts: tuple[str, ...] = PARTS, *, demo: bool = False) -> None:
        self.house, self.parts, self.demo = house, parts, demo
        self.health = Health(house.store, utc_now)
        self._stop = threading.Event()
        self._threads: list[Supervised] = []
        self._smtp: list[SmtpServer] = []
        self._web: uvicorn.Server | None = None
        self._presence: Presence | None = None
        self._clock = ClockWatch(house.store, utc_now)
        self.health.check("the clock", self._clock.trouble)
        self.health.check("rules", lambda: house.tools.trouble)
        self.health.check("the disk", house.disk.trouble)

    async def run(self, ready: Callable[[], None] | None = None) -> None:
        """Start, say so, wait for SIGTERM or SIGINT, end cleanly within 20 seconds."""
        loop = asyncio.get_running_loop()
        ended = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, ended.set)
        try:
            await self._start()
            if ready is not None:
                ready()
            await ended.wait()
        finally:
            await self._end()

    async def _start(self) -> None:
        self._presence = Presence(self.house.settings.home)
        end_leases_of_the_dead(self.house.store, utc_now())
        self._clock.begin()
        self._start_threads()
        if "smtp" in self.parts:
            await self._start_smtp()
        if "web" in self.parts:
            await self._start_web()
        gc.collect()
        gc.freeze()  # rules, words and weights stay: looking through them for rubbish is a pause of 0.1 s in every page

    def _start_threads(self) -> None:
        house = self.house
        house.disk.look()
        self._thread("disk", house.disk.loop)
        self._thread("clock", self._clock.loop)
        if "worker" in self.parts:
            worker = make_worker(house, self._clock.trusts_dates)
            self.health.watch("the worker", lambda: worker.beat_at)
            self.health.check("the worker", lambda: failing(worker.failing, utc_now()))
            self._thread("worker", worker.loop)
            self._thread("index", lambda stop: bring_up(house, stop))
            self._start_keeping()
        if "sender" in self.parts:
            sender = make_sender(house)
            self.health.watch("the sender", lambda: sender.beat_at)
            self.health.check("the sender", lambda: failing(sender.failing, utc_now()))
            self._thread("sender", sender.loop)

        if "sender" in self.parts:
            self._start_telling()
        if "imap" in self.parts:
            for mailbox in mailboxes(house):
                self.health.check(f"mailbox {mailbox.account.name}", mailbox.trouble)
                self._thread(f"imap-{mailbox.account.name}", mailbox.loop)

    def _start_telling(self) -> None:
        telling = make_webhook_sender(self.house)
        if telling is None:
            return
        self.health.watch("the sender of webhooks", lambda: telling.beat_at)
        self.health.check("webhooks", lambda: trouble(self.house.store))
        self.health.check("the sender of webhooks", lambda: failing(telling.failing, utc_now()))
        self._thread("webhooks", telling.loop)

    def _start_keeping(self) -> None:
        keeper = Keeper(self.house, trusts=self._clock.trusts)
        self.health.check("erasures", lambda: keeper.trouble)
        self.health.check("the keeper", lambda: failing(keeper.failing, utc_now()))
        self._thread("keeper", keeper.loop)

    def _thread(self, name: str, target: Callable[[threading.Event], None]) -> None:
        thread = Supervised(name, target, self._stop)
        self._threads.append(thread)
        self.health.check(f"the thread {name}", thread.trouble)

    async def _start_smtp(self) -> None:
        settings = self.house.settings
        for name, lmtp in (("smtp_listen", False), ("lmtp_listen", True)):
            pair = listen_pair(f"INTAKE_{name.upper()}", getattr(settings, name))
            if pair is None:
                continue
            server = SmtpServer(
                self.house.writer,
                host=pair[0],
                port=pair[1],
                recipients=recipients(self.house),
                hostname=self.house.tools().mail_from.rpartition("@")[2] or "localhost",
                lmtp=lmtp,
                clock=utc_now,
                trusted_relays=words(settings.trusted_relays),
                proxies=words(settings.proxies),
                limits=Limits(mails_per_minute=int(settings.mails_per_minute)),
                tls=tls_context(settings.tls_cert_file, settings.tls_key_file),
            )
            await server.start()
            self._smtp.append(server)
            self.health.check("the way into the inbox", self._writer_trouble)
            self.health.check(name.removesuffix("_listen"), lambda s=server: None if s.is_alive else "does not listen")  # type: ignore[misc]
            log.info("listening", what="lmtp" if lmtp else "smtp", listen=f"{pair[0]}:{pair[1]}")

    def _writer_trouble(self) -> str | None:
        return None if self.house.writer.is_alive else "has ended; it begins again with the next message"

    async def _start_web(self) -> None:
        pair = listen_pair("INTAKE_HTTP_LISTEN", self.house.settings.http_listen)
        if pair is None:
            return
        app = create_app(web_context(self.house, self.health, demo=self.demo))
        config = uvicorn.Config(
            app, host=pair[0], port=pair[1], log_config=None, access_log=False, server_header=False, lifespan="off",
            timeout_graceful_shutdown=10, limit_concurrency=500, http=hearing(app.hooks),
        )  # fmt: skip
        self._web = _Uvicorn(config)
        task = self._web_task = asyncio.create_task(self._web.serve())
        while not self._web.started:
            if task.done():
                task.result()
                raise OSError(f"INTAKE_HTTP_LISTEN: cannot listen on {pair[0]}:{pair[1]}")
            await asyncio.sleep(0.02)
        log.info("listening", what="web", listen=f"{pair[0]}:{pair[1]}")

    async def _end(self) -> None:
        """Take no more, finish what was begun."""
        self._stop.set()
        for server in self._smtp:
            with suppress(Exception):
                await server.stop()
        if self._web is not None:
            self._web.should_exit = True
            with suppress(asyncio.TimeoutError, asyncio.CancelledError, SettingError):  # told by whoever started it
                await asyncio.wait_for(self._web_task, 15)
        for thread in self._threads:
            await asyncio.to_thread(thread.join, 15.0)
        await asyncio.to_thread(self.house.close)
        if self._presence is not None:
            self._presence.end()
        log.info("ended")


def recipients(house: House) -> frozenset[str]:
    """Addresses we take mail for."""
    return frozenset(words(house.settings.recipients)) or frozenset({house.tools().mail_from})


def tls_context(cert: str, key: str) -> ssl.SSLContext | None:
    """A server-side TLS context, or None where no certificate is set."""
    if not cert:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key or None)
    return context


def web_context(
    house: House, health: Health, *, demo: bool = False, clock: Callable[[], datetime] = utc_now
) -> WebContext:
    """What the pages need."""
    return WebContext(
        store=house.store,
        tools=house.tools,
        writer=house.writer,
        settings=house.settings,
        parser=house.parser,
        webhook_secrets=house.webhook_secrets,
        app_webhook_secrets=house.app_webhook_secrets,
        health=health.issues,
        room=lambda: house.disk.room.value,
        clock=clock,
        demo=demo,
    )


def run_services(services: Services, ready: Callable[[], None] | None = None) -> None:
    """Run in this thread until told to end; uvloop where it is installed."""
    try:
        import uvloop

        runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
    except ImportError:
        runner = asyncio.Runner()
    with runner:
        runner.run(services.run(ready))
