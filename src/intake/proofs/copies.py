"""Bytes as they came, for whoever keeps a copy: the secrets of our mails are taken out, and nothing moves.

Who replies quotes our link, and it stands in the plain part, in base64, in a mail attached to the mail. What is stored
stays as it is; only the copy loses the few characters by which its reader could act as somebody else.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable

from intake.proofs.links import TOKEN

IsSecret = Callable[[str], bool]
_TOKEN = re.compile(TOKEN.pattern.encode(), TOKEN.flags & re.IGNORECASE)
_TOKEN_CHAR = re.compile(rb"[A-Za-z0-9_-]")
_KEY_WORDS = tuple("認証キー".encode(charset).removesuffix(b"\x1b(B")
                   for charset in ("utf-8", "iso2022_jp", "cp932", "euc_jp"))  # fmt: skip
_QUOTED_PRINTABLE = "".join(f"={byte:02X}" for byte in "認証キー".encode()).encode()
_CALLED = b"|".join(map(re.escape, (*_KEY_WORDS, _QUOTED_PRINTABLE)))
_KEY = re.compile(rb"((?:%b)(?:=[0-9A-F]{2}|[^0-9=]){0,12})(\d{6,8})" % _CALLED)  # a blank or a colon between
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{40,}+(?:\r?\n[A-Za-z0-9+/]++)*+={0,2}")
_DEEPEST = 3  # a mail attached to a mail, both in base64


def without_secrets(data: bytes, is_secret: IsSecret, depth: int = _DEEPEST) -> bytes:
    """As long as it was. ``is_secret`` says of a token whether it still opens a page; others are left as they are."""
    if depth:
        data = _BASE64.sub(lambda m: _unpacked(m[0], is_secret, depth - 1), data)
    data = _TOKEN.sub(lambda m: m[1] + _starred(m[2]) if is_secret(_plain(m[2])) else m[0], data)
    return _KEY.sub(lambda m: m[1] + _starred(m[2]), data)


def _plain(token: bytes) -> str:
    return b"".join(_TOKEN_CHAR.findall(token)).decode("ascii")


def _starred(secret: bytes) -> bytes:
    return _TOKEN_CHAR.sub(b"*", secret)


def _unpacked(run: bytes, is_secret: IsSecret, depth: int) -> bytes:
    """The same lines of base64, with the secrets in what they hold taken out."""
    packed = run.translate(None, b"\r\n")
    whole = len(packed) // 4 * 4
    try:
        data = base64.b64decode(packed[:whole], validate=True)
    except binascii.Error:
        return run
    bare = without_secrets(data, is_secret, depth)
    if bare == data:
        return run
    chars = iter(base64.b64encode(bare) + packed[whole:])
    return bytes(b if b in b"\r\n" else next(chars) for b in run)
