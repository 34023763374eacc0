"""`intake init` leaves HOME/rules/agency.toml to be edited, and asks for its lines on a terminal."""

from __future__ import annotations

import sys
from io import StringIO
from pathlib import Path

import pytest

from intake.cli.agency import QUESTIONS, write_agency
from intake.errors import IntakeError
from intake.replies import load_agency


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_without_a_terminal_the_sample_is_laid_down_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", StringIO())
    path = write_agency(tmp_path)
    assert path is not None and load_agency([path.parent]).name == "見本キャリアエージェント"
    path.write_text(path.read_text("utf-8").replace("見本キャリア", "東都キャリア"), "utf-8")
    assert write_agency(tmp_path) is None
    assert load_agency([path.parent]).name == "東都キャリアエージェント"


def test_answers_on_a_terminal_stand_under_every_mail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = ['東都"キャリア', "", "03-0000-0000", "", "", "", "help@toto.example.jp"]
    assert len(answers) == len(QUESTIONS)
    monkeypatch.setattr(sys, "stdin", Terminal("\n".join(answers) + "\n"))
    path = write_agency(tmp_path)
    assert path is not None
    agency = load_agency([path.parent])
    assert (agency.name, agency.office, agency.telephone) == ('東都"キャリア', "お手続き窓口", "03-0000-0000")


def test_an_answer_that_no_mail_can_carry_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("東都\n\n\n\n\n\nno address\n"))
    with pytest.raises(IntakeError):
        write_agency(tmp_path)
    assert not (tmp_path / "rules" / "agency.toml").exists()
