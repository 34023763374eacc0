"""What people write about themselves, made comparable: addresses, member numbers, telephones, names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

from intake.model import Facts
from intake.model.kanji import fold_kanji
from intake.ports import MatchKeys

HONORIFICS = ("ちゃん", "くん", "さま", "さん", "様", "殿", "氏")
DOTTED_ALIKE = frozenset({"gmail.com", "googlemail.com"})  # their own rule: dots and +tags reach one mailbox
LEAST_PHONE_DIGITS, MOST_PHONE_DIGITS = 9, 11
MOST_KEYS = 6
MOST_ADDRESS_CHARS = 400
MOST_CHARS = 120  # longer than any name, number or telephone; what comes from outside may have no end
_SLIPS = str.maketrans({"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "|": "1", "S": "5", "B": "8", "Z": "2"})
_HIRAGANA = {c: c + 0x60 for c in range(0x3041, 0x3097)}
_BRACKETED = re.compile(r"[(\[<【〈《「『]([^)\]>】〉》」』]*)[)\]>】〉》」』]")


def canonical_address(addr: str) -> str:
    """An address to compare by, never to send to: width and case folded, carriers' quotes off, "" if it is none.

    Old docomo and au addresses have dots in a row, often quoted by mail programs: the quotes go, the dots stay.
    """
    text = unicodedata.normalize("NFKC", addr[:MOST_ADDRESS_CHARS]).strip().strip("<>").strip()
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain or any(c.isspace() or unicodedata.category(c) == "Cc" for c in text):
        return ""
    if len(local) > 2 and local[0] == local[-1] == '"':
        local = local[1:-1].replace("\\", "")
    local, domain = local.casefold(), _domain(domain)
    if domain in DOTTED_ALIKE:
        local, domain = local.partition("+")[0].replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def _domain(text: str) -> str:
    text = text.casefold().rstrip(".")
    try:
        return text.encode("idna").decode("ascii")
    except UnicodeError:
        return text


class KeyMaker:
    """Makes comparable keys. ``canonical`` says when two addresses are the same."""

    def __init__(self, canonical: Callable[[str], str] = canonical_address) -> None:
        self._canonical = canonical

    def addresses(self, addr: str) -> str:
        """The address to compare by; "" if it is none."""
        return self._canonical(addr)

    def member(self, text: str) -> str:
        """A member number without width, case, blanks, hyphens and signs."""
        folded = unicodedata.normalize("NFKC", text[:MOST_CHARS]).upper()
        return "".join(c for c in folded if c.isalnum())

    def member_near(self, text: str) -> str:
        """The same with the usual slips of readers and typists folded (O and 0, l and 1); only ever for candidates."""
        return self.member(text).translate(_SLIPS)

    def phone(self, text: str) -> str:
        """Digits as dialled inside Japan; "" if that is no telephone number."""
        folded = unicodedata.normalize("NFKC", text[:MOST_CHARS]).replace("(0)", "")
        international = folded.strip().startswith("+")
        digits = "".join(c for c in folded if c.isascii() and c.isdigit())
        if international and digits.startswith("81"):
            digits = "0" + digits[2:].lstrip("0")
        elif digits.startswith(("01081", "0081")):
            digits = "0" + digits.partition("81")[2].lstrip("0")
        return digits if LEAST_PHONE_DIGITS <= len(digits) <= MOST_PHONE_DIGITS and digits[0] == "0" else ""

    def names(self, name: str, kana: str = "") -> tuple[str, ...]:
        """Keys of a name and its reading: no blanks or 様, old kanji folded, hiragana as katakana, no doubles."""
        text = unicodedata.normalize("NFKC", name[:MOST_CHARS])
        parts = (_BRACKETED.sub("", text), kana[:MOST_CHARS], *_BRACKETED.findall(text)[:2])
        keys = (self._name(part) for part in parts)
        return tuple(dict.fromkeys(k for k in keys if len(k) >= 2))

    def _name(self, text: str) -> str:
        folded = unicodedata.normalize("NFKC", text).casefold().translate(_HIRAGANA)
        bare = "".join(c for c in folded if c.isalpha() or c in "ー々ヽヾゝゞ〆")
        for suffix in HONORIFICS:
            suffix = suffix.translate(_HIRAGANA)
            if bare.endswith(suffix) and len(bare) > len(suffix) + 1:
                bare = bare[: -len(suffix)]
                break
        return fold_kanji(bare)


def keys_of(
    from_addr: str, facts: Facts, stated: Mapping[str, str], from_name: str, keymaker: KeyMaker | None = None
) -> MatchKeys:
    """Keys to look candidates up by: from the From line, from what the text states, from a form's fields.

    Names find whom staff may want to look at; nobody is matched by one.
    """
    k = keymaker or KeyMaker()
    members = [m for m in (stated.get("member_id"), facts.member_id) if m]
    phones = [p for p in (stated.get("phone"), facts.phone) if p]
    addresses = [from_addr, *facts.addresses, stated.get("email") or ""]
    names = [n for n in (stated.get("name"), facts.name, from_name) if n]
    return MatchKeys(
        addresses=_few(k.addresses(a) for a in addresses),
        member_ids=_few(key for m in members for key in _spellings(m, k)),
        phones=_few(k.phone(p) for p in phones),
        names=_few(key for n in names for key in k.names(n, stated.get("kana") or "")),
    )


def _spellings(member: str, k: KeyMaker) -> tuple[str, ...]:
    """A number as written, and with slips mended behind its leading letters or throughout."""
    plain = k.member(member)
    letters = re.match(r"[A-Z]*", plain)
    head = letters.group() if letters else ""
    mended = tuple(plain[:n] + plain[n:].translate(_SLIPS) for n in (len(head), min(1, len(head)), 0))
    return (plain, *mended)


def _few(keys: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(k for k in keys if k))[:MOST_KEYS]  # type: ignore[attr-defined]
