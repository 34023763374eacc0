"""kill -9 at named points of a run, restart: nothing that was answered 250 is lost, no acknowledgement leaves twice."""

from __future__ import annotations

import smtplib
from collections import Counter
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from intake.bootstrap.home import connect
from intake.config import load
from tests.e2e.corpus import lines, render
from tests.process import DESK, Product

POINTS = ("inbox.before_commit:4", "inbox.committed:4", "case.before_commit:1", "case.committed:1", "outbox.claimed:1",
          "outbox.sent_unmarked:1")  # fmt: skip
SEEKERS = "member_id,name,email\n" + "".join(f"M-{n},求職 {n}郎,seeker{n}@example.jp\n" for n in range(30))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("point", POINTS)
def test_killed_at(point: str, tmp_path: Path, smtp_sink: Any) -> None:
    product = Product(tmp_path / "home", relay=smtp_sink.url)
    try:
        _killed_at(product, point, tmp_path, smtp_sink)
    finally:
        product.end()


def _killed_at(product: Product, point: str, tmp_path: Path, smtp_sink: Any) -> None:
    assert product.command("init").returncode == 0
    (tmp_path / "seekers.csv").write_text(SEEKERS, "utf-8")
    done = product.command("seekers", "import", str(tmp_path / "seekers.csv"))
    assert done.returncode == 0, done.stderr
    product.start({"INTAKE_FAIL_AT": point})
    accepted = send_until_dead(product)
    assert product.process is not None
    product.process.wait(30)
    assert product.process.returncode == -9, f"{point} was never reached: {product.log()[-1500:]}"
    product.start()
    accepted |= send_until_dead(product, start=20, end=30)
    product.wait_idle(60)
    assert product.stop() == 0
    nothing_lost(product, accepted)
    nothing_twice(smtp_sink)


def send_until_dead(product: Product, start: int = 0, end: int = 20) -> set[bytes]:
    """What was answered 250 before the process died."""
    accepted: set[bytes] = set()
    chosen = [row for row in lines() if row["requests"] != ["other"]][start:end]
    try:
        with smtplib.SMTP("127.0.0.1", product.smtp, timeout=10) as client:
            for number, line in enumerate(chosen, start):
                raw = render(line | {"from": f"seeker{number}@example.jp"}, number)
                client.sendmail(f"seeker{number}@example.jp", [DESK], raw, mail_options=["body=8bitmime"])
                accepted.add(raw)
    except (OSError, smtplib.SMTPException):
        pass
    return accepted


def nothing_lost(product: Product, accepted: set[bytes]) -> None:
    store = connect(load(None, product.env).settings)
    try:
        with store.read() as tx:
            kept = Counter(tx.inbox.envelope(i).raw for i in range(1, sum(tx.inbox.counts().values()) + 1))
            assert accepted <= set(kept)
            assert max(kept.values()) == 1
            assert tx.inbox.without_end() == []
            assert tx.audit.verify()[0]
    finally:
        store.close()


def nothing_twice(sink: Any) -> None:
    """A mail may only come again where it carries a link: then it is the very same one."""
    answered: dict[str, set[str]] = {}
    copies: Counter[str] = Counter()
    with_link = set()
    for received in sink.received:
        mail = message_from_bytes(received.data)
        key = mail["Message-ID"]
        copies[key] += 1
        if b"/c/" in (mail.get_payload(decode=True) or b""):
            with_link.add(key)
        answered.setdefault(mail["In-Reply-To"] or key, set()).add(key)
    assert all(len(ids) == 1 for ids in answered.values()), "one message, one answer"
    assert all(n == 1 for key, n in copies.items() if key not in with_link)
    assert copies, "the run sent nothing: this check would show nothing"
