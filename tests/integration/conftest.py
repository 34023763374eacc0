"""What several integration tests look through."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from intake.web import wire
from tests.house import TestHouse


@pytest.fixture
def lean(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The answers that were given straight off the wire."""
    given: list[int] = []
    answer = wire.HookProtocol.answer

    def told(self: Any, status: int, body: bytes, keep_alive: bool) -> None:
        given.append(status)
        answer(self, status, body, keep_alive)

    monkeypatch.setattr(wire.HookProtocol, "answer", told)
    return given


@pytest.fixture
def gate(house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """The commit waits for it."""
    keep, go = house.store.keep, threading.Event()

    def held(arriving: Any, *more: Any) -> Any:
        assert go.wait(20)
        return keep(arriving, *more)

    monkeypatch.setattr(house.store, "keep", held)
    yield go
    go.set()
