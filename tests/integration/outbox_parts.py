"""Mails, stores and clocks for the tests of the outbox; run as a program it is a sender that a test may kill."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from intake.keyring import Keyring
from intake.model import Mail, MailClass, MailState, OutboxItem
from intake.outbox.courier import open_courier
from intake.outbox.sender import Sender
from intake.ports import Courier, NewMail, Store, Tx
from intake.store import migrate, open_store

NOW = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)
KEYS = Keyring(bytes(range(32)))


def prepared(databases: object) -> str:
    """A database of its own at the newest schema."""
    url: str = databases.fresh()  # type: ignore[attr-defined]
    migrate(url)
    return url


def mail(number: int = 1, mail_class: MailClass = MailClass.ONCE, to: str = "hanako@example.jp") -> Mail:
    message_id = f"<m{number}.0123456789abcdef@agency.example>"
    text = f"受付番号 {number} を承りました。\n.\n..\n"
    data = (
        f"Date: Wed, 01 Apr 2026 12:00:00 +0900\r\nFrom: <a@agency.example>\r\nTo: {to}\r\n"
        f"Message-ID: {message_id}\r\nSubject: {number}\r\n\r\nbody {number}\r\n.\r\n..x\r\n"
    ).encode()
    return Mail(to, "", message_id, str(number), "receipt_other", "v1", data, text, mail_class)


def queue(store: Store, *mails: Mail, at: datetime = NOW) -> list[int]:
    with store.write() as tx:
        return [tx.outbox.add(NewMail(m, (), at), at).id for m in mails]


@dataclass
class World:
    """A store, what staff were told, and a clock that a test moves."""

    store: Store
    courier: Courier
    now: datetime = NOW
    told: list[tuple[int, MailState]] = field(default_factory=list)
    check: Callable[[Tx, OutboxItem], str | None] = lambda _tx, _item: None

    def sender(self, **changes: object) -> Sender:
        def on_end(tx: Tx, item: OutboxItem, state: MailState) -> None:
            assert tx.outbox.get(item.id).state is state  # told in the transaction that ends it
            self.told.append((item.id, state))

        store = changes.pop("store", self.store)
        given: dict[str, object] = {"clock": lambda: self.now, "on_end": on_end, "chance": lambda: 0.0}
        return Sender(store, self.courier, lambda tx, i: self.check(tx, i), **(given | changes))  # type: ignore[arg-type]

    def state(self, item_id: int) -> MailState:
        return self.item(item_id).state

    def item(self, item_id: int) -> OutboxItem:
        with self.store.read() as tx:
            return tx.outbox.get(item_id)

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)


def main(database: str, relay: str) -> None:
    """One round of sending, to be killed on its way by INTAKE_FAIL_AT."""
    store = open_store(database, KEYS)
    courier = open_courier(relay, Path())
    Sender(store, courier, lambda _tx, _item: None, lambda: NOW).run_once()
    courier.close()
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
