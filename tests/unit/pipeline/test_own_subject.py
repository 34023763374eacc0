"""An answer carries the subject of our own mail: those words are ours, and the sender is not taken at them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from intake.model import CaseState, MailState, SeekerStatus
from intake.pipeline.reading import own_subject
from tests.house import TestHouse, open_test_house

AGENCY = "見本キャリアエージェント"
OURS = f"【{AGENCY}】退会のお申し出を承りました（受付番号 C-000001）"
THANKS = (
    "ありがとうございました。",
    "お手続きいただきありがとうございました。\n山田太郎",
    "了解しました。ありがとうございます。",
)


@pytest.mark.parametrize(
    "subject", [f"Re: {OURS}", f"RE：{OURS}", f"返信: Re: {OURS}", OURS, f"Re:Re: 【{AGENCY}】新着求人のご案内"]
)
def test_ours(subject: str) -> None:
    assert own_subject(subject, AGENCY) == ""


@pytest.mark.parametrize(
    "subject", ["退会希望", "Re: 退会希望", f"【{AGENCY}】退会希望", "Re: 【青空キャリア】退会のお申し出", "Re:", ""]
)
def test_the_senders(subject: str) -> None:
    assert own_subject(subject, AGENCY) == subject


def _paused(tmp_path: Path) -> tuple[TestHouse, str]:
    house = open_test_house(tmp_path)
    house.seeker()
    house.mail("しばらくサービスを停止してください。", subject="サービス停止のお願い")
    house.work()
    assert house.get_seeker().status is SeekerStatus.PAUSED
    house.now += timedelta(days=2)
    return house, house.relay.mails[-1].subject


@pytest.mark.parametrize("body", THANKS)
def test_thanks_in_answer_to_our_mail_close_quietly(tmp_path: Path, body: str) -> None:
    """domain.md: thanks alone after a closed case: no new case, no second reply."""
    house, subject = _paused(tmp_path)
    house.mail(f"{body}\n\niPhoneから送信", subject=f"Re: {subject}")
    house.work()
    assert [c.state for c in house.cases()] == [CaseState.DONE]
    assert len(house.relay.mails) == 1


def test_what_is_asked_in_an_answer_is_as_sure_as_in_a_mail_of_its_own(tmp_path: Path) -> None:
    house, subject = _paused(tmp_path)
    house.mail("退会をお願いします。", subject=f"Re: {subject}")
    house.work()
    assert [(c.request, c.state) for c in house.cases()][1:] == [("withdrawal", CaseState.AWAITING_PROOF)]
    assert [i.state for i in house.outbox()] == [MailState.SENT] * 2


@pytest.mark.parametrize(
    "body", ["退会するのをやめました。このまま続けます。", "やっぱりやめます。", "キャンセルお願いします。"]
)
def test_who_answers_a_mail_about_leaving_takes_that_back(tmp_path: Path, body: str) -> None:
    """Our subject says what is taken back, though it asks for nothing in the sender's name."""
    house = open_test_house(tmp_path)
    house.seeker()
    house.mail("退会をお願いします。", subject="退会")
    house.work()
    house.now += timedelta(hours=1)
    house.mail(body, subject=f"Re: {house.relay.mails[-1].subject}")
    house.work()
    assert "retraction" in {c.request for c in house.cases(2)}
