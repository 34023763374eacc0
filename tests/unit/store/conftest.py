"""A migrated store of the test's own, once on SQLite and once on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from intake.store import SqlStore, migrate, open_store
from tests import rigs
from tests.unit.store.given import KEYRING


@pytest.fixture
def url(databases: Any) -> Iterator[str]:
    """The URL of a database at the newest schema."""
    if isinstance(databases, rigs.Postgres):
        url = databases.fresh(migrate)
    else:
        url = databases.fresh()
        migrate(url)
    yield url
    databases.discard(url)


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    """An open store."""
    opened = open_store(url, KEYRING)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(sqlite: rigs.Sqlite) -> Iterator[SqlStore]:
    """An open store on SQLite, for what is SQLite's alone."""
    url = sqlite.fresh()
    migrate(url)
    opened = open_store(url, KEYRING)
    yield opened
    opened.close()
    sqlite.discard(url)
