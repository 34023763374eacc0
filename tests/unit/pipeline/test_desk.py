"""What staff may do and what not: roles, versions, second approvers, proofs that belong to one wish of one person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from intake.cases import IllegalStep
from intake.errors import BadInput, NotAllowed, NotProved, Stale
from intake.model import Case, CaseState, MailState, Proof, Role, SeekerStatus
from intake.pipeline import desk
from intake.pipeline.moves import WORKER, Act, move
from tests.house import TestHouse, open_test_house
from tests.unit.pipeline.world import act, actions, app_wish, call, one, person, press, sound, told, wish


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    found = told(open_test_house(tmp_path))
    found.seeker(concierge="佐藤 美咲")
    yield found
    sound(found)
    found.store.close()


def fixed(house: TestHouse) -> object:
    """A proved leaving that staff carry out."""
    house.seeker(applications=[("株式会社甲", "interview_fixed")])
    case = one(house, wish(house, "withdrawal"))
    press(house)
    return case


def test_auditors_only_read(house: TestHouse) -> None:
    case = one(house, wish(house, "other"))
    with pytest.raises(NotAllowed):
        act(house, case, Role.AUDITOR, "close")


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.PRIVACY_OFFICER, Role.ADMIN])
def test_a_leaving_with_an_interview_fixed_is_the_leads(house: TestHouse, role: Role) -> None:
    case = fixed(house)
    with pytest.raises(NotAllowed):
        act(house, case, role, "approve")  # type: ignore[arg-type]
    act(house, case, Role.LEAD, "approve")  # type: ignore[arg-type]
    assert house.get_seeker().status is SeekerStatus.WITHDRAWN


def test_an_unproved_leaving_is_approved_by_nobody(house: TestHouse) -> None:
    case = one(house, wish(house, "withdrawal"))
    for role in (Role.REVIEWER, Role.LEAD, Role.PRIVACY_OFFICER, Role.ADMIN):
        with pytest.raises((NotProved, NotAllowed)):
            act(house, case, role, "approve")
    assert house.get_seeker().status is SeekerStatus.ACTIVE


@pytest.mark.parametrize("deed", ["refuse", "lapse", "close", "correct"])
def test_a_proved_leaving_is_not_ended_by_staff(house: TestHouse, deed: str) -> None:
    case = fixed(house)
    given = {"refuse": ("理由", house.tools), "lapse": (house.tools,), "close": (), "correct": ("other",)}[deed]
    with pytest.raises((NotAllowed, NotProved)):
        act(house, case, Role.LEAD, deed, *given)  # type: ignore[arg-type]
    assert house.cases()[0].request == "withdrawal"
    assert house.cases()[0].state is CaseState.REVIEW


def test_a_proof_belongs_to_its_person(house: TestHouse) -> None:
    """Another seeker chosen: the first one's proof, link, mails and held introductions are not the second one's."""
    house.seeker("M-2", "鈴木 花子", "hanako@example.jp")
    case = fixed(house)
    assert house.get_seeker().outreach_held_at is not None
    act(house, case, Role.LEAD, "choose_seeker", house.get_seeker("M-2"))  # type: ignore[arg-type]
    now = house.cases()[0]
    assert (now.member_id, now.proof, now.state) == ("M-2", Proof.E0, CaseState.REVIEW)
    assert house.get_seeker().outreach_held_at is None
    for role in (Role.LEAD, Role.REVIEWER):
        with pytest.raises((NotProved, NotAllowed)):
            act(house, now, role, "approve")
    assert house.get_seeker("M-2").status is SeekerStatus.ACTIVE


@pytest.mark.parametrize("choice", [None, "defer"])
def test_a_waiting_case_whose_person_changes_waits_for_staff(house: TestHouse, choice: str | None) -> None:
    """Neither a link to the first one nor the first one's consent goes on for the second."""
    house.seeker("M-2", "鈴木 花子", "hanako@example.jp")
    house.seeker(applications=[("株式会社甲", "screening")])
    wish(house, "withdrawal")
    token = house.link()
    if choice:
        press(house, choice)
    act(house, house.cases()[0], Role.LEAD, "choose_seeker", house.get_seeker("M-2"))
    assert house.cases()[0].state is CaseState.REVIEW
    assert press(house, token=token).status in ("used", "unknown")
    for _ in range(10):
        house.now += timedelta(days=1)
        house.work()
    assert {house.get_seeker(m).status for m in ("M-10001", "M-2")} == {SeekerStatus.ACTIVE}
    assert "hanako@example.jp" not in [m.to for m in house.relay.mails]


