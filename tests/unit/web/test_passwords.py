"""Passwords are kept as argon2id with what OWASP asks for; only tests hash with less."""

from __future__ import annotations

from tests import once


def test_the_shipped_hasher_takes_64_mib() -> None:
    hashed = once.SHIPPED_HASHER.hash("correct horse battery staple")
    assert hashed.startswith("$argon2id$v=19$m=65536,t=1,p=1$")
