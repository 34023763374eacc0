"""Tokens, deliveries and the register from the shell, in real processes."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from intake.channels.standard_webhooks import load_secrets, verify
from intake.worker import utc_now
from tests.process import Product

SEEKERS = "会員番号,氏名,メールアドレス,状態\nM-1,山田 太郎,taro@example.jp,登録中\n"
APPLICATIONS = "会員番号,企業名,選考段階,面接日時\nM-1,株式会社甲,面接確定,2026年12月3日 10時\n"


class System(BaseHTTPRequestHandler):
    """The agency's own system: keeps what it is sent, refuses the first."""

    got: list[tuple[dict[str, str], bytes]] = []
    statuses: list[int] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
        self.send_response(self.statuses.pop(0) if self.statuses else 200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return None


@pytest.fixture
def system() -> Iterator[str]:
    System.got.clear()
    server = HTTPServer(("127.0.0.1", 0), System)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/events"
    server.shutdown()
    server.server_close()


def test_a_token_is_shown_once_listed_and_ended(tmp_path: Path) -> None:
    product = Product(tmp_path / "home")
    assert product.command("init").returncode == 0
    made = product.command("token", "add", "ats", "--scope", "seekers:write,events:read")
    token = made.stdout.strip()
    assert made.returncode == 0
    assert token.startswith("intake_")
    assert product.command("token", "add", "ats", "--scope", "cases:read").returncode == 1
    assert product.command("token", "add", "x", "--scope", "all").returncode == 2
    (row,) = json.loads(product.command("token", "list", "--json").stdout)
    assert (row["name"], row["scopes"], row["revoked_at"]) == ("ats", ["seekers:write", "events:read"], None)
    assert token.encode() not in b"".join(f.read_bytes() for f in product.home.rglob("*") if f.is_file())
    assert product.command("token", "revoke", "ats").returncode == 0
    assert product.command("token", "revoke", "ats").returncode == 1
    assert product.command("audit", "verify").returncode == 0


def test_a_call_in_japanese_is_told_to_the_system_and_again_on_request(tmp_path: Path, system: str) -> None:
    product = Product(tmp_path / "home", INTAKE_WEBHOOKS_OUT=system, INTAKE_WEBHOOKS_OUT_ALLOW="127.0.0.0/8")
    assert product.command("init").returncode == 0
    for name, text in (("seekers", SEEKERS), ("applications", APPLICATIONS)):
        (tmp_path / f"{name}.csv").write_bytes(text.encode("cp932"))
        done = product.command(name, "import", str(tmp_path / f"{name}.csv"), "--json")
        assert done.returncode == 0, done.stderr
        again = json.loads(product.command(name, "import", str(tmp_path / f"{name}.csv"), "--json").stdout)
        assert (again["added"], again["changed"], again["unchanged"]) == (0, 0, 1)
    said = ("--request", "退会", "--member", "M-1", "--name", "山田 太郎")
    made = product.command("case", "new", "--channel", "phone", *said, "--json")
    assert made.returncode == 0, made.stderr
    (case,) = json.loads(made.stdout)["cases"]
    assert (case["request"], case["seeker"], case["channel"]) == ("withdrawal", "M-1", "phone")
    System.statuses[:] = [500]
    assert product.command("work", "--until-idle").returncode == 0
    secrets = load_secrets(product.home / "webhooks-out.secret")
    headers, body = System.got[0]
    event = json.loads(body)
    assert verify(headers, body, secrets, utc_now()) == event["id"]
    assert (event["type"], event["data"]["seeker"]["member_id"]) == ("case.opened", "M-1")
    rows = json.loads(product.command("webhooks", "list", "--json").stdout)
    assert [(r["state"], r["error"]) for r in rows if r["event"] == event["cursor"]] == [("queued", "500")]
    assert product.command("webhooks", "replay", str(event["cursor"])).returncode == 0
    assert product.command("webhooks", "replay").returncode == 1
    unknown = product.command("webhooks", "replay", str(event["cursor"]), "999")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert "999: no such delivery" in unknown.stderr
    assert product.command("work", "--until-idle").returncode == 0
    assert [json.loads(b)["id"] for _, b in System.got].count(event["id"]) == 2
    assert {r["state"] for r in json.loads(product.command("webhooks", "list", "--json").stdout)} == {"sent"}


def test_what_is_empty_wrong_or_taken_is_said_with_what_to_do(tmp_path: Path) -> None:
    product = Product(tmp_path / "home")
    assert product.command("init").returncode == 0
    for words in (("token", "list"), ("webhooks", "list"), ("webhooks", "list", "--failed")):
        done = product.command("--lang", "en", *words)
        assert (done.returncode, done.stdout[:3]) == (0, "no "), words
    copy = str(tmp_path / "copy")
    assert product.command("backup", copy).returncode == 0
    for words, status, said in (
        (("template", "preview", "nope"), 1, "`intake template list`"),
        (("template", "versions", "nope"), 1, "`intake template list`"),
        (("case", "new", "--request", "退会"), 2, "--member"),
        (("case", "new", "--request", "飛ぶ", "--name", "誰か"), 2, "--request"),
        (("backup", copy), 1, "give another name"),
    ):
        done = product.command(*words, COLUMNS="400")
        assert (done.returncode, said in done.stderr) == (status, True), (words, done.stderr)


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    product = Product(tmp_path / "home")
    with socket.create_server(("127.0.0.1", product.http)):
        done = product.command("run", "web")
    assert done.returncode == 1
    assert f"INTAKE_HTTP_LISTEN: cannot listen on 127.0.0.1:{product.http}" in done.stderr
    assert "choose another port" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_inside_address_is_not_called_unless_allowed(tmp_path: Path, system: str) -> None:
    product = Product(tmp_path / "home", INTAKE_WEBHOOKS_OUT=system)
    assert product.command("init").returncode == 0
    assert product.command("case", "new", "--request", "質問", "--name", "誰か").returncode == 0
    assert product.command("work", "--until-idle").returncode == 0
    assert System.got == []
    (row,) = json.loads(product.command("webhooks", "list", "--json").stdout)
    assert "private" in row["error"]
