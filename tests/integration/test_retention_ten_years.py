"""Ten years of a register that people leave all the time, on the real store, looked at every half year.

Who is there after each look is told by an account of its own, kept in plain days beside the product: left, held, busy.
``INTAKE_TEST_SIZE=full`` takes ten thousand people, anything else as many as fit a change.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from intake.model import Application, Arrival, Channel, End, Envelope, Seeker, SeekerStatus, Stage
from intake.pipeline import keeping
from intake.pipeline.tools import Tools
from intake.ports import Store
from intake.retention.plan import ERASE
from tests.house import NOON, TestHouse
from tests.integration.test_erasure_steps import eraser, quick_house
from tests.integration.test_retention_run import noon
from tests.unit.store.given import new_case

FULL = os.environ.get("INTAKE_TEST_SIZE") == "full"
PEOPLE = 10_000 if FULL else 300
START = date(2026, 11, 16)
LOOKS = 20
TERM, CEILING, REGISTER = (
    3,
    4,
    5,
)  # years after leaving; the register's floor is raised above the term, so that it bites


def later(day: date, years: int) -> date:
    """The same day of another year; nobody here leaves on a 29 February."""
    return day.replace(year=day.year + years)


@dataclass
class Person:
    """What the account knows of somebody."""

    member_id: str
    left_on: date
    hold_until: date | None  # date.max: for ever
    busy: bool  # a case of theirs stays open
    handled: bool  # an employer was involved
    id: int = 0
    erased_on: date | None = None

    def is_held(self, on: date) -> bool:
        return self.hold_until is not None and on < self.hold_until

    def must_go(self, on: date) -> bool:
        return not self.is_held(on) and on >= later(self.left_on, CEILING if self.busy else TERM)

    def has_fields_kept(self, on: date) -> bool:
        """Erased before the register's floor, which is not reached yet."""
        floor = later(self.left_on, REGISTER)
        return self.erased_on is not None and self.handled and self.erased_on < floor and on < floor


def people(count: int) -> list[Person]:
    chance = random.Random(11)
    made = []
    for n in range(count):
        left_on = START + timedelta(days=chance.randint(-1400, 3600))
        left_on = left_on - timedelta(days=1) if (left_on.month, left_on.day) == (2, 29) else left_on
        kind = chance.random()
        until = (
            date.max if kind < 0.05 else left_on + timedelta(days=chance.randint(1000, 2500)) if kind < 0.15 else None
        )
        made.append(Person(f"M-{n:05d}", left_on, until, chance.random() < 0.1, chance.random() < 0.3))
    return made


