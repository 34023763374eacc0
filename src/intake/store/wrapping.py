"""The keys that wrap the data keys, and changing them.

A data key is never stored bare: it is wrapped by a wrapping key that lies somewhere else than the key store. When a
wrapping key is changed every data key is wrapped anew and the old wrapping key is destroyed: whatever copy of the key
store is left in a backup or a write-ahead log from before is worth nothing then, its erased people's keys included.
Not so those from before the first change: number 0 comes from the home's secret, and lives as long as that.

Three places for them: derived from the home's secret (number 0, the beginning), a file beside the secret, or whatever
``INTAKE_KEYS_COMMAND`` asks: a KMS or an HSM. The command is run with one of these words and answers on one line:

    PROGRAM current        the number of the key that wraps now
    PROGRAM key NUMBER     that key, 64 hex digits
    PROGRAM rotate         makes a new key; its number, higher than all before
    PROGRAM retire NUMBER  destroys all keys with numbers below
"""

from __future__ import annotations

import errno
import os
import re
import subprocess
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from intake import durable
from intake.errors import SettingError, StorageFull, StoreUnavailable
from intake.keyring import Keyring

FILE = "wrapping.keys"
_NONCE = 12
_SEAL = b"intake wrapping key"
_SECONDS = 30


class Wrapping(Protocol):
    """Where wrapping keys come from."""

    def current(self) -> int:
        """The number of the key that wraps now; asked again for every batch of new keys."""
        ...

    def key(self, number: int) -> bytes:
        """Raises StoreUnavailable where it is retired or does not answer."""
        ...

    def rotate(self) -> int:
        """Make a new one; from now on it is the current one."""
        ...

    def retire(self, below: int) -> None:
        """Destroy those with lower numbers. What they wrapped is lost for ever."""
        ...


class FileWrapping:
    """Number 0 is derived from the secret; the others lie in a file, sealed under the secret."""

    def __init__(self, keyring: Keyring, path: Path | None) -> None:
        self._derived, self._seal = keyring.key("data keys"), AESGCM(keyring.key("wrapping keys"))
        self._path = path
        self._known: dict[int, bytes] = {}

    def current(self) -> int:
        """The highest number in the file."""
        self._read()
        return max(self._known, default=0)

    def key(self, number: int) -> bytes:
        """From memory, else from the file, which another process may have changed."""
        if number == 0:
            return self._derived
        if number not in self._known:
            self._read()
        if number not in self._known:
            raise StoreUnavailable(f"wrapping key {number} is not in {self._path}: it was retired, or the file is old")
        return self._known[number]

    def rotate(self) -> int:
        """A new line in the file, on disk before it is used."""
        if self._path is None:
            raise SettingError("keys: this store was opened without a place for wrapping keys")
        self._read()
        number = max(self._known, default=0) + 1
        self._write({**self._known, number: os.urandom(32)})
        return number

    def retire(self, below: int) -> None:
        """Without the older lines; the bytes of the old file are overwritten."""
        self._read()
        self._write({n: k for n, k in self._known.items() if n >= below})

    def _read(self) -> None:
        if self._path is None or not self._path.exists():
            return
        found: dict[int, bytes] = {}
        for line in self._path.read_text("ascii").splitlines():
            number, _, sealed = line.partition(" ")
            try:
                raw = bytes.fromhex(sealed)
                found[int(number)] = self._seal.decrypt(raw[:_NONCE], raw[_NONCE:], _SEAL + number.encode())
            except ValueError as e:
                raise StoreUnavailable(
                    f"{self._path}: line {len(found) + 1} is damaged; put it back from a copy"
                ) from e
            except InvalidTag as e:
                raise StoreUnavailable(f"{self._path}: was not made with this secret (INTAKE_SECRET_FILE)") from e
        self._known = found

    def _write(self, keys: dict[int, bytes]) -> None:
        assert self._path is not None
        lines = []
        for number, key in sorted(keys.items()):
            nonce = os.urandom(_NONCE)
            lines.append(f"{number} {(nonce + self._seal.encrypt(nonce, key, _SEAL + str(number).encode())).hex()}\n")
        replace_and_burn(self._path, "".join(lines).encode())
        self._known = keys


class CommandWrapping:
    """A program that speaks to a KMS. What it gave is kept in memory, for every read needs it."""

    def __init__(self, program: str) -> None:
        self._program = program
        self._known: dict[int, bytes] = {}

    def current(self) -> int:
        """Raises StoreUnavailable where the program fails or answers something else than a number."""
        return self._number("current")

    def key(self, number: int) -> bytes:
        """Once a process."""
        if number not in self._known:
            answer = self._ask("key", str(number))
            if not re.fullmatch(r"[0-9a-fA-F]{64}", answer):
                raise StoreUnavailable(f"INTAKE_KEYS_COMMAND: key {number}: the answer is not 64 hex digits")
            self._known[number] = bytes.fromhex(answer)
        return self._known[number]

    def rotate(self) -> int:
        """The number of the new key."""
        return self._number("rotate")

    def retire(self, below: int) -> None:
        """Those below are destroyed there, and forgotten here."""
        self._ask("retire", str(below))
        self._known = {n: k for n, k in self._known.items() if n >= below}

    def _number(self, word: str) -> int:
        answer = self._ask(word)
        if not re.fullmatch(r"[0-9]{1,9}", answer):
            raise StoreUnavailable(f"INTAKE_KEYS_COMMAND: {word}: the answer is not a number")
        return int(answer)

    def _ask(self, *words: str) -> str:
        """The answer is never logged nor put into an error: it may be a key."""
        try:
            done = subprocess.run(  # noqa: S603 - the operator's own program
                [self._program, *words], capture_output=True, text=True, timeout=_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as e:
            raise StoreUnavailable(f"INTAKE_KEYS_COMMAND: {words[0]}: {type(e).__name__}") from e
        if done.returncode != 0:
            raise StoreUnavailable(f"INTAKE_KEYS_COMMAND: {words[0]}: ended with {done.returncode}")
        return done.stdout.strip()


def replace_and_burn(path: Path, data: bytes) -> None:
    """The new bytes durable under the name, then the old file's blocks overwritten. A crash leaves one of the two.

    Raises StorageFull or StoreUnavailable where the disk refuses; then the old one is as it was.
    """
    old = os.open(path, os.O_RDWR) if path.exists() else None
    try:
        durable.put(path, data)
        if old is not None:
            os.pwrite(old, b"\0" * os.fstat(old).st_size, 0)
            os.fsync(old)
    except OSError as e:
        raise (
            StorageFull() if e.errno in (errno.ENOSPC, errno.EDQUOT) else StoreUnavailable(f"{path}: {e.strerror}")
        ) from e
    finally:
        if old is not None:
            os.close(old)
