"""How a mail ends stands at its case, and what did not arrive is somebody's work; pacing comes from the settings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parseaddr
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from intake.bootstrap.house import open_house
from intake.bootstrap.samples import mail_bytes
from intake.bootstrap.sending import make_sender
from intake.errors import IntakeError, RelayPermanent, RelayUnknown
from intake.model import Application, Case, CaseState, Channel, Envelope, Mail, MailOrigin, MailState, Role, Stage
from intake.ports import Delivery
from intake.worker import utc_now
from tests.house import Caught, TestHouse, open_test_house
from tests.integration.web_parts import LEAD, Client, app_of, staffed
from tests.sink import SmtpSink
from tests.unit.pipeline.world import act, actions, bounce_to, one, press, told, wish


@dataclass
class Trouble(Caught):
    """A relay that refuses certain templates."""

    refuses: dict[str, IntakeError] = field(default_factory=dict)

    def deliver(self, mail: Mail) -> Delivery:
        if mail.template in self.refuses:
            raise self.refuses[mail.template]
        return super().deliver(mail)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    found = staffed(told(open_test_house(tmp_path)))
    found.seeker()
    yield found
    found.store.close()


def tasks(house: TestHouse, case: Case) -> list[tuple[str, str]]:
    with house.store.read() as tx:
        return [(t.plan.kind, t.plan.subject) for t in tx.tasks.of_case(case.id) if t.plan.kind == "check_mail"]


def test_a_link_that_was_refused_brings_its_case_to_staff(house: TestHouse) -> None:
    house.relay = Trouble(refuses={"receipt_withdrawal": RelayPermanent("rcpt: 550 5.1.1")})
    case = one(house, wish(house, "withdrawal"))
    assert (case.state, case.hold_reason) == (CaseState.REVIEW, "mail_failed")
    assert "mail.failed" in actions(house, case)
    page = Client(app_of(house), LEAD).get(f"/staff/cases/{case.number}").text
    assert "送信失敗" in page
    assert "メールが届きません" in page


@pytest.mark.parametrize(("error", "state", "told_as"), [
    (RelayPermanent("dot: 554 5.7.1"), MailState.FAILED, "mail_failed"),
    (RelayUnknown("after the dot: TimeoutError"), MailState.UNKNOWN, "mail_unknown"),
])  # fmt: skip
def test_thanks_that_may_not_have_arrived_are_work_for_somebody(
    house: TestHouse, error: IntakeError, state: MailState, told_as: str
) -> None:
    house.relay = Trouble(refuses={"done_withdrawal": error})
    case = one(house, wish(house, "withdrawal"))
    assert press(house).status == "done"
    house.work()
    assert house.outbox()[-1].state is state
    assert one_again(house, case).state is CaseState.DONE
    assert tasks(house, case) == [("check_mail", told_as)]
    client = Client(app_of(house), LEAD)
    assert "送れなかったメールを見直す" in client.get("/staff/tasks?whose=all").text
    assert house.outbox()[-1].mail.subject in client.get("/staff/mails?view=failed").text


def one_again(house: TestHouse, case: Case) -> Case:
    with house.store.read() as tx:
        return tx.cases.get(case.id)


def test_a_receipt_of_a_case_that_staff_look_at_anyway_makes_no_work(house: TestHouse) -> None:
    house.relay = Trouble(refuses={"receipt_question": RelayPermanent("rcpt: 550 5.1.1")})
    case = one(house, wish(house, "question unsure"))
    assert case.state is CaseState.REVIEW
    assert tasks(house, case) == []


def test_a_bounce_by_the_signed_return_path_stands_at_the_case(house: TestHouse) -> None:
    case = one(house, wish(house, "withdrawal"))
    assert case.state is CaseState.AWAITING_PROOF
    bounce_to(house, house.relay.mails[0].mail_from)
    found = one_again(house, case)
    assert (found.state, found.hold_reason) == (CaseState.REVIEW, "mail_bounced")
    page = Client(app_of(house), LEAD).get(f"/staff/cases/{case.number}").text
    assert "メールが戻ってきました" in page
    assert "戻ってきたメール" in page
    act(house, found, Role.LEAD, "reply", "お電話でお話しした件です。", house.tools)
    assert house.outbox()[-1].mail.mail_from.startswith("support+b-"), "staff's own answers come back to us too"


def test_who_answers_a_mail_sent_to_many_is_answered_too(house: TestHouse) -> None:
    """One newsletter, one Message-ID: the next person's answer to it is no loop."""
    house.seeker("M-10002", "鈴木 花子", "hanako@example.jp")
    for sender in ("山田 太郎 <taro@example.jp>", "鈴木 花子 <hanako@example.jp>"):
        raw = mail_bytes({"from": sender, "subject": "Re: 今週の求人", "body": "wish: withdrawal\n"})
        house.raw(b"References: <weekly@agency.example.jp>\r\n" + raw, mail_from=parseaddr(sender)[1])
        house.work()
    assert [m.to for m in house.relay.mails] == ["taro@example.jp", "hanako@example.jp"]


