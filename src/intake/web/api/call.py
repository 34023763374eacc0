"""One request as the handlers see it: who calls, with what, in which unit of work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import BaseModel

from intake.model import Actor, Seeker
from intake.pipeline.moves import Act
from intake.pipeline.tools import Tools
from intake.policy import today_of
from intake.ports import ApiToken, Tx
from intake.web.api.problems import Problem

MOST_ID = 2**63 - 1
MOST_DIGITS = 19
MOST_ROWS = 200
Render = Callable[["Call", int], BaseModel]


@dataclass(frozen=True, slots=True)
class Call:
    """``body`` is the checked model of a writing request."""

    tx: Tx
    token: ApiToken
    tools: Tools
    now: datetime
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: BaseModel | None = None

    @property
    def act(self) -> Act:
        """An act of this program; nobody else settles anything until it is committed."""
        act = Act(self.tx, Actor("program", self.token.name), self.now)
        act.alone()
        return act

    @property
    def today(self) -> date:
        """In Tokyo."""
        return today_of(self.now)

    def seeker(self, member_id: str) -> Seeker:
        """Raises Problem 404."""
        found = self.tx.seekers.by_member_id(member_id)
        if found is None:
            raise Problem(404, "no such member")
        return found

    def number(self, name: str, default: int, most: int = MOST_ID) -> int:
        """A figure of the query. Raises Problem 422."""
        text = self.query.get(name, "")
        if not text:
            return default
        if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS) or not int(text) <= most:
            raise Problem(422, f"must be a number up to {most}", errors=[{"field": name, "detail": "not usable"}])
        return int(text)

    @property
    def limit(self) -> int:
        """How many rows at most."""
        return max(1, self.number("limit", 50, MOST_ROWS))

    def codes(self, name: str, allowed: frozenset[str]) -> frozenset[str]:
        """Codes of the query, separated by commas. Raises Problem 422."""
        given = frozenset(w for w in self.query.get(name, "").split(",") if w)
        if not given <= allowed:
            detail = f"not one of {', '.join(sorted(allowed))}"
            raise Problem(422, "some codes are unknown", errors=[{"field": name, "detail": detail}])
        return given
