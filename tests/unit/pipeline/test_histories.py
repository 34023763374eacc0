"""Whatever happens in whatever order: the record explains every state, and nobody leaves without a proof."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from intake.errors import Permanent
from intake.model import Proof, Role, SeekerStatus
from intake.pipeline import desk
from tests.house import TestHouse, open_test_house
from tests.unit.pipeline.world import act, app_wish, bounce_to, call, person, press, sound, told, wish

REQUESTS = ("withdrawal", "deletion", "pause", "resume", "concierge_change", "preferences", "decline", "reinstatement",
            "retraction", "question", "other", "withdrawal deletion", "pause withdrawal", "retraction pause",
            "deletion retraction", "withdrawal after_selection", "other thanks_only", "withdrawal unsure",
            "pause complaint")  # fmt: skip
STAGES = ("closed", "introduced", "screening", "interview_fixed", "offered")
ROLES = (Role.REVIEWER, Role.LEAD, Role.PRIVACY_OFFICER)
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
            self.staff, self.staff, self.staff, self.selection, self.bounced, self.days, self.task,
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


@pytest.mark.parametrize("profile", ["agency", "public-office"])
@pytest.mark.parametrize("seed", range(6))
def test_any_history_is_sound(tmp_path: Path, profile: str, seed: int) -> None:
    made = told(open_test_house(tmp_path, profile=profile))
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
