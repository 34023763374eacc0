"""Input that no program should send is answered in one line that names it, and never ends in a traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from intake import config
from intake.cli.app import app
from intake.cli.read import reader
from intake.errors import BadInput, SettingError
from intake.learning.corpus import read_lines


def test_half_an_emoji_is_read_around(tmp_path: Path) -> None:
    meaning = reader()({"body": "退会をお願いします。\ud83d", "subject": "\udc00退会", "from": "\ud83d"})
    assert meaning.requests == ("withdrawal",)


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+09:00", "9999-12-31T23:59:59-09:00"])
def test_a_day_at_the_end_of_the_calendar_is_no_day(at: str) -> None:
    assert reader()({"body": "来月末まで休止をお願いします。", "received_at": at}).requests == ("pause",)


def test_a_line_too_deep_to_read_is_named() -> None:
    importless = CliRunner().invoke(app, ["classify"], input="[" * 100_000 + "\n")
    assert isinstance(importless.exception, BadInput)
    assert "line 1" in str(importless.exception)


@pytest.mark.parametrize(
    "line",
    [b"[]", b'{"id":"a","body":"x","facts":["a"]}', b'{"id":"a","body":"x","requests":"other"}', b'{"id":"a","body":1}',
     '{"id":"a","body":"退会"}'.encode("cp932")],
)  # fmt: skip
def test_a_corpus_line_that_is_none_is_named(tmp_path: Path, line: bytes) -> None:
    file = tmp_path / "c.jsonl"
    file.write_bytes(b'{"id":"b","body":"y","requests":["other"]}\n' + line + b"\n")
    with pytest.raises(BadInput, match=r"c\.jsonl:2: "):
        list(read_lines([file]))


def test_a_corpus_with_a_mark_before_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "c.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps({"id": "b", "body": "y", "requests": ["other"]}).encode())
    assert [line.id for line in read_lines([file])] == ["b"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("SMTP_LISTEN", "127.0.0.1:²"), ("PUBLIC_URL", "http://[::1"), ("RELAY_URL", "smtp://u:geheim@h:x"),
     ("DATABASE_URL", "postgresql://[::1"), ("WEBHOOKS_OUT", "https://[::1"), ("MAIL_FROM", "求職窓口 <a@b.jp>"),
     ("MAIL_FROM", "@b.jp"), ("MAIL_FROM", "a@b.jp,c@d.jp"), ("RECIPIENTS", "a@b.jp, 窓口 <c@d.jp>")],
)  # fmt: skip
def test_a_setting_that_is_no_address_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingError, match=f"^INTAKE_{name}: ") as said:
        config.load(tmp_path, {f"INTAKE_{name}": value})
    assert "geheim" not in str(said.value)


def test_addresses_and_whole_domains_are_taken(tmp_path: Path) -> None:
    given = {"INTAKE_MAIL_FROM": "a+x@b.jp", "INTAKE_RECIPIENTS": "a@b.jp; @c.example.jp d@xn--wgv71a.jp"}
    assert config.load(tmp_path, given).settings.mail_from == "a+x@b.jp"
