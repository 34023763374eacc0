"""The first connection of a mailbox: asked once on a terminal, kept as an archive where nobody can be asked."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import typer

from intake.cli.oldmail import ask_old_mail
from intake.config import Loaded, load


def _loaded(home: Path, **more: str) -> Loaded:
    (home / "password").write_text("x")
    env = {
        "INTAKE_IMAP_URL": "imaps://a@mail.example.jp/INBOX",
        "INTAKE_IMAP_PASSWORD_FILE": str(home / "password"),
    } | more
    return load(home, env)


def test_the_answer_is_written_down_and_not_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["what", "process"])
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(typer, "prompt", lambda *_, **__: next(answers))
    assert ask_old_mail(_loaded(tmp_path)) == "process"
    again = _loaded(tmp_path)
    assert again.settings.old_mail == "process"
    assert ask_old_mail(again) is None


def test_nobody_to_ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    assert ask_old_mail(_loaded(tmp_path)) is None
    assert _loaded(tmp_path).settings.old_mail == "archive"


def test_no_mailbox_no_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    assert ask_old_mail(load(tmp_path, {})) is None
