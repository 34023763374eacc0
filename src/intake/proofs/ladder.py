"""Who has shown what, and what that allows. The table itself is ``intake.model.ladder``."""

from __future__ import annotations

from collections.abc import Mapping

from intake.errors import NotProved
from intake.model import Authenticity, AuthVerdict, Match, MatchKind, Proof
from intake.model.ladder import ACTS_OF, NEEDS, Act, Need, allowed

__all__ = ["ACTS_OF", "NEEDS", "Act", "Need", "allowed", "check", "proof_of"]


def check(
    request: str,
    act: str,
    proof: Proof,
    *,
    on_file: bool = False,
    staff_approved: bool = False,
    second_approved: bool = False,
    second_needed: bool = False,
    raised: Mapping[str, Proof] | None = None,
) -> None:
    """``allowed``, as a guard before something is carried out. Raises NotProved."""
    if not allowed(
        request,
        act,
        proof,
        on_file=on_file,
        staff_approved=staff_approved,
        second_approved=second_approved,
        second_needed=second_needed,
        raised=raised,
    ):
        raise NotProved(f"{request}: E{int(proof)} does not allow {act}")


def proof_of(match: Match, auth: Authenticity, app_authenticated: bool, staff_check: bool) -> Proof:
    """The evidence an arrival carries by itself; E2 otherwise only comes from a POST behind a link.

    Without exactly one seeker there is nothing that could be proved. A failing From proves nothing, and neither does
    a pass for an address that is not on file: somebody has shown that they are themselves, not that they are ours.
    """
    if match.kind is not MatchKind.ONE or match.seeker is None:
        return Proof.E0
    if staff_check:
        return Proof.E3
    if app_authenticated:
        return Proof.E2
    return Proof.E1 if match.on_file and auth.verdict is AuthVerdict.PASS else Proof.E0
