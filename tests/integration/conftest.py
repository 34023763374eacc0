"""What several integration tests look through."""

from __future__ import annotations

from typing import Any

import pytest

from intake.web import wire


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