def test_a_mail_that_is_only_delayed_has_not_come_back(house: TestHouse) -> None:
    """A greylisting carrier: the relay warns after four hours and goes on trying (RFC 3464 2.3.3)."""
    case = one(house, wish(house, "withdrawal"))
    bounce_to(house, house.relay.mails[0].mail_from, action="delayed")
    assert one_again(house, case).state is CaseState.AWAITING_PROOF


def test_what_comes_from_nobody_to_the_path_of_one_mail_is_its_bounce(house: TestHouse) -> None:
    case = one(house, wish(house, "withdrawal"))
    bounce_to(house, house.relay.mails[0].mail_from, plain="ご指定のアドレスはございません。")
    assert one_again(house, case).hold_reason == "mail_bounced"
    assert len(house.cases()) == 1


@pytest.mark.parametrize("words", ["ただいま運転中のため、メールに返信できません。", "やはり退会は取り消します。"])
def test_the_person_s_own_telephone_is_no_mail_system(house: TestHouse, words: str) -> None:
    """RFC 3834 has them answer to the return path, from nobody."""
    case = one(house, wish(house, "withdrawal"))
    path = house.relay.mails[0].mail_from
    raw = f"From: taro@example.jp\r\nTo: <{path}>\r\nReturn-Path: <>\r\n\r\n{words}\r\n".encode()
    house.arrive(Envelope(Channel.EMAIL, "smtp", raw, house.now, mail_from="", rcpt_to=(path,)))
    house.work()
    assert one_again(house, case).hold_reason != "mail_bounced"


@pytest.mark.parametrize(("figure", "left"), [(2, 2), (0, 5)])
def test_pacing_is_a_figure_of_the_agency(tmp_path: Path, smtp_sink: SmtpSink, figure: int, left: int) -> None:
    house = told(open_test_house(tmp_path, relay_url=smtp_sink.url))
    shipped = (Path(__file__).parents[2] / "rules" / "agency.toml").read_text("utf-8")
    own = shipped.replace("per_domain_minute = 300", f"per_domain_minute = {figure}")
    assert own != shipped
    (tmp_path / "rules" / "agency.toml").write_text(own, "utf-8")
    for n in range(5):
        house.seeker(f"M-{n}", f"試験 {n}", f"m{n}@example.com")
        wish(house, "withdrawal", from_=f"m{n}@example.com", work=False)
    while house.worker.run_once():
        continue
    house.store.close()
    opened = open_house(house.settings)
    sender = make_sender(opened)
    for _ in range(6):
        sender.run_once(max(utc_now(), house.now))
    assert len(smtp_sink.received) == left
    sender.close()
    opened.close()


def at_tokyo(house: TestHouse, day: int, hour: int) -> None:
    house.now = datetime(2026, 11, day, hour, 30, tzinfo=ZoneInfo("Asia/Tokyo")).astimezone(UTC)


def test_answers_go_at_night_too_reminders_wait_for_the_office(house: TestHouse) -> None:
    at_tokyo(house, 16, 3)  # a Monday
    wish(house, "withdrawal")
    assert [m.template for m in house.relay.mails] == ["receipt_withdrawal"]
    at_tokyo(house, 19, 3)  # three office days later
    house.work()
    reminder = house.outbox()[-1]
    assert (reminder.mail.template, reminder.origin) == ("reminder", MailOrigin.CALENDAR)
    assert reminder.state is MailState.QUEUED
    at_tokyo(house, 19, 8)
    house.work()
    assert len(house.relay.mails) == 1
    at_tokyo(house, 19, 9)
    house.work()
    assert [m.template for m in house.relay.mails] == ["receipt_withdrawal", "reminder"]


def test_the_rest_of_the_calendar_waits_for_the_end_of_the_quiet_hours(house: TestHouse) -> None:
    house.seeker(applications=(("みなと物流", "screening"),))
    at_tokyo(house, 16, 12)
    wish(house, "withdrawal")
    assert press(house, "defer").status == "deferred"
    house.work()
    with house.store.write() as tx:
        tx.seekers.upsert_application("M-10001", Application(0, "みなと物流", Stage.CLOSED, False, None))
    at_tokyo(house, 17, 2)
    house.work()
    thanks = house.outbox()[-1]
    assert (thanks.mail.template, thanks.state) == ("done_withdrawal", MailState.QUEUED)
    at_tokyo(house, 17, 8)
    house.work()
    assert house.relay.mails[-1].template == "done_withdrawal"
