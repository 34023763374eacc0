"""What people who mean harm, machines and chance may send (reliability.md §2), against the whole house."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from intake.channels import contact
from intake.errors import NotProved
from intake.model import (
    Actor,
    Arrival,
    Authenticity,
    AuthVerdict,
    CaseState,
    Channel,
    Decision,
    Effect,
    End,
    Envelope,
    MailState,
    Message,
    Proof,
    Role,
    SeekerStatus,
)
from intake.parsing import ParseOptions, parse
from intake.pipeline import links, settle
from intake.pipeline.moves import Act
from intake.pipeline.receive import receive
from intake.pipeline.reread import read_again
from intake.worker import LEASE_SECONDS, TRIES, Worker
from tests.house import DESK, InProcess, TestHouse, open_test_house
from tests.unit.pipeline.world import act, actions, app_wish, bounce_to, look, one, press, sound, told, wish

ATTACKER = "mallory@evil.example.com"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    found = told(open_test_house(tmp_path))
    found.seeker()
    yield found
    sound(found)
    found.store.close()


@pytest.fixture
def either(tmp_path: Path, database_url: str) -> Iterator[TestHouse]:
    """The same on both databases."""
    found = told(open_test_house(tmp_path, url=database_url))
    found.seeker()
    yield found
    sound(found)
    found.store.close()


class Verdict(InProcess):
    """Opens mail and says what our own border would have said of its From."""

    def __init__(self, verdict: AuthVerdict) -> None:
        self.verdict = verdict

    def parse(self, envelope: Envelope, options: ParseOptions) -> Message:
        return replace(parse(envelope, options), auth=Authenticity(self.verdict, "example.jp", "dmarc"))


def work_with(house: TestHouse, verdict: AuthVerdict) -> None:
    worker = Worker(house.store, lambda: house.tools, Verdict(verdict), clock=lambda: house.now)
    while worker.run_once():
        continue
    house.work()


def recipients(house: TestHouse) -> list[str]:
    return [m.to for m in house.relay.mails]


# --- who wrote (A1, A2, A4, A6)


def test_a1_a_forged_leaving_writes_to_the_file_only_and_changes_nothing(house: TestHouse) -> None:
    sent = wish(house, "withdrawal", headers={"Reply-To": ATTACKER, "Sender": ATTACKER})
    case = one(house, sent)
    assert case.state is CaseState.AWAITING_PROOF
    assert recipients(house) == ["taro@example.jp"]
    assert house.get_seeker().status is SeekerStatus.ACTIVE
    assert house.get_seeker().outreach_held_at is None  # E0: held from the proof on only


def test_a1_a_failing_from_opens_a_case_and_does_nothing_else(house: TestHouse) -> None:
    for words in ("withdrawal", "pause", "retraction", "concierge_change", "preferences", "deletion", "question"):
        sent = wish(house, words, work=False, headers={"Reply-To": ATTACKER})
        work_with(house, AuthVerdict.FAIL)
        (case,) = house.cases(sent.message_id)
        assert (case.state, case.hold_reason, case.assignee) == (CaseState.REVIEW, "unverified", None)
    assert house.relay.mails == []
    assert house.get_seeker().status is SeekerStatus.ACTIVE and house.get_seeker().outreach_held_at is None


def test_a1_a_stranger_who_names_a_member_gets_nothing_and_is_told_nothing(house: TestHouse) -> None:
    sent = wish(house, "withdrawal member_id=M-10001", from_=f"山田 太郎 <{ATTACKER}>")
    assert one(house, sent).hold_reason == "not_on_file"
    assert house.relay.mails == []
    act(house, one(house, sent), Role.REVIEWER, "choose_seeker", house.get_seeker())
    act(house, one(house, sent), Role.REVIEWER, "send_link", house.tools)
    house.now += timedelta(minutes=2)
    house.work()
    assert recipients(house) == ["taro@example.jp"]
    text = house.relay.mails[0].data.decode()
    assert "evil" not in text and "In-Reply-To" not in text


STAFF = "staff@agency.example.jp"
FORWARDED = (f"From: {STAFF}\r\nTo: {DESK}\r\nMessage-ID: <f1@x>\r\nContent-Type: message/rfc822\r\n\r\n"
             "From: taro@example.jp\r\nMessage-ID: <i1@x>\r\n\r\nwish: pause\r\n").encode()  # fmt: skip


@pytest.mark.parametrize("verdict", [AuthVerdict.FAIL, AuthVerdict.NONE])
def test_a1_who_fails_as_staff_forwards_nothing(tmp_path: Path, verdict: AuthVerdict) -> None:
    """By our own check of the mail around it; an honest forward is the seeker's mail as ever."""
    house = told(open_test_house(tmp_path, staff_addresses=STAFF))
    house.seeker()
    house.raw(FORWARDED, mail_from=ATTACKER)

    def check(message: Message, _: Envelope) -> Message:
        return replace(message, auth=Authenticity(verdict, "agency.example.jp", "dmarc"))

    Worker(house.store, lambda: house.tools, InProcess(), clock=lambda: house.now, check_sender=check).run_once()
    house.work()
    (case,) = house.cases()
    with house.store.read() as tx:
        reading, envelope = tx.inbox.reading(case.message_id), tx.inbox.envelope(case.message_id)
    assert reading is not None
    message = reading[0]
    if verdict is AuthVerdict.FAIL:
        assert (message.sender.addr, message.forwarded_by, case.hold_reason) == (STAFF, None, "unverified")
        assert (case.seeker_id, house.get_seeker().status, house.relay.mails) == (None, SeekerStatus.ACTIVE, [])
        again = read_again(envelope, message, "utf-8", True, InProcess(), house.tools).message
        assert (again.sender.addr, again.forwarded_by) == (STAFF, None)
    else:
        assert (message.sender.addr, message.forwarded_by, case.proof) == ("taro@example.jp", STAFF, Proof.E0)
        assert house.get_seeker().status is SeekerStatus.PAUSED
    sound(house)
    house.store.close()


