"""How sure a reading may be: learned from readings of lines not seen, each kind with weights and a floor of its own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from intake.learning.calibrate import AIM, AIM_BRIEF, LEAST, Outcome, calibrate, floors_of
from intake.learning.corpus import ATTACK, Line
from intake.understanding.sureness import LEAVES, chance, floor_of

ASKS, NOTHING = ("pause",), ("other",)


def outcome(right: bool, chosen: tuple[str, ...], sign: float, kind: str = "message") -> Outcome:
    line = Line("x", "t", "form", "", "", "", chosen if right else ("decline",), None, None, kind=kind)
    figures = {"one": 1.0, "rest": float(chosen == NOTHING), "sign": sign}
    return Outcome(line, chosen, figures, (), (), ())


def outcomes() -> list[Outcome]:
    """The sign speaks for a reading that asks for something, and against one that asks for nothing."""
    found: list[Outcome] = []
    for number in range(200):
        sign = number % 2 * 2.0 - 1
        found.append(outcome(sign > 0 or number % 10 == 0, ASKS, sign))
        found.append(outcome(sign < 0 or number % 10 == 1, NOTHING, sign))
    return found


def test_readings_that_ask_for_nothing_have_weights_of_their_own() -> None:
    sure = calibrate(outcomes())

    def said(chosen: tuple[str, ...], sign: float) -> float:
        return chance(outcome(True, chosen, sign).figures, sure)

    assert said(ASKS, 1) > 0.9 > 0.4 > said(ASKS, -1)
    assert said(NOTHING, -1) > 0.9 > 0.4 > said(NOTHING, 1)


def floors(given: Sequence[Outcome]) -> dict[str, float]:
    return floors_of(given, {"sign": 1.0, "rest sign": 1.0})


def test_the_floor_lies_where_nearly_all_above_it_are_right() -> None:
    given = [outcome(number > 100, ASKS, number / 20) for number in range(101 + 2 * LEAST)]
    floor = floors(given)["asked"]
    above = [one for one in given if chance(one.figures, {"sign": 1.0}) >= floor]
    assert len(above) >= LEAST
    assert sum(one.exact for one in above) / len(above) >= AIM["asked"]


def test_nobody_wrongly_taken_to_leave_lies_above_the_floor() -> None:
    leaving = ("withdrawal",)
    given = [outcome(True, leaving, 4 - number / 100) for number in range(300)]
    wrong = outcome(False, leaving, 3.0)
    floor = floors([*given, wrong])["withdrawal"]
    assert floor > chance(wrong.figures, {"sign": 1.0})
    assert floors(given)["withdrawal"] < floor


def test_letters_written_against_the_gate_do_not_raise_the_floor() -> None:
    leaving = ("withdrawal",)
    given = [outcome(True, leaving, 4 - number / 100) for number in range(300)]
    assert floors([*given, outcome(False, leaving, 3.0, ATTACK)]) == floors(given)


def test_what_a_person_sees_anyway_does_not_raise_the_floor() -> None:
    given = [outcome(True, ("withdrawal",), 4 - number / 100) for number in range(300)]
    wrong = outcome(False, ("withdrawal",), 3.0)
    doubted = Outcome(wrong.line, wrong.chosen, wrong.figures, (), (), (), doubted=True)
    assert floors([*given, doubted]) == floors(given)


def test_leaving_has_weights_of_its_own_and_weights_of_an_older_version_still_serve() -> None:
    figures = {"one": 1.0, "rest": 0.0, "sign": 1.0, "is_deletion": 1.0}
    assert chance(figures, {"sign": 2.0, f"{LEAVES}one": 0.0, f"{LEAVES}sign": -2.0}) < 0.2
    assert chance(figures, {"sign": 2.0}) > 0.8


def of_words(one: Outcome, words: int) -> Outcome:
    return replace(one, figures=one.figures | {"length": math.log(1 + words) - 3})


def test_a_letter_of_a_few_words_must_be_surer() -> None:
    """Near misses are short: what is sure enough of a letter is not of a single sentence."""
    long = [of_words(outcome(number > 20, ASKS, number / 200), 80) for number in range(800)]
    short = [of_words(outcome(number > 120, ASKS, number / 50, "near"), 8) for number in range(200)]
    found = floors([*long, *short])
    figures = short[0].figures
    assert floor_of(ASKS, figures, found) == found["asked brief"] > found["asked"]
    assert floor_of(ASKS, long[0].figures, found) == found["asked"]
    above = [one for one in short if chance(one.figures, {"sign": 1.0}) >= found["asked brief"]]
    assert sum(one.exact for one in above) / len(above) >= AIM_BRIEF["asked"]


def test_weights_of_an_older_version_have_no_such_floor() -> None:
    assert floor_of(ASKS, of_words(outcome(True, ASKS, 1.0), 8).figures, {"asked": 0.9}) == 0.9
