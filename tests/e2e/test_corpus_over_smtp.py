"""The whole open corpus over SMTP into a running product: every byte kept, every message ended, every case answered
or with a stated reason. Prints the figures of the README (``-s``)."""

from __future__ import annotations

import hashlib
import smtplib
import sys
from collections import Counter
from email.utils import parseaddr
from pathlib import Path

import pytest

from intake.ports import CaseQuery
from tests.e2e.corpus import lines, render
from tests.process import DESK, Product


@pytest.mark.timeout(600)
def test_every_message_of_the_corpus_is_kept_ended_and_answered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    product = Product(tmp_path / "home")
    assert product.command("init").returncode == 0
    (tmp_path / "seekers.csv").write_text(register(), "utf-8")
    done = product.command("seekers", "import", str(tmp_path / "seekers.csv"))
    assert done.returncode == 0, done.stderr
    product.start()
    try:
        sent = send_all(product)
        product.wait_idle(300)
        figures = check(product, sent)
        assert product.stop() == 0
    finally:
        product.end()
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(f"{k}: {v}" for k, v in figures.items()) + "\n")


def register() -> str:
    """Two of three senders of the corpus are in the agency's register, as the people they say they are."""
    rows = ["member_id,name,email"]
    seen: set[str] = set()
    for number, line in enumerate(lines()):
        name, addr = parseaddr(line.get("from") or "")
        facts = line.get("facts", {})
        keys = {addr.lower(), facts.get("member_id", f"M-{number:05}")}
        if number % 3 and addr and not keys & seen:
            seen |= keys
            rows.append(
                f"{facts.get('member_id', f'M-{number:05}')},{facts.get('name', name).replace(',', ' ')},{addr}"
            )
    return "\n".join(rows) + "\n"


def send_all(product: Product) -> dict[str, bytes]:
    """Every message once, one connection; what was answered 250 by the hash of its bytes."""
    sent: dict[str, bytes] = {}
    with smtplib.SMTP("127.0.0.1", product.smtp, timeout=30) as client:
        for number, line in enumerate(lines()):
            raw = render(line, number)
            client.sendmail("sender@example.jp", [DESK], raw, mail_options=["body=8bitmime"])
            sent[hashlib.sha256(raw).hexdigest()] = raw
    return sent


def check(product: Product, sent: dict[str, bytes]) -> dict[str, object]:
    store = product.store()
    try:
        with store.read() as tx:
            counts = tx.inbox.counts()
            kept = {hashlib.sha256(tx.inbox.envelope(i).raw).hexdigest() for i in range(1, sum(counts.values()) + 1)}
            assert kept == set(sent), "exactly the bytes that were sent"
            assert tx.inbox.without_end() == []
            cases = tx.cases.find(CaseQuery(limit=5000))
            silent = Counter()
            for case in cases:
                mailed = tx.outbox.of_case(case.id)
                reasons = [r for r in tx.audit.of_case(case.id) if r.action == "reply.none"]
                assert mailed or reasons, f"{case.number} has neither a reply nor a reason for none"
                silent.update([str(reasons[0].detail["why"])] if not mailed else ["answered"])
            assert tx.audit.verify()[0]
            assert silent["answered"] > len(cases) / 3, "the run answered hardly anybody: this check would show nothing"
            states = Counter(c.state.value for c in cases)
            holds = Counter(c.hold_reason for c in cases if c.hold_reason)
            return {
                "messages": len(sent),
                "ends": counts,
                "cases": len(cases),
                "states": dict(states),
                "held": dict(holds.most_common()),
                "replies": dict(silent),
                "mails": tx.outbox.counts(),
            }
    finally:
        store.close()
