"""Killed at every step of an erasure and started again, it ends; what was begun is never half done."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from intake.bootstrap.erasing import HouseOutside
from intake.bootstrap.home import connect, init_home
from intake.bootstrap.house import House
from intake.config import Settings
from intake.errors import NotAllowed, NotFound, RelayPermanent
from intake.keyring import load_keyring
from intake.model import Case, CaseState, Mail, MailState, Proof, Role, TaskPlan
from intake.pipeline import desk
from intake.pipeline.erasing import Eraser, Residue, begin_due, begin_operator, steps
from intake.pipeline.erasing.begin import KEEPER
from intake.pipeline.links import prove
from intake.pipeline.moves import Act
from intake.pipeline.tools import Tools
from intake.ports import CaseQuery, Correction, Delivery
from intake.ports.rows import Reach
from intake.store import SqlStore
from intake.store.pairs import Hasher
from tests.house import DESK, TestHouse, open_test_house

POINTS = ("erase.planned", "erase.posted", "erase.mailed", "erase.buried", "erase.key_destroyed", "erase.keys",
          "erase.caught", "erase.mailbox", "erase.outside", "erase.mask[0]", "erase.blob[0]", "erase.table[0]",
          "erase.table[1]", "erase.table[2]", "erase.table[3]", "erase.removed", "erase.checkpoint", "erase.scanned",
          "erase.plan_forgotten", "erase.certified")  # fmt: skip
NAME, ADDRESS = "鵜殿 珠緒子", "tamaoko@example.jp"


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Any:
    """Somebody with two messages and an answer, and somebody else who names them."""
    made = filled(tmp_path / "home", database_url)
    yield made
    made.store.close()


_TOOLS: list[Tools] = []


def quick_house(home: Path, url: str, **settings: Any) -> TestHouse:
    """``open_test_house`` with the rules read once: only the keys are the home's own."""
    if not _TOOLS:
        _TOOLS.append(open_test_house(home, url=url, **settings).tools)
    s = Settings(home=home, database_url=url, mail_from=DESK, recipients=DESK,
                 public_url="https://intake.example.jp", **settings)  # fmt: skip
    init_home(s)
    return TestHouse(s, connect(s), replace(_TOOLS[0], keyring=load_keyring(s.secret_path)))


def filled(home: Path, url: str, **settings: Any) -> TestHouse:
    made = quick_house(home, url, **settings)
    made.seeker("M-1", NAME, ADDRESS, kana="ウドノ タマオコ", phones=("090-0000-4713",))
    made.seeker("M-2", "山田 太郎", "taro@example.jp")
    made.mail("個人情報の削除をお願いします。", from_=f"{NAME} <{ADDRESS}>", subject="削除")
    made.mail(f"友人の{NAME}さんの紹介です。担当を変更してください。", from_="taro@example.jp", subject="担当")
    made.work()
    return made


def eraser(house: TestHouse, relay: Any = None) -> Eraser:
    return Eraser(house.store, HouseOutside(as_house(house, relay)), lambda: house.now)


def as_house(house: TestHouse, relay: Any = None) -> House:
    class Here(House):
        @property
        def courier(self) -> Any:
            return relay or house.relay

    return Here(house.settings, house.store, lambda: house.tools)  # type: ignore[arg-type]


def approved(house: TestHouse) -> int:
    """Proved by the person, approved by the privacy officer; the case's id."""
    with house.store.write() as tx:
        officer = tx.staff.add("高橋", Role.PRIVACY_OFFICER, None)
        case = next(c for c in tx.cases.of_seeker(house.get_seeker("M-1").id) if c.request == "deletion")
        act = Act(tx, KEEPER, house.now)
        case = prove(act, case, tx.seekers.get(case.seeker_id or 0), "complete", Proof.E2, house.tools)
    with house.store.write() as tx:
        desk.approve(desk.act_of(tx, officer, house.now), tx.cases.get(case.id), officer, house.tools)
    return case.id


