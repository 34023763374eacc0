"""Whether the owner of a From domain asks receivers to check it (RFC 7489)."""

from __future__ import annotations

from intake.mailauth.resolver import Resolver
from intake.parsing.organisation import organisation


def alignment(domain: str, resolver: Resolver, deadline: float) -> tuple[bool, bool] | None:
    """(DKIM strict, SPF strict) of the domain's record, else of its organisation's; None where neither has one.

    Raises NoAnswer where the DNS did not say.
    """
    for name in dict.fromkeys((domain, organisation(domain))):
        tags = _record(resolver.txt(f"_dmarc.{name}", deadline))
        if tags is not None:
            return tags.get("adkim") == "s", tags.get("aspf") == "s"
    return None


def is_aligned(claimed: str, domain: str, *, strict: bool) -> bool:
    """Strict: the same name. Relaxed: the same organisational domain."""
    return claimed == domain or (not strict and organisation(claimed) == organisation(domain))


def _record(texts: list[bytes]) -> dict[str, str] | None:
    """The tags of the one DMARC record; several, or one without a policy, count as none (RFC 7489 §6.6.3)."""
    found = [t.decode("ascii", "replace") for t in texts if t.replace(b" ", b"").startswith(b"v=DMARC1")]
    if len(found) != 1:
        return None
    pairs = (piece.partition("=") for piece in found[0].split(";"))
    tags = {key.strip().lower(): value.strip().lower() for key, _, value in pairs if key.strip()}
    return tags if tags.get("p") in ("none", "quarantine", "reject") else None
