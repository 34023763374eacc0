"""Carrying a finished mail out of the house."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from intake.model import Mail


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the relay said; ``detail`` holds its code and text without addresses."""

    detail: str


class Courier(Protocol):
    """A relay, or a folder that catches mail."""

    def deliver(self, mail: Mail) -> Delivery:
        """Hand over one mail.

        Raises RelayTemporary (try again), RelayPermanent (never again) or RelayUnknown (the connection
        broke after the last dot). Never retries by itself.
        """
        ...

    def close(self) -> None:
        """End kept connections."""
        ...


#: What the last look answers where a mail may neither leave nor be given up: somebody has just written.
NOT_YET = "unread_mail"
