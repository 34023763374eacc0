"""A whole house for tests: real store, rules and templates; in-process parser, a clock that is set by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from intake.bootstrap.home import connect, init_home
from intake.bootstrap.samples import mail_bytes
from intake.bootstrap.sending import COURIER, tell
from intake.bootstrap.toolbox import make_tools
from intake.config import Settings
from intake.keyring import load_keyring
from intake.model import (
    Accepted,
    Application,
    Arrival,
    Case,
    Channel,
    Envelope,
    Mail,
    Message,
    OutboxItem,
    Seeker,
    SeekerStatus,
    Stage,
)
from intake.outbox.sender import Sender
from intake.parsing import ParseOptions, parse
from intake.pipeline import presend
from intake.pipeline.tools import Tools
from intake.ports import CaseQuery, Delivery, Store
from intake.worker import Worker

NOON = datetime(2026, 11, 16, 3, 0, tzinfo=UTC)  # Monday, noon in Tokyo
DESK = "support@agency.example.jp"
_TOOLS: dict[Settings, Tools] = {}  # shipped rules and templates, read once a process: a second each


class InProcess:
    """Opens mail here instead of in a child."""

    def parse(self, envelope: Envelope, options: ParseOptions) -> Message:
        return parse(envelope, options)

    def close(self) -> None:
        return None


@dataclass
class Caught:
    """A relay that keeps everything."""

    mails: list[Mail] = field(default_factory=list)

    def deliver(self, mail: Mail) -> Delivery:
        self.mails.append(mail)
        return Delivery("250 kept")

    def close(self) -> None:
        return None


@dataclass
class TestHouse:
    """What a test needs of a running product."""

    __test__ = False
    settings: Settings
    store: Store
    tools: Tools
    now: datetime = NOON
    relay: Caught = field(default_factory=Caught)

    @property
    def worker(self) -> Worker:
        return Worker(self.store, lambda: self.tools, InProcess(), clock=lambda: self.now)

    @property
    def sender(self) -> Sender:
        return Sender(
            self.store,
            self.relay,
            check=lambda tx, item: presend.stale(tx, item, self.tools, self.now),
            on_end=tell,
            clock=lambda: self.now,
        )

    def seeker(
        self, member_id: str = "M-10001", name: str = "山田 太郎", email: str = "taro@example.jp", **more: Any
    ) -> Seeker:
        """Register somebody; ``applications`` is a sequence of (company, stage name[, self_applied])."""
        applications = more.pop("applications", ())
        more["status"] = SeekerStatus(more.get("status", "active"))
        with self.store.write() as tx:
            tx.seekers.upsert(
                Seeker(id=0, member_id=member_id, name=name, addresses=tuple(a for a in email.split(";") if a), **more)
            )
            for row in applications:
                own = bool(row[2]) if len(row) > 2 else False
                at = row[3] if len(row) > 3 else None
                tx.seekers.upsert_application(member_id, Application(0, row[0], Stage[row[1].upper()], own, at))
            found = tx.seekers.by_member_id(member_id)
        assert found is not None
        return found

    def get_seeker(self, member_id: str = "M-10001") -> Seeker:
        with self.store.read() as tx:
            found = tx.seekers.by_member_id(member_id)
        assert found is not None
        return found

    def arrive(self, envelope: Envelope) -> Accepted:
        with self.store.write() as tx:
            return tx.inbox.add([Arrival(envelope)])[0]

    def mail(
        self, body: str, *, from_: str = "山田 太郎 <taro@example.jp>", subject: str = "ご連絡", **row: Any
    ) -> Accepted:
        """A mail arrives; the worker has not looked yet."""
        raw = mail_bytes({"from": from_, "subject": subject, "body": body, **row})
        return self.raw(raw, mail_from=parseaddr(from_)[1])

    def raw(self, raw: bytes, *, mail_from: str = "") -> Accepted:
        return self.arrive(
            Envelope(Channel.EMAIL, "smtp", raw, self.now, mail_from=mail_from, rcpt_to=(DESK,), peer="127.0.0.1")
        )

    def work(self) -> None:
        """Everything that waits is brought to its end, mails leave."""
        worker = self.worker
        for _ in range(50):
            if not worker.run_once():
                break
            self.now += timedelta(milliseconds=1)
        worker.run_calendar()
        for _ in range(50):
            if not self.sender.run_once(self.now):
                break

    def cases(self, message: int | None = None) -> list[Case]:
        with self.store.read() as tx:
            if message is not None:
                return sorted(tx.cases.of_message(message), key=lambda c: c.id)
            return tx.cases.find(CaseQuery(limit=1000))

    def outbox(self) -> list[OutboxItem]:
        with self.store.read() as tx:
            return tx.outbox.find(limit=1000)

    def link(self) -> str:
        """The token of the newest link that left."""
        for mail in reversed(self.relay.mails):
            for word in mail.text.split():
                if "/c/" in word:
                    return word.rpartition("/c/")[2]
        raise AssertionError("no link has left")


def open_test_house(home: Path, *, profile: str = "agency", url: str = "", **settings: Any) -> TestHouse:
    """A house in an empty folder, on SQLite there or on ``url``."""
    s = Settings(
        home=home,
        profile=profile,
        database_url=url,
        mail_from=DESK,
        recipients=DESK,
        public_url="https://intake.example.jp",
        **settings,
    )
    init_home(s)
    return TestHouse(s, connect(s), _tools(s))


def _tools(s: Settings) -> Tools:
    if any(p.is_file() for root in (s.rules_override, s.templates_override) for p in root.rglob("*")):
        return make_tools(s)
    alike = replace(s, home=Path(), database_url="", secret_file="")
    if alike not in _TOOLS:
        _TOOLS[alike] = make_tools(s)
    return replace(_TOOLS[alike], keyring=load_keyring(s.secret_path))


def as_table(cases: Sequence[Case]) -> list[Mapping[str, Any]]:
    """Cases in the words of expect.toml."""
    return [{"request": c.request, "state": c.state.value, "hold_reason": c.hold_reason or "", "policy": c.policy,
             "seeker": c.member_id or ""} for c in cases]  # fmt: skip


__all__ = ["COURIER", "DESK", "NOON", "Caught", "InProcess", "TestHouse", "as_table", "open_test_house"]
