"""Random histories of a whole house: mails, forgeries, bounces, forms, links, staff, days, crashes, erasures, backups.

Hypothesis tells the story against the real code on a real database; after every step the world is looked at. What the
outside was told is all that counts (reliability.md §3.4, test 45).
"""

from __future__ import annotations

import copy
import itertools
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from intake import failpoints
from intake.bootstrap.erasing import HouseOutside
from intake.bootstrap.home import connect
from intake.channels import form
from intake.channels import standard_webhooks as signing
from intake.channels.standard_webhooks import BadSignature
from intake.errors import Permanent, RelayPermanent, RelayTemporary, RelayUnknown
from intake.model import Case, CaseState, Mail, Role, Seeker, SeekerStatus
from intake.pipeline import desk, links
from intake.pipeline.erasing import Eraser, begin_due, begin_operator
from intake.pipeline.erasing.begin import KEEPER
from intake.ports import CaseQuery, Delivery
from intake.store import restore
from intake.worker import TRIES
from tests.faults.sizes import CI, SIZE
from tests.faults.traffic import WISHES
from tests.faults.world import EPOCH, Told, audit_world
from tests.house import DESK, NOON, TestHouse, open_test_house
from tests.integration.test_erasure_steps import as_house

PEOPLE = 5
SECRET = b"s" * 32
POINTS = tuple(n for n in failpoints.NAMES if not n.startswith(("imap", "crm", "inbox")))
people, hours = st.integers(0, PEOPLE - 1), st.sampled_from((1, 7, 25, 80, 200))
_template: list[tempfile.TemporaryDirectory[str]] = []


class Crash(BaseException):
    """The process ends here, as by SIGKILL: nothing after this point is done."""


class Relay:
    """Answers as the story says; ``left`` is what it took, also where nobody was told."""

    def __init__(self) -> None:
        self.left: list[Mail] = []
        self.answer = "250"

    def deliver(self, mail: Mail) -> Delivery:
        if self.answer == "451":
            raise RelayTemporary("451 4.7.1")
        if self.answer == "550":
            raise RelayPermanent("550 5.1.1")
        self.left.append(mail)
        if self.answer == "gone":
            raise RelayUnknown("dot")
        return Delivery("250 kept")

    def close(self) -> None:
        return None


def new_house() -> TestHouse:
    """A home of its own, copied from one with a register; rules and templates are read once."""
    if not _template:
        _template.append(tempfile.TemporaryDirectory(prefix="intake-histories-"))
        house = open_test_house(Path(_template[0].name) / "home")
        with house.store.write() as tx:
            tx.staff.add("高橋", Role.PRIVACY_OFFICER, None)
            tx.staff.add("山本", Role.LEAD, None)
            for n in range(PEOPLE):
                tx.seekers.upsert(Seeker(0, member(n), name(n), addresses=(address(n),)))
        house.store.close()
    home = Path(tempfile.mkdtemp(prefix="intake-history-")) / "home"
    shutil.copytree(Path(_template[0].name) / "home", home)
    return open_test_house(home)


def member(n: int) -> str:
    return f"H-{n}"


def name(n: int) -> str:
    return f"歴史 {'一二三四五六七'[n]}子"


def address(n: int) -> str:
    return f"history{n}@example.jp"


