"""What every repository of one transaction shares."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from intake.keyring import Keyring
from intake.store.keystore import KeyStore


class KeyMaker(Protocol):
    """Makes the keys that seekers are found by; the same functions must make those of a query (MatchKeys)."""

    def addresses(self, address: str) -> str:
        """The canonical form of a mail address."""
        ...

    def member(self, member_id: str) -> str:
        """The canonical form of a member number."""
        ...

    def phone(self, phone: str) -> str:
        """The digits of a telephone number."""
        ...

    def names(self, name: str, kana: str) -> tuple[str, ...]:
        """Keys of a name and of its reading."""
        ...


@dataclass(slots=True)
class Context:
    """One transaction: its connection, and the tools that outlive it."""

    conn: sa.Connection
    keyring: Keyring
    keys: KeyStore
    maker: KeyMaker
    audited: bool = False  # rows were added to the hash chain
    member_ids: dict[int, str] = field(default_factory=dict)  # opened once a transaction, by the seeker's id

    @property
    def is_sqlite(self) -> bool:
        """True on SQLite, False on PostgreSQL."""
        return self.conn.dialect.name == "sqlite"

    @property
    def mark(self) -> str:
        """How the driver marks a parameter."""
        return "?" if self.is_sqlite else "%s"

    def walk_the_index(self) -> None:
        """For a claim: PostgreSQL, whose figures of a queue are always old, would rather sort the whole backlog."""
        if not self.is_sqlite:
            self.conn.exec_driver_sql("SET LOCAL enable_bitmapscan = off")

    def insert(self, table: sa.Table) -> Any:
        """The engine's own INSERT, which knows ON CONFLICT."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)