@pytest.mark.parametrize("words", ["withdrawal", "deletion", "withdrawal deletion"])
def test_a2_no_content_of_a_mail_leaves_or_erases(house: TestHouse, words: str) -> None:
    wish(house, words, work=False)
    work_with(house, AuthVerdict.PASS)
    assert house.get_seeker().status is SeekerStatus.ACTIVE
    assert all(c.state is CaseState.AWAITING_PROOF and c.proof is Proof.E1 for c in house.cases())


def test_a6_the_same_id_from_two_senders_is_two_messages(house: TestHouse) -> None:
    first = wish(house, "withdrawal", from_=ATTACKER, headers={"Message-Id": "<1@example.jp>"})
    second = wish(house, "withdrawal", headers={"Message-Id": "<1@example.jp>"})
    assert one(house, first).id != one(house, second).id
    assert one(house, second).state is CaseState.AWAITING_PROOF


def test_a6_a_failing_twin_does_not_swallow_the_true_mail(house: TestHouse) -> None:
    """A forged copy that came first (or one that a forwarder broke) must not make the true one a duplicate."""
    raw = b"From: taro@example.jp\r\nTo: %s\r\nMessage-ID: <x1@example.jp>\r\nSubject: a\r\n\r\nwish: withdrawal\r\n"
    house.raw(b"Received: from evil\r\n" + raw % DESK.encode(), mail_from=ATTACKER)
    work_with(house, AuthVerdict.FAIL)
    true = house.raw(raw % DESK.encode(), mail_from="taro@example.jp")
    work_with(house, AuthVerdict.PASS)
    with house.store.read() as tx:
        assert tx.inbox.end_of(true.message_id)[0] is End.CASE
    assert recipients(house) == ["taro@example.jp"]


# --- mails as weapons (A5, A7, A9, A10, A11)


