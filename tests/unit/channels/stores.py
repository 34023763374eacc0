"""A real store on SQLite; its schema is made once in a run and copied."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from intake.keyring import Keyring
from intake.store import SqlStore, migrate, open_store

KEYRING = Keyring(bytes(range(32)))


@cache
def _template() -> TemporaryDirectory[str]:
    folder = TemporaryDirectory(prefix="intake-template-")
    migrate(f"sqlite:///{folder.name}/intake.db")
    return folder


@contextmanager
def real_store(folder: Path) -> Iterator[SqlStore]:
    """An open, empty store in ``folder``."""
    shutil.copytree(_template().name, folder / "store")
    opened = open_store(f"sqlite:///{folder / 'store' / 'intake.db'}", KEYRING)
    yield opened
    opened.close()
