"""Who asks for pages in the bench: signed-in people, a program with a token, cases as many as are needed."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from functools import cached_property
from typing import Any

from starlette.applications import Starlette
from starlette.testclient import TestClient

from intake.channels.inbox import InboxWriter
from intake.channels.standard_webhooks import sign
from intake.model import Case, CaseState, Channel, End, MailState, OutboxItem, Proof, Role, TaskPlan
from intake.pipeline import desk as acts
from intake.pipeline import links
from intake.pipeline.moves import WORKER, Act
from intake.ports import CaseQuery
from intake.web.api import access
from intake.web.staff import factors
from tests.bench.years import Monsters, monsters
from tests.house import DESK, TestHouse
from tests.integration.web_parts import HASHED, HOST, LEAD, PASSWORD, Client, app_of, form_of, forms_of

TOKEN = "intake_" + "b" * 40
SECRET = b"whsec_" + b"a" * 40


@dataclass(frozen=True, slots=True)
class Ask:
    """One request, ready to be sent; ``ok`` are the answers that count as one."""

    http: TestClient
    method: str
    url: str
    data: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    ok: tuple[int, ...] = (200, 303)

    def send(self) -> Any:
        """The answer of the server."""
        body = {"content": self.data} if isinstance(self.data, bytes) else {"data": self.data}
        return self.http.request(self.method, self.url, headers=self.headers, **(body if self.data is not None else {}))


class Desk:
    """The house with people at it."""

    def __init__(self, house: TestHouse) -> None:
        self.house = house
        self._writer = InboxWriter(house.store)
        self._writer.start()
        self.app: Starlette = app_of(house, self._writer)
        self._signed: dict[str, Client] = {}
        self._tokens: dict[str, str] = {}
        self._closed: Iterator[Case] = self._closed_cases()
        self.newcomer_name = ""

    def close(self) -> None:
        """Nothing more is taken in."""
        self._writer.stop()

    def client(self, who: str) -> Client:
        """Signed in once."""
        if who not in self._signed:
            self._signed[who] = Client(self.app, who)
        return self._signed[who]

    def token(self, who: str) -> str:
        """Of that session."""
        if who not in self._tokens:
            self._tokens[who] = self.client(who).token()
        return self._tokens[who]

    def get(self, who: str, url: str) -> Ask:
        """A page."""
        return Ask(self.client(who).http, "GET", url)

    def post(self, who: str, url: str, **fields: str) -> Ask:
        """A form with nothing in it but the session's token."""
        return Ask(self.client(who).http, "POST", url, {"csrf": self.token(who)} | fields)

    def filled(self, who: str, page: str, action: str, **fields: str) -> Ask:
        """A form as the page really shows it."""
        shown = self.client(who).get(page)
        assert shown.status_code == 200, (page, shown.status_code)
        return Ask(self.client(who).http, "POST", action, form_of(shown.text, action).fields | fields)

    def act(self, who: str, case: Case, name: str, **fields: str) -> Ask:
        """A button on the page of a case."""
        page = f"/staff/cases/{case.number}"
        return self.filled(who, page, f"{page}/{name}", **fields)

    def stranger(self) -> TestClient:
        """A browser that is not signed in."""
        return TestClient(self.app, base_url=HOST, follow_redirects=False)

    def fresh(self, request: str = "question", **fields: Any) -> Case:
        """A case that waits for staff and that nobody has touched in this run."""
        case = next(self._closed)
        with self.house.store.write() as tx:
            return tx.cases.change(case, **{"state": CaseState.REVIEW, "request": request, "hold_reason": "unsure",
                                            "closed_at": None, "complaint": False, "proof": Proof.E0,
                                            "channel": Channel.EMAIL} | fields)  # fmt: skip

    def with_mail(self) -> tuple[Case, OutboxItem]:
        """A case whose answer waits to leave."""
        case = self.fresh()
        with self.house.store.write() as tx:
            staff = tx.staff.by_name(LEAD)
            assert staff is not None
            acts.reply(acts.act_of(tx, staff, self.house.now), case, "本社の3階です。", self.house.tools)
            mail = next(m for m in tx.outbox.of_case(case.id) if m.state is MailState.QUEUED)
            return tx.cases.get(case.id), mail

    def link(self) -> str:
        """The path of a seeker's page that can still be answered."""
        case = self.fresh("withdrawal", state=CaseState.AWAITING_PROOF)
        with self.house.store.write() as tx:
            act = Act(tx, WORKER, self.house.now)
            seeker = tx.seekers.get(case.seeker_id or 0)
            found = links.issue(act, case, seeker.address or "", self.house.tools)
        return found.url.removeprefix(self.house.tools.public_url)

    def shut(self) -> Case:
        """A case that waits because nobody could open its message."""
        return self.fresh(hold_reason="unreadable")

    def stuck(self, n: int) -> int:
        """A message that broke before it was a case."""
        with self.house.store.read() as tx:
            found = tx.stuck.page(limit=50)
        return found[n % len(found)].id

    def without_seeker(self, case: Case) -> Case:
        """As if nobody on file had written."""
        with self.house.store.write() as tx:
            return tx.cases.change(case, seeker_id=None)

    def monster_case(self) -> Case:
        """A waiting case of the person who has thousands."""
        with self.house.store.write() as tx:
            query = CaseQuery(seeker_id=self.monsters.person, states=(CaseState.DONE,), newest_first=True, limit=1)
            case = tx.cases.find(query)[0]
            waiting = {"state": CaseState.REVIEW, "request": "question", "hold_reason": "unsure", "closed_at": None}
            return tx.cases.change(case, **waiting)

    def open_task(self, who: str) -> int:
        """A piece of work that nobody has done."""
        case = self.fresh()
        with self.house.store.write() as tx:
            return tx.tasks.add(case.id, TaskPlan("call", "", self.house.now.date(), who), self.house.now).id

    def view(self, who: str, n: int) -> int:
        """A kept search of theirs."""
        with self.house.store.write() as tx:
            tx.views.add(who, f"消す {n}", "state:review", self.house.now, shared=False)
            return next(v.id for v in tx.views.of(who) if v.name == f"消す {n}")

    @cached_property
    def attached(self) -> str:
        """The path of an attachment; its mail arrived as every mail does."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "山田 太郎 <guest@example.com>", DESK, f"履歴書 {self.mark}"
        mail.set_content("履歴書をお送りします。")
        mail.add_attachment(b"%PDF-1.4 " * 20_000, maintype="application", subtype="pdf", filename="履歴書.pdf")
        sent = self.house.raw(mail.as_bytes(), mail_from="guest@example.com")
        while self.house.worker.run_once():
            pass
        with self.house.store.read() as tx:
            reading = tx.inbox.reading(sent.message_id)
            case = tx.cases.of_message(sent.message_id)[0]
        assert reading is not None
        part = reading[0].attachments[0].part
        return f"/staff/cases/{case.number}/messages/{sent.message_id}/attachments/{part}"

    @cached_property
    def machines(self) -> list[int]:
        """Messages from machines."""
        with self.house.store.read() as tx:
            return tx.inbox.ended(End.MACHINE, limit=50)

    def member(self, n: int) -> str:
        """Somebody on file, another one each time."""
        return f"M-{20_001 + 7 * n % (self.people - 1)}"

    @cached_property
    def people(self) -> int:
        """How many are on file."""
        with self.house.store.read() as tx:
            return tx.seekers.count()

    @cached_property
    def left(self) -> list[str]:
        """Addresses of people who have left."""
        with self.house.store.read() as tx:
            found = tx.seekers.withdrawn_by(self.house.now.date())
        return [s.addresses[0] for s in found[-50:]]

    @cached_property
    def mark(self) -> str:
        """Of this run: a house that is kept has seen others."""
        return secrets.token_hex(4)

    def newcomer(self) -> Client:
        """Somebody of their own, signed in."""
        self.newcomer_name = f"職員 {secrets.token_hex(6)}"
        with self.house.store.write() as tx:
            tx.staff.add(self.newcomer_name, Role.REVIEWER, HASHED, LEAD)
        return Client(self.app, self.newcomer_name)

    def half_signed_in(self) -> tuple[TestClient, str]:
        """A browser that has given a password, and a code that opens the rest."""
        name, ring = f"職員 {secrets.token_hex(6)}", self.house.tools.keyring
        spare = factors.spare_codes()
        with self.house.store.write() as tx:
            tx.staff.add(name, Role.REVIEWER, HASHED, LEAD)
            tx.access.set_totp(name, factors.seal(ring, factors.new_secret(), name))
            tx.access.set_spare_codes(name, [factors.spare_hash(ring, name, c) for c in spare])
        browser = self.stranger()
        browser.post("/staff/sign-in", data={"name": name, "password": PASSWORD, "next": "/staff/"})
        return browser, spare[0]

    @staticmethod
    def hidden_fields(html: str) -> dict[str, str]:
        """Of the page's last form."""
        return forms_of(html)[-1].fields

    @cached_property
    def monsters(self) -> Monsters:
        """What is too large."""
        return monsters(self.house)

    def number(self, case_id: int) -> str:
        """As people see it."""
        with self.house.store.read() as tx:
            return tx.cases.get(case_id).number

    @cached_property
    def newest(self) -> int:
        """The highest id of a case."""
        with self.house.store.read() as tx:
            return tx.cases.find(CaseQuery(newest_first=True, limit=1))[0].id

    @cached_property
    def program(self) -> TestClient:
        """The agency's own system."""
        with self.house.store.write() as tx:
            hashed = access.token_hash(self.house.tools.keyring, TOKEN)
            if tx.api_tokens.find(hashed) is None:
                tx.api_tokens.add("bench", hashed, tuple(access.SCOPES), self.house.now)
        return TestClient(self.app, base_url=HOST, headers={"Authorization": f"Bearer {TOKEN}"})

    def call(self, method: str, path: str, body: Any = None) -> Ask:
        """A request of that system."""
        data = None if body is None else json.dumps(body).encode()
        return Ask(self.program, method, f"/api/v1{path}", data, ok=(200, 201))

    def hook(self, path: str, n: int, body: dict[str, str]) -> Ask:
        """A signed webhook."""
        raw, at = json.dumps(body).encode(), int(self.house.now.timestamp())
        name = f"bench-{path}-{n}-{self.newest}"
        headers = {"webhook-id": name, "webhook-timestamp": str(at), "content-type": "application/json",
                   "webhook-signature": sign(SECRET, name, at, raw)}  # fmt: skip
        return Ask(self.stranger(), "POST", path, raw, headers, ok=(202,))

    def seen(self, who: str, paths: Iterator[str], most: int = 20) -> list[str]:
        """The first of these pages that this person may see."""
        found: list[str] = []
        for path in paths:
            if len(found) == most:
                break
            if self.client(who).get(path).status_code == 200:
                found.append(path)
        return found

    def _closed_cases(self) -> Iterator[Case]:
        """Of people on file with an address, newest first; LEAD may see them."""
        after = None
        while True:
            query = CaseQuery(states=(CaseState.DONE,), newest_first=True, after=after, limit=200)
            with self.house.store.read() as tx:
                found = tx.cases.find(query)
                people = tx.glance.people({c.seeker_id for c in found if c.seeker_id})
            if not found:
                raise AssertionError("the house has no closed case left")
            after = found[-1].id
            for case in found:
                who = people.get(case.seeker_id or 0)
                if who is not None and who.address and case.seeker_id != 1 and who.status.value == "active":
                    yield case


Make = Callable[[Desk, int], Ask]
