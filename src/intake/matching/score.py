"""Points for what agrees and differs, and the one question: may this record be taken without a person?"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from intake.errors import RuleError
from intake.matching.compare import Claim, Comparison, claim_of, compare, named_by, told_apart
from intake.matching.keys import KeyMaker
from intake.model import Candidate, Facts, Match, MatchKind, Seeker
from intake.resources import read_rule

FILE_NAME = "matching.toml"
Points = Annotated[float, Field(ge=0, le=1)]
# A name alone tells nobody apart.
TELLING = frozenset({"address", "member_id", "member_id_near", "address_stated", "phone"})
MOST_LISTED = 10


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Agrees(_Table):
    """Points for a record."""

    address: Points
    member_id: Points
    phone: Points
    name: Points
    name_part: Points
    member_id_near: Points
    address_stated: Points


class Differs(_Table):
    """Points against a record."""

    member_id: Points
    name: Points
    display_name: Points
    phone: Points


class Weights(_Table):
    """``rules/matching.toml``: points, and how many it takes."""

    accept: Points
    margin: Points
    possible: Points
    agrees: Agrees
    differs: Differs

    @model_validator(mode="after")
    def _is_safe(self) -> Weights:
        names = max(self.agrees.name, self.agrees.name_part)
        if names >= self.accept:
            raise ValueError("agrees.name: a name alone must stay below accept")
        if max(self.agrees.member_id_near, self.agrees.address_stated, self.agrees.phone) >= self.accept:
            raise ValueError("agrees: a near member number, or an address in the text, must stay below accept")
        if self.agrees.address - self.differs.name >= self.accept:
            raise ValueError("differs.name: another name at the same address must not be taken by itself")
        if self.agrees.address + self.agrees.name - self.differs.member_id >= self.accept:
            raise ValueError("differs.member_id: another member number must not be taken by itself")
        if self.margin <= 0:
            raise ValueError("margin: two equal records must never be told apart")
        return self

    def points(self, c: Comparison) -> float:
        """The sum for one record, at least 0."""
        plus = sum(getattr(self.agrees, a) for a in c.agrees)
        minus = sum(getattr(self.differs, d) for d in c.differs)
        return float(max(0.0, round(plus - minus, 4)))


def load_weights(rules_dirs: Sequence[Path]) -> Weights:
    """Read ``matching.toml``; a later folder's file takes the place of an earlier one's. Raises RuleError."""
    found = [folder / FILE_NAME for folder in rules_dirs if (folder / FILE_NAME).is_file()]
    if not found:
        raise RuleError(f"{FILE_NAME} is missing")
    return parse_weights(read_rule(found[-1]), str(found[-1]))


def parse_weights(text: str, where: str = FILE_NAME) -> Weights:
    """The same from a text. Raises RuleError, which names file and key."""
    try:
        return Weights.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as e:
        raise RuleError(f"{where}: {e}") from e
    except ValidationError as e:
        first = e.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise RuleError(f"{where}: {key + ': ' if key else ''}{first['msg']}") from e


def match_seeker(
    from_addr: str,
    from_name: str,
    facts: Facts,
    stated: Mapping[str, str],
    candidates: Sequence[Seeker],
    weights: Weights,
    keymaker: KeyMaker,
    *,
    entered_by_staff: bool = False,
) -> Match:
    """Who wrote: one, several or none of ``candidates``.

    One only if the From address is in that record and nobody else comes near. Content alone (member number, telephone
    with name) makes candidates, never a match; it decides where staff typed a telephone call in. Who has only the name
    in common is listed for staff to look at, and counts for nothing.
    """
    claim = claim_of(from_addr, from_name, facts, stated, keymaker)
    people = {s.id: s for s in candidates}.values()
    compared = told_apart(claim, [compare(claim, seeker, keymaker) for seeker in people])
    ranked = sorted(compared, key=lambda c: (-weights.points(c), c.seeker.id))
    listed = tuple(_candidate(c, weights) for c in ranked if c.agrees & (TELLING | {"name"}))[:MOST_LISTED]
    best = ranked[0] if ranked else None
    torn = sum("member_id" in c.agrees for c in compared) > 1  # without its hyphens the number is that of two
    clear = best is not None and not torn and _is_clear(ranked, weights)
    if best is not None and clear and _may_be_taken(best, claim, entered_by_staff):
        on_file = "address" in best.agrees
        return Match(MatchKind.ONE, best.seeker, weights.points(best), best.reasons, on_file, listed)
    several = sum(1 for c in ranked if weights.points(c) >= weights.possible and c.agrees & TELLING) > 1
    at_address = sum(1 for c in ranked if "address" in c.agrees) > 1
    return Match(MatchKind.SEVERAL if torn or several or at_address else MatchKind.NONE, candidates=listed)


def match_member(seeker: Seeker | None) -> Match:
    """The logged-in app speaks for this member: the signature of its request stands for the number."""
    if seeker is None:
        return Match(MatchKind.NONE)
    return Match(MatchKind.ONE, seeker, 1.0, ("app",), candidates=(Candidate(seeker, 1.0, ("app",)),))


def _candidate(c: Comparison, weights: Weights) -> Candidate:
    return Candidate(c.seeker, weights.points(c), c.reasons)


def _is_clear(ranked: Sequence[Comparison], weights: Weights) -> bool:
    points = [weights.points(c) for c in ranked]
    runner_up = points[1] if len(points) > 1 else 0.0
    return points[0] >= weights.accept and points[0] - runner_up >= weights.margin


def _may_be_taken(best: Comparison, claim: Claim, entered_by_staff: bool) -> bool:
    if not entered_by_staff or "address" in best.agrees:
        return "address" in best.agrees
    return {"phone", "name"} <= best.agrees or ("member_id" in best.agrees and _is_borne_out(best, claim))


def _is_borne_out(best: Comparison, claim: Claim) -> bool:
    """A number that staff typed stands alone only to the hyphen: 12-3, who may be erased, is not 1-23."""
    return named_by(claim, [best.seeker]) is not None or bool(best.agrees & {"name", "name_part", "phone"})