def test_a5_a_report_counts_by_the_signed_return_path_only(house: TestHouse) -> None:
    case = one(house, wish(house, "withdrawal"))
    path = house.relay.mails[0].mail_from
    assert "+b-" in path
    last = "0" if path.partition("@")[0][-1] != "0" else "1"
    wrong = path.partition("@")[0][:-1] + last + "@" + path.partition("@")[2]
    for forged in (DESK, wrong, f"support+b-{'a' * 20}-{'0' * 16}@agency.example.jp"):
        bounce_to(house, forged)
        assert house.cases()[0].state is CaseState.AWAITING_PROOF
    bounce_to(house, path)
    assert (house.cases()[0].state, house.cases()[0].hold_reason) == (CaseState.REVIEW, "mail_bounced")
    assert "mail.bounced" in actions(house, case)
    bounce_to(house, path.upper())
    assert len(house.relay.mails) == 1
    assert house.get_seeker().status is SeekerStatus.ACTIVE


def test_a7_two_houses_do_not_talk_to_each_other(house: TestHouse, tmp_path: Path) -> None:
    """Each knows the other as a seeker, and gets whatever the other sent as if it were a person's mail."""
    other = told(open_test_house(tmp_path / "other"))
    other.seeker(email=DESK)
    house.seeker("M-2", "別の会社", "desk@other.example.jp")
    wish(house, "withdrawal", from_="desk@other.example.jp")
    for _ in range(6):
        for here, there in ((house, other), (other, house)):
            for mail in here.relay.mails[:]:
                there.raw(mail.data, mail_from=mail.mail_from)
            there.work()
    assert len(house.relay.mails) <= 1
    assert len(other.relay.mails) <= 1
    other.store.close()


def test_a9_hundreds_of_forgeries_send_the_victim_one_mail_at_most(house: TestHouse) -> None:
    """``INTAKE_TEST_FORGERIES=10000`` takes minutes and says the same."""
    words = ("withdrawal", "deletion", "question", "other", "preferences", "concierge_change", "decline")
    for n in range(int(os.environ.get("INTAKE_TEST_FORGERIES", "300"))):
        word = words[n % len(words)] if n < 300 else words[n % 2]  # then the grave ones
        wish(house, word, work=False, subject=f"CANARY{n}", more=f"CANARY body {n}")
    while house.worker.run_once():
        house.now += timedelta(milliseconds=1)
    house.work()
    for n in range(20):
        house.arrive(contact.arrival({"name": "CANARY", "email": "taro@example.jp",
                                      "message": f"wish: {words[n % 7]}\nCANARY form {n}"},
                                     house.now, f"f{n}").envelope)  # fmt: skip
    house.work()
    assert len(house.relay.mails) <= 1
    assert "CANARY" not in "".join(m.data.decode() + m.text + m.subject for m in house.relay.mails)


def test_a9_a_flood_of_forged_changes_is_told_of_or_does_nothing(house: TestHouse) -> None:
    """Each change that was carried out has its mail; past the day's allowance nothing is changed any more."""
    profile = house.tools.profile
    for n in range(60):
        wish(house, ("pause", "resume", "retraction", "withdrawal", "other")[n % 5], more=f"CANARY{n}")
    with house.store.read() as tx:
        changed = [r for r in tx.audit.tail(2000) if r.action in ("seeker.pause", "seeker.resume")]
    told_of = [m for m in house.relay.mails if m.template.startswith("done_")]
    assert len(house.relay.mails) <= profile.mails_per_day + profile.changes_per_day
    assert 1 <= len(changed) <= len(told_of)
    spent = [c for c in house.cases() if c.hold_reason == "budget" and c.request in ("pause", "resume", "retraction")]
    assert spent and all(c.state is CaseState.REVIEW and c.due_on for c in spent)


def test_a_pause_its_end_and_a_pause_on_one_day_are_each_told(house: TestHouse) -> None:
    """Who answers 「再開希望」 to today's confirmation of the pause hears that it was done."""
    paused = wish(house, "pause")
    ours = house.relay.mails[-1]
    resumed = wish(house, "resume", headers={"In-Reply-To": ours.message_id, "References": ours.message_id})
    again = wish(house, "pause", more="again")
    assert [m.template for m in house.relay.mails] == ["done_pause", "done_resume", "done_pause"]
    assert {one(house, s).state for s in (paused, resumed, again)} == {CaseState.DONE}
    late = wish(house, "resume", more="again")
    case = one(house, late)
    assert (case.state, case.hold_reason) == (CaseState.REVIEW, "budget")
    assert house.get_seeker().status is SeekerStatus.PAUSED
    act(house, case, Role.REVIEWER, "approve")
    house.now += timedelta(minutes=2)
    house.work()
    assert house.get_seeker().status is SeekerStatus.ACTIVE
    assert house.relay.mails[-1].template == "done_resume"


