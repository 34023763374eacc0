"""Plus-addresses of the house's own address, over SMTP into the running product (issue D)."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest

from intake.bootstrap.samples import mail_bytes
from intake.ports import CaseQuery
from tests.process import Product

HOUSE = "agency@example.jp"
TAGGED = "agency+form@example.jp"
SEEKERS = f"""member_id,name,email
M-1,山田 太郎,taro@example.com
M-2,伊藤 花子,hanako@example.com
M-3,試験 用,{TAGGED}
"""


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder: Path = tmp_path_factory.mktemp("plus")
    running = Product(folder / "home", INTAKE_RECIPIENTS="", INTAKE_MAIL_FROM=HOUSE)
    assert running.command("init").returncode == 0
    (folder / "seekers.csv").write_text(SEEKERS, "utf-8")
    assert running.command("seekers", "import", str(folder / "seekers.csv")).returncode == 0
    running.start()
    try:
        yield running
        assert running.stop() == 0
    finally:
        running.end()


def send(product: Product, sender: str, to: str) -> None:
    row = {
        "from": sender,
        "to": to,
        "subject": "退会について",
        "body": "退会の手続きをお願いいたします。\n",
        "charset": "utf-8",
    }
    raw = b"\r\n".join(mail_bytes(row).splitlines()) + b"\r\n"
    with smtplib.SMTP("127.0.0.1", product.smtp, timeout=10) as client:
        client.sendmail(sender, [to], raw)
    product.wait_idle()


def answered(product: Product) -> list[str]:
    """Whom mails were written to, in the folder that stands for the relay."""
    return sorted(message_from_bytes(p.read_bytes())["To"] for p in product.home.rglob("*.eml"))


def test_a_tag_is_still_the_house_and_another_name_is_not(product: Product) -> None:
    send(product, "taro@example.com", TAGGED)
    send(product, "hanako@example.com", "AGENCY+2026-11@Example.jp")
    for stranger in ("agenc+form@example.jp", "+form@example.jp", "agency+form@sub.example.jp", "agency@example.com"):
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            send(product, "taro@example.com", stranger)
    store = product.store()
    try:
        with store.read() as tx:
            kept = [tx.inbox.envelope(n).rcpt_to for n in (1, 2)]
            assert sum(tx.inbox.counts().values()) == 2
            assert len(tx.cases.find(CaseQuery(limit=9))) == 2
    finally:
        store.close()
    assert kept == [(TAGGED,), ("AGENCY+2026-11@Example.jp",)]
    assert answered(product) == ["hanako@example.com", "taro@example.com"]


def test_the_house_writes_to_none_of_its_own_addresses(product: Product) -> None:
    before = answered(product)
    send(product, TAGGED, HOUSE)  # a form on the agency's site that sends in the house's name
    send(product, HOUSE, TAGGED)
    assert answered(product) == before
