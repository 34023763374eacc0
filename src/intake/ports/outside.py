"""What the store keeps for doors to the outside: keys for coming back, API tokens, deliveries to other systems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ReturnKey:
    """A key for coming back, or a stranger's row without ``seeker_id`` and ``digest``."""

    id: int
    seeker_id: int | None
    address_hash: bytes
    digest: bytes | None
    expires_at: datetime
    tries_left: int  # this try taken away already
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A program that may use the API; its secret is known by its hash only."""

    id: int
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    revoked_at: datetime | None = None
    used_on: date | None = None


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """What a request with an idempotency key was answered."""

    request_hash: bytes
    status: int
    ref: int


@dataclass(frozen=True, slots=True)
class WebhookJob:
    """A delivery of the audit row ``seq``. ``fence`` must still be the row's when its end is written."""

    seq: int
    state: str  # queued, sent, failed
    attempts: int
    fence: int
    queued_at: datetime
    ready_at: datetime
    ended_at: datetime | None = None
    error: str = ""


class ReturnKeyRepo(Protocol):
    """Keys for coming back (features.md B8)."""

    def open(self, handle_hash: bytes, address_hash: bytes, now: datetime, expires_at: datetime, tries: int) -> None:
        """A row for whoever asks, known or not."""
        ...

    def issue(self, handle_hash: bytes, seeker_id: int, digest: bytes) -> bool:
        """A key was sent for this row; keys of the same person from before die. False if the row is gone."""
        ...

    def take_try(self, handle_hash: bytes) -> ReturnKey | None:
        """Take one try away and give the row; None where none is left, or there is no such row (race-free)."""
        ...

    def use(self, key_id: int, at: datetime) -> bool:
        """Mark used if unused; False if it was used already (race-free)."""
        ...

    def issued_since(self, seeker_id: int, since: datetime) -> int:
        """How many keys this person was sent since then."""
        ...

    def forget_before(self, at: datetime) -> int:
        """Delete rows opened before then; how many."""
        ...


class ApiTokenRepo(Protocol):
    """Programs that may use the API."""

    def add(self, name: str, token_hash: bytes, scopes: Sequence[str], now: datetime) -> ApiToken:
        """Raises BadInput where a valid token of this name exists."""
        ...

    def find(self, token_hash: bytes) -> ApiToken | None:
        """None for unknown and revoked ones."""
        ...

    def all(self) -> list[ApiToken]: ...

    def revoke(self, name: str, at: datetime) -> int:
        """End all tokens of this name; how many."""
        ...

    def note_use(self, token: ApiToken, day: date) -> None:
        """The day on which it was last used."""
        ...

    def answer(self, token_id: int, key_hash: bytes) -> ApiAnswer | None:
        """What was answered under this idempotency key."""
        ...

    def keep_answer(self, token_id: int, key_hash: bytes, answer: ApiAnswer, at: datetime) -> bool:
        """Keep an answer; False where the key is taken."""
        ...

    def forget_answers_before(self, at: datetime) -> int:
        """Delete answers kept before then; how many."""
        ...


class WebhookRepo(Protocol):
    """Deliveries to the agency's own system."""

    def enqueue(self, seqs: Sequence[int], now: datetime) -> int:
        """Deliveries of these audit rows, each once; how many are new."""
        ...

    def claim(self, now: datetime, limit: int, lease_seconds: int) -> list[WebhookJob]:
        """Take deliveries that are due, oldest first; committed before anything is sent."""
        ...

    def is_due(self, now: datetime) -> bool:
        """True where ``claim`` would find something."""
        ...

    def finish(self, job: WebhookJob, state: str, at: datetime, error: str = "") -> None:
        """``sent`` or ``failed``. Raises LeaseLost."""
        ...

    def retry(self, job: WebhookJob, at: datetime, error: str) -> None:
        """Again, not before ``at``. Raises LeaseLost."""
        ...

    def replay(self, now: datetime, *, seqs: Sequence[int] = (), failed: bool = False) -> int:
        """Queue anew: these, or all that failed; how many."""
        ...

    def find(self, state: str | None = None, before: int | None = None, limit: int = 100) -> list[WebhookJob]:
        """Newest first."""
        ...

    def counts(self) -> dict[str, int]: ...