def test_a_proof_belongs_to_its_wish(house: TestHouse) -> None:
    case = one(house, app_wish(house, "concierge_change"))
    assert case.proof is Proof.E2
    act(house, case, Role.LEAD, "correct", "deletion")
    house.seeker(status="withdrawn")
    with pytest.raises(NotProved):
        act(house, house.cases()[0], Role.PRIVACY_OFFICER, "approve")


def test_erasure_wants_two_where_there_are_two(house: TestHouse) -> None:
    for name in ("個人情報 一", "個人情報 二"):
        person(house, Role.PRIVACY_OFFICER, name)
    wish(house, "deletion")
    press(house)
    case = house.cases()[0]
    assert (case.hold_reason, house.get_seeker().status) == ("approve_erasure", SeekerStatus.WITHDRAWN)
    act(house, house.cases()[0], Role.PRIVACY_OFFICER, "approve", who="個人情報 一")
    with pytest.raises(NotAllowed, match="別の個人情報管理者"):  # the same person twice is one person
        act(house, house.cases()[0], Role.PRIVACY_OFFICER, "approve", who="個人情報 一")
    assert house.cases()[0].hold_reason == "second_approval"
    act(house, house.cases()[0], Role.PRIVACY_OFFICER, "approve", who="個人情報 二")
    assert (house.cases()[0].state, house.cases()[0].hold_reason) == (CaseState.SCHEDULED, "cooling_off")


@pytest.mark.parametrize("choice", ["complete", "cancel"])
def test_a_cooling_off_is_shortened_or_ended_behind_its_link(house: TestHouse, choice: str) -> None:
    """reliability.md §7: the seeker may shorten it behind the confirm link; until then it can be taken back."""
    wish(house, "deletion")
    press(house)
    act(house, house.cases()[0], Role.PRIVACY_OFFICER, "approve")
    house.now += timedelta(minutes=5)
    house.work()
    assert house.relay.mails[-1].template == "deletion_scheduled"
    page = press(house, choice)
    case = house.cases()[0]
    if choice == "cancel":
        assert (page.status, case.state) == ("cancelled", CaseState.RETRACTED)
    else:
        assert (page.status, case.state, case.hold_reason) == ("received", CaseState.SCHEDULED, "erasure_due")


def test_a_first_approval_does_not_outlive_a_change_of_the_case(house: TestHouse) -> None:
    """What one officer approved was another person's erasure."""
    for name in ("個人情報 一", "個人情報 二"):
        person(house, Role.PRIVACY_OFFICER, name)
    house.seeker("M-2", "鈴木 花子", "hanako@example.jp", status="withdrawn")
    wish(house, "deletion")
    press(house)
    act(house, house.cases()[0], Role.PRIVACY_OFFICER, "approve", who="個人情報 一")
    act(house, house.cases()[0], Role.PRIVACY_OFFICER, "choose_seeker", house.get_seeker("M-2"))
    act(house, house.cases()[0], Role.REVIEWER, "phone_checked", "counter_id")
    act(house, house.cases()[0], Role.PRIVACY_OFFICER, "approve", who="個人情報 二")
    assert house.cases()[0].hold_reason == "second_approval"


def test_an_act_on_an_old_version_is_refused(house: TestHouse) -> None:
    old = one(house, wish(house, "question"))
    act(house, old, Role.REVIEWER, "hold", "held", None)
    staff = person(house, Role.REVIEWER)
    with pytest.raises(Stale), house.store.write() as tx:
        desk.close(desk.act_of(tx, staff, house.now), old)
    with pytest.raises(Stale), house.store.write() as tx:
        desk.approve(desk.act_of(tx, staff, house.now), old, staff, house.tools)
    assert house.cases()[0].state is CaseState.REVIEW


def test_a_closed_case_takes_no_further_act(house: TestHouse) -> None:
    case = one(house, wish(house, "question"))
    act(house, case, Role.REVIEWER, "close")
    for deed, given in (("close", ()), ("hold", ("held", None)), ("refuse", ("x", house.tools)),
                        ("lapse", (house.tools,)), ("approve", ()), ("correct", ("pause",)),
                        ("phone_checked", ("counter_id",)), ("send_link", (house.tools,))):  # fmt: skip
        with pytest.raises((BadInput, IllegalStep, NotProved, NotAllowed)):
            act(house, case, Role.LEAD, deed, *given)
    assert house.cases()[0].state is CaseState.DONE


