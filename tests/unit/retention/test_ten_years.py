"""Ten years of ten thousand people: they leave, come back, lapse, are held; nobody goes too early or stays too late.

The same days are looked at before they are carried out: what is done is what was said.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from intake import resources
from intake.pipeline.held import clocks_of
from intake.policy import load_profile
from intake.retention import Clock, Due, Subject, add_term, due_of

START, YEARS, PEOPLE = date(2026, 11, 16), 10, 10_000
DAY = timedelta(days=1)


class Agency:
    """A register in memory, moved by chance, kept by the planner alone."""

    def __init__(self, profile: str, seed: int) -> None:
        self.chance = random.Random(seed)
        made = load_profile([Path(resources.shipped_rules())], profile)
        self.clocks, self.notice = clocks_of(made), made.retention_notice.days_before
        self.people = {n: self._person(n) for n in range(PEOPLE)}
        self.gone: dict[int, tuple[date, Subject]] = {}
        self.next_look: dict[date, set[int]] = {}
        for n in self.people:
            self._look_again(n, START)

    def _person(self, number: int) -> Subject:
        c = self.chance
        left = START - timedelta(days=c.randint(0, 3000)) if c.random() < 0.6 else None
        invalid = START - timedelta(days=c.randint(0, 3000)) if c.random() < 0.4 else None
        return Subject(number, left, invalid, handled=c.random() < 0.5, legal_hold=c.random() < 0.05,
                       busy=c.random() < 0.1, reachable=c.random() < 0.9)  # fmt: skip

    def _look_again(self, number: int, today: date) -> None:
        """The days on which this person's rows can change: nothing else need be asked on the days between."""
        who = self.people[number]
        days = {today}
        for clock in self.clocks:
            for start in (who.withdrawn_on, who.invalid_on):
                if start is not None:
                    due = clock.due_on(start)
                    ceiling = clock.ceiling_on(start)
                    days |= {due, due - timedelta(days=self.notice), *([ceiling] if ceiling else [])}
        if who.noticed_on is not None:
            days.add(who.noticed_on + timedelta(days=self.notice))
        for day in days:
            if day >= today:
                self.next_look.setdefault(day, set()).add(number)

    def live(self, today: date) -> None:
        """Some leave, return, lapse, are put under hold, have a case opened or closed."""
        for number in self.chance.sample(range(PEOPLE), 12):
            if number not in self.people:
                continue
            who, what = self.people[number], self.chance.randrange(6)
            self.people[number] = (
                replace(who, withdrawn_on=today),
                replace(who, withdrawn_on=None, invalid_on=None, noticed_on=None, parts_gone=()),
                replace(who, invalid_on=today),
                replace(who, legal_hold=not who.legal_hold),
                replace(who, busy=not who.busy),
                replace(who, reachable=not who.reachable),
            )[what]
            self._look_again(number, today)

    def said(self, today: date) -> list[Due]:
        """The dry run."""
        numbers = sorted(self.next_look.get(today, set()) & self.people.keys())
        return [d for n in numbers for d in due_of(self.people[n], self.clocks, self.notice, today) if d.is_done_today]

    def carry_out(self, today: date) -> list[Due]:
        """The run: the planner is asked again for each person, as the store's run does."""
        done: list[Due] = []
        for number in sorted(self.next_look.pop(today, set())):
            if number not in self.people:
                continue
            for due in due_of(self.people[number], self.clocks, self.notice, today):
                if due.is_done_today:
                    self._do(due, today)
                    done.append(due)
            if number in self.people and self.people[number].busy:
                self.next_look.setdefault(today + DAY, set())
        return done

    def _do(self, due: Due, today: date) -> None:
        who = self.people[due.seeker_id]
        if due.action == "notice":
            self.people[who.seeker_id] = replace(who, noticed_on=today)
            self._look_again(who.seeker_id, today + DAY)
        elif due.action == "erase_part":
            self.people[who.seeker_id] = replace(who, parts_gone=(*who.parts_gone, due.data))
        else:
            self.gone[who.seeker_id] = (today, self.people.pop(who.seeker_id))


@pytest.mark.parametrize(("profile", "seed"), [("agency", 1), ("public-office", 2)])
def test_what_was_said_is_done_and_nothing_else(profile: str, seed: int) -> None:
    agency = Agency(profile, seed)
    personal = next(c for c in agency.clocks if c.data == "personal")
    today, end = START, add_term(START, YEARS)
    erased = 0
    while today < end:
        agency.live(today)
        said = agency.said(today)
        done = agency.carry_out(today)
        assert [d for d in done if (d.seeker_id, d.data) in {(s.seeker_id, s.data) for s in said}] == done
        assert said == done
        erased += sum(d.action == "erase" for d in done)
        today += DAY
    assert erased > PEOPLE // 5
    for day, who in agency.gone.values():
        assert not who.legal_hold
        assert day >= personal.due_on(_start(personal, who))
    for who in agency.people.values():
        started = _started(personal, who)
        ceiling = personal.ceiling_on(started) if started else None
        assert who.legal_hold or ceiling is None or ceiling >= today, "past its ceiling and still there"


def _start(clock: Clock, who: Subject) -> date:
    started = _started(clock, who)
    assert started is not None
    return started


def _started(clock: Clock, who: Subject) -> date | None:
    days = {"withdrawn_on": who.withdrawn_on, "invalid_on": who.invalid_on}
    return days[clock.since] or (days[clock.else_since] if clock.else_since else None)
