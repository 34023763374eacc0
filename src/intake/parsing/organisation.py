"""The registered domain a name belongs to, by the Public Suffix List (what DMARC calls the organisational domain)."""

from __future__ import annotations

from functools import cache, lru_cache

from publicsuffixlist import PublicSuffixList


@lru_cache(maxsize=4096)
def organisation(domain: str) -> str:
    """``mail.example.co.jp`` → ``example.co.jp``; what is not registered is given back as it is.

    Neighbours on a shared host (``a.github.io``, ``b.github.io``) are strangers, as the list says (RFC 7489 §3.2).
    """
    name = domain.lower().rstrip(".")
    found = _suffixes().privatesuffix(name)
    return str(found) if found else name


@cache
def _suffixes() -> PublicSuffixList:
    """Read at the first question: 0.1 s."""
    return PublicSuffixList()
