"""A full disk under the running product: 452, words on /healthz, and it goes on by itself when there is room."""

from __future__ import annotations

import os
import smtplib
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from intake.bootstrap.toolbox import make_tools
from intake.config import load
from intake.model import Role
from intake.pipeline.erasing import begin_operator
from intake.pipeline.erasing.begin import KEEPER
from tests import rigs
from tests.faults.lives import Lives
from tests.faults.test_kills import product
from tests.faults.traffic import address, mail
from tests.faults.world import Told, audit_world
from tests.integration.web_parts import HASHED, PASSWORD
from tests.process import DESK
from tests.sink import SmtpSink


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)]
    if os.getuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        rigs.missing("a small tmpfs (mount needs root)", "mount")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_under_everything(small_disk: Path, smtp_sink: SmtpSink) -> None:
    told = Told()
    with product(small_disk, smtp_sink) as lives:
        store = lives.store()
        with store.write() as tx:
            tx.staff.add("高橋", Role.LEAD, HASHED)
        store.close()
        assert lives.begin()
        number = 1
        _send(lives.smtp, number, told)
        ballast = (small_disk / "ballast").open("wb")
        for size in (1_000_000, 4_096):
            try:
                while True:
                    ballast.write(os.urandom(size))
                    ballast.flush()
            except OSError:
                continue
        _until_it_is_noticed(lives)
        refused = 0
        for _ in range(60):
            number += 1
            code = _send(lives.smtp, number, told)
            assert code in (250, 451, 452), code
            refused += code == 452
        assert refused > 10
        health = httpx2.get(f"http://127.0.0.1:{lives.http}/healthz", timeout=10)
        assert health.status_code == 503 and "mail is answered 452" in health.text, health.text
        assert "新しいご連絡の受け付けを止めています" in _staff_page(lives)
        _erased_on_the_reserve(lives, told)
        os.truncate(ballast.name, 0)
        ballast.close()
        end = time.monotonic() + 30
        while _send(lives.smtp, number + 1, told) != 250:
            assert time.monotonic() < end, lives.log()
            time.sleep(0.2)
        assert "受け付けを止めています" not in _staff_page(lives)
        store = lives.store()
        lives.wait_idle(store, 240)
        assert lives.term() == "0"
        with smtp_sink._lock:
            told.mails = [m.data for m in smtp_sink.received]
        figures = audit_world(store, told)
        assert figures.once > 0
        assert figures.mails["unknown"] <= 1
        store.close()


def _until_it_is_noticed(lives: Lives) -> None:
    """The reserve is given up within seconds."""
    end = time.monotonic() + 10
    while (lives.folder / "home" / "reserve").exists():
        assert time.monotonic() < end, lives.log()
        time.sleep(0.1)


def _staff_page(lives: Lives) -> str:
    """What a lead sees; the disk has room for a sign-in."""
    with httpx2.Client(base_url=f"http://127.0.0.1:{lives.http}", timeout=15) as browser:
        told = browser.post("/staff/sign-in", data={"name": "高橋", "password": PASSWORD, "next": "/staff/"})
        assert told.status_code == 303, told.text
        return browser.get("/staff/").text


def _erased_on_the_reserve(lives: Lives, told: Told) -> None:
    """What was promised to somebody is carried out though the disk is full, and stands in the trail."""
    store, tools = lives.store(), make_tools(load(None, lives.env).settings)
    with store.write() as tx:
        person = tx.seekers.by_member_id("M-1")
        assert person is not None
        begin_operator(tx, person, KEEPER, tools, datetime.now(UTC))
    end = time.monotonic() + 60
    while True:
        with store.read() as tx:
            (row,) = tx.erasures.newest()
        if row.done_at is not None:
            break
        assert time.monotonic() < end, f"{row.step} {row.error}: {lives.log()}"
        time.sleep(0.2)
    store.close()
    told.accepted.remove(mail(1))
    told.erased["M-1"] = ["求職 1郎", address(1)]


def _send(port: int, n: int, told: Told) -> int:
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as client:
        try:
            client.sendmail(address(n), [DESK], mail(n), mail_options=["body=8bitmime"])
        except smtplib.SMTPResponseException as e:
            return e.smtp_code
    told.accepted.add(mail(n))
    return 250
