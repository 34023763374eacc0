"""The database: encrypted from the first day, one writer at a time on SQLite, the same on PostgreSQL."""

from intake.store.context import KeyMaker
from intake.store.schema import holds_data, is_current, migrate, refuse_lost_keys, restore
from intake.store.unit_of_work import SqlStore, SqlTx, open_store
from intake.store.wrapping import CommandWrapping, FileWrapping, Wrapping

__all__ = [
    "CommandWrapping",
    "FileWrapping",
    "KeyMaker",
    "SqlStore",
    "SqlTx",
    "Wrapping",
    "holds_data",
    "is_current",
    "migrate",
    "open_store",
    "refuse_lost_keys",
    "restore",
]