def test_a_pause_after_todays_receipts_holds_outreach_at_e1_and_waits_for_staff(house: TestHouse) -> None:
    for words in ("other", "pause", "resume"):
        wish(house, words)
    assert house.get_seeker().outreach_held_at is None
    house.mail("wish: pause\nonce more")
    work_with(house, AuthVerdict.PASS)
    held = next(c for c in house.cases() if c.hold_reason == "budget" and c.request == "pause")
    assert held.state is CaseState.REVIEW
    assert house.get_seeker().status is SeekerStatus.ACTIVE
    assert house.get_seeker().outreach_held_at is not None


def test_a_question_that_no_mail_may_answer_today_is_not_closed(house: TestHouse) -> None:
    """The fixed answer is what the case was closed with; unsent, the question is still open."""
    reader = house.tools.understander

    class Answering(type(reader)):  # type: ignore[misc]
        def read(self, **given: Any) -> Any:
            return replace(super().read(**given), answer="how_to_leave")

    house.tools = replace(house.tools, understander=Answering())
    first, second = wish(house, "question"), wish(house, "question", more="more")
    assert one(house, first).state is CaseState.DONE
    assert (one(house, second).state, one(house, second).hold_reason) == (CaseState.REVIEW, "budget")


def test_a5_a_report_that_came_by_imap_counts_by_its_own_header(house: TestHouse) -> None:
    """A mailbox tells no envelope; the signed address stands where it was delivered to, and nobody can guess it."""
    wish(house, "withdrawal")
    path = house.relay.mails[0].mail_from
    last = "0" if path.partition("@")[0][-1] != "0" else "1"
    wrong = path.partition("@")[0][:-1] + last + "@" + path.partition("@")[2]
    bounce_to(house, wrong, via="imap")
    assert house.cases()[0].state is CaseState.AWAITING_PROOF
    bounce_to(house, path, via="imap")
    assert (house.cases()[0].state, house.cases()[0].hold_reason) == (CaseState.REVIEW, "mail_bounced")


def test_a_forged_mail_without_a_way_back_does_not_swallow_the_true_wish(house: TestHouse) -> None:
    raw = f"From: taro@example.jp\r\nTo: {DESK}\r\nMessage-ID: <s@example.jp>\r\n\r\nwish: withdrawal\r\n"
    house.raw(raw.encode(), mail_from="")
    house.work()
    true = wish(house, "withdrawal")
    assert one(house, true).state is CaseState.AWAITING_PROOF
    assert press(house).status == "done"


def test_a22_a_remark_in_the_secret_file_is_no_key(house: TestHouse) -> None:
    from intake.bootstrap.house import open_house

    path = house.settings.webhook_secret_path
    path.write_text("# changed on 2026-11-01 by the administrator\n" + path.read_text("ascii"), "utf-8")
    opened = open_house(house.settings)
    keys = opened.webhook_secrets()
    opened.close()
    assert len(keys) == 1
    assert b"administrator" not in keys[0]


def test_a22_the_app_may_have_a_key_of_its_own(house: TestHouse) -> None:
    from intake.bootstrap.home import init_home
    from intake.bootstrap.house import open_house

    path = house.settings.home / "app.secret"
    for settings in (house.settings, replace(house.settings, app_webhook_secret_file=str(path))):
        made = init_home(settings)
        opened = open_house(settings)
        shared = opened.app_webhook_secrets() == opened.webhook_secrets()
        opened.close()
        assert shared is not bool(settings.app_webhook_secret_file)
        assert (str(path) in made) is not shared
    assert path.stat().st_mode & 0o077 == 0


def test_a10_a_hundred_wishes_are_one_link_and_one_case(house: TestHouse) -> None:
    for n in range(100):
        wish(house, "withdrawal", work=False, more=str(n))
    house.work()
    assert len(house.relay.mails) == 1
    assert [c.state for c in house.cases()] == [CaseState.AWAITING_PROOF]


