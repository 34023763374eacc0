"""The commands as contract.md writes them: what they print, in which language, and how they end."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.process import Product

CASE_KEYS = ["id", "number", "message", "request", "seeker", "state", "hold_reason", "channel", "received_at", "due_on",
             "confidence", "assignee"]  # fmt: skip
MAIL = (
    "From: 山田 太郎 <taro@example.jp>\r\nTo: support@agency.example.jp\r\nSubject: 退会\r\n"
    "Message-ID: <{}@example.jp>\r\nContent-Type: text/plain; charset=utf-8\r\n"
    "Content-Transfer-Encoding: 8bit\r\n\r\n退会を希望します。手続きをお願いいたします。\r\n"
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Product:
    product = Product(tmp_path_factory.mktemp("cli") / "home")
    assert product.command("init").returncode == 0
    (product.home / "s.csv").write_text("member_id,name,email\nM-1,山田 太郎,taro@example.jp\n", "utf-8")
    assert product.command("seekers", "import", str(product.home / "s.csv")).returncode == 0
    return product


def line(done: subprocess.CompletedProcess[str]) -> str:
    """The one line on stderr."""
    assert "Traceback" not in done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


def mails(folder: Path, *names: str) -> list[str]:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / f"{name}.eml").write_bytes(MAIL.format(name).encode())
    return [str(folder / f"{name}.eml") for name in names]


def test_from_ingest_to_cases_and_outbox(home: Product, tmp_path: Path) -> None:
    (path,) = mails(tmp_path, "a1")
    first = home.command("ingest", path, "--json")
    assert json.loads(first.stdout) | {"failures": []} == {"stored": 1, "duplicate": 0, "failed": 0, "failures": []}
    again = home.command("ingest", path, "--json")
    assert json.loads(again.stdout)["duplicate"] == 1
    missing = home.command("ingest", path, str(tmp_path / "none.eml"), "--json")
    assert missing.returncode == 1
    assert json.loads(missing.stdout)["failed"] == 1
    assert "none.eml" in missing.stderr
    worked = home.command("work", "--until-idle")
    assert worked.returncode == 0
    cases = json.loads(home.command("cases", "--json").stdout)
    assert [list(c) for c in cases] == [CASE_KEYS] * len(cases)
    assert [c["id"] for c in cases] == sorted(c["id"] for c in cases)
    assert cases[-1]["seeker"] == "M-1"
    outbox = json.loads(home.command("outbox", "--json").stdout)
    assert {"id", "case", "template", "to", "subject", "state"} <= set(outbox[0])
    assert outbox[0]["to"] == "taro@example.jp"
    assert outbox[0]["state"] == "sent"
    shown = home.command("case", "show", cases[-1]["number"])
    assert shown.returncode == 0
    assert cases[-1]["number"] in shown.stdout


def test_a_call_is_typed_in_and_json_is_all_that_stdout_holds(home: Product) -> None:
    done = home.command("case", "new", "--channel", "phone", "--request", "withdrawal", "--name", "山田 太郎",
                        "--member-id", "M-1", "--staff", "佐藤", "--json")  # fmt: skip
    row = json.loads(done.stdout)
    assert [list(c) for c in row["cases"]] == [CASE_KEYS]
    assert row["cases"][0]["channel"] in ("phone", "email")  # it may join what the mail asked


def test_a_call_does_not_wait_for_what_another_process_holds(home: Product, tmp_path: Path) -> None:
    """A message in other hands (a live process of this machine) is not ours to wait for."""
    import os
    import socket
    from datetime import UTC, datetime

    assert home.command("ingest", *mails(tmp_path, "held")).returncode == 0
    store = home.store()
    with store.write() as tx:
        held = tx.inbox.claim(datetime.now(UTC), 1, 120, f"{socket.gethostname()}:{os.getpid()}")
    assert len(held) == 1
    done = subprocess.run(
        ["timeout", "60", *command_line(), "case", "new", "--request", "pause", "--name", "山田 太郎", "--json"],
        env=home.env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    with store.write() as tx:
        tx.inbox.give_back(held[0].id, held[0].fence, datetime.now(UTC), "Test")
    store.close()
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["cases"]


def command_line() -> list[str]:
    import sys

    return [sys.executable, "-m", "intake"]


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["cases", "--state", "nonsense"], 2, "nonsense"),
        (["nonsense"], 2, "nonsense"),
        (["run", "nonsense"], 2, "nonsense"),
        (["--lang", "xx", "cases"], 2, "lang"),
        (["case", "new"], 2, "request"),
        (["init", "--profile", "nonsense"], 2, "nonsense"),
        (["init", "--profile", "public-office"], 1, "agency"),
        (["case", "show", "C-999999"], 1, "C-999999"),
        (["seekers", "import", "/nowhere/x.csv"], 1, "x.csv"),
        (["evaluate", "/nowhere/x.jsonl"], 1, "x.jsonl"),
    ],
)
def test_how_commands_end(home: Product, words: list[str], status: int, said: str) -> None:
    done = home.command(*words)
    assert done.returncode == status, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    if status == 1:
        assert line(done).startswith("intake: ")
    assert done.stdout == ""


def test_a_home_that_is_none_says_what_to_do(tmp_path: Path) -> None:
    done = Product(tmp_path / "none").command("cases", "--json")
    assert done.returncode == 1
    assert "intake init" in line(done)


def test_init_twice_is_harmless(home: Product) -> None:
    before = {p.name: p.read_bytes() for p in home.home.iterdir() if p.suffix in (".key", ".secret", ".toml")}
    assert home.command("init").returncode == 0
    assert before == {p.name: p.read_bytes() for p in home.home.iterdir() if p.name in before}


@pytest.mark.parametrize(("text", "said"), [('colour = "red"', "colour"), ("smtp_listen = 3", "smtp_listen"),
                                            ("profile = ", "intake.toml")])  # fmt: skip
def test_a_wrong_settings_file_is_refused(tmp_path: Path, text: str, said: str) -> None:
    product = Product(tmp_path)
    (tmp_path / "intake.toml").write_text(text, "utf-8")
    done = product.command("config")
    assert done.returncode == 1
    assert said in line(done)


@pytest.mark.parametrize("name", ["INTAKE_COLOUR", "INTAKE_HOMES", "INTAKE_LANGUAGE"])
def test_an_unknown_variable_is_warned_about(home: Product, name: str) -> None:
    done = home.command("cases", "--json", **{name: "x"})
    assert done.returncode == 0
    assert name in line(done)
    assert json.loads(done.stdout) is not None


def test_config_shows_sources_and_no_secret(home: Product) -> None:
    done = home.command(
        "config", "--json",
        INTAKE_DATABASE_URL="postgresql://u:hush1@h/db?sslmode=require&password=hush2",
        INTAKE_IMAP_URL="imaps://a%40b:hush3@h/INBOX;imaps://c:hush4@h",
        INTAKE_RELAY_URL="smtp://x:hush5@h:25",
        INTAKE_WEBHOOKS_OUT="https://h/in?token=hush6",
    )  # fmt: skip
    assert "hush" not in done.stdout + done.stderr
    rows: dict[str, Any] = json.loads(done.stdout)
    assert rows["INTAKE_RELAY_URL"] == {"value": "smtp://x:***@h:25", "source": "environment"}
    assert rows["INTAKE_LOG"]["source"] == "default"
    assert "sslmode=require" in rows["INTAKE_DATABASE_URL"]["value"]


def test_messages_follow_the_language(home: Product) -> None:
    words = ("cases", "--state", "lapsed")
    assert home.command("--lang", "ja", *words).stdout.strip() == "案件はありません。"
    assert home.command("--lang", "en", *words).stdout.strip() == "no cases"
    assert home.command(*words, LANG="ja_JP.UTF-8", LC_ALL="").stdout.strip() == "案件はありません。"
    assert home.command(*words, LANG="C", LC_ALL="ja_JP.UTF-8", LC_MESSAGES="").stdout.strip() == "案件はありません。"


def test_parse_gives_one_object_for_every_file(home: Product, tmp_path: Path) -> None:
    (good,) = mails(tmp_path, "p1")
    (tmp_path / "bad.eml").write_bytes(b"\x00\xff" * 50)
    names = [good, str(tmp_path / "bad.eml"), str(tmp_path / "none.eml"), str(tmp_path)]
    done = home.command("parse", "--json", *names)
    rows = [json.loads(row) for row in done.stdout.splitlines()]
    assert done.returncode == 0
    assert [r["file"] for r in rows] == names
    assert all(set(r) >= {"file", "subject", "from_addr", "from_name", "text", "new_text", "attachments", "kind",
                          "charset_steps", "error"} for r in rows)  # fmt: skip
    assert rows[0]["error"] is None
    assert rows[2]["error"]
    assert rows[3]["error"]


def test_classify_answers_in_order(home: Product) -> None:
    lines = [{"id": n, "channel": "email", "from": "a@example.jp", "subject": "", "body": body}
             for n, body in enumerate(["退会したいです。", "", "担当を変えてください。"])]  # fmt: skip
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in lines) + "\n"
    done = subprocess.run([*command_line(), "classify"], input=text, env=home.env, capture_output=True, text=True,
                          check=True)  # fmt: skip
    rows = [json.loads(row) for row in done.stdout.splitlines()]
    assert [r["id"] for r in rows] == [0, 1, 2]
    for row in rows:
        assert {"id", "requests", "reasons", "facts", "confidence", "decision", "why"} <= set(row)
        assert set(row["facts"]) <= {"name", "member_id", "phone", "resume_on"}
        assert row["requests"] == sorted(row["requests"])
        assert row["decision"] in ("auto", "review")
        assert 0 <= row["confidence"] <= 1


def test_classify_names_the_line_that_is_none(home: Product) -> None:
    done = subprocess.run([*command_line(), "classify"], input='{"id":1,"body":"a"}\nnonsense\n', env=home.env,
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 1
    assert "line 2" in line(done)
    assert len(done.stdout.splitlines()) == 1
