"""Sample secrets refuse to start; no header of a mail controls anything; no text makes the reader hang."""

from __future__ import annotations

import time
from base64 import b64encode
from pathlib import Path

import pytest

from tests.house import TestHouse, as_table, open_test_house
from tests.process import Product

SAMPLES = {
    "too short": "secret",
    "a sample": "changemechangemechangemechangeme",
    "all alike": "0" * 64,
    "empty": "",
}


@pytest.mark.parametrize("which", SAMPLES)
def test_sample_secrets_refuse_to_start(which: str, tmp_path: Path) -> None:
    product = Product(tmp_path / "home")
    product.home.mkdir()
    (product.home / "secret").write_text(SAMPLES[which])
    product.env["INTAKE_SECRET_FILE"] = str(product.home / "secret")
    done = product.command("run")
    assert done.returncode == 1
    assert "INTAKE_SECRET_FILE: the secret is too weak" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("secret", [b"short", b""])
def test_a_webhook_secret_that_anybody_could_guess_refuses_too(secret: bytes, tmp_path: Path) -> None:
    product = Product(tmp_path / "home", INTAKE_WEBHOOKS_OUT="https://crm.example.jp/events")
    assert product.command("init").returncode == 0
    (product.home / "webhooks-out.secret").write_bytes(b"whsec_" + b64encode(secret) + b"\n")
    done = product.command("run")
    assert (done.returncode, "a secret needs at least 24 bytes" in done.stderr) == (1, True), done.stderr


CONTROLS = """X-Intake-State: done
X-Intake-Seeker: M-20001
X-Intake-Request: deletion
X-Intake-Proof: E3
X-Zammad-Ticket-State: closed
X-Original-To: admin@agency.example.jp
Delivered-To: admin@agency.example.jp
Return-Path: <jiro@example.jp>
Received: from trusted by mx.agency.example.jp
X-Priority: 1
X-Case: C-000001
"""


def test_a36_no_header_of_a_mail_controls_anything(tmp_path: Path) -> None:
    """The same mail with and without them: the same case, the same answer to the same person."""
    seen = []
    for name, more in (("plain", ""), ("full", CONTROLS)):
        house = open_test_house(tmp_path / name)
        house.seeker()
        house.seeker("M-20001", "鈴木 次郎", "jiro@example.jp")
        raw = (f"{more}From: taro@example.jp\nTo: support@agency.example.jp\nSubject: x\nMessage-ID: <1@example.jp>\n"
               "Content-Type: text/plain; charset=utf-8\n\n退会の手続きをお願いいたします。\n")  # fmt: skip
        house.raw(raw.replace("\n", "\r\n").encode(), mail_from="taro@example.jp")
        house.work()
        seen.append((as_table(house.cases()), [(m.to, m.template) for m in house.relay.mails], _statuses(house)))
        house.store.close()
    assert seen[0] == seen[1]
    assert seen[0][1] == [("taro@example.jp", "receipt_withdrawal")]


def _statuses(house: TestHouse) -> list[str]:
    return [house.get_seeker(m).status.value for m in ("M-10001", "M-20001")]


PUMPS = (
    *(
        "> ",
        "　",
        "退会",
        "退会し",
        "退",
        "くださ",
        "てください。",
        "、",
        "「",
        "(",
        "。\n",
        "\n",
        "を削除",
        "個人情報",
        "ー",
    ),
    *("090-0000-", "M-1", "12月", "a@b.", "http://", "?", "No."),
)


def test_no_rule_can_hang_on_any_text(tmp_path: Path) -> None:
    """What patterns choke on, eight thousand characters of it: read in a second of the processor's time."""
    house = open_test_house(tmp_path)
    slowest = (0.0, "")
    for pump in PUMPS:
        house.mail(pump * (8_000 // len(pump)) + "退会", subject=pump * 20)
        began = time.process_time()
        house.worker.run_once()
        slowest = max(slowest, (time.process_time() - began, pump))
    assert slowest[0] < 5, slowest
    with house.store.read() as tx:
        assert tx.inbox.without_end() == []
    house.store.close()