class Histories(RuleBasedStateMachine):
    """One house, its people, and what they were told."""

    @initialize()
    def begin(self) -> None:
        self.house = new_house()
        self.relay = self.house.relay = Relay()  # type: ignore[assignment]
        self.told = Told(farewells=1000)
        self.of: dict[int, set[bytes]] = {n: set() for n in range(PEOPLE)}  # whose messages they are
        self.numbers = itertools.count(1)
        self.last: tuple[bytes, str] | None = None
        self.forms: dict[str, tuple[dict[str, str], bytes, int]] = {}
        self.used: set[str] = set()
        self.kept: tuple[Path, Told, dict[int, set[bytes]], list[Mail]] | None = None

    def teardown(self) -> None:
        """Everything comes to its end, in peace; then nothing may wait any more."""
        if not hasattr(self, "house"):
            return
        self.relay.answer = "250"
        for _ in range(12):
            self.house.now += timedelta(hours=20)
            self._work_off()
            self._erase_off()
        self._look(settled=True)
        self.house.store.close()
        shutil.rmtree(self.house.settings.home.parent)

    # --- what comes in -------------------------------------------------------------------------------------------

    @rule(who=people, wish=st.integers(0, len(WISHES)))
    def deliver(self, who: int, wish: int) -> None:
        subject, body = (*WISHES, ("個人情報", "個人情報の削除をお願いします。\n"))[wish]
        self._arrives(who, address(who), subject, body)

    @rule(who=people)
    def forge(self, who: int) -> None:
        """A stranger who knows name and number."""
        body = f"会員番号{member(who)}です。退会と個人情報の削除をお願いします。\n"
        self._arrives(who, f"mallory{who}@example.com", "退会", body)

    @precondition(lambda self: self.last is not None)
    @rule()
    def redeliver(self) -> None:
        assert self.last is not None
        assert not self.house.raw(self.last[0], mail_from=self.last[1]).new

    @rule(forged=st.booleans())
    def bounce(self, forged: bool) -> None:
        """A report about the newest mail with a return path; a forged one has another signature."""
        sent = [m for m in self.relay.left if m.mail_from]
        if not sent:
            return
        path = sent[-1].mail_from
        path = path.replace(path.rpartition("-")[2][:4], "0000") if forged else path
        who = next((n for n in range(PEOPLE) if address(n) == sent[-1].to), None)
        text = (f"From: MAILER-DAEMON@mx.example.com\nTo: {path}\nSubject: failure {next(self.numbers)}\n"
                'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n--b\n\nfailed\n--b\n'
                "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n"
                f"Final-Recipient: rfc822; {sent[-1].to}\nAction: failed\nStatus: 5.1.1\n--b--\n")  # fmt: skip
        self._read_all()
        before = self._states()
        self._keep(who, text.replace("\n", "\r\n").encode(), "", rcpt=path)
        if forged:
            self._read_all()
            assert {k: v for k, v in self._states().items() if k in before} == before, "a forged report changed a case"

    @rule(who=people, replay=st.booleans())
    def webhook(self, who: int, replay: bool) -> None:
        """A signed form; the same one again; one with a wrong signature is nothing."""
        if replay and self.forms:
            headers, raw, first = next(iter(self.forms.values()))
        else:
            number = next(self.numbers)
            body = {"email": address(who), "message": f"退会をお願いします。{number}", "name": name(who)}
            raw = json.dumps(body, ensure_ascii=False).encode()
            at = int(self.house.now.timestamp())
            headers = {"webhook-id": f"w{number}", "webhook-timestamp": str(at), "content-type": "application/json",
                       "webhook-signature": signing.sign(SECRET, f"w{number}", at, raw)}  # fmt: skip
            first = 0
        with pytest.raises(BadSignature):
            form.arrival_from_hook(headers, raw + b" ", [SECRET], self.house.now)
        try:
            arrival = form.arrival_from_hook(headers, raw, [SECRET], self.house.now)
        except BadSignature:
            assert first, "an old stamp"
            return
        accepted = self.house.store.keep([arrival])[0]
        assert accepted.message_id == (first or accepted.message_id)
        assert accepted.new == (not first)
        if not first:
            self.forms[headers["webhook-id"]] = (headers, raw, accepted.message_id)
            self._told(who, raw)

    # --- what the house does -------------------------------------------------------------------------------------

    @rule(at=st.sampled_from(("", "", *POINTS)))
    def work(self, at: str) -> None:
        """A round of everything; it may die at any named point, and starts anew."""
        with self._dying(at):
            self._work_off()

    @rule(answer=st.sampled_from(("250", "250", "451", "550", "gone")))
    def relay_answers(self, answer: str) -> None:
        self.relay.answer = answer

    @rule(by=hours)
    def advance(self, by: int) -> None:
        self.house.now += timedelta(hours=by)

    @rule(by=st.sampled_from((1, 26)))
    def clock_set_back(self, by: int) -> None:
        if self.house.now - timedelta(hours=by) < NOON:
            return
        self.house.now -= timedelta(hours=by)
        with self.house.store.write() as tx:
            tx.leases.put_right(self.house.now)

    @rule()
    def restart(self) -> None:
        self._restart()

    # --- people --------------------------------------------------------------------------------------------------

    @rule()
    def open_link(self) -> None:
        """Scanners open every link again and again: nothing changes."""
        before = self._states()
        for token in self._tokens()[-3:]:
            with self.house.store.read() as tx:
                links.look(tx, token, self.house.tools, self.house.now)
        assert self._states() == before

    @rule(choice=st.sampled_from(("complete", "complete", "cancel", "pause")), at=st.sampled_from(("", "", *POINTS)))
    def press_link(self, choice: str, at: str) -> None:
        """Twice: the second press does nothing."""
        tokens = self._tokens()
        if not tokens:
            return
        token = tokens[-1]
        with self._dying(at):
            first = self._press(token, choice)
            if first in ("done", "received", "cancelled", "paused", "deferred"):
                self.used.add(token)
            before = self._states()
            assert self._press(token, choice) not in ("done", "received", "cancelled", "paused", "deferred")
            assert self._states() == before

    @rule(act=st.sampled_from(("approve", "approve", "refuse", "send_link", "phone", "lapse")), pick=st.integers(0, 99))
    def staff_acts(self, act: str, pick: int) -> None:
        cases = [c for c in self._cases() if c.state.is_open]
        if not cases:
            return
        case, tools = cases[pick % len(cases)], self.house.tools
        with suppress(Permanent), self.house.store.write() as tx:  # not allowed, not proved, changed meanwhile
            officer = next(m for m in tx.staff.all() if m.name == ("高橋" if case.request == "deletion" else "山本"))
            doing = desk.act_of(tx, officer, self.house.now)
            {
                "approve": lambda: desk.approve(doing, case, officer, tools),
                "refuse": lambda: desk.refuse(doing, case, "求人が終わりました", tools),
                "send_link": lambda: desk.send_link(doing, case, tools),
                "phone": lambda: desk.phone_checked(doing, case, officer, "折り返し電話", tools),
                "lapse": lambda: desk.lapse(doing, case, tools),
            }[act]()

    @rule(who=people, at=st.sampled_from(("", *(p for p in POINTS if p.startswith("erase")))))
    def erase(self, who: int, at: str) -> None:
        with self._dying(at):
            with self.house.store.write() as tx:
                person = tx.seekers.by_member_id(member(who))
                if person is None or tx.erasures.open_of(person.id) is not None:
                    return
                begin_operator(tx, person, KEEPER, self.house.tools, self.house.now)
            self._erase_off()

    @precondition(lambda self: self.kept is None)
    @rule()
    def back_up(self) -> None:
        path = self.house.settings.home.parent / f"backup{next(self.numbers)}"
        self.house.store.backup(path)  # type: ignore[attr-defined]
        self.kept = (path, copy.deepcopy(self.told), copy.deepcopy(self.of), list(self.relay.left))

    @precondition(lambda self: self.kept is not None)
    @rule()
    def put_backup_back(self) -> None:
        """What was accepted since is lost with the disk; who was erased since stays so. An erasure of which no key was
        destroyed yet was only a plan, and is lost like everything else that was written since."""
        assert self.kept is not None
        path, told, of, left = self.kept
        erased = {who: names for who, names in self.told.erased.items() if self._is_buried(who)}
        self.house.store.close()
        restore(path, self.house.settings.store_url, self.house.tools.keyring)
        self.told, self.of = copy.deepcopy(told), copy.deepcopy(of)
        self.relay.left, self.last, self.forms = list(left), None, {}
        self.told.erased |= erased
        self.told.restored = True
        for n in range(PEOPLE):
            if member(n) in self.told.erased:
                self.told.accepted -= self.of[n]
        self.kept = None
        self.house.store = connect(self.house.settings)

    # --- the look ------------------------------------------------------------------------------------------------

    @invariant()
    def the_world_is_whole(self) -> None:
        if hasattr(self, "house"):
            self._look()

    def _look(self, *, settled: bool = False) -> None:
        self._note_erased()
        self.told.mails = [m.data for m in self.relay.left]
        audit_world(self.house.store, self.told, settled=settled)  # type: ignore[arg-type]
        for n in range(PEOPLE):
            with self.house.store.read() as tx:
                person = tx.seekers.by_member_id(member(n))
            if person is not None and person.status is SeekerStatus.WITHDRAWN:
                assert self.used or self._by_phone(), "withdrawn, and nobody has proved anything"

    # --- by hand -------------------------------------------------------------------------------------------------

    def _arrives(self, who: int, sender: str, subject: str, body: str) -> None:
        number = next(self.numbers)
        text = (f"From: <{sender}>\nTo: {DESK}\nSubject: {subject}\nMessage-ID: <{number}@example.jp>\n"
                "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
                f"{body}{number}\n")  # fmt: skip
        self.last = (text.replace("\n", "\r\n").encode(), sender)
        self._keep(who, *self.last)

    def _keep(self, who: int | None, raw: bytes, sender: str, rcpt: str = DESK) -> None:
        assert self.house.raw(raw, mail_from=sender).new if rcpt == DESK else self._report(raw, rcpt)
        self._told(who, raw)

    def _report(self, raw: bytes, rcpt: str) -> bool:
        from intake.model import Channel, Envelope

        return self.house.arrive(Envelope(Channel.EMAIL, "smtp", raw, self.house.now, "", (rcpt,), "192.0.2.1")).new

    def _told(self, who: int | None, raw: bytes) -> None:
        self.told.accepted.add(raw)
        if who is not None:
            self.of[who].add(raw)

    def _work_off(self) -> None:
        for _ in range(8 * TRIES):
            worker, sender = self.house.worker, self.house.sender
            sender._batch = 1
            busy = worker.run_once()
            worker.run_calendar()
            if not busy + sender.run_once(self.house.now):
                return
            self.house.now += timedelta(seconds=5)

    def _read_all(self) -> None:
        """Messages alone: no mail leaves, no day passes."""
        for _ in range(8 * TRIES):
            if not self.house.worker.run_once():
                return
            self.house.now += timedelta(seconds=5)

    def _erase_off(self) -> None:
        with self.house.store.write() as tx:
            begin_due(tx, self.house.tools, self.house.now)
        self._note_erased()
        Eraser(self.house.store, HouseOutside(as_house(self.house, self.relay)), lambda: self.house.now).run()

    def _note_erased(self) -> None:
        """Whoever is planned or gone: nothing of theirs counts as accepted any more."""
        with self.house.store.read() as tx:
            rows = {row.seeker_id for row in tx.erasures.newest(1000)}
            here = {n: tx.seekers.by_member_id(member(n)) for n in range(PEOPLE)}
        for n, person in here.items():
            if (person is None or person.id in rows) and member(n) not in self.told.erased:
                self.told.erased[member(n)] = [name(n), address(n)]
                self.told.accepted -= self.of[n]
                self.of[n] = set()
                self.forms, self.last = {}, None

    def _is_buried(self, who: str) -> bool:
        """Whether what was theirs can be read no more: their row is gone, or their keys are."""
        with self.house.store.read() as tx:
            person = tx.seekers.by_member_id(who)
        return person is None or person.id in self.house.store.keys.buried("seeker", EPOCH)  # type: ignore[attr-defined]

    def _tokens(self) -> list[str]:
        return [w.rpartition("/c/")[2] for m in self.relay.left for w in m.text.split() if "/c/" in w]

    def _press(self, token: str, choice: str) -> str:
        with self.house.store.read() as tx:
            page = links.look(tx, token, self.house.tools, self.house.now)
        with self.house.store.write("confirm") as tx:
            return links.answer(tx, token, choice, page.nonce, page.seen, self.house.tools, self.house.now).status

    def _cases(self) -> list[Case]:
        with self.house.store.read() as tx:
            return tx.cases.find(CaseQuery(limit=1000))

    def _states(self) -> dict[int, tuple[CaseState, str | None]]:
        return {c.id: (c.state, c.hold_reason) for c in self._cases()}

    def _by_phone(self) -> bool:
        with self.house.store.read() as tx:
            return any(r.action == "proof.telephone" for r in tx.audit.tail(100_000))

    @contextmanager
    def _dying(self, at: str) -> Iterator[None]:
        """The block may end at the failpoint ``at``, the first or the second time that it is reached."""
        real, armed = failpoints._reach, failpoints.ARMED

        def reach(point: str) -> None:
            if point == at:
                raise Crash(point)

        failpoints._reach, failpoints.ARMED = reach, bool(at)
        try:
            yield
        except Crash:
            failpoints._reach, failpoints.ARMED = real, armed
            self._restart()
        finally:
            failpoints._reach, failpoints.ARMED = real, armed

    def _restart(self) -> None:
        """Another process: nothing of the old one's memory, and its leases have run out."""
        self.house.store.close()
        self.house.store = connect(self.house.settings)
        self.house.now += timedelta(minutes=31)


IS_CI = SIZE is CI
Histories.TestCase.settings = settings(
    max_examples=SIZE.histories,
    stateful_step_count=SIZE.steps,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
    derandomize=IS_CI,  # by night each run tells other stories: a search for faults; in CI a judge of one change
    phases=(Phase.explicit, Phase.generate) if IS_CI else tuple(Phase),  # shrinking a story takes minutes
)
TestHistories: Callable[..., Any] = Histories.TestCase
