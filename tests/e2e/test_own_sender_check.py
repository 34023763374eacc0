"""INTAKE_CHECK_SENDER=dns in the running product: a forged From fails, a signed one makes E1."""

from __future__ import annotations

import base64
import smtplib
from collections.abc import Iterator
from email import message_from_bytes

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from intake.bootstrap.samples import mail_bytes
from intake.model import Proof
from intake.ports import CaseQuery
from tests.process import DESK, Product
from tests.unit.mailauth.zone import Zone

SEEKERS = "member_id,name,email\nM-1,山田 太郎,taro@example.jp\nM-2,伊藤 さくら,sakura@example.jp\n"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
DER = KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    public = base64.b64encode(DER).decode()
    zone = Zone(
        {
            ("_dmarc.example.jp", "TXT"): ['"v=DMARC1; p=reject"'],
            ("s1._domainkey.example.jp", "TXT"): [f'"v=DKIM1; k=rsa; p={public[:200]}" "{public[200:]}"'],
        }
    )
    folder = tmp_path_factory.mktemp("own-check")
    running = Product(folder / "home", INTAKE_CHECK_SENDER="dns", INTAKE_DNS_SERVER=zone.server)
    assert running.command("init").returncode == 0
    (folder / "seekers.csv").write_text(SEEKERS, "utf-8")
    assert running.command("seekers", "import", str(folder / "seekers.csv")).returncode == 0
    running.start()
    try:
        yield running
        assert running.stop() == 0
    finally:
        running.end()
        zone.close()


def send(product: Product, sender: str, *, signed: bool) -> None:
    raw = mail_bytes(
        {
            "from": sender,
            "subject": "お願い",
            "body": "お世話になっております。\n退会の手続きをお願いいたします。\n",
            "charset": "utf-8",
        }
    )
    raw = b"\r\n".join(raw.splitlines()) + b"\r\n"
    if signed:
        raw = dkim.sign(raw, b"s1", b"example.jp", PEM, include_headers=[b"from", b"subject"]) + raw
    with smtplib.SMTP("127.0.0.1", product.smtp, timeout=10) as client:
        client.sendmail("x@example.com", [DESK], raw)
    product.wait_idle()


def test_a_forged_mail_does_nothing_and_a_signed_one_is_believed_as_far_as_e1(product: Product) -> None:
    send(product, "山田 太郎 <taro@example.jp>", signed=False)
    send(product, "伊藤 さくら <sakura@example.jp>", signed=True)
    store = product.store()
    try:
        with store.read() as tx:
            forged, signed = tx.cases.find(CaseQuery(limit=5))
    finally:
        store.close()
    assert (forged.policy, forged.state.value, forged.proof) == ("authentication_fails", "review", Proof.E0)
    assert (signed.state.value, signed.proof, signed.member_id) == ("awaiting_proof", Proof.E1, "M-2")
    receipts = [message_from_bytes(p.read_bytes())["To"] for p in product.home.rglob("*.eml")]
    assert receipts == ["sakura@example.jp"]
