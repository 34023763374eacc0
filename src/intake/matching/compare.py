"""One seeker beside what a message states: which fields agree, which differ. Words, not points."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from intake.matching.keys import KeyMaker
from intake.matching.romaji import kana_of, without_long_vowels
from intake.model import Facts, Seeker
from intake.model.numbers import owner_of

_NO_PERSON = re.compile(r"(株式会社|有限会社|合同会社|事務局|サポート|窓口|チーム|転職|退会|@)")
_KANJI = re.compile(r"[一-龠々㐀-䶿]")
_KANA = re.compile(r"[ァ-ヶー]+")


@dataclass(frozen=True, slots=True)
class Claim:
    """What a message says about its sender, in keys. ``names`` are stated, ``shown`` stands in the From line."""

    address: str = ""
    addresses_stated: frozenset[str] = frozenset()
    numbers: tuple[str, ...] = ()  # member numbers as they are written
    members: tuple[str, ...] = ()
    members_near: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    names: tuple[tuple[str, ...], ...] = ()
    shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """``agrees`` and ``differs`` hold the names of fields (rules/matching.toml)."""

    seeker: Seeker
    agrees: frozenset[str] = field(default_factory=frozenset)
    differs: frozenset[str] = field(default_factory=frozenset)

    @property
    def reasons(self) -> tuple[str, ...]:
        """For the case: "address", "name", "-member_id"."""
        return (*sorted(self.agrees), *(f"-{d}" for d in sorted(self.differs)))


def claim_of(from_addr: str, from_name: str, facts: Facts, stated: Mapping[str, str], k: KeyMaker) -> Claim:
    """Everything comparable in a message. A form's fields stand before the text's facts."""
    members = [m for m in (stated.get("member_id"), facts.member_id) if m and k.member(m)]
    phones = [k.phone(p) for p in (stated.get("phone"), facts.phone) if p]
    names = [n for n in (stated.get("name"), facts.name) if n]
    return Claim(
        address=k.addresses(from_addr),
        addresses_stated=frozenset(k.addresses(a) for a in (*facts.addresses, stated.get("email") or "")) - {""},
        numbers=tuple(dict.fromkeys(members)),
        members=tuple(dict.fromkeys(k.member(m) for m in members)),
        members_near=tuple(dict.fromkeys(k.member_near(m) for m in members)),
        phones=tuple(dict.fromkeys(p for p in phones if p)),
        names=tuple(dict.fromkeys(keys for n in names if (keys := k.names(n, stated.get("kana") or "")))),
        shown=() if _NO_PERSON.search(from_name) else k.names(from_name),
    )


def compare(claim: Claim, seeker: Seeker, k: KeyMaker) -> Comparison:
    """Field by field; a field that is not stated neither agrees nor differs."""
    agrees: set[str] = set()
    differs: set[str] = set()
    on_file = {k.addresses(a) for a in seeker.addresses}
    if claim.address and claim.address in on_file:
        agrees.add("address")
    elif claim.addresses_stated & on_file:
        agrees.add("address_stated")
    _member(claim, seeker, k, agrees, differs)
    if claim.phones:
        same = set(claim.phones) & {k.phone(p) for p in seeker.phones}
        (agrees if same else differs).add("phone")
    _names(claim, k.names(seeker.name, seeker.kana), agrees, differs)
    if not seeker.phones:
        differs.discard("phone")
    return Comparison(seeker, frozenset(agrees), frozenset(differs))


def told_apart(claim: Claim, compared: Sequence[Comparison]) -> Sequence[Comparison]:
    """Numbers that are one without their hyphens (12-3 and 1-23) speak for whose number is written so, if any is."""
    alike = [c.seeker for c in compared if "member_id" in c.agrees]
    owner = named_by(claim, alike) if len(alike) > 1 else None
    if owner is None:
        return compared
    return [c if c.seeker.id == owner.id else _of_another(c) for c in compared]


def named_by(claim: Claim, people: Sequence[Seeker]) -> Seeker | None:
    """The one of ``people`` whose number is stated to the hyphen."""
    owners = [owner_of(number, people) for number in claim.numbers]
    first = owners[0] if owners else None
    return first if first and all(o and o.id == first.id for o in owners) else None


def _of_another(c: Comparison) -> Comparison:
    if "member_id" not in c.agrees:
        return c
    return replace(c, agrees=c.agrees - {"member_id"}, differs=c.differs | {"member_id"})


def _member(claim: Claim, seeker: Seeker, k: KeyMaker, agrees: set[str], differs: set[str]) -> None:
    if not claim.members:
        return
    own = k.member(seeker.member_id)
    if set(claim.members) == {own}:
        agrees.add("member_id")
    elif k.member_near(seeker.member_id) in claim.members_near:
        agrees.add("member_id_near")
    else:
        differs.add("member_id")


def _names(claim: Claim, own: tuple[str, ...], agrees: set[str], differs: set[str]) -> None:
    if not own:
        return
    stated = [_name(keys, own) for keys in claim.names]
    shown = _name(claim.shown, own) if claim.shown else None
    if "differs" in stated:
        differs.add("name")
    elif "whole" in stated:
        agrees.add("name")
    elif "part" in stated:
        agrees.add("name_part")
    said_again = any(set(claim.shown) & set(keys) for keys in claim.names)  # one name, not two disagreements
    if "whole" not in stated and not ("differs" in stated and said_again):
        _shown(shown, agrees, differs)


def _shown(shown: str | None, agrees: set[str], differs: set[str]) -> None:
    if shown == "differs":
        differs.add("display_name")
    elif shown == "whole" and "name" not in differs:
        agrees.discard("name_part")
        agrees.add("name")
    elif shown == "part" and "name" not in differs | agrees:
        agrees.add("name_part")


def _name(given: tuple[str, ...], own: tuple[str, ...]) -> str | None:
    """ "whole", "part" (family or given name only), "differs", or None where the scripts cannot be compared."""
    verdicts = {_one(g, o) for g in given for o in own}
    for verdict in ("whole", "part", "differs"):
        if verdict in verdicts:
            return verdict
    return None


def _one(given: str, own: str) -> str | None:
    if given == own:
        return "whole"
    if given.isascii():
        return _romaji(given, own)
    if bool(_KANJI.search(given)) != bool(_KANJI.search(own)):
        return None  # kanji beside kana: nothing to compare by
    if len(given) >= 2 and len(given) < len(own) and (own.startswith(given) or own.endswith(given)):
        return "part"
    return "differs" if _is_a_whole_name(given) else None


def _is_a_whole_name(key: str) -> bool:
    """Long enough to be a family and a given name; nicknames and single names are no disagreement."""
    return len(key) >= (3 if _KANJI.search(key) else 6)


def _romaji(given: str, own: str) -> str | None:
    """A name in Latin letters says yes where it can be read so; its spelling is too free to say no."""
    if not _KANA.fullmatch(own):
        return None
    readings = kana_of(given)
    if own in readings:
        return "whole"
    short = {without_long_vowels(r) for r in readings}
    return "part" if without_long_vowels(own) in short else None