def test_after_the_cooling_off_the_person_is_gone(house: TestHouse) -> None:
    case_id = approved(house)
    house.work()
    house.relay.mails.clear()
    house.now += timedelta(days=6)
    assert due(house) == 0
    house.now += timedelta(days=1)
    assert due(house) == 1
    assert [m.template for m in house.relay.mails][-1] == "deletion_final"
    with house.store.read() as tx:
        assert tx.seekers.by_member_id("M-1") is None
        case = tx.cases.get(case_id)
        assert (case.state, case.seeker_id, case.reasons) == (CaseState.DONE, None, ())
        (row,) = tx.erasures.newest()
        assert row.certificate is not None
        assert row.certificate["approved"] == [{"by": "高橋", "on": "2026-11-16"}]
        assert (row.certificate["last_mail"], row.certificate["case"]) == ("sent", case.number)
        assert any(r.action == "erasure.certified" and dict(r.detail) == row.certificate for r in tx.audit.tail())
        assert tx.audit.verify()[0]
        assert tx.erasures.secret(row) is None


def due(house: TestHouse) -> int:
    """A round of the calendar and of the keeper."""
    house.work()
    with house.store.write() as tx:
        begin_due(tx, house.tools, house.now)
    return len(eraser(house).run())


def test_the_person_may_have_it_sooner_and_may_take_it_back(house: TestHouse) -> None:
    case_id = approved(house)
    house.work()
    with house.store.write() as tx:
        case = tx.cases.get(case_id)
        prove(Act(tx, KEEPER, house.now), case, tx.seekers.get(case.seeker_id or 0), "complete", Proof.E2, house.tools)
    assert due(house) == 1


def test_taken_back_before_its_day_nothing_is_erased(house: TestHouse) -> None:
    case_id = approved(house)
    house.work()
    with house.store.write() as tx:
        case = tx.cases.get(case_id)
        prove(Act(tx, KEEPER, house.now), case, tx.seekers.get(case.seeker_id or 0), "cancel", Proof.E2, house.tools)
    house.now += timedelta(days=8)
    assert due(house) == 0
    assert house.get_seeker("M-1").name == NAME


def test_a_hold_that_came_meanwhile_stops_it_and_the_person_hears(house: TestHouse) -> None:
    case_id = approved(house)
    house.work()
    with house.store.write() as tx:
        case = tx.cases.get(case_id)
        prove(Act(tx, KEEPER, house.now), case, tx.seekers.get(case.seeker_id or 0), "complete", Proof.E2, house.tools)
        tx.seekers.change(tx.seekers.get(case.seeker_id or 0), legal_hold="訴訟")
    assert due(house) == 0
    with house.store.read() as tx:
        assert (tx.cases.get(case_id).state, tx.cases.get(case_id).hold_reason) == (CaseState.REVIEW, "legal_hold")
        assert tx.outbox.of_case(case_id)[-1].mail.template == "deletion_held"
    with house.store.write() as tx, pytest.raises(NotAllowed):
        begin_operator(tx, tx.seekers.get(house.get_seeker("M-1").id), KEEPER, house.tools, house.now)


def test_a_case_that_nobody_approved_is_never_carried_out(house: TestHouse) -> None:
    """Whatever puts it into that state: a mistake of ours, a hand in the database."""
    with house.store.write() as tx:
        (case,) = [c for c in tx.cases.of_seeker(house.get_seeker("M-1").id) if c.request == "deletion"]
        tx.cases.change(case, state=CaseState.SCHEDULED, hold_reason="erasure_due", proof=Proof.E3, wake_on=None)
    assert due(house) == 0
    with house.store.read() as tx:
        assert tx.cases.get(case.id).hold_reason == "approve_erasure"


class Refusing:
    """A relay that wants nothing of it."""

    def deliver(self, mail: Mail) -> Delivery:
        raise RelayPermanent("550 no")

    def close(self) -> None:
        return None


def test_whatever_the_relay_says_it_goes_on(house: TestHouse) -> None:
    with house.store.write() as tx:
        row = begin_operator(tx, tx.seekers.get(house.get_seeker("M-1").id), KEEPER, house.tools, house.now)
    (done,) = eraser(house, Refusing()).run(row.id)
    assert done.certificate is not None
    assert done.certificate["last_mail"] == "RelayPermanent"


