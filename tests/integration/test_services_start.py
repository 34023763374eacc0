"""What a process does before it says that it is up."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.bootstrap.home import init_home
from intake.bootstrap.house import open_house
from intake.bootstrap.services import Services
from intake.config import Settings


@pytest.fixture
def thawed() -> Iterator[None]:
    """The tests' own process goes on as it was."""
    gc.unfreeze()
    yield
    gc.unfreeze()


def test_rules_and_words_are_left_out_when_rubbish_is_looked_for(tmp_path: Path, thawed: None) -> None:
    """A full collection over them stops every page and every SMTP session for a tenth of a second."""
    settings = Settings(home=tmp_path, mail_from="desk@agency.example.jp", http_listen="", smtp_listen="")
    init_home(settings)
    house = open_house(settings)
    assert house.tools().rulebook.requests
    asyncio.run(Services(house, ("web",)).run(ready=lambda: asyncio.get_running_loop().call_soon(_interrupt)))
    assert gc.get_freeze_count() > 50_000


def _interrupt() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
