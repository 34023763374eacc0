"""What opens an account besides its password, and where it is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from intake.model import StaffMember


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A browser that is signed in, as its owner sees it."""

    id: int
    created_at: datetime
    seen_at: datetime | None
    method: str  # password, totp, spare, passkey, oidc, invitation
    agent: str  # browser and system, in two words
    where: str  # network address


@dataclass(frozen=True, slots=True)
class Passkey:
    """A public key that an authenticator keeps the other half of."""

    id: int
    staff: str
    credential_id: bytes
    public_key: bytes
    sign_count: int
    name: str
    created_at: datetime
    used_at: datetime | None


class AccessRepo(Protocol):
    """Second factors, invitations, sessions. Names are of staff; unknown ones have nothing."""

    def sessions(self, name: str, now: datetime) -> list[OpenSession]:
        """Open ones, newest first; a sign-in that still lacks its second factor is none."""
        ...

    def describe_session(self, session_id: int, method: str, agent: str, where: str) -> None: ...

    def touch(self, session_id: int, at: datetime) -> None:
        """It was used; written at most once a minute."""
        ...

    def end_session(self, name: str, session_id: int) -> bool:
        """Sign one browser of this person out; False where it is not theirs."""
        ...

    def totp(self, name: str) -> bytes | None:
        """The sealed secret of the one-time codes."""
        ...

    def set_totp(self, name: str, sealed: bytes | None) -> None:
        """Begin or end one-time codes; an end takes the spare codes with it."""
        ...

    def use_step(self, name: str, step: int) -> bool:
        """True once for each time step, and never for one before the newest."""
        ...

    def set_spare_codes(self, name: str, hashes: list[bytes]) -> None: ...

    def use_spare_code(self, name: str, code_hash: bytes, at: datetime) -> bool:
        """True once for each."""
        ...

    def spare_codes_left(self, name: str) -> int: ...
    def ways_in(self) -> tuple[frozenset[str], frozenset[str]]:
        """Names that can sign in (password or the agency's own account), and that have a second factor."""
        ...

    def passkeys(self, name: str) -> list[Passkey]: ...
    def passkey(self, credential_id: bytes) -> Passkey | None: ...
    def add_passkey(
        self, name: str, credential_id: bytes, public_key: bytes, count: int, label: str, at: datetime
    ) -> None:
        """Raises BadInput where the credential is known."""
        ...

    def passkey_used(self, passkey_id: int, sign_count: int, at: datetime) -> None: ...

    def use_challenge(self, challenge_hash: bytes, at: datetime) -> bool:
        """True once for each, whichever process asks."""
        ...

    def remove_passkey(self, name: str, passkey_id: int) -> bool: ...

    def invite(self, name: str, token_hash: bytes, now: datetime, expires_at: datetime) -> None:
        """A one-time link; an earlier one of the same person dies."""
        ...

    def invited(self, token_hash: bytes, now: datetime) -> StaffMember | None: ...
    def use_invitation(self, token_hash: bytes, now: datetime) -> StaffMember | None:
        """Whose it is, once."""
        ...

    def link_subject(self, name: str, subject: str | None) -> None:
        """Issuer and subject of the agency's sign-in. Raises BadInput where another account has it."""
        ...

    def by_subject(self, subject: str) -> StaffMember | None: ...
    def subject(self, name: str) -> str | None: ...