def test_what_another_wrote_stays_with_the_name_blacked_out(house: TestHouse) -> None:
    with house.store.write() as tx:
        row = begin_operator(tx, tx.seekers.get(house.get_seeker("M-1").id), KEEPER, house.tools, house.now)
    eraser(house).run(row.id)
    with house.store.read() as tx:
        (case,) = tx.cases.of_seeker(house.get_seeker("M-2").id)
        reading = tx.inbox.reading(case.message_id)
        assert reading is not None
        assert reading[1] is not None
        assert reading[0].text.startswith("友人の■■■■■■さんの紹介です。担当を変更してください。")
        assert [e for e in reading[1].why if reading[0].text[e.start : e.end] != e.text and e.within == "body"] == []
        raw = tx.inbox.envelope(case.message_id).raw
        assert NAME.encode() not in raw
        assert tx.search.find("鵜殿珠緒子") == []
        assert tx.search.find("担当を変更") == [case.id]
        assert house.get_seeker("M-2").name == "山田 太郎"


def test_corrections_and_figures_stay_as_counts(house: TestHouse) -> None:
    with house.store.write() as tx:
        (case,) = tx.cases.of_seeker(house.get_seeker("M-1").id)
        tx.corrections.add(Correction(case.id, case.message_id, ("other",), ("deletion",), "佐藤", house.now))
        row = begin_operator(tx, tx.seekers.get(house.get_seeker("M-1").id), KEEPER, house.tools, house.now)
        before = (len(tx.corrections.all()), tx.cases.count(CaseQuery()), sum(tx.inbox.counts().values()))
    eraser(house).run(row.id)
    with house.store.read() as tx:
        assert (len(tx.corrections.all()), tx.cases.count(CaseQuery()), sum(tx.inbox.counts().values())) == before
        assert tx.inbox.reading(tx.corrections.all()[0].message_id) is None, "its words are gone, its label stays"


def test_what_staff_typed_elsewhere_is_masked(house: TestHouse) -> None:
    with house.store.write() as tx:
        case = tx.cases.of_seeker(house.get_seeker("M-2").id)[0]
        tx.tasks.add(case.id, TaskPlan("call", f"紹介者 {NAME} の件"), house.now)
        tx.staff.add("佐藤", Role.REVIEWER, None)
        tx.views.add("佐藤", f"{NAME}の件", "状態:確認待ち", house.now, shared=False)
        row = begin_operator(tx, tx.seekers.get(house.get_seeker("M-1").id), KEEPER, house.tools, house.now)
    eraser(house).run(row.id)
    with house.store.read() as tx:
        assert [t.plan.subject for t in tx.tasks.of_case(case.id)] == ["紹介者 ■■■■■■ の件"]
        assert [v.name for v in tx.views.of("佐藤")] == ["■■■■■■の件"]


def test_the_index_forgets_the_pairs_of_the_name(tmp_path: Path) -> None:
    """Search holds keyed hashes of character pairs, in order: in no file they stand in that order any more."""
    house = filled(tmp_path / "home", "")
    pairs = Hasher(house.tools.keyring).pairs([NAME])[:-1]
    wanted = [b"".join(pairs), b" ".join(p.hex().encode() for p in pairs)]
    assert isinstance(house.store, SqlStore)
    assert house.store.files_with(wanted) != []
    with house.store.write() as tx:
        row = begin_operator(tx, tx.seekers.get(house.get_seeker("M-1").id), KEEPER, house.tools, house.now)
    eraser(house).run(row.id)
    assert house.store.files_with(wanted) == []
    house.store.close()


def test_a_family_keeps_its_telephone(house: TestHouse) -> None:
    """What two people share is not taken from the other."""
    house.seeker("M-3", "鵜殿 次郎", "jiro@example.jp", phones=("090-0000-4713",))
    house.mail("電話は090-0000-4713です。退会します。", from_="jiro@example.jp")
    house.work()
    with house.store.write() as tx:
        row = begin_operator(tx, tx.seekers.get(house.get_seeker("M-1").id), KEEPER, house.tools, house.now)
    eraser(house).run(row.id)
    with house.store.read() as tx:
        (case,) = tx.cases.of_seeker(house.get_seeker("M-3").id)
        reading = tx.inbox.reading(case.message_id)
    assert reading is not None
    assert "090-0000-4713" in reading[0].text


def test_a_message_that_waits_goes_too(house: TestHouse) -> None:
    waiting = house.mail("追伸です", from_=f"{NAME} <{ADDRESS}>").message_id
    with house.store.write() as tx:
        row = begin_operator(tx, tx.seekers.get(house.get_seeker("M-1").id), KEEPER, house.tools, house.now)
    eraser(house).run(row.id)
    house.work()
    with house.store.read() as tx:
        assert tx.cases.of_message(waiting) == []
        assert tx.inbox.counts()["waiting"] == 0


