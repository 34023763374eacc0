"""The pages over a house of tests: signed-in clients that fill in the forms which the pages really show."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.testclient import TestClient

from intake.channels.inbox import InboxWriter
from intake.model import Role
from intake.web.app import create_app
from intake.web.context import WebContext
from intake.web.passwords import hash_password
from tests.house import InProcess, TestHouse

HOST = "https://intake.example.jp"
PASSWORD = "correct horse battery"  # invented
HASHED = hash_password(PASSWORD)
PEOPLE = {
    "佐藤 美咲": Role.REVIEWER,
    "田中 直樹": Role.REVIEWER,
    "山本 玲子": Role.LEAD,
    "個人情報 係": Role.PRIVACY_OFFICER,
    "管理 者": Role.ADMIN,
    "監査 人": Role.AUDITOR,
}
SATO, TANAKA, LEAD, PRIVACY, ADMIN, AUDITOR = PEOPLE


def staffed(house: TestHouse) -> TestHouse:
    """The house with one person of each role (two reviewers), all with the same password."""
    with house.store.write() as tx:
        for name, role in PEOPLE.items():
            tx.staff.add(name, role, HASHED, LEAD if role is Role.REVIEWER else None)
    return house


def app_of(
    house: TestHouse,
    writer: InboxWriter | None = None,
    public_url: str = HOST,
    *,
    app_secret: bytes = b"whsec_" + b"a" * 40,
    **settings: str,
) -> Starlette:
    """The application over this house; its clock is the house's."""
    from dataclasses import replace

    context = WebContext(
        store=house.store,
        tools=lambda: house.tools,
        writer=writer or InboxWriter(house.store),
        settings=replace(house.settings, public_url=public_url, **settings),
        parser=InProcess(),
        webhook_secrets=lambda: [b"whsec_" + b"a" * 40],
        app_webhook_secrets=lambda: [app_secret],
        health=list,
        clock=lambda: house.now,
    )
    return create_app(context)


@dataclass
class Form:
    """A form as a page shows it."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {k: v or "" for k, v in attrs}
        if tag == "form":
            self.forms.append(Form(found.get("action", ""), found.get("method", "get")))
            self._open = True
        elif self._open and tag == "input" and found.get("type") == "hidden":
            self.forms[-1].fields[found["name"]] = found.get("value", "")
        elif self._open and tag == "button" and "name" in found:
            self.forms[-1].buttons.append((found["name"], found.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False


def forms_of(html: str) -> list[Form]:
    """All forms of a page."""
    parser = _Forms()
    parser.feed(html)
    return parser.forms


def form_of(html: str, ending: str) -> Form:
    """The form whose action ends so."""
    for form in forms_of(html):
        if form.action.endswith(ending):
            return form
    raise AssertionError(f"no form for {ending}: {[f.action for f in forms_of(html)]}")


class Client:
    """A browser of one member of staff (nobody, where no name is given)."""

    def __init__(self, app: Starlette, name: str = "") -> None:
        self.http = TestClient(app, base_url=HOST, follow_redirects=False)
        if name:
            data = {"name": name, "password": PASSWORD, "next": "/staff/"}
            assert self.http.post("/staff/sign-in", data=data).status_code == 303

    def get(self, path: str, **more: Any) -> Any:
        return self.http.get(path, **more)

    def post(self, path: str, data: dict[str, str] | None = None, **more: Any) -> Any:
        return self.http.post(path, data=data or {}, **more)

    def token(self) -> str:
        """The session's token, as any page shows it."""
        return form_of(self.get("/staff/me").text, "/sign-out").fields["csrf"]

    def act(self, number: str, act: str, **fields: str) -> Any:
        """Fill in a form of the page of a case and send it."""
        page = self.get(f"/staff/cases/{number}")
        assert page.status_code == 200, page.status_code
        return self.post(f"/staff/cases/{number}/{act}", form_of(page.text, f"/{number}/{act}").fields | fields)


def verified(client: Client) -> str:
    """What the page says once the chain was looked through."""
    assert client.post("/staff/audit", {"csrf": client.token()}).status_code == 303
    for _ in range(100):
        page = str(client.get("/staff/audit").text)
        if "検証しています" not in page:
            return page
        time.sleep(0.05)
    raise AssertionError("never over")


class Timed:
    """The application with a watch: what was asked for, case numbers left out, and how long the server took (ms)."""

    def __init__(self, app: Starlette, taken: list[tuple[str, float]]) -> None:
        self._app, self._taken = app, taken

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        started = time.perf_counter()
        await self._app(scope, receive, send)
        kind = re.sub(r"C-\d+", "{number}", f"{scope.get('method', '')} {scope['path']}")
        self._taken.append((kind, (time.perf_counter() - started) * 1e3))


@contextmanager
def served(
    house: TestHouse, port: int, name: str = "127.0.0.1", taken: list[tuple[str, float]] | None = None
) -> Iterator[str]:
    """A real server on 127.0.0.1, called by ``name``; gives its address. ``taken`` gets the time of each answer."""
    url = f"http://{name}:{port}"
    app: Any = app_of(house, public_url=url)
    served_app = app if taken is None else Timed(app, taken)
    config = uvicorn.Config(served_app, host="127.0.0.1", port=port, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            threading.Event().wait(0.02)
        yield url
    finally:
        server.should_exit = True
        thread.join(10)
