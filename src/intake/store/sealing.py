"""AES-256-GCM under a data key. The kind of blob and the id of its key are bound to it: none can be moved."""

from __future__ import annotations

import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from intake.errors import StoreUnavailable

_NONCE = 12


def seal(key: bytes, key_id: int, kind: str, data: bytes) -> bytes:
    """Nonce and ciphertext."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, data, _bound(key_id, kind))


def seal_all(kind: str, items: Sequence[tuple[int, bytes, bytes]]) -> list[tuple[int, bytes]]:
    """(key id, nonce and ciphertext) of (key id, key, bytes) each; randomness is asked for once."""
    random, at, bound = os.urandom(_NONCE * len(items)), 0, kind.encode() + b":%d"
    sealed = []
    for key_id, key, data in items:
        nonce = random[at : at + _NONCE]
        at += _NONCE
        sealed.append((key_id, nonce + AESGCM(key).encrypt(nonce, data, bound % key_id)))
    return sealed


def unseal(key: bytes, key_id: int, kind: str, sealed: bytes) -> bytes:
    """The bytes that were sealed. Raises StoreUnavailable where they were changed or belong elsewhere."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound(key_id, kind))
    except InvalidTag as e:
        raise StoreUnavailable(f"a stored {kind} is damaged (key {key_id})") from e


def _bound(key_id: int, kind: str) -> bytes:
    return f"{kind}:{key_id}".encode()
