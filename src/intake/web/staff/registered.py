"""People of the register whom a search names, with or without a case: by number, address, telephone, full name."""

from __future__ import annotations

from dataclasses import dataclass

from intake.matching.keys import KeyMaker
from intake.model import Case, Seeker, StaffMember
from intake.ports import MatchKeys, Tx
from intake.web.staff.asked import Asked
from intake.web.staff.scope import visible

MOST = 10  # people on one page; whoever shares a name with more is found by number
MOST_CASES = 5  # of each, the newest; the search by member number lists all
LONGEST = 100
_DASHES = frozenset("ー一")  # what Japanese keyboards put for a hyphen, and what is a letter to Unicode


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody registered, and the newest of their cases that whoever asks may see."""

    seeker: Seeker
    cases: tuple[Case, ...]
    more: bool


def people(tx: Tx, staff: StaffMember, asked: Asked, maker: KeyMaker) -> list[Person]:
    """Whom the words name in full. Other fields ask for cases, so that nobody is shown then; nor is one being erased.

    The register is the agency's and open to all its staff (they choose from it on every case); a case of somebody is
    shown by the same rule as everywhere.
    """
    if asked.troubles or set(asked.fields) - {"member"}:
        return []
    keys = _keys(asked, maker)
    return [_person(tx, staff, s) for s in tx.seekers.candidates(keys)[:MOST]]


def _keys(asked: Asked, maker: KeyMaker) -> MatchKeys:
    """What was typed, read as each of the four; nothing of it is looked up where it is too long to be one."""
    if asked.member:
        return MatchKeys(member_ids=(maker.member(asked.member[:LONGEST]),))
    words = asked.words
    if not words or len(words) > LONGEST:
        return MatchKeys()
    is_phone = not any(c.isalpha() and c not in _DASHES for c in words)
    return MatchKeys(
        addresses=(maker.addresses(words),),
        member_ids=(maker.member(words),),
        phones=(maker.phone(words),) if is_phone else (),
        names=maker.names(words),
    )


def _person(tx: Tx, staff: StaffMember, seeker: Seeker) -> Person:
    cases = visible(tx, staff, tx.cases.of_seeker(seeker.id))
    return Person(seeker, tuple(cases[:MOST_CASES]), len(cases) > MOST_CASES)
