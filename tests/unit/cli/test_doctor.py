"""What ``doctor`` says of the signature, and what ``staff away`` means without a day."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from intake.bootstrap.home import connect
from intake.cli.app import app, shared
from intake.model import Role
from intake.model.staff import FURTHER_NOTICE
from tests.unit.store.given import arrival


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INTAKE_HOME", str(tmp_path / "home"))
    assert run("init").exit_code == 0
    return tmp_path / "home"


def run(*words: str) -> Any:
    from intake.cli import desk, doctor, operate  # they register their commands

    assert desk and doctor and operate
    shared.loaded = None  # the settings of another home
    return CliRunner().invoke(app, ["--lang", "ja", *words])


def checks() -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in json.loads(run("doctor", "--json").output)["checks"]}


def test_after_a_silent_init_the_signature_is_said_to_be_invented(home: Path) -> None:
    found = run("doctor")
    line = next(one for one in found.output.splitlines() if "signature" in one)
    assert found.exit_code == 0
    assert line.startswith("!! ")
    assert "見本のままです(社名、電話番号、所在地、個人情報の取り扱いのページ)" in line
    assert str(home / "rules" / "agency.toml") in line
    assert checks()["signature"]["note"]
    assert not checks()["database"]["note"]


def test_what_cannot_be_opened_is_no_healthy_home() -> None:
    assert checks()["database"]["ok"]
    assert shared.loaded is not None  # by doctor
    store = connect(shared.loaded.settings)
    with store.write() as tx:
        for number in (1, 2):
            tx.inbox.add([arrival(number)])
        tx.blobs.destroy_keys([tx.inbox.key_of(1)])
    store.close()
    found = checks()["database"]
    assert not found["ok"]
    assert "1 件を開けません" in found["says"]


def test_an_erasure_that_cannot_end_is_named_with_the_place(home: Path) -> None:
    assert checks()["erasures"]["says"] == "0 under way"
    assert shared.loaded is not None  # by doctor
    store = connect(shared.loaded.settings)
    with store.write() as tx:
        row = tx.erasures.add(1, None, "operator", b"{}", {}, datetime.now(UTC))
        tx.erasures.put_off(row, datetime.now(UTC), "file: intake.db; column: audit.detail")
    store.close()
    found = checks()["erasures"]
    assert not found["ok"]
    assert f"{row.id} (file: intake.db; column: audit.detail)" in found["says"]


def test_with_a_relay_that_sends_it_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTAKE_RELAY_URL", "smtp://relay.example.jp")
    found = run("doctor")
    assert found.exit_code == 1
    assert "NG  signature" in found.output


def test_ones_own_lines_are_fine_and_what_is_left_is_named(home: Path) -> None:
    path = home / "rules" / "agency.toml"
    text = (
        path.read_text("utf-8")
        .replace("見本キャリアエージェント", "東都キャリア")
        .replace("050-0000-0000", "03-0000-0000")
    )
    path.write_text(text, "utf-8")
    assert "見本のままです(所在地、個人情報の取り扱いのページ)" in checks()["signature"]["says"]
    text = text.replace("見本区見本町", "千代田区千代田").replace(
        "https://agency.example/privacy", "https://toto.example.jp/p"
    )
    path.write_text(text, "utf-8")
    assert checks()["signature"] == {"name": "signature", "ok": True, "note": False, "says": "東都キャリア"}


def test_a_key_that_app_and_form_share_is_a_hint_and_no_fault(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = run("doctor")
    line = next(one for one in found.output.splitlines() if "app webhook secret" in one)
    assert (found.exit_code, line[:3]) == (0, "!! ")
    assert "INTAKE_APP_WEBHOOK_SECRET_FILE" in line
    own = home / "app.secret"
    monkeypatch.setenv("INTAKE_APP_WEBHOOK_SECRET_FILE", str(own))
    assert not checks()["app webhook secret"]["ok"], "named, and not there: what the app posts is answered with 503"
    assert run("init").exit_code == 0
    assert checks()["app webhook secret"] == {
        "name": "app webhook secret", "ok": True, "note": False, "says": str(own)}  # fmt: skip
    own.write_bytes((home / "webhook.secret").read_bytes())
    assert checks()["app webhook secret"]["note"], "another file with the same key is no other key"


def test_a_border_that_nobody_can_be_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Results of INTAKE_AUTHSERV_ID count over SMTP only from this machine and INTAKE_TRUSTED_RELAYS."""
    assert not checks()["border"]["note"]
    monkeypatch.setenv("INTAKE_AUTHSERV_ID", "mx.agency.example.jp")
    for listen, note in (("127.0.0.1:8025", False), ("localhost:25", False), ("", False), ("0.0.0.0:25", True)):
        monkeypatch.setenv("INTAKE_SMTP_LISTEN", listen)
        assert checks()["border"]["note"] is note, listen
    assert "INTAKE_TRUSTED_RELAYS が空です" in checks()["border"]["says"]
    monkeypatch.setenv("INTAKE_TRUSTED_RELAYS", "192.0.2.25")
    assert checks()["border"] == {
        "name": "border", "ok": True, "note": False, "says": "mx.agency.example.jp, 192.0.2.25",
    }  # fmt: skip


def test_away_without_a_day_is_until_further_notice(home: Path) -> None:
    assert shared.loaded is not None  # by init
    store = connect(shared.loaded.settings)
    with store.write() as tx:
        tx.staff.add("佐藤", Role.REVIEWER, None)

    def until() -> date | None:
        with store.read() as tx:
            found = tx.staff.by_name("佐藤")
        assert found is not None
        return found.away_until

    said = run("staff", "away", "佐藤")
    assert "当分の間" in said.output
    assert "--back" in said.output
    assert until() == FURTHER_NOTICE
    assert "2026-12-01 まで" in run("staff", "away", "佐藤", "--until", "2026-12-01").output
    assert until() == date(2026, 12, 1)
    assert run("staff", "away", "佐藤", "--until", "2026-12-01", "--back").exit_code == 2
    assert "復帰" in run("staff", "away", "佐藤", "--back").output
    assert until() is None
    store.close()


def test_a_backup_names_what_it_is_worth_nothing_without(home: Path, tmp_path: Path) -> None:
    from intake.cli import keys, restore

    assert keys and restore
    assert str(home / "secret.key") in run("backup", str(tmp_path / "b1")).output
    assert run("keys", "rotate").exit_code == 0
    assert str(home / "wrapping.keys") in run("backup", str(tmp_path / "b2")).output


def test_a_restore_without_the_secret_says_what_is_missing(home: Path, tmp_path: Path) -> None:
    from intake.cli import restore

    assert restore
    assert run("backup", str(tmp_path / "b")).exit_code == 0
    (home / "secret.key").unlink()
    refused = run("restore", str(tmp_path / "b"))
    assert refused.exit_code
    assert "secret.key" in str(refused.exception)


def test_the_first_change_of_keys_does_not_claim_that_the_copies_before_it_are_dead() -> None:
    from intake.cli import keys

    assert keys
    assert "最初の鍵の変更より前" in run("keys", "rotate").output


def test_a_table_that_is_not_there_is_said_and_migrate_makes_it(home: Path) -> None:
    with closing(sqlite3.connect(home / "intake.db")) as c, c:
        c.execute("DROP TABLE retention_part")
    found = checks()["database"]
    assert not found["ok"]
    assert "retention_part" in found["says"]
    assert run("migrate").exit_code == 0
    assert checks()["database"]["ok"]