def test_a10_the_same_wish_on_later_days_never_kills_the_waiting_case(house: TestHouse) -> None:
    """Who asks again after a day gets a new link; who asks twice on that day still has a link that works."""
    wish(house, "withdrawal")
    house.now += timedelta(hours=25)
    for n in range(3):
        wish(house, "withdrawal", more=f"again {n}")
    assert [c.state for c in house.cases()] == [CaseState.AWAITING_PROOF]
    assert [m.template for m in house.relay.mails] == ["receipt_withdrawal", "reminder"]
    assert press(house).status == "done"


@pytest.mark.parametrize(
    "name",
    ["太郎\r\nBcc: x@evil.example.com", "太郎\u2028Bcc: x", "=?utf-8?q?a=0D=0ABcc:_x?=", "{{7*7}} {0.__class__} ${7}",
     "%(x)s", "a" * 900, "\u202eevil", '"x" <y@evil.example.com>'],
)  # fmt: skip
def test_a11_no_name_of_the_register_adds_a_header(house: TestHouse, name: str) -> None:
    from email import message_from_bytes

    house.seeker(name=name)
    wish(house, "withdrawal")
    mail = message_from_bytes(house.relay.mails[0].data)
    assert mail["Bcc"] is None and len(mail.get_all("To")) == 1
    assert {k.lower() for k in mail} <= {
        "date", "from", "to", "message-id", "in-reply-to", "references", "subject", "auto-submitted",
        "x-auto-response-suppress", "mime-version", "content-type", "content-transfer-encoding", "content-language",
    }  # fmt: skip
    assert "49" not in house.relay.mails[0].text.partition("様")[0]


# --- links (A23, A24)


def test_a23_a_link_opens_its_own_case_only(house: TestHouse) -> None:
    house.seeker("M-2", "鈴木 花子", "hanako@example.jp")
    wish(house, "withdrawal")
    mine = house.link()
    wish(house, "withdrawal", from_="hanako@example.jp")
    hers = house.link()
    with house.store.write() as tx:
        page = links.look(tx, mine, house.tools, house.now)
        links.answer(tx, hers, "complete", page.nonce, page.seen, house.tools, house.now)
    assert {house.get_seeker(m).status for m in ("M-10001", "M-2")} == {SeekerStatus.ACTIVE}
    press(house, token=mine)
    assert house.get_seeker("M-2").status is SeekerStatus.ACTIVE


