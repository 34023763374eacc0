"""Plain keys, where no others are given: NFKC, lower case, digits. The product passes those of matching."""

from __future__ import annotations

import unicodedata


class PlainKeys:
    """KeyMaker."""

    def addresses(self, address: str) -> str:
        """NFKC and lower case."""
        return _plain(address)

    def member(self, member_id: str) -> str:
        """NFKC, lower case, without blanks."""
        return "".join(_plain(member_id).split())

    def phone(self, phone: str) -> str:
        """Digits only; +81 is written 0."""
        digits = "".join(c for c in _plain(phone) if c in "0123456789")
        return "0" + digits[2:] if phone.strip().startswith(("+81", "+81")) else digits

    def names(self, name: str, kana: str) -> tuple[str, ...]:
        """Name and reading without blanks."""
        return tuple(dict.fromkeys(k for k in ("".join(_plain(n).split()) for n in (name, kana)) if k))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()
