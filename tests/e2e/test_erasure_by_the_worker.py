"""A real ``intake run`` carries out what was approved a week ago, tells the person once, and leaves a certificate."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.integration.test_erasure_steps import NAME, approved, filled
from tests.process import Product


@pytest.mark.timeout(400)
def test_when_the_cooling_off_is_over(tmp_path: Path, smtp_sink: Any) -> None:
    product = Product(tmp_path / "home", relay=smtp_sink.url)
    house = filled(tmp_path / "home", "")
    house.now = datetime.now(UTC) - timedelta(days=8)
    approved(house)
    house.store.close()
    product.start()
    try:
        certificate = wait_for_certificate(product)
    finally:
        assert product.stop() == 0
    assert certificate["why"] == "request"
    assert certificate["last_mail"] == "sent"
    last = [m.data for m in smtp_sink.received if "個人情報を消去いたします".encode() in decoded(m.data)]
    assert len(last) == 1
    assert NAME not in product.log()
    assert product.command("audit", "verify").returncode == 0
    assert product.command("erase", "M-1", "--plan").returncode == 1


def decoded(data: bytes) -> bytes:
    from email import message_from_bytes
    from email.header import decode_header, make_header

    return str(make_header(decode_header(message_from_bytes(data)["Subject"]))).encode()


def wait_for_certificate(product: Product, seconds: float = 90) -> dict[str, Any]:
    store = product.store()
    try:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with store.read() as tx:
                rows = tx.erasures.newest()
            if rows and rows[0].certificate is not None:
                return dict(rows[0].certificate)
            time.sleep(0.3)
    finally:
        store.close()
    raise AssertionError(f"no certificate: {product.log()[-3000:]}")
