"""DKIM keys in ``HOME/dkim/SELECTOR.pem``, and which of them signs.

The first key signs at once. A later one waits until its record is in the DNS and ``intake dkim use SELECTOR`` says so;
the old key and its record stay, for mails on their way are still checked with them. ``HOME/dkim/signing`` names the
selector in use; without that file (keys put there by hand) the selector that sorts last signs.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from intake import durable
from intake.errors import SettingError

FOLDER = "dkim"
IN_USE = "signing"
BITS = 2048
TXT_PART = 255  # octets that one character-string of a TXT record holds (RFC 1035 §3.3)
_SELECTOR = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Key:
    """A key and the name of its DNS record."""

    selector: str
    private: rsa.RSAPrivateKey
    signs: bool

    @property
    def record(self) -> str:
        """The TXT record."""
        der = self.private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return f"v=DKIM1; k=rsa; p={base64.b64encode(der).decode()}"

    def zone_line(self, domain: str) -> str:
        """The record as it stands in a zone file, cut into strings that DNS can hold."""
        cut = [self.record[i : i + TXT_PART] for i in range(0, len(self.record), TXT_PART)]
        strings = " ".join(f'"{part}"' for part in cut)
        return f"{self.selector}._domainkey.{domain}. IN TXT ( {strings} )"


def keys_of(home: Path) -> list[Key]:
    """Every key, by selector. Raises SettingError naming the file that is none."""
    in_use = selector_in_use(home)
    return [_load(path, signs=path.stem == in_use) for path in _paths(home)]


def key_in_use(home: Path) -> Key | None:
    """The key that signs; None where there is none. Raises SettingError."""
    in_use = selector_in_use(home)
    return None if in_use is None else _load(home / FOLDER / f"{in_use}.pem", signs=True)


def selector_in_use(home: Path) -> str | None:
    """Which selector signs; None without keys. Raises SettingError where the one that was named is gone."""
    selectors = [path.stem for path in _paths(home)]
    named = home / FOLDER / IN_USE
    chosen = named.read_text("utf-8").strip() if named.is_file() else ""
    if chosen and chosen not in selectors:
        raise SettingError(f"{named}: there is no key {chosen}.pem; choose one with `intake dkim use`")
    return chosen or (selectors[-1] if selectors else None)


def make_key(home: Path, selector: str) -> str:
    """Make a key (mode 0600) and give the TXT record for ``SELECTOR._domainkey.DOMAIN``. Raises SettingError."""
    _must_be_selector(selector)
    signing = selector_in_use(home)
    path = home / FOLDER / f"{selector}.pem"
    path.parent.mkdir(parents=True, exist_ok=True)
    private = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write_new(home / FOLDER / IN_USE, (signing or selector).encode(), exist_ok=True)
    try:
        _write_new(path, pem)
    except FileExistsError as e:
        raise SettingError(f"{path}: there is a key of this name already") from e
    return Key(selector, private, signs=signing is None).record


def use_key(home: Path, selector: str) -> None:
    """From now on this key signs; a running sender takes it up with its next mail. Raises SettingError."""
    _must_be_selector(selector)
    path = home / FOLDER / f"{selector}.pem"
    if not path.is_file():
        raise SettingError(f"{path}: there is no such key; `intake dkim new {selector}` makes one")
    _load(path, signs=True)
    named = home / FOLDER / IN_USE
    part = named.with_suffix(".part")
    part.write_text(selector, "utf-8")
    part.replace(named)


def stamp(home: Path) -> tuple[tuple[str, int], ...]:
    """Changes whenever a key or the choice among them does."""
    folder = home / FOLDER
    try:
        return tuple(sorted((p.name, p.stat().st_mtime_ns) for p in folder.iterdir()))
    except OSError:
        return ()


def _paths(home: Path) -> list[Path]:
    return sorted((home / FOLDER).glob("*.pem"))


def _must_be_selector(selector: str) -> None:
    if not _SELECTOR.fullmatch(selector):
        raise SettingError("a DKIM selector is made of a–z, 0–9 and -")


def _load(path: Path, *, signs: bool) -> Key:
    if not _SELECTOR.fullmatch(path.stem):
        raise SettingError(f"{path}: the file is named after its selector: a–z, 0–9 and -")
    try:
        private = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as e:
        raise SettingError(f"{path}: this is not a private key in PEM form without a password") from e
    if not isinstance(private, rsa.RSAPrivateKey) or private.key_size < BITS:
        raise SettingError(f"{path}: an RSA key of at least {BITS} bits is needed")
    return Key(path.stem, private, signs)


def _write_new(path: Path, data: bytes, *, exist_ok: bool = False) -> None:
    if not durable.make(path, data) and not exist_ok:
        raise FileExistsError(path)