def test_a_telephone_check_says_how(house: TestHouse) -> None:
    case = one(house, wish(house, "withdrawal"))
    with pytest.raises(BadInput):
        act(house, case, Role.REVIEWER, "phone_checked", "  ")
    act(house, case, Role.REVIEWER, "phone_checked", "counter_id")
    assert (house.cases()[0].proof, house.get_seeker().status) == (Proof.E3, SeekerStatus.WITHDRAWN)
    assert "proof.telephone" in actions(house, case)


def test_a_mail_can_be_taken_back_until_it_leaves(house: TestHouse) -> None:
    case = one(house, wish(house, "question"))
    left = len(house.relay.mails)
    act(house, case, Role.REVIEWER, "reply", "明日お電話いたします。", house.tools)
    house.work()
    (waiting,) = [m for m in house.outbox() if m.state is MailState.QUEUED]
    assert act(house, case, Role.REVIEWER, "undo", waiting.id) is True
    house.now += timedelta(hours=1)
    house.work()
    assert len(house.relay.mails) == left
    assert act(house, case, Role.REVIEWER, "undo", waiting.id) is False


def test_a_mail_of_another_case_is_not_taken_back(house: TestHouse) -> None:
    first, second = one(house, wish(house, "question")), one(house, wish(house, "preferences"))
    act(house, first, Role.REVIEWER, "reply", "明日お電話いたします。", house.tools)
    (waiting,) = [m for m in house.outbox() if m.state is MailState.QUEUED]
    assert act(house, second, Role.REVIEWER, "undo", waiting.id) is False


def test_the_concierge_complained_about_never_gets_the_case(house: TestHouse) -> None:
    person(house, Role.REVIEWER, "佐藤 美咲")
    lead = person(house, Role.LEAD, "山本 玲子")
    case = one(house, wish(house, "concierge_change"))
    assert case.assignee == lead.name
    with pytest.raises(NotAllowed):
        act(house, case, Role.LEAD, "assign", "佐藤 美咲", who="山本 玲子")


def test_a_new_concierge_is_named_and_is_another(house: TestHouse) -> None:
    person(house, Role.LEAD, "山本 玲子")
    case = one(house, wish(house, "concierge_change"))
    for wrong in ("", "佐藤 美咲"):
        with pytest.raises(BadInput):
            act(house, case, Role.LEAD, "approve", who="山本 玲子", new_concierge=wrong)
    act(house, case, Role.LEAD, "approve", who="山本 玲子", new_concierge="田中 直樹")
    house.now += timedelta(minutes=2)
    house.work()
    assert house.get_seeker().concierge == "田中 直樹"
    assert house.relay.mails[-1].template == "done_concierge_change"
    assert "田中 直樹" in house.relay.mails[-1].text
    assert "佐藤" not in house.relay.mails[-1].text


def test_thanks_after_the_end_close_quietly(house: TestHouse) -> None:
    wish(house, "withdrawal")
    press(house)
    house.work()
    left = len(house.relay.mails)
    house.now += timedelta(days=1)
    thanks = wish(house, "other thanks_only")
    assert len(house.cases()) == 1 and len(house.relay.mails) == left
    assert [c.id for c in house.cases(thanks.message_id)] == [house.cases()[0].id]


def test_what_was_refused_lets_introductions_go_on(house: TestHouse) -> None:
    case = one(house, call(house, request="pause", member_id="M-10001", name="山田 太郎"))
    assert case.state is not CaseState.REFUSED
    if not case.state.is_open:
        return
    act(house, case, Role.REVIEWER, "refuse", "別の方のお話でした。", house.tools)
    assert house.get_seeker().outreach_held_at is None


def test_staff_work_off_what_a_leaving_leaves_behind(house: TestHouse) -> None:
    """Each employer affected is a task; with the last one done nothing closes that is closed."""
    case = fixed(house)
    act(house, case, Role.LEAD, "approve")  # type: ignore[arg-type]
    with house.store.read() as tx:
        tasks = tx.tasks.of_case(house.cases()[0].id)
    assert [t.plan.kind for t in tasks] == ["tell_employer"]
    staff = person(house, Role.LEAD)
    with house.store.write() as tx:
        desk.task_done(desk.act_of(tx, staff, house.now), tasks[0].id, house.tools)
    assert house.cases()[0].state is CaseState.DONE


