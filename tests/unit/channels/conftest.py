"""What the channels' tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.store import SqlStore
from tests.unit.channels.stores import real_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    """A real store, for tests that do not bring one of a few lines."""
    with real_store(tmp_path) as opened:
        yield opened
