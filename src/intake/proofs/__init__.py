"""Who has shown what, and what that allows: the ladder, confirm links, keys for coming back."""

from intake.proofs.copies import without_secrets
from intake.proofs.keys import IssuedKey, KeyAnswer, new_key, try_key
from intake.proofs.keys import issue as issue_key
from intake.proofs.ladder import Act, allowed, check, proof_of
from intake.proofs.links import expires_at, is_expired, masked, new_token, nonce_for, nonce_ok, token_hash

__all__ = [
    "Act",
    "IssuedKey",
    "KeyAnswer",
    "allowed",
    "check",
    "expires_at",
    "is_expired",
    "issue_key",
    "masked",
    "new_key",
    "new_token",
    "nonce_for",
    "nonce_ok",
    "proof_of",
    "token_hash",
    "try_key",
    "without_secrets",
]
