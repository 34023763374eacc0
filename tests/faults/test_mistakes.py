"""What operators do by mistake: the product started twice on one home, on a home that cannot be written."""

from __future__ import annotations

import os
import smtplib
import subprocess
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest

from intake.model import Seeker
from tests import rigs
from tests.faults.traffic import address, address_of, mail
from tests.faults.world import Told, audit_world
from tests.integration.test_imap_dovecot import append
from tests.process import DESK, Product
from tests.sink import SmtpSink

EACH = 20


@pytest.mark.timeout(400)
def test_two_runs_on_one_home_and_one_mailbox(tmp_path: Path, smtp_sink: SmtpSink, dovecot: Any) -> None:
    """Both take in, read, send and watch the mailbox: nothing is there twice and nothing is said twice."""
    user = dovecot.new_user()
    more = {"INTAKE_IMAP_URL": dovecot.url(user), "INTAKE_IMAP_PASSWORD_FILE": str(dovecot.password_file),
            "INTAKE_OLD_MAIL": "process"}  # fmt: skip
    first, second = (Product(tmp_path / "home", relay=smtp_sink.url, **more) for _ in range(2))
    assert first.command("init").returncode == 0
    store = first.store()
    with store.write() as tx:
        for n in range(2 * EACH + 1):
            tx.seekers.upsert(Seeker(0, f"M-{n}", f"求職 {n}郎", addresses=(address_of(n),)))
    told = Told()
    try:
        first.start()
        second.start()
        for n in range(1, EACH + 1):
            append(dovecot, user, mail(1000 + n))
            with smtplib.SMTP("127.0.0.1", (first, second)[n % 2].smtp, timeout=20) as client:
                client.sendmail(address(n), [DESK], mail(n), mail_options=["body=8bitmime"])
            told.accepted |= {mail(n), mail(1000 + n)}
        _until_kept(first, 2 * EACH)
        first.wait_idle(60)
        for product in (first, second):
            health = httpx2.get(f"http://127.0.0.1:{product.http}/healthz", timeout=20)
            assert health.status_code == 200, health.text
            assert product.stop() == 0
    finally:
        first.end()
        second.end()
    with smtp_sink._lock:
        told.mails = [m.data for m in smtp_sink.received]
    figures = audit_world(store, told)
    store.close()
    assert (figures.messages, figures.repeated) == (2 * EACH, 0)
    assert figures.once > 5


def _until_kept(product: Product, count: int) -> None:
    end = time.monotonic() + 60
    while sum(_counts(product).values()) < count:
        assert time.monotonic() < end, _counts(product)
        time.sleep(0.3)


def _counts(product: Product) -> dict[str, int]:
    store = product.store()
    with store.read() as tx:
        found: dict[str, int] = tx.inbox.counts()
    store.close()
    return found


def test_a_home_that_is_mounted_read_only(tmp_path: Path) -> None:
    """One line says what is wrong, whatever is started; nothing listens and takes in what it could not keep."""
    home = tmp_path / "home"
    home.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(home)]
    if os.getuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        rigs.missing("a tmpfs of our own (mount needs root)", "mount")
    product = Product(home)
    try:
        assert product.command("init").returncode == 0
        subprocess.run(["mount", "-o", "remount,ro", str(home)], check=True)
        for words in (["run"], ["cases"], ["work", "--until-idle"]):
            done = product.command(*words)
            assert (done.returncode, len(done.stderr.strip().splitlines())) == (1, 1), done.stderr
            assert "Read-only file system" in done.stderr or "does not answer" in done.stderr
    finally:
        product.end()
        subprocess.run(["umount", "-l", str(home)], check=True)


def test_a_mail_of_no_bytes_is_a_case(tmp_path: Path) -> None:
    """DATA and at once the dot: it is answered 250, so it has its end like all others."""
    product = Product(tmp_path / "home")
    assert product.command("init").returncode == 0
    try:
        product.start()
        with smtplib.SMTP("127.0.0.1", product.smtp, timeout=20) as client:
            for line in ("EHLO x", "MAIL FROM:<a@example.com>", f"RCPT TO:<{DESK}>", "DATA"):
                client.docmd(line)
            assert client.docmd(".")[0] == 250
        product.wait_idle(60)
        assert product.stop() == 0
    finally:
        product.end()
    assert "unreadable" in product.command("cases").stdout
    assert product.command("reconcile").returncode == 0
