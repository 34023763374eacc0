"""Keys derived from the one secret of the home. Hashes with a key let us compare without keeping what we compare."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from pathlib import Path

from intake import durable
from intake.errors import SettingError

MIN_SECRET_BYTES = 32


class Keyring:
    """Purpose-bound keys from a master secret of at least 32 bytes (A31: sample secrets refuse to start)."""

    def __init__(self, master: bytes) -> None:
        if len(master) < MIN_SECRET_BYTES or len(set(master)) < 8:
            raise SettingError("INTAKE_SECRET_FILE: the secret is too weak; let `intake init` make one")
        self._master = master
        self._keys: dict[str, bytes] = {}
        self._hashes: dict[str, hashlib.blake2b] = {}

    def key(self, purpose: str) -> bytes:
        """32 bytes for one purpose, the same each time (HMAC-SHA-256 of the purpose)."""
        if purpose not in self._keys:
            self._keys[purpose] = hmac.digest(self._master, b"intake/" + purpose.encode(), "sha256")
        return self._keys[purpose]

    def hash(self, purpose: str, data: bytes | str) -> bytes:
        """Keyed hash (16 bytes) of ``data`` for comparing equal things."""
        raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
        begun = self._hashes.get(purpose)
        if begun is None:
            begun = self._hashes[purpose] = hashlib.blake2b(key=self.key(purpose), digest_size=16)
        hashed = begun.copy()
        hashed.update(raw)
        return hashed.digest()

    def sign(self, purpose: str, data: str) -> str:
        """Hex signature, 32 characters, for message-ids and return paths."""
        return hmac.digest(self.key(purpose), data.encode(), "sha256").hex()[:32]

    def signed_by_us(self, purpose: str, data: str, signature: str) -> bool:
        """Constant-time check of ``sign``."""
        return hmac.compare_digest(self.sign(purpose, data).encode(), signature.encode("utf-8", "replace"))


def load_keyring(path: Path) -> Keyring:
    """Read the secret file (hex or raw bytes). Raises SettingError when it is missing or weak."""
    try:
        text = path.read_bytes().strip()
    except OSError as e:
        raise SettingError(f"{path}: cannot read the secret ({e.strerror}); run `intake init`") from e
    try:
        return Keyring(bytes.fromhex(text.decode("ascii")))
    except ValueError:
        return Keyring(text)


def make_secret(path: Path) -> None:
    """Write a new secret (mode 0600); an existing file is left alone. A crash leaves it whole or absent."""
    durable.make(path, (secrets.token_hex(32) + "\n").encode("ascii"))