def looks() -> Iterator[date]:
    for n in range(LOOKS + 1):
        month = START.month + 6 * n - 1
        yield date(START.year + month // 12, month % 12 + 1, START.day)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    made = quick_house(tmp_path / "home", "")
    profile = made.tools.profile
    rows = tuple(r.model_copy(update={"years": REGISTER, "floor_years": REGISTER}) if r.data == "register" else r
                 for r in profile.retention)  # fmt: skip
    made.tools = replace(made.tools, profile=profile.model_copy(update={"retention": rows}))
    yield made
    made.store.close()


def enter(store: Store, leaving: list[Person]) -> None:
    """Those who left since the last look come into the register as the agency's system would tell it."""
    for start in range(0, len(leaving), 200):
        with store.write() as tx:
            for p in leaving[start : start + 200]:
                tx.seekers.upsert(_seeker(p))
                if p.handled:
                    tx.seekers.upsert_application(p.member_id, Application(0, "株式会社甲", Stage.CLOSED, False, None))
                found = tx.seekers.by_member_id(p.member_id)
                assert found is not None
                p.id = found.id
                if p.busy:
                    raw = f"Message-ID: <{p.member_id}@example.jp>\r\n\r\n{p.member_id}".encode()
                    (accepted,) = tx.inbox.add([Arrival(Envelope(Channel.EMAIL, "smtp", raw, NOON))])
                    case = tx.cases.add(new_case(accepted.message_id, seeker_id=p.id))
                    (item,) = tx.inbox.claim(NOON, 1, 60, "test")
                    tx.inbox.finish(item.id, item.fence, End.CASE, case.id, NOON)


def _seeker(p: Person) -> Seeker:
    n = p.member_id[2:]
    kanji = "".join("零一二三四五六七八九"[int(c)] for c in n)
    return Seeker(
        id=0,
        member_id=p.member_id,
        name=f"鵜殿 {kanji}",
        kana="ウドノ",
        addresses=(f"{p.member_id}@example.jp",),
        phones=(f"090-0000-{n[-4:]}",),
        status=SeekerStatus.WITHDRAWN,
        status_since=p.left_on,
        withdrawn_on=p.left_on,
        legal_hold=None if p.hold_until is None else "訴訟",
    )


def lift(store: Store, whom: list[Person]) -> None:
    with store.write() as tx:
        for p in whom:
            tx.seekers.change(tx.seekers.get(p.id), legal_hold=None)


def erasures_said(store: Store, tools: Tools, on: date) -> set[int]:
    """A dry run."""
    with store.read() as tx:
        return {d.seeker_id for d in keeping.agenda(tx, tools, on).to_do if d.action == ERASE}


def here(store: Store) -> set[int]:
    with store.read() as tx:
        return {row.seeker_id for row in tx.clocks.running()}


@pytest.mark.timeout(0 if FULL else 300)
def test_ten_years_of_a_register(house: TestHouse) -> None:
    everybody = people(PEOPLE)
    entered: dict[int, Person] = {}
    foretold: set[int] = set()
    before, spent = START - timedelta(days=2000), 0.0
    days = list(looks())
    for number, on in enumerate(days):
        house.now = noon(on)
        new = [p for p in everybody if before < p.left_on <= on]
        enter(house.store, new)
        assert not {p.id for p in new} & set(entered), "a number of the register is given once"
        entered |= {p.id: p for p in new}
        freed = [p for p in entered.values() if p.hold_until and p.erased_on is None and before < p.hold_until <= on]
        lift(house.store, freed)
        there = here(house.store)

        said = erasures_said(house.store, house.tools, on)
        assert foretold - {p.id for p in new} == said - {p.id for p in (*new, *freed)}, "what half a year ago was said"
        began = time.perf_counter()
        keeping.run(house.store, eraser(house), house.tools, noon(on))
        spent += time.perf_counter() - began

        gone = there - here(house.store)
        assert gone == said, "the run does what the dry run said"
        assert gone == {p.id for p in entered.values() if p.erased_on is None and p.must_go(on)}
        for seeker_id in gone:
            entered[seeker_id].erased_on = on
        _is_kept_what_must_be(house.store, entered, on)
        if number + 1 < len(days):
            foretold = erasures_said(house.store, house.tools, days[number + 1])
        before = on
    _ends_well(house, entered)
    erased = sum(p.erased_on is not None for p in entered.values())
    sys.stdout.write(f"\n{len(entered)} people, {erased} erased in {spent:.1f} s, {spent / erased:.4f} s each\n")


def _is_kept_what_must_be(store: Store, entered: dict[int, Person], on: date) -> None:
    """Nothing under a hold or below its floor goes, nothing past its ceiling stays: persons and held fields."""
    with store.read() as tx:
        assert tx.erasures.open() == []
        whose = {row.id: row.seeker_id for row in tx.erasures.newest(PEOPLE)}
        held = Counter(whose[h.erasure_id] for h in tx.erasures.held())
    assert held == Counter(p.id for p in entered.values() if p.has_fields_kept(on))
    assert here(store) == {p.id for p in entered.values() if p.erased_on is None}


def _ends_well(house: TestHouse, entered: dict[int, Person]) -> None:
    erased = {p.id for p in entered.values() if p.erased_on}
    with house.store.read() as tx:
        assert tx.audit.verify()[0]
        rows = tx.erasures.newest(PEOPLE)
    assert {row.seeker_id for row in rows} == erased
    assert len(rows) == len(erased) == len(house.relay.mails)
    assert all(row.certificate and row.certificate["scan"]["hits"] == 0 for row in rows)
    kinds = Counter((p.busy, p.handled, p.hold_until is None) for p in entered.values() if p.erased_on)
    assert len(kinds) >= 6, "each kind of person was met"
