"""From mail to thank-you as a seeker lives it: SMTP in, the link from the caught mail, the page in HTTP, the thanks."""

from __future__ import annotations

import re
import smtplib
import time
from collections.abc import Iterator
from email import message_from_bytes, policy

import httpx2
import pytest

from intake.bootstrap.samples import mail_bytes
from intake.model import Case, Seeker
from intake.ports import CaseQuery
from tests.process import DESK, Product

SEEKERS = """member_id,name,email,concierge
M-1,山田 太郎,taro@example.jp,佐藤
M-2,伊藤 さくら,sakura@example.jp,田中
"""
APPLICATIONS = "member_id,company,stage\nM-2,ひかり電機株式会社,interview_fixed\n"
WISH = "お世話になっております。\n退会の手続きをお願いいたします。\n"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("withdrawal")
    running = Product(folder / "home")
    assert running.command("init").returncode == 0
    for name, text in (("seekers", SEEKERS), ("applications", APPLICATIONS)):
        (folder / f"{name}.csv").write_text(text, "utf-8")
        done = running.command(name, "import", str(folder / f"{name}.csv"))
        assert done.returncode == 0, done.stderr
    running.start()
    try:
        yield running
        assert running.stop() == 0
    finally:
        running.end()


def send(product: Product, from_: str, body: str) -> None:
    raw = mail_bytes({"from": from_, "subject": "退会のお願い", "body": body, "charset": "iso-2022-jp"})
    with smtplib.SMTP("127.0.0.1", product.smtp, timeout=10) as client:
        client.sendmail(from_.rpartition("<")[2].strip(">"), [DESK], raw)
    product.wait_idle()


def mails_to(product: Product, address: str) -> list[str]:
    found = []
    for path in sorted(product.home.rglob("*.eml"), key=lambda p: p.stat().st_mtime_ns):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        if mail["To"] == address:
            found.append(mail.get_content())
    return found


def world(product: Product, member: str) -> tuple[Seeker, list[Case]]:
    store = product.store()
    try:
        with store.read() as tx:
            seeker = tx.seekers.by_member_id(member)
            assert seeker is not None
            return seeker, tx.cases.find(CaseQuery(seeker_id=seeker.id))
    finally:
        store.close()


def press(url: str, choice: str) -> str:
    """Open the page, as scanners do too, and press a button of its form."""
    with httpx2.Client() as client:
        for _ in range(3):
            page = client.get(url)
            assert page.status_code == 200, page.text
        fields = dict(re.findall(r'name="(nonce|seen)" value="([^"]*)"', page.text))
        return client.post(url, data=fields | {"choice": choice}).text


def link_in(mail: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:\d+/c/[\w-]+", mail)
    assert found, mail
    return found[0]


def test_nothing_running_mail_link_thanks(product: Product) -> None:
    send(product, "山田 太郎 <taro@example.jp>", WISH)
    seeker, cases = world(product, "M-1")
    assert [c.state.value for c in cases] == ["awaiting_proof"]
    assert seeker.status.value == "active"
    (receipt,) = mails_to(product, "taro@example.jp")
    assert "山田 太郎 様" in receipt
    page = press(link_in(receipt), "complete")
    assert "お手続きが完了しました" in page
    product.wait_idle()
    seeker, cases = world(product, "M-1")
    assert [c.state.value for c in cases] == ["done"]
    assert seeker.status.value == "withdrawn"
    assert "退会のお手続きが完了いたしました" in mails_to(product, "taro@example.jp")[1]
    assert "このリンクは使用済みです" in httpx2.get(link_in(receipt)).text


def test_interview_fixed_waits_for_staff(product: Product) -> None:
    send(product, "伊藤 さくら <sakura@example.jp>", WISH)
    (receipt,) = mails_to(product, "sakura@example.jp")
    assert "ひかり電機株式会社" in receipt
    assert "ご確認ありがとうございました" in press(link_in(receipt), "complete")
    product.wait_idle()
    seeker, cases = world(product, "M-2")
    assert seeker.status.value == "active"
    assert [(c.state.value, c.hold_reason) for c in cases] == [("review", "staff_carries_out")]


def test_a_forged_mail_opens_a_case_and_does_nothing_else(product: Product) -> None:
    before, _ = world(product, "M-2")
    sent = len(list(product.home.rglob("*.eml")))
    send(product, "伊藤 さくら <sakura@attacker.example.com>", "会員番号M-2の伊藤さくらです。" + WISH)
    time.sleep(0.5)
    after, _ = world(product, "M-2")
    assert after == before
    assert len(list(product.home.rglob("*.eml"))) == sent
    store = product.store()
    try:
        with store.read() as tx:
            newest = tx.cases.find(CaseQuery(newest_first=True, limit=1))[0]
    finally:
        store.close()
    assert (newest.state.value, newest.seeker_id) == ("review", None)
