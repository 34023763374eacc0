"""Who writes through a group in front of the desk is heard: a case for staff, and no automatic mail into a list."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from intake.model import Authenticity, AuthVerdict, CaseState, Decision, End, Proof, ReplyPlan, SeekerStatus
from intake.parsing import ParseOptions
from intake.pipeline.receive import silenced
from intake.worker import Worker
from tests.house import DESK, InProcess, open_test_house

LIST = f"List-ID: <{DESK.replace('@', '.')}>\r\nList-Post: <mailto:{DESK}>\r\nPrecedence: list\r\n"
MAIL = f"From: taro@example.jp\r\nTo: {DESK}\r\nSubject: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"


@pytest.mark.parametrize("headers", [LIST, "Precedence: bulk\r\n"])
def test_leaving_through_our_own_list_waits_for_staff(tmp_path: Path, headers: str) -> None:
    house = open_test_house(tmp_path)
    house.tools = replace(house.tools, parse_options=ParseOptions(own_addresses=(DESK,)))
    house.seeker()
    body = "お世話になっております。山田太郎です。\r\n退会の手続きをお願いいたします。\r\n"
    house.raw(f"{headers}{MAIL}{body}".encode(), mail_from="taro@example.jp")
    house.work()
    with house.store.read() as tx:
        assert tx.inbox.end_of(1) == (End.CASE, 1)
    assert [(c.request, c.state, c.hold_reason) for c in house.cases()] == [
        ("withdrawal", CaseState.REVIEW, "no_reply")
    ]
    assert house.relay.mails == []
    assert house.get_seeker().status is SeekerStatus.ACTIVE


@pytest.mark.parametrize("verdict", [AuthVerdict.NONE, AuthVerdict.PASS])
def test_a_pause_that_no_mail_may_tell_of_waits_for_staff(tmp_path: Path, verdict: AuthVerdict) -> None:
    house = open_test_house(tmp_path)
    house.seeker()
    body = "お世話になっております。山田太郎です。\r\nしばらくの間、サービスを停止してください。\r\n"
    house.raw(f"Precedence: bulk\r\n{MAIL}{body}".encode(), mail_from="taro@example.jp")
    judged = Authenticity(verdict, "example.jp", "dmarc")
    worker = Worker(house.store, lambda: house.tools, InProcess(),
                    check_sender=lambda message, _: replace(message, auth=judged), clock=lambda: house.now)  # fmt: skip
    while worker.run_once():
        continue
    (case,) = house.cases()
    assert (case.request, case.state, case.hold_reason) == ("pause", CaseState.REVIEW, "no_reply")
    seeker = house.get_seeker()
    assert seeker.status is SeekerStatus.ACTIVE
    assert (seeker.outreach_held_at is not None) == (verdict is AuthVerdict.PASS)


@pytest.mark.parametrize(("proof", "state"), [
    (Proof.E0, CaseState.REVIEW), (Proof.E1, CaseState.REVIEW), (Proof.E2, CaseState.DONE),
])  # fmt: skip
def test_a_question_is_not_closed_without_its_answer(proof: Proof, state: CaseState) -> None:
    """What was proved was proved on a page, which has said it."""
    decided = Decision("question", "question", "answered", CaseState.DONE, reply=ReplyPlan("answer", "file"))
    assert silenced(decided, "no_reply", proof).state is state