def test_a_residue_is_named_and_there_is_no_certificate(house: TestHouse) -> None:
    with house.store.write() as tx:
        row = begin_operator(tx, tx.seekers.get(house.get_seeker("M-1").id), KEEPER, house.tools, house.now)
    folder = house.settings.home / "mails"
    folder.mkdir(exist_ok=True)

    class Leaky(HouseOutside):
        def forget_caught(self, *_: Any) -> int:
            (folder / "copy.eml").write_bytes(NAME.encode())
            return 0

    with pytest.raises(Residue, match=r"copy\.eml"):
        Eraser(house.store, Leaky(as_house(house)), lambda: house.now).run(row.id)
    with house.store.read() as tx:
        assert tx.erasures.get(row.id).done_at is None
        assert tx.erasures.get(row.id).error
    house.now += timedelta(hours=2)
    (done,) = eraser(house).run(row.id)
    assert done.certificate is not None
    assert not (folder / "copy.eml").exists()


def test_an_operators_other_files_are_named_only(house: TestHouse) -> None:
    (house.settings.home / "seekers.csv").write_text(f"M-1,{NAME}", "cp932")
    with house.store.write() as tx:
        row = begin_operator(tx, tx.seekers.get(house.get_seeker("M-1").id), KEEPER, house.tools, house.now)
    (done,) = eraser(house).run(row.id)
    assert done.figures["elsewhere"] == ["seekers.csv"]


def test_what_comes_while_it_is_under_way_is_nobodys_and_keeps_nothing_back(house: TestHouse) -> None:
    """The relay takes its time over the last mail, or we were killed: meanwhile the person writes again."""
    with house.store.write() as tx:
        row = begin_operator(tx, tx.seekers.get(house.get_seeker("M-1").id), KEEPER, house.tools, house.now)
    late = house.mail("退会の手続きをお願いします。", from_=f"{NAME} <{ADDRESS}>", subject="退会").message_id
    house.work()
    (case,) = house.cases(late)
    assert case.seeker_id is None, "whoever is being erased is hidden"
    (done,) = eraser(house).run(row.id)
    assert done.certificate is not None
    with house.store.read() as tx:
        assert tx.inbox.envelope(late).raw, "accepted after the decision: a message of its own"
        assert tx.cases.get(case.id).state.is_open


def became_theirs(house: TestHouse, seeker_id: int) -> tuple[int, Case]:
    """A message from elsewhere that staff said is theirs, and its case."""
    late = house.mail("退会の手続きをお願いします。", from_="elsewhere@example.jp", subject="退会").message_id
    house.work()
    (case,) = house.cases(late)
    with house.store.write() as tx:
        desk.choose_seeker(Act(tx, KEEPER, house.now), tx.cases.get(case.id), tx.seekers.get(seeker_id))
    return late, case


