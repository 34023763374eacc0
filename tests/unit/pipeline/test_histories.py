"""Whatever happens in whatever order: the record explains every state, and nobody leaves without a proof."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from intake.bootstrap.home import connect
from intake.errors import Permanent
from intake.model import Proof, Role, SeekerStatus
from intake.pipeline import desk, links, returning
from tests.house import TestHouse, open_test_house
from tests.unit.pipeline.world import act, app_wish, bounce_to, call, look, person, press, sound, told, wish

REQUESTS = ("withdrawal", "deletion", "pause", "resume", "concierge_change", "preferences", "decline", "reinstatement",
            "retraction", "question", "other", "withdrawal deletion", "pause withdrawal", "retraction pause",
            "deletion retraction", "withdrawal after_selection", "other thanks_only", "withdrawal unsure",
            "pause complaint")  # fmt: skip
STAGES = ("closed", "introduced", "screening", "interview_fixed", "offered")
ROLES = (Role.REVIEWER, Role.LEAD, Role.PRIVACY_OFFICER)
AUTHSERV = "mx.agency.example.jp"
MEMBERS = {"M-10001": "taro@example.jp", "M-2": "hanako@example.jp"}


class History:
    """One random life of two people and a desk."""

    def __init__(self, house: TestHouse, seed: int) -> None:
        self.house, self.pick = house, random.Random(seed)
        self.seekers()
        for role in ROLES:
            person(house, role)
        person(house, Role.PRIVACY_OFFICER, "個人情報 二")

    def seekers(self) -> None:
        self.house.seeker(concierge="佐藤 美咲")
        self.house.seeker("M-2", "鈴木 花子", "hanako@example.jp", registered_via="online")

    def step(self) -> str:
        steps: tuple[Callable[[], object], ...] = (
            self.mail, self.mail, self.mail, self.by_app, self.by_phone, self.button, self.button, self.button,
            self.staff, self.staff, self.staff, self.selection, self.bounced, self.days, self.task, self.forged,
            self.prefetched, self.coming_back, self.coming_back, self.killed, self.restarted,
        )  # fmt: skip
        chosen = self.pick.choice(steps)
        with suppress(Permanent):
            chosen()
        return chosen.__name__

    def mail(self) -> None:
        sender = self.pick.choice([*MEMBERS.values(), "stranger@example.com"])
        wish(self.house, self.pick.choice(REQUESTS), from_=sender, more=str(self.pick.random()))

    def by_app(self) -> None:
        app_wish(self.house, self.pick.choice(REQUESTS[:11]), self.pick.choice([*MEMBERS, "M-none"]))

    def by_phone(self) -> None:
        call(self.house, request=self.pick.choice(REQUESTS[:11]), member_id=self.pick.choice([*MEMBERS, "M-9"]),
             name="山田 太郎", message=str(self.pick.random()))  # fmt: skip

    def button(self) -> None:
        tokens = [w.rpartition("/c/")[2] for m in self.house.relay.mails for w in m.text.split() if "/c/" in w]
        if tokens:
            token = self.pick.choice(tokens[-4:])
            press(self.house, self.pick.choice(("complete", "complete", "cancel", "defer", "pause")), token)
            self.house.work()

    def staff(self) -> None:
        cases = self.house.cases()
        if not cases:
            return
        case, role = self.pick.choice(cases[-5:]), self.pick.choice(ROLES)
        tools = self.house.tools
        deed, given = self.pick.choice([
            ("approve", ()), ("approve", ()), ("phone_checked", ("counter_id",)),
            ("correct", (self.pick.choice(REQUESTS[:11]),)),
            ("hold", ("held", self.house.now.date() + timedelta(days=2))), ("refuse", ("できません。", tools)),
            ("lapse", (tools,)), ("close", ()), ("send_link", (tools,)), ("send_receipt", (tools,)),
            ("reply", ("ご連絡いたします。", tools)), ("assign", (None,)),
            ("choose_seeker", (self.house.get_seeker(self.pick.choice(list(MEMBERS))),)),
        ])  # fmt: skip
        more = {"override_reason": "本人の希望"} if deed == "approve" and self.pick.random() < 0.3 else {}
        act(self.house, case, role, deed, *given, **more)
        self.house.work()

    def selection(self) -> None:
        self.house.seeker_applications(self.pick.choice(list(MEMBERS)), self.pick.choice(STAGES), self.pick.random())

    def bounced(self) -> None:
        paths = [m.mail_from for m in self.house.relay.mails if m.mail_from]
        if paths:
            bounce_to(self.house, self.pick.choice(paths))

    def days(self) -> None:
        self.house.now += timedelta(hours=self.pick.choice((2, 25, 73, 24 * 8)))
        self.house.work()

    def task(self) -> None:
        with self.house.store.read() as tx:
            open_ = tx.tasks.open()
        if open_:
            staff = person(self.house, Role.LEAD)
            with self.house.store.write() as tx:
                desk.task_done(desk.act_of(tx, staff, self.house.now), open_[0].id, self.house.tools)

    def forged(self) -> None:
        """The address is on file, the mail is not from there."""
        sender = self.pick.choice(list(MEMBERS.values()))
        failed = {"Authentication-Results": f"{AUTHSERV}; dmarc=fail header.from=example.jp"}
        wish(self.house, self.pick.choice(REQUESTS), from_=sender, more=str(self.pick.random()), headers=failed)

    def tokens(self) -> list[str]:
        texts = " ".join(m.text for m in self.house.relay.mails).split()
        return [w.rpartition("/c/")[2] for w in texts if "/c/" in w]

    def prefetched(self) -> None:
        """A scanner opens every link that ever left."""
        with self.house.store.read() as tx:
            before = tx.audit.head()
        for token in self.tokens():
            look(self.house, token)
        with self.house.store.read() as tx:
            assert tx.audit.head() == before

    def coming_back(self) -> None:
        """The return page, with the right key, a wrong one, or the one of another page."""
        house, handle = self.house, f"handle-{self.pick.random()}"
        member, address = self.pick.choice(list(MEMBERS.items()))
        with house.store.write() as tx:
            returning.ask(tx, handle, address, house.tools, house.now)
            seeker = returning.whose(tx, address, "", house.tools)
            assert seeker is not None
            assert seeker.member_id == member
            returning.send(tx, handle, seeker, address, house.tools, house.now, password_fits=True)
        house.work()
        keys = [re.findall(r"認証キー　(\d{6})", m.text)[0] for m in house.relay.mails if m.template == "return_key"]
        for typed in self.pick.choice((["000000"], keys[-1:], keys[:1], keys[-1:] * 2)):
            with house.store.write() as tx:
                returning.finish(tx, handle, typed, house.tools, house.now)
        house.work()

    def killed(self) -> None:
        """The process ends within a unit of work: nothing of it has happened."""
        with self.house.store.read() as tx:
            before = tx.audit.head()
        tokens = self.tokens()
        with suppress(Killed), self.house.store.write() as tx:
            for token in tokens[-2:]:
                page = links.look(tx, token, self.house.tools, self.house.now)
                links.answer(tx, token, "complete", page.nonce, page.seen, self.house.tools, self.house.now)
            raise Killed
        with self.house.store.read() as tx:
            assert tx.audit.head() == before

    def restarted(self) -> None:
        """The store is closed and opened again."""
        self.house.store.close()  # type: ignore[attr-defined]
        self.house.store = connect(self.house.settings)


class Killed(Exception):
    """kill -9"""


class Selections(TestHouse):
    """A house whose register learns of selections without touching anything else."""

    def seeker_applications(self, member: str, stage: str, own: float) -> None:
        from intake.model import Application, Stage

        with self.store.write() as tx:
            tx.seekers.upsert_application(member, Application(0, "株式会社甲", Stage[stage.upper()], own < 0.3))


def who_left(house: TestHouse) -> None:
    """Every leaving rests on a proof given for that very wish, by that very person."""
    with house.store.read() as tx:
        for member in MEMBERS:
            seeker = tx.seekers.by_member_id(member)
            assert seeker is not None
            for row in tx.audit.of_seeker(seeker.id):  # type: ignore[attr-defined]
                if row.action != "seeker.withdraw":
                    continue
                case = tx.cases.get(row.case_id)
                assert case.request in ("withdrawal", "deletion")
                assert case.proof >= Proof.E2
                assert case.seeker_id == seeker.id
            if seeker.status is SeekerStatus.WITHDRAWN:
                assert seeker.outreach_held_at is not None
            acts = [r for r in tx.audit.of_seeker(seeker.id) if r.action in ("seeker.withdraw", "seeker.reinstate")]  # type: ignore[attr-defined]
            for first, then in pairwise(acts):
                assert first.action != then.action  # nobody leaves twice, nobody comes back twice
            for row in acts:
                if row.action == "seeker.reinstate":
                    assert tx.cases.get(row.case_id).proof >= Proof.E2


@pytest.mark.parametrize("profile", ["agency", "public-office"])
@pytest.mark.parametrize("seed", range(6))
def test_any_history_is_sound(tmp_path: Path, profile: str, seed: int) -> None:
    made = told(open_test_house(tmp_path, profile=profile, authserv_id=AUTHSERV))
    house = Selections(made.settings, made.store, made.tools)
    history = History(house, seed)
    done: list[str] = []
    for _ in range(60):
        done.append(history.step())
        try:
            sound(house)
            who_left(house)
        except AssertionError as e:
            e.add_note(f"seed {seed}: {done}")
            raise
    house.store.close()
