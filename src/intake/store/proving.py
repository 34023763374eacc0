"""Do the keys open here? Asked before a restore replaces anything.

A key store is worth nothing without what wraps its keys: the secret of the home that made it and, once they were
changed there, its wrapping keys. A new home has a secret of its own.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from intake.errors import BadInput, StoreUnavailable
from intake.store.keystore import NONCE, PROOFS, WRAP
from intake.store.wrapping import CommandWrapping, Wrapping


def prove_file(keys: Path, wrapping: Wrapping) -> None:
    """Open one of the oldest keys in a key store or in a copy of one. Raises BadInput where none of them opens, and
    StoreUnavailable where the operator's program does not answer."""
    why: str | None = None
    for wrapped, by in _oldest(keys):
        try:
            AESGCM(wrapping.key(by)).decrypt(wrapped[:NONCE], wrapped[NONCE:], WRAP)
        except InvalidTag:
            why = "made with another secret"
        except StoreUnavailable as e:
            if isinstance(wrapping, CommandWrapping):
                raise
            why = str(e)
        else:
            return
    if why is not None:
        raise BadInput(
            f"{keys}: nothing of it can be opened here ({why}). Put secret.key and, if there is one, wrapping.keys of "
            "the home that made the backup in their places first; nothing was changed"
        )


def _oldest(keys: Path) -> list[tuple[bytes, int]]:
    """(wrapped key, number of what wraps it). Before there were wrapping keys all were under number 0."""
    with closing(sqlite3.connect(f"{keys.absolute().as_uri()}?mode=ro", uri=True)) as c:
        columns = {row[1] for row in c.execute("PRAGMA table_info(data_key)")}
        if not columns:
            return []
        by = "wrapping" if "wrapping" in columns else "0"
        query = f"SELECT wrapped, {by} FROM data_key ORDER BY id LIMIT {PROOFS}"  # noqa: S608 - two words of ours
        return [(bytes(wrapped), int(number)) for wrapped, number in c.execute(query)]
