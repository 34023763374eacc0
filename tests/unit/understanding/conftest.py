"""One understander for all tests of this folder: it keeps nothing of what it read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from intake.model import Meaning
from intake.parsing.quotes import segment
from intake.resources import shipped_rules
from intake.understanding import Understander, load_rulebook

Read = Callable[..., Meaning]


@pytest.fixture(scope="session")
def understander() -> Understander:
    return Understander(load_rulebook([shipped_rules()]))


@pytest.fixture
def read(understander: Understander) -> Read:
    """Read a body as the product does."""

    def one(body: str, subject: str = "", received_at: datetime | None = None, **more: str | None) -> Meaning:
        return understander.read(
            channel="email",
            subject=subject,
            body=body,
            segments=segment(body),
            received_at=received_at,
            **more,  # type: ignore[arg-type]
        )

    return one
