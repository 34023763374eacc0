"""The shell's side of mails: templates tried and compared, keys made and chosen."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.process import Product

MAIL = (
    "From: 山田 太郎 <taro@example.jp>\r\nTo: support@agency.example.jp\r\nSubject: 退会\r\n"
    "Message-ID: <t1@example.jp>\r\nContent-Type: text/plain; charset=utf-8\r\n"
    "Content-Transfer-Encoding: 8bit\r\n\r\n退会を希望します。手続きをお願いいたします。CANARY\r\n"
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Product:
    product = Product(tmp_path_factory.mktemp("cli-mails") / "home")
    assert product.command("init").returncode == 0
    (product.home / "s.csv").write_text("member_id,name,email\nM-1,山田 太郎,taro@example.jp\n", "utf-8")
    (product.home / "m.eml").write_bytes(MAIL.encode())
    for command in (("seekers", "import", str(product.home / "s.csv")), ("ingest", str(product.home / "m.eml")),
                    ("work", "--until-idle")):  # fmt: skip
        assert product.command(*command).returncode == 0
    return product


def out(home: Product, *command: str) -> str:
    done = home.command(*command)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_template_is_tried_with_a_real_case(home: Product) -> None:
    number = json.loads(out(home, "cases", "--json"))[0]["number"]
    tried = json.loads(out(home, "template", "preview", "receipt_withdrawal", "--case", number, "--json"))
    assert number in tried["subject"]
    assert "山田 太郎 様" in tried["text"]
    assert "/c/…\n" in tried["text"]
    assert "CANARY" not in tried["text"]
    assert "見本 花子 様" in out(home, "template", "preview", "receipt_withdrawal")
    for wrong, said in (
        (("nosuch",), "nosuch: no such template"),
        (("receipt_other", "--case", "C-9"), "no such case"),
    ):
        failed = home.command("template", "preview", *wrong)
        assert failed.returncode == 1
        assert said in failed.stderr
    assert len(json.loads(out(home, "outbox", "--json"))) == 1, "a trial sends nothing"


def test_versions_and_what_changed_between_them(home: Product) -> None:
    sent = json.loads(out(home, "outbox", "--json"))[0]["template"]
    [kept] = json.loads(out(home, "template", "versions", sent, "--json"))
    assert kept["now"] is True
    assert out(home, "template", "diff", sent, "shipped") == ""
    own = Path(home.home) / "templates" / "replies" / sent
    own.mkdir(parents=True)
    (own / "subject.txt").write_text("変えた件名\n", "utf-8")
    for command in (("diff", sent), ("diff", sent, "shipped"), ("diff", sent, kept["version"])):
        assert "+変えた件名" in out(home, "template", *command).splitlines()
    [kept] = json.loads(out(home, "template", "versions", sent, "--json"))
    assert kept["now"] is False
    listed = {r["template"]: r for r in json.loads(out(home, "template", "list", "--json"))}
    assert "変えた件名" in listed[sent]["subject"]
    (own / "subject.txt").unlink()


def test_keys_are_made_listed_and_chosen(home: Product) -> None:
    assert json.loads(out(home, "dkim", "list", "--json")) == []
    first = out(home, "dkim", "new", "202604")
    domain = home.env["INTAKE_MAIL_FROM"].rpartition("@")[2]
    assert first.startswith(f"202604._domainkey.{domain}. IN TXT (")
    assert "intake dkim use 202610" in out(home, "dkim", "new", "202610")
    rows = json.loads(out(home, "dkim", "list", "--json"))
    assert [(r["selector"], r["signs"]) for r in rows] == [("202604", True), ("202610", False)]
    assert "".join(re.findall(r'"([^"]+)"', first)) == rows[0]["record"]
    out(home, "dkim", "use", "202610")
    assert [r["signs"] for r in json.loads(out(home, "dkim", "list", "--json"))] == [False, True]
    again = home.command("dkim", "new", "202604")
    assert again.returncode == 1
    assert "already" in again.stderr
    assert home.command("dkim", "use", "nosuch").returncode == 1
