"""The test servers themselves: each really starts, and does what the other tests rely on."""

from __future__ import annotations

import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from imapclient import IMAPClient

from tests import rigs
from tests.sink import SmtpSink

MAIL = "Subject: 退会希望\r\nFrom: 山田 <yamada@example.jp>\r\n\r\n退会します。\r\n".encode()
prepared: list[str] = []


def fill(url: str) -> None:
    """What a migration would do, on either kind."""
    prepared.append(url)
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("CREATE TABLE seekers (name TEXT)")
        return
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE seekers (name TEXT)")


def names(url: str) -> list[str]:
    """All rows of the table that ``fill`` makes, after adding one."""
    connect = sqlite3.connect if url.startswith("sqlite") else psycopg.connect
    with connect(url.removeprefix("sqlite:///")) as connection:  # type: ignore[operator]
        connection.execute("INSERT INTO seekers VALUES ('山田 花子')")
        return [name for (name,) in connection.execute("SELECT name FROM seekers").fetchall()]


def test_postgres_gives_an_empty_utf8_database(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        row = connection.execute("SELECT datcollate, pg_encoding_to_char(encoding) FROM pg_database LIMIT 1").fetchone()
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert row == ("C.UTF-8", "UTF8")
    assert tables == (0,)


def test_a_copy_of_a_prepared_database_is_each_tests_own(databases: rigs.Postgres | rigs.Sqlite) -> None:
    prepared.clear()
    first, second = databases.fresh(fill), databases.fresh(fill)
    assert names(first) == names(second) == ["山田 花子"]
    assert len(prepared) == 1
    databases.discard(first)
    databases.discard(second)


def test_a_fresh_database_comes_quickly(postgres: rigs.Postgres) -> None:
    started = time.monotonic()
    for _ in range(5):
        postgres.discard(postgres.fresh(fill))
    assert time.monotonic() - started < 10


def test_database_url_is_usable(database_url: str) -> None:
    fill(database_url)
    assert names(database_url) == ["山田 花子"]


def test_dovecot_takes_mail_by_lmtp_and_shows_it_by_imap(dovecot: rigs.Dovecot) -> None:
    user = dovecot.new_user()
    dovecot.deliver(user, MAIL)
    client = dovecot.connect(user)
    client.select_folder("INBOX")
    uids = client.search()
    body = client.fetch(uids, ["BODY.PEEK[]"])[uids[0]][b"BODY[]"]
    client.logout()
    assert body.endswith(MAIL)


def test_dovecot_speaks_tls_with_a_certificate_that_can_be_checked(dovecot: rigs.Dovecot) -> None:
    context = ssl.create_default_context(cafile=str(dovecot.ca_file))
    with IMAPClient(dovecot.host, dovecot.imaps, ssl_context=context, timeout=10) as client:
        client.login(dovecot.new_user(), dovecot.password_file.read_text().strip())
        assert client.select_folder("INBOX")[b"EXISTS"] == 0
    with pytest.raises(ssl.SSLCertVerificationError):
        IMAPClient(dovecot.host, dovecot.imaps, ssl_context=ssl.create_default_context(), timeout=10)


def test_dovecot_keeps_its_mail_over_a_restart(dovecot: rigs.Dovecot) -> None:
    user = dovecot.new_user()
    dovecot.deliver(user, MAIL)
    dovecot.stop()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((dovecot.host, dovecot.imap), timeout=2)
    dovecot.start()
    client = dovecot.connect(user)
    assert client.select_folder("INBOX")[b"EXISTS"] == 1
    client.logout()


def test_smtp_source_sends_to_the_sink(smtp_source: str, smtp_sink: SmtpSink) -> None:
    subprocess.run(
        [smtp_source, "-m", "5", "-s", "2", f"inet:{smtp_sink.host}:{smtp_sink.port}"], check=True, timeout=30
    )
    assert len(smtp_sink.wait_for(5)) == 5


def test_a_missing_server_skips_or_fails_as_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INTAKE_TEST_REQUIRE", raising=False)
    with pytest.raises(pytest.skip.Exception, match="Debian package: postgresql"):
        rigs.missing("PostgreSQL", "postgresql")
    monkeypatch.setenv("INTAKE_TEST_REQUIRE", "all")
    with pytest.raises(pytest.fail.Exception, match="Debian package: postgresql"):
        rigs.missing("PostgreSQL", "postgresql")


def test_a_server_ends_with_the_run_that_started_it(tmp_path: Path) -> None:
    script = "import subprocess, sys, time; from tests.rigs import drop\n"
    script += "p = subprocess.Popen([*drop()[0], 'sleep', '60']); print(p.pid, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        server = int(run.stdout.readline())
        wait_for_program(server, "sleep")
        run.send_signal(signal.SIGKILL)
    end = time.monotonic() + 10
    while running(server):
        assert time.monotonic() < end, "it outlived the run"
        time.sleep(0.05)


def wait_for_program(pid: int, name: str) -> None:
    """Until setpriv has become the program itself."""
    end = time.monotonic() + 10
    while name not in Path(f"/proc/{pid}/comm").read_text():
        assert time.monotonic() < end
        time.sleep(0.05)


def running(pid: int) -> bool:
    """Whether the process is there and not a zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