def test_what_became_theirs_while_it_was_under_way_goes_too(house: TestHouse) -> None:
    """A worker had matched it already, or staff said whose it is: a case with a person who is gone could never end."""
    seeker_id = house.get_seeker("M-1").id
    with house.store.write() as tx:
        row = begin_operator(tx, tx.seekers.get(seeker_id), KEEPER, house.tools, house.now)
    late, case = became_theirs(house, seeker_id)
    with house.store.write() as tx:
        reach = tx.erasure.reach(seeker_id)
    (done,) = eraser(house).run(row.id)
    assert done.certificate is not None
    with house.store.read() as tx:
        assert tx.erasure.residue(reach) == []
        assert tx.cases.get(case.id).state is CaseState.DONE
        with pytest.raises(NotFound):
            tx.inbox.envelope(late)
    assert house.store.problems() == []  # type: ignore[attr-defined]


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("commit", range(3))
def test_killed_while_it_goes_no_key_of_it_is_left(
    commit: int, house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each commit from the one that destroys its keys on, and before that: a copy of the data opens nothing."""
    seeker_id = house.get_seeker("M-1").id
    with house.store.write() as tx:
        row = begin_operator(tx, tx.seekers.get(seeker_id), KEEPER, house.tools, house.now)
    late, case = became_theirs(house, seeker_id)
    with house.store.write() as tx:
        keys = tx.erasure.keys_of([late], [m.id for m in tx.outbox.of_case(case.id)])
    write, seen = house.store.write, 0

    def killed(*names: str) -> Any:
        nonlocal seen
        if sys._getframe(1).f_code.co_name == "_with_latecomers":
            seen += 1
            if seen > commit:
                raise Killed
        return write(*names)

    with monkeypatch.context() as patch, suppress(Killed):
        patch.setattr(house.store, "write", killed)
        eraser(house).run(row.id)
    house.now += timedelta(hours=1)
    eraser(house).run(row.id)
    with house.store.read() as tx:
        assert tx.erasures.get(row.id).certificate is not None
    assert house.store.keys.find(sorted(keys)) == {}  # type: ignore[attr-defined]


@pytest.mark.parametrize("point", POINTS)
def test_ended_at(point: str, house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """There and no further; then again: one certificate, no residue, nobody half here."""
    with house.store.read() as tx:
        reach = tx.erasure.reach(house.get_seeker("M-1").id)

    def stop(name: str) -> None:
        if name == point:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(steps, "failpoint", stop)
        patch.setattr(sys.modules["intake.pipeline.erasing.begin"], "failpoint", stop)
        with pytest.raises(Killed):
            once(house)
    house.now += timedelta(hours=1)
    once(house)
    ended(house, reach)


KILLED = """
import sys
from datetime import timedelta
from pathlib import Path
from tests.integration.test_erasure_steps import once, quick_house
house = quick_house(Path(sys.argv[1]), sys.argv[2])
house.now += timedelta(hours=int(sys.argv[3]))
once(house)
house.store.close()
"""


@pytest.mark.parametrize("point", ["erase.key_destroyed", "erase.table[1]", "audit.before_commit:2"])
def test_killed_at(point: str, house: TestHouse) -> None:
    """The same by SIGKILL, in a process of its own."""
    with house.store.read() as tx:
        reach = tx.erasure.reach(house.get_seeker("M-1").id)
    assert run(house, 0, point) == -9, f"{point} was never reached"
    assert run(house, 1, "") == 0
    ended(house, reach)


def run(house: TestHouse, hours: int, point: str) -> int:
    s = house.settings
    command = [sys.executable, "-c", KILLED, str(s.home), s.database_url, str(hours)]
    return subprocess.run(command, env={**os.environ, "INTAKE_FAIL_AT": point}, check=False, timeout=90).returncode


def once(house: TestHouse) -> None:
    """What ``intake erase --execute`` does, begun or begun anew."""
    with house.store.write() as tx:
        found = tx.seekers.by_member_id("M-1")
        if found is not None and not tx.erasures.open():
            begin_operator(tx, found, KEEPER, house.tools, house.now)
    eraser(house).run()


def ended(house: TestHouse, reach: Reach) -> None:
    with house.store.read() as tx:
        (row,) = tx.erasures.newest()
        assert row.certificate is not None
        assert tx.erasure.residue(reach) == []
        assert tx.erasures.secret(row) is None
        assert len([r for r in tx.audit.tail() if r.action == "erasure.certified"]) == 1
        assert tx.audit.verify()[0]
        assert tx.seekers.by_member_id("M-1") is None
        assert house.get_seeker("M-2").name == "山田 太郎"


def test_a_second_worker_leaves_it_alone(house: TestHouse) -> None:
    with house.store.write() as tx:
        row = begin_operator(tx, tx.seekers.get(house.get_seeker("M-1").id), KEEPER, house.tools, house.now)
        assert tx.erasures.claim(house.now, 60, "somebody else") is not None
    assert eraser(house).run() == []
    house.now += timedelta(minutes=2)
    assert [r.id for r in eraser(house).run()] == [row.id]


def test_mails_that_wait_never_leave(house: TestHouse) -> None:
    with house.store.write() as tx:
        case = tx.cases.of_seeker(house.get_seeker("M-1").id)[0]
        desk.send_link(Act(tx, KEEPER, house.now), case, house.tools)
        row = begin_operator(tx, tx.seekers.get(house.get_seeker("M-1").id), KEEPER, house.tools, house.now)
    house.relay.mails.clear()
    eraser(house).run(row.id)
    house.work()
    assert [m.template for m in house.relay.mails] == ["deletion_final"]
    assert all(m.state is not MailState.QUEUED for m in house.outbox())