def test_a24_two_presses_at_once_act_once(either: TestHouse) -> None:
    house = either
    wish(house, "withdrawal")
    token, ready = house.link(), threading.Barrier(4)
    page = look(house, token)
    found: list[Any] = []

    def once() -> None:
        ready.wait()
        try:
            with house.store.write() as tx:
                found.append(links.answer(tx, token, "complete", page.nonce, page.seen, house.tools, house.now).status)
        except Exception as e:  # noqa: BLE001 - shown by the assertion below
            found.append(e)

    threads = [threading.Thread(target=once) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(30)
    assert sorted(map(str, found)) == ["done", "used", "used", "used"]
    house.work()
    assert actions(house, house.cases()[0]).count("seeker.withdraw") == 1
    assert [m.template for m in house.relay.mails].count("done_withdrawal") == 1


def test_i6_the_link_is_burnt_with_its_choice(house: TestHouse) -> None:
    wish(house, "withdrawal")
    press(house)
    with house.store.read() as tx:
        token = tx.tokens.last_for_case(house.cases()[0].id)
    assert token is not None
    assert token.choice == "complete"
    assert token.used_at == house.now


def test_i6_no_registration_ends_without_the_persons_proof(house: TestHouse) -> None:
    """Whatever a policy said: the last guard stands where effects are carried out."""
    case = one(house, wish(house, "withdrawal"))
    gone = Decision("withdrawal", "", "", CaseState.DONE, effects=(Effect.WITHDRAW,))
    with pytest.raises(NotProved), house.store.write() as tx:
        settle.proceed(
            Act(tx, Actor("system", "test"), house.now), case, house.get_seeker(), gone, "approve", house.tools
        )
    assert house.get_seeker().status is SeekerStatus.ACTIVE


def test_a7_our_own_address_in_the_register_is_never_written_to(house: TestHouse) -> None:
    house.seeker("M-3", "見本 太郎", DESK)
    app_wish(house, "withdrawal", "M-3")
    assert house.get_seeker("M-3").status is SeekerStatus.WITHDRAWN
    assert house.relay.mails == []


def test_what_was_shown_must_still_hold(house: TestHouse) -> None:
    house.seeker(applications=[("株式会社甲", "screening")])
    wish(house, "withdrawal")
    token = house.link()
    page = look(house, token)
    house.seeker(applications=[("株式会社乙", "offered")])
    with house.store.write() as tx:
        told_again = links.answer(tx, token, "complete", page.nonce, page.seen, house.tools, house.now)
    assert told_again.status == "changed" and "株式会社乙" in [a.company for a in told_again.applications]
    assert house.get_seeker().status is SeekerStatus.ACTIVE
    with house.store.write() as tx:
        after = links.answer(tx, token, "complete", told_again.nonce, told_again.seen, house.tools, house.now)
    assert after.status == "received"
    assert house.cases()[0].hold_reason == "call_first"


def test_an_expired_link_and_one_for_an_address_that_left_the_record(house: TestHouse) -> None:
    wish(house, "withdrawal")
    token = house.link()
    house.now += timedelta(hours=72)
    assert press(house, token=token).status == "expired"
    house.now -= timedelta(hours=1)
    house.seeker(email="new@example.jp")
    assert press(house, token=token).status == "unknown"
    assert house.get_seeker().status is SeekerStatus.ACTIVE


def test_a_retraction_that_comes_first_beats_the_link(house: TestHouse) -> None:
    wish(house, "withdrawal")
    token = house.link()
    page = look(house, token)
    wish(house, "retraction")
    with house.store.write() as tx:
        assert links.answer(tx, token, "complete", page.nonce, page.seen, house.tools, house.now).status == "used"
    assert house.get_seeker().status is SeekerStatus.ACTIVE
    assert house.cases()[0].state is CaseState.RETRACTED


def test_a_retraction_racing_with_the_press(either: TestHouse) -> None:
    """Whoever is first wins whole; never both, never neither."""
    house = either
    for _ in range(5):
        wish(house, "withdrawal")
        token, ready = house.link(), threading.Barrier(2)
        page = look(house, token)
        house.mail("wish: retraction")
        seen: list[str] = []

        def pressed(token: str = token, page: Any = page, ready: Any = ready, seen: list[str] = seen) -> None:
            ready.wait()
            with house.store.write() as tx:
                seen.append(links.answer(tx, token, "complete", page.nonce, page.seen, house.tools, house.now).status)

        thread = threading.Thread(target=pressed)
        thread.start()
        ready.wait()
        house.work()
        thread.join(30)
        case = next(c for c in house.cases() if c.request == "withdrawal")
        left = house.get_seeker().status is SeekerStatus.WITHDRAWN
        assert seen == [("done" if left else "used")]
        assert case.state is (CaseState.DONE if left else CaseState.RETRACTED)
        if left:
            break
        house.now += timedelta(days=2)
        with house.store.write() as tx:  # begin anew
            assert not [c for c in tx.cases.of_seeker(house.get_seeker().id) if c.state.is_open]
        break


# --- two workers, a frozen one, poison


def test_a_frozen_workers_result_is_not_used(either: TestHouse) -> None:
    house = either
    sent = wish(house, "withdrawal", work=False)
    with house.store.write() as tx:
        (item,) = tx.inbox.claim(house.now, 1, LEASE_SECONDS, "frozen")
    frozen = Worker(house.store, lambda: house.tools, InProcess(), clock=lambda: house.now)
    reading = frozen._read(item, house.tools)
    house.now += timedelta(seconds=LEASE_SECONDS + 1)
    house.work()
    assert len(house.cases(sent.message_id)) == 1
    frozen._handle([item], house.tools)
    frozen._settle([(item, reading)], house.tools)
    assert len(house.cases()) == 1 and len(house.outbox()) == 1


def test_a_frozen_worker_is_late_even_while_the_other_still_works(either: TestHouse) -> None:
    house = either
    sent = wish(house, "withdrawal", work=False)
    worker = Worker(house.store, lambda: house.tools, InProcess(), clock=lambda: house.now)
    with house.store.write() as tx:
        (late,) = tx.inbox.claim(house.now, 1, LEASE_SECONDS, "frozen")
    house.now += timedelta(seconds=LEASE_SECONDS + 1)
    with house.store.write() as tx:
        (item,) = tx.inbox.claim(house.now, 1, LEASE_SECONDS, "other")
    worker._handle([late], house.tools)
    assert house.cases() == []
    worker._handle([item], house.tools)
    house.work()
    assert len(house.cases(sent.message_id)) == len(house.outbox()) == 1


def test_a_frozen_worker_whose_reading_failed_harms_nobody(house: TestHouse) -> None:
    """It wakes with a failure for a message that is another's by now; the others it holds still come to their end."""
    wish(house, "withdrawal", work=False, more="poison")
    with house.store.write() as tx:
        (late,) = tx.inbox.claim(house.now, 1, LEASE_SECONDS, "frozen")
    house.now += timedelta(seconds=LEASE_SECONDS + 1)
    with house.store.write() as tx:
        tx.inbox.claim(house.now, 1, LEASE_SECONDS, "other")
    good = wish(house, "withdrawal", work=False)
    with house.store.write() as tx:
        (item,) = tx.inbox.claim(house.now, 1, LEASE_SECONDS, "frozen")
    frozen = Worker(house.store, lambda: house.tools, InProcess(), clock=lambda: house.now)
    frozen._handle([late, item], house.tools)
    assert len(house.cases(good.message_id)) == 1
    house.now += timedelta(seconds=LEASE_SECONDS + 1)
    for _ in range(4):
        house.work()
        house.now += timedelta(seconds=10)


def test_two_workers_at_once_make_one_case_of_one_wish(either: TestHouse) -> None:
    """The same wish by two doors, taken up by two workers in the same moment: one case, one link."""
    house = either
    for n in range(6):
        wish(house, "withdrawal", work=False, more=f"{n}")
    with house.store.write() as tx:
        items = [tx.inbox.claim(house.now, 1, LEASE_SECONDS, f"w{n}")[0] for n in range(6)]
    ready, failed = threading.Barrier(6), list[Exception]()

    def work(item: Any) -> None:
        worker = Worker(house.store, lambda: house.tools, InProcess(), clock=lambda: house.now)
        ready.wait()
        try:
            worker._handle([item], house.tools)
        except Exception as e:  # noqa: BLE001 - shown by the assertion below
            failed.append(e)

    threads = [threading.Thread(target=work, args=(i,)) for i in items]
    for t in threads:
        t.start()
    for t in threads:
        t.join(60)
    house.work()
    assert failed == []
    assert [c.state for c in house.cases()] == [CaseState.AWAITING_PROOF]
    assert len(house.relay.mails) == 1


def test_one_poison_mail_does_not_delay_the_next(house: TestHouse) -> None:
    first = wish(house, "other", work=False, more="poison")
    good = [wish(house, "pause", work=False, from_=f"p{n}@example.com").message_id for n in range(5)]
    house.work()
    assert all(house.cases(m) for m in good)
    for _ in range(TRIES):
        house.now += timedelta(seconds=10)
        house.work()
    assert (one(house, first).state, one(house, first).hold_reason) == (CaseState.REVIEW, "unreadable")
    with house.store.read() as tx:
        assert tx.inbox.envelope(first.message_id).raw


def test_a_message_that_breaks_while_it_is_settled_becomes_a_case(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = wish(house, "pause", work=False, more="breaks")
    good = [wish(house, "pause", work=False, from_=f"p{n}@example.com").message_id for n in range(3)]

    def breaks(tx: Any, item: Any, reading: Any, *more: Any) -> Any:
        if "breaks" in reading.message.text:
            raise KeyError("x")
        return receive(tx, item, reading, *more)

    monkeypatch.setattr("intake.worker.receive", breaks)
    house.work()
    assert all(house.cases(m) for m in good)
    for _ in range(TRIES):
        house.now += timedelta(seconds=10)
        house.work()
    assert one(house, bad).hold_reason == "unreadable"
    assert house.get_seeker().status is SeekerStatus.ACTIVE


# --- what cannot be confirmed to the person is not done on a From line alone


@pytest.mark.parametrize("how", ["null_path", "suppressed"])
@pytest.mark.parametrize("words", ["pause", "retraction", "resume"])
def test_nothing_is_done_behind_the_persons_back(house: TestHouse, how: str, words: str) -> None:
    """A forged mail that forbids an answer would act in silence."""
    if words == "retraction":
        wish(house, "withdrawal")
    if words == "resume":
        house.seeker(status="paused")
    before = (house.get_seeker(), house.cases(), len(house.relay.mails))
    headers = "X-Auto-Response-Suppress: All\r\n" if how == "suppressed" else ""
    raw = f"From: taro@example.jp\r\nTo: {DESK}\r\nMessage-ID: <s@example.jp>\r\n{headers}\r\nwish: {words}\r\n"
    sent = house.raw(raw.encode(), mail_from="" if how == "null_path" else "taro@example.jp")
    house.work()
    with house.store.read() as tx:
        end = tx.inbox.end_of(sent.message_id)[0]
    if end is End.CASE:
        assert [c.state for c in house.cases(sent.message_id)] == [CaseState.REVIEW]
    assert (house.get_seeker(), house.cases()[: len(before[1])], len(house.relay.mails)) == before


# --- the register holds what it holds


@pytest.mark.parametrize("address", ["たろう@example.jp", "taro@日本語.example", 'a"b@example.jp', "x@-"])
def test_an_address_that_cannot_be_written_to_stops_nobody(house: TestHouse, address: str) -> None:
    house.seeker("M-9", "鈴木 花子", address)
    sent = app_wish(house, "withdrawal", "M-9")
    for _ in range(TRIES):
        house.now += timedelta(seconds=10)
        house.work()
    assert one(house, sent).state is CaseState.DONE
    assert house.get_seeker("M-9").status is SeekerStatus.WITHDRAWN


def test_after_todays_receipt_the_thanks_for_a_proved_leaving_still_goes(house: TestHouse) -> None:
    wish(house, "other")
    assert [m.template for m in house.relay.mails] == ["receipt_other"]
    sent = app_wish(house, "withdrawal")
    assert one(house, sent).state is CaseState.DONE
    assert [m.template for m in house.relay.mails] == ["receipt_other", "done_withdrawal"]


def test_one_message_that_asks_again_and_asks_more_gets_one_mail(house: TestHouse) -> None:
    wish(house, "withdrawal")
    house.now += timedelta(hours=25)
    sent = wish(house, "withdrawal deletion")
    assert {c.state for c in house.cases()} == {CaseState.AWAITING_PROOF}
    assert len(house.cases(sent.message_id)) == 2
    assert len(house.relay.mails) == 2
    assert house.relay.mails[-1].text.count("/c/") == 2
    assert all(m.state is MailState.SENT for m in house.outbox())


def test_the_neutral_receipt_that_staff_send_does_leave(house: TestHouse) -> None:
    """decisions.md: others are left to staff, one key sends the receipt; the sender's address is not on file."""
    case = one(house, wish(house, "withdrawal member_id=M-10001", from_="new@example.com"))
    act(house, case, Role.REVIEWER, "choose_seeker", house.get_seeker())
    act(house, case, Role.REVIEWER, "send_receipt", house.tools)
    house.now += timedelta(minutes=2)
    house.work()
    assert recipients(house) == ["new@example.com"]


def test_arrival_of_old_mail_is_answered_by_nobody(house: TestHouse) -> None:
    raw = b"From: taro@example.jp\r\nMessage-ID: <old@example.jp>\r\n\r\nwish: pause\r\n"
    house.arrive(Arrival(Envelope(Channel.EMAIL, "imap", raw, house.now, archive=True)).envelope)
    house.work()
    assert house.cases() == [] and house.relay.mails == []
    assert house.get_seeker().status is SeekerStatus.ACTIVE
