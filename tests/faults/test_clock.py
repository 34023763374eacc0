"""The clock of a real process jumps a day ahead, two back, an hour to and fro (Debian's libfaketime under it)."""

from __future__ import annotations

import os
import re
import smtplib
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from intake.bootstrap.keeping import PAUSE_SECONDS
from intake.bootstrap.toolbox import make_tools
from intake.config import load
from intake.model import CaseState, MailOrigin, MailState, Role, Seeker
from intake.pipeline import desk
from intake.ports import CaseQuery
from intake.store import SqlStore
from tests import rigs
from tests.faults.traffic import address, address_of, mail, text_of
from tests.faults.world import Told, audit_world
from tests.process import DESK, Product
from tests.sink import SmtpSink, Turn

JUMPS = ("+1d", "-1d", "+0", "-1h", "+0", "+370d", "+0")
EACH = 8
BUSY = 0.6  # of a processor: an idle house that spins takes all of one


@pytest.mark.timeout(400)
def test_a_real_process_whose_clock_jumps(tmp_path: Path, smtp_sink: SmtpSink) -> None:
    """Nothing waits for a day that has been, nothing spins, no receipt leaves twice, and nobody is told wrongly for
    long that something is dead."""
    offset = tmp_path / "offset"
    offset.write_text("+0")
    product = Product(tmp_path / "home", relay=smtp_sink.url)
    product.env |= {
        "LD_PRELOAD": libfaketime(),
        "FAKETIME_TIMESTAMP_FILE": str(offset),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    assert product.command("init").returncode == 0
    store = product.store()
    with store.write() as tx:
        for n in range(100):
            tx.seekers.upsert(Seeker(0, f"M-{n}", f"求職 {n}郎", addresses=(address_of(n),)))
    told, number = Told(), 0
    product.start()
    try:
        _cooling_off(product, store, smtp_sink)
        for jump in JUMPS:
            smtp_sink.script(Turn(dot="451 4.7.1 greylisted"))  # one waits for its next try across the jump
            for _ in range(EACH):
                number += 1
                _send(product.smtp, number, told)
            offset.write_text(jump)
            _until_settled(product, number, told, jump)
            assert _share_of_a_processor(product) < BUSY, f"busy with nothing after {jump}"
            if jump == "+370d":
                _nobody_is_erased_early(product, store)
        health = httpx2.get(f"http://127.0.0.1:{product.http}/healthz", timeout=10)
        assert "no sign of life" not in health.text and "the clock" not in health.text, health.text
        _until_all_have_left(product)
    finally:
        stopped = product.stop()
    assert stopped == 0
    with smtp_sink._lock:
        told.mails = [m.data for m in smtp_sink.received]
    figures = audit_world(store, told)
    store.close()
    assert figures.messages == number + 1
    assert figures.once > len(JUMPS)


def _cooling_off(product: Product, store: SqlStore, sink: SmtpSink) -> None:
    """Somebody whose data are erased in a week, proved and approved."""
    raw = mail(99)
    head = raw[: raw.index(b"\r\n\r\n")].replace("Subject: お礼".encode(), "Subject: 個人情報".encode())
    raw = head + "\r\n\r\n個人情報の削除を希望します。\r\n".encode()
    with smtplib.SMTP("127.0.0.1", product.smtp, timeout=15) as client:
        client.sendmail(address_of(99), [DESK], raw, mail_options=["body=8bitmime"])
    product.wait_idle(30)
    (sent,) = sink.received
    url = re.findall(r"http://127\S+/c/[\w-]+", text_of(sent.data))[0]
    page = httpx2.get(url, timeout=10)
    fields = dict(re.findall(r'name="(nonce|seen)" value="([^"]*)"', page.text))
    assert httpx2.post(url, data=fields | {"choice": "complete"}, timeout=10).status_code == 200
    tools, now = make_tools(load(None, product.env).settings), datetime.now(UTC)
    with store.write() as tx:
        officer = tx.staff.add("高橋", Role.PRIVACY_OFFICER, None)
        person = tx.seekers.by_member_id("M-99")
        assert person is not None
        (case,) = tx.cases.of_seeker(person.id)
        case = desk.approve(desk.act_of(tx, officer, now), case, officer, tools)
        assert case.hold_reason == "cooling_off", case


def _nobody_is_erased_early(product: Product, store: SqlStore) -> None:
    """A year ahead by mistake: whoever cools off is still here, two rounds of the keeper later, and it is said why."""
    time.sleep(2 * PAUSE_SECONDS + 1)
    with store.read() as tx:
        assert tx.seekers.by_member_id("M-99") is not None
        assert not tx.erasures.newest()
        assert tx.cases.find(CaseQuery(states=(CaseState.SCHEDULED,)))[0].hold_reason == "cooling_off"
    health = httpx2.get(f"http://127.0.0.1:{product.http}/healthz", timeout=10)
    assert "the clock: went ahead by 370.0 days since" in health.text, health.text


def libfaketime() -> str:
    """For a program with many threads."""
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not found:
        rigs.missing("libfaketime", "libfaketime")
    return str(found[0])


def _send(port: int, n: int, told: Told) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=15) as client:
        client.sendmail(address(n), [DESK], mail(n), mail_options=["body=8bitmime"])
    told.accepted.add(mail(n))


def _until_settled(product: Product, count: int, told: Told, jump: str) -> None:
    """Every message has its end, and every mail but those that a relay put off has left."""
    store, end = product.store(), time.monotonic() + 30
    try:
        while True:
            with store.read() as tx:
                waiting = len(tx.inbox.without_end())
                queued = [
                    m
                    for m in tx.outbox.find((MailState.QUEUED,), limit=200)
                    if m.attempts == 0 and m.origin is not MailOrigin.CALENDAR
                ]
            if not waiting and not queued:
                return
            assert time.monotonic() < end, (
                f"after {jump}: {waiting} messages, {len(queued)} mails; {product.log()[-1500:]}"
            )
            time.sleep(0.2)
    finally:
        store.close()


def _until_all_have_left(product: Product) -> None:
    """The clock is right again. What was put off by a clock that ran a day or a year ahead goes within minutes of the
    shortest wait, which is half an hour: so much is let pass."""
    offset = Path(product.env["FAKETIME_TIMESTAMP_FILE"])
    offset.write_text("+3h")
    product.wait_idle(60)


def _share_of_a_processor(product: Product, seconds: float = 2.0) -> float:
    assert product.process is not None
    before = _used(product.process.pid)
    time.sleep(seconds)
    return (_used(product.process.pid) - before) / seconds


def _used(pid: int) -> float:
    words = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
