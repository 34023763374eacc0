"""A courier that can be stopped at the last moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from intake.model import Mail
from intake.ports import Delivery


@runtime_checkable
class LooksLast(Protocol):
    """Beside ``deliver``: the recipient is accepted, the mail not yet begun, and ``look`` may still stop it."""

    def deliver_after(self, mail: Mail, look: Callable[[], None]) -> Delivery:
        """As ``deliver``; what ``look`` raises comes out as it is, and nothing was sent."""
        ...
