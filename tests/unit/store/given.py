"""Invented things that tests of the store put into it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from intake.keyring import Keyring
from intake.model import (
    Arrival,
    CaseState,
    Channel,
    Envelope,
    Mail,
    MailClass,
    Seeker,
)
from intake.ports.rows import NewCase, NewMail
from intake.store import SqlStore, SqlTx

KEYRING = Keyring(bytes(range(64)))
NOW = datetime(2026, 4, 1, 3, 0, 0, 123456, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def arrival(n: int = 1, **fields: Any) -> Arrival:
    """A mail that differs by its number."""
    given: dict[str, Any] = {
        "channel": Channel.EMAIL,
        "via": "smtp",
        "raw": b"Subject: taikai\r\nMessage-ID: <%d@example.jp>\r\n\r\n%d\r\n" % (n, n),
        "received_at": NOW,
        "mail_from": "hanako@example.jp",
        "rcpt_to": ("taikai@example.com",),
    }
    return Arrival(Envelope(**given | fields))


def hook(external_id: str, raw: bytes = b'{"message":"x"}', source: str = "form") -> Arrival:
    """A signed form post."""
    return Arrival(Envelope(Channel.FORM, "webhook", raw, NOW), idempotency=(source, external_id))


def add_message(tx: SqlTx, n: int = 1) -> int:
    """A mail in the inbox; its id."""
    (accepted,) = tx.inbox.add([arrival(n)])
    return accepted.message_id


def new_case(message_id: int, **fields: Any) -> NewCase:
    """A withdrawal to review."""
    given: dict[str, Any] = {
        "message_id": message_id,
        "request": "withdrawal",
        "state": CaseState.REVIEW,
        "channel": Channel.EMAIL,
        "received_at": NOW,
    }
    return NewCase(**given | fields)


def seeker(member_id: str = "M-001", **fields: Any) -> Seeker:
    """A person of the register."""
    given: dict[str, Any] = {
        "id": 0,
        "member_id": member_id,
        "name": "山田 花子",
        "kana": "ヤマダ ハナコ",
        "addresses": ("hanako@example.jp",),
        "phones": ("090-0000-0001",),
    }
    return Seeker(**given | fields)


def new_mail(case_ids: tuple[int, ...] = (), **fields: Any) -> NewMail:
    """A receipt; fields of Mail or NewMail."""
    mail: dict[str, Any] = {
        "to": "hanako@example.jp",
        "mail_from": "",
        "message_id": "<u1.sig@example.com>",
        "subject": "受付のご連絡",
        "template": "receipt",
        "template_version": "v1",
        "data": b"Subject: x\r\n\r\nbytes\n",
        "text": "受け付けました",
        "mail_class": MailClass.ONCE,
    }
    about: dict[str, Any] = {"not_before": NOW}
    for name, value in fields.items():
        (mail if name in mail else about)[name] = value
    return NewMail(Mail(**mail), case_ids, **about)


def plan_of(store: SqlStore, read: Callable[[SqlTx], object]) -> list[str]:
    """How SQLite goes about the statements of ``read``, step by step."""
    seen: list[tuple[str, Any]] = []
    with store.read() as tx:
        conn = tx.inbox._c.conn
        sa.event.listen(conn, "before_cursor_execute", lambda c, cursor, sql, values, *_: seen.append((sql, values)))
        read(tx)
        return [row[3] for sql, values in seen[:] for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)]
