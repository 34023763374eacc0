"""A full disk under the running product: 452, words on /healthz, and it goes on by itself when there is room."""

from __future__ import annotations

import os
import smtplib
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests import rigs
from tests.faults.test_kills import product
from tests.faults.traffic import address, mail
from tests.faults.world import Told, audit_world
from tests.process import DESK
from tests.sink import SmtpSink


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)]
    if os.getuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        rigs.missing("a small tmpfs (mount needs root)", "mount")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_under_everything(small_disk: Path, smtp_sink: SmtpSink) -> None:
    told = Told()
    with product(small_disk, smtp_sink) as lives:
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
        refused = 0
        for _ in range(60):
            number += 1
            code = _send(lives.smtp, number, told)
            assert code in (250, 451, 452), code
            refused += code == 452
        assert refused > 10
        health = httpx2.get(f"http://127.0.0.1:{lives.http}/healthz", timeout=10)
        assert health.status_code == 503 and "disk" in health.text, health.text
        os.truncate(ballast.name, 0)
        ballast.close()
        end = time.monotonic() + 30
        while _send(lives.smtp, number + 1, told) != 250:
            assert time.monotonic() < end, lives.log()
            time.sleep(0.2)
        store = lives.store()
        lives.wait_idle(store, 240)
        assert lives.term() == "0"
        with smtp_sink._lock:
            told.mails = [m.data for m in smtp_sink.received]
        figures = audit_world(store, told)
        assert figures.once > 0
        assert figures.mails["unknown"] <= 1
        store.close()


def _send(port: int, n: int, told: Told) -> int:
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as client:
        try:
            client.sendmail(address(n), [DESK], mail(n), mail_options=["body=8bitmime"])
        except smtplib.SMTPResponseException as e:
            return e.smtp_code
    told.accepted.add(mail(n))
    return 250
