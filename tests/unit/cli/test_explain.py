"""``explain`` says which words keep a message from being carried out unseen."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest
from typer.testing import CliRunner

from intake.cli.app import app, shared


def explained(folder: Path, text: str) -> str:
    """What the command prints of a mail with this text."""
    from intake.cli import explain  # it registers its command

    assert explain
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "山田 太郎 <taro@example.jp>", "help@example.com", "退会について"
    mail.set_content(text)
    (folder / "mail.eml").write_bytes(mail.as_bytes())
    shared.loaded = None
    done = CliRunner().invoke(app, ["--lang", "ja", "explain", str(folder / "mail.eml")])
    assert done.exit_code == 0, done.output
    return done.output


def test_the_gates_words_come_first_with_what_they_mean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTAKE_HOME", str(tmp_path / "home"))
    lines = explained(tmp_path, "退会の手続きをお願いいたします。\nこれは訓練メールです。\n").splitlines()
    told = [line.split() for line in lines if "「訓練メール」" in line]
    assert told == [
        ["stopped", "withdrawal", "「訓練メール」", "[body", "20:25]", "gate.test-mail", "試しに送ったもの"]
    ]
    assert lines.index(next(one for one in lines if "訓練メール」" in one)) < min(
        n for n, one in enumerate(lines) if one.startswith("  + ")
    )
    plain = explained(tmp_path, "退会の手続きをお願いいたします。\n")
    assert "stopped" not in plain and "  + " in plain