@pytest.mark.parametrize(("own", "said"), [("1-23", "12-3"), ("M-10001", "M1-0001"), ("A-0100", "a0100")])
def test_the_app_withdraws_nobody_whose_number_only_looks_alike(house: TestHouse, own: str, said: str) -> None:
    house.seeker(own)
    case = one(house, app_wish(house, "withdrawal", said, "app-1"))
    assert (case.state, case.seeker_id) == (CaseState.REVIEW, None)
    assert house.get_seeker(own).status is SeekerStatus.ACTIVE


@pytest.mark.parametrize("said", ["m-10001", "Ｍ－１０００１", " M-10001 "])
def test_an_app_that_writes_the_number_in_its_own_letters_is_understood(house: TestHouse, said: str) -> None:
    house.seeker()
    assert one(house, app_wish(house, "withdrawal", said, "app-1")).state is CaseState.DONE
    assert house.get_seeker().status is SeekerStatus.WITHDRAWN


def waits(house: TestHouse, choice: str = "defer") -> Case:
    """A proved leaving that waits for a selection, as the person chose."""
    house.seeker(applications=[("株式会社甲", "applied")])
    case = one(house, wish(house, "withdrawal"))
    press(house, choice)
    return house.cases(case.message_id)[0]


def test_a_wait_that_is_put_aside_stays_the_wait_that_the_person_chose(house: TestHouse) -> None:
    """保留 on 「選考終了後に退会」: nothing is looked at before the day, and nobody leaves early for it."""
    case = waits(house)
    with pytest.raises(BadInput):
        act(house, case, Role.REVIEWER, "hold", "held", None)
    day = house.now.date() + timedelta(days=5)
    act(house, case, Role.REVIEWER, "hold", "held", day)
    held = house.cases()[0]
    assert (held.state, held.hold_reason, held.wake_on) == (CaseState.SCHEDULED, "after_selection", day)
    with pytest.raises(NotAllowed):
        act(house, case, Role.REVIEWER, "approve", override_reason="早く")
    with pytest.raises(NotAllowed):
        act(house, case, Role.LEAD, "approve")
    house.seeker(applications=[("株式会社甲", "closed")])
    house.now += timedelta(days=6)
    house.work()
    assert house.get_seeker().status is SeekerStatus.WITHDRAWN


@pytest.mark.parametrize("over", ["held", "mail_bounced", "no_address"])
def test_no_hold_over_a_wait_takes_the_lead_away(house: TestHouse, over: str) -> None:
    case = waits(house)
    with house.store.write() as tx:  # as a bounced notice does, or a hold of an older release
        move(
            Act(tx, WORKER, house.now), tx.cases.get(case.id), "hold", CaseState.REVIEW, hold_reason=over, wake_on=None
        )
    with pytest.raises(NotAllowed):
        act(house, case, Role.REVIEWER, "approve", override_reason="早く")
    with pytest.raises(NotAllowed):
        act(house, case, Role.LEAD, "approve")
    assert house.get_seeker().status is SeekerStatus.ACTIVE
    act(house, case, Role.LEAD, "approve", override_reason="ご本人から電話で早くとのこと")
    assert house.get_seeker().status is SeekerStatus.WITHDRAWN


def test_an_approved_erasure_can_be_stopped_and_wants_a_new_approval(house: TestHouse) -> None:
    case = one(house, wish(house, "deletion"))
    press(house)
    act(house, case, Role.PRIVACY_OFFICER, "approve")
    act(house, case, Role.PRIVACY_OFFICER, "hold", "held", None)
    assert (house.cases()[0].state, house.cases()[0].hold_reason) == (CaseState.REVIEW, "held")
    act(house, case, Role.PRIVACY_OFFICER, "approve")
    assert house.cases()[0].hold_reason == "cooling_off"


def test_what_is_put_aside_wakes_as_what_it_was(house: TestHouse) -> None:
    """On its day the case says again why people look at it, not 保留: that would look like a case still asleep."""
    case = one(house, wish(house, "withdrawal unsure"))
    assert case.hold_reason == "unsure"
    for days in (3, 5):
        act(house, case, Role.REVIEWER, "hold", "held", house.now.date() + timedelta(days=days))
    assert house.cases()[0].hold_reason == "held"
    house.now += timedelta(days=6)
    house.work()
    woken = house.cases()[0]
    assert (woken.state, woken.hold_reason, woken.wake_on) == (CaseState.REVIEW, "unsure", None)
    assert woken.due_on is not None
    assert woken.due_on >= house.now.date()
