"""Saved answers: a file of the agency, named with its mistakes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from intake.errors import RuleError
from intake.replies import load_saved
from intake.resources import shipped_rules


def test_the_shipped_answers_are_polite_short_and_quote_no_law() -> None:
    answers = load_saved([shipped_rules()])
    assert len(answers) >= 4
    for answer in answers:
        assert 60 <= len(answer.text) <= 400
        assert re.search("ます。|ですか。|ましょうか。|ください。|幸いです。", answer.text)
        assert not re.search(r"第?\d+条|保護法|安定法|考え直|残念", answer.text)


def test_the_home_takes_the_place_of_the_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / "saved_answers.toml").write_text('[[answer]]\nlabel = "見本"\ntext = "見本です。"\n', "utf-8")
    assert [a.label for a in load_saved([shipped_rules(), tmp_path])] == ["見本"]
    assert load_saved([tmp_path / "none"]) == ()


@pytest.mark.parametrize(("text", "said"), [
    ('[[answer]]\nlabel = "a"\n', "text"), ('[[answer]]\nlabel = ""\ntext = "x"\n', "label"),
    ('[[answer]]\nlabel = "a"\ntext = "x"\n[[answer]]\nlabel = "a"\ntext = "y"\n', "same label"),
    ('[answer]\nlabel = "a"\n', "answer"), ('title = "a"\n', "answer"), ("[[answer", "saved_answers"),
    ('[[answer]]\nlabel = "a"\ntext = "x"\ncolour = "b"\n', "colour"),
])  # fmt: skip
def test_a_mistake_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "saved_answers.toml").write_text(text, "utf-8")
    with pytest.raises(RuleError, match=said):
        load_saved([tmp_path])
