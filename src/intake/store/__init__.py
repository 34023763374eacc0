"""The database: encrypted from the first day, one writer at a time on SQLite, the same on PostgreSQL."""

from intake.store.context import KeyMaker
from intake.store.schema import is_current, migrate, restore
from intake.store.unit_of_work import SqlStore, SqlTx, open_store

__all__ = ["KeyMaker", "SqlStore", "SqlTx", "is_current", "migrate", "open_store", "restore"]
