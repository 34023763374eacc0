"""Why somebody asks: wordings as data, and when a reason is given at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from intake.errors import RuleError
from intake.resources import shipped_rules
from intake.understanding import examples, load_rulebook
from intake.understanding.reasons import reasons_of
from intake.understanding.reasonwords import ReasonWordings
from intake.understanding.rulebook import Wordings
from intake.understanding.wordings import key_of
from tests.unit.understanding.conftest import Read

LABELS = ("busy", "family", "health")


@pytest.mark.parametrize("requests", [("question",), ("other",)])
def test_who_asks_for_nothing_gives_no_reason(requests: tuple[str, ...]) -> None:
    assert reasons_of((9.0, 9.0, 9.0), requests, LABELS, {"reason": -2.0, "more_reasons": 1.0}) == ()


def test_the_likeliest_reason_and_more_only_if_they_are_sure() -> None:
    floors = {"reason": -1.0, "more_reasons": 1.0}
    assert reasons_of((0.5, 0.4, -3.0), ("pause",), LABELS, floors) == ("busy",)
    assert reasons_of((1.5, 2.0, -3.0), ("pause",), LABELS, floors) == ("busy", "family")
    assert reasons_of((-1.5, -2.0, -3.0), ("pause",), LABELS, floors) == ()


def test_wishes_have_a_floor_of_their_own() -> None:
    floors = {"reason": -1.0, "more_reasons": 1.0, "reason_of_wishes": 0.75}
    assert reasons_of((0.5, -2.0, -3.0), ("preferences",), LABELS, floors) == ()
    assert reasons_of((0.8, -2.0, -3.0), ("preferences",), LABELS, floors) == ("busy",)
    assert reasons_of((0.5, -2.0, -3.0), ("preferences", "resume"), LABELS, floors) == ("busy",)


def test_every_reason_has_wordings_and_every_wording_a_reason() -> None:
    book = load_rulebook([shipped_rules()])
    assert set(book.wordings) == {reason.code for reason in book.reasons.reason}


def test_wordings_are_found_where_they_stand() -> None:
    finder = ReasonWordings({"family": ["母の(?:介護|看病)", "育児"], "health": ["介護疲れ"]})
    assert finder.find("来月から母の介護があり") == {"family"}
    assert finder.find("母の看病と育児、介護疲れ") == {"family", "health"}
    assert finder.find("母の日に") == set()
    assert finder.find("") == set()


@pytest.mark.parametrize(
    ("pattern", "key"),
    [
        ("多忙", "多忙"),
        ("余裕が(?:な|無)", "余裕が"),
        ("引越し?", "引越"),
        ("時間[はが]", "時間"),
        ("暇が|多忙な", "暇が"),
        ("(?<![a-z])taikai(?![a-z])", "taikai"),
        ("退\\s会", "退 会"),
    ],
)
def test_what_a_wording_begins_with(pattern: str, key: str) -> None:
    assert key_of(pattern) == key


def test_a_wording_that_misses_its_example_or_hits_what_it_must_not_is_found() -> None:
    book = load_rulebook([shipped_rules()])
    spoiled = Wordings(wordings=["介護"], hits=["入院しました。"], misses=["介護職を希望します。"])
    found = {(f.rule, f.kind) for f in examples(replace(book, wordings={"family": spoiled}))}
    assert {("reasons/family", "hit"), ("reasons/family", "miss")} <= found


@pytest.mark.parametrize(
    ("wording", "said"),
    [("(?:母|父)の介護", "two plain"), ("介護.*疲れ", "unsafe"), ("母", "two plain"), ("介護(", "pattern")],
)
def test_a_wording_that_cannot_be_used_is_refused_by_name(tmp_path: Path, wording: str, said: str) -> None:
    (tmp_path / "reasons").mkdir()
    text = f"wordings = ['{wording}']\nhits = ['x']\nmisses = ['y']\n"
    (tmp_path / "reasons" / "family.toml").write_text(text, encoding="utf-8")
    with pytest.raises(RuleError, match=said):
        load_rulebook([shipped_rules(), tmp_path])


def test_a_reason_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    (tmp_path / "reasons").mkdir()
    (tmp_path / "reasons" / "weather.toml").write_text(
        "wordings = ['雨が']\nhits = ['雨が']\nmisses = ['晴']\n", encoding="utf-8"
    )
    with pytest.raises(RuleError, match="weather"):
        load_rulebook([shipped_rules(), tmp_path])


@pytest.mark.parametrize(
    ("body", "reasons"),
    [
        ("他社で内定をいただきましたので、退会をお願いします。", ("hired_elsewhere",)),
        ("毎日のように電話があり困っています。退会させてください。", ("too_many_contacts",)),
        ("母の介護のため、しばらく紹介を止めてください。", ("family",)),
        ("体調を崩しましたので、しばらくお休みさせてください。", ("health",)),
        ("一身上の都合により退会いたします。", ()),
        ("退会の手続きをお願いいたします。", ()),
        ("退会の方法を教えてください。母の介護があります。", ()),
    ],
)
def test_reasons_of_plain_messages(read: Read, body: str, reasons: tuple[str, ...]) -> None:
    assert read(body).reasons == reasons
