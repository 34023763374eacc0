"""What is wrong is said in Japanese to staff who read Japanese, whoever found it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from intake.bootstrap.health import failing
from intake.model import Actor
from intake.ports import AuditRow
from intake.web.labels import label
from intake.web.staff import issues, speech

NOW = datetime(2026, 11, 16, 3, tzinfo=UTC)
SAID = {
    "the worker has shown no sign of life for 52 seconds": "連絡の処理が52秒のあいだ動いていません。",
    "the database does not answer, for 9 seconds until now": "データベースが応答しません。",
    "the database does not answer: x\ny": "データベースが応答しません。",
    "12 messages wait to be read, the oldest for 7 minutes":
        "読み取りを待つ連絡が12件あります。最も古いものは7分待っています。",
    "3 mails may or may not have left; see the outbox page":
        "送れたかどうか分からないメールが3件あります。「メール」の一覧をご確認ください。",
    f"the sender: {failing((NOW - timedelta(seconds=90), 'OSError'), NOW)}":
        "メールの送信が90秒のあいだ失敗を繰り返しています。",
    "mailbox support: the password is refused": "受信箱 supportに問題があります。",
    "the thread worker: ended by itself (x) and was started again, 2 times until now":
        "内部の処理 workerが途中で止まり、自動で再開しました。",
    "smtp: does not listen": "受信の入口(SMTP)が止まっています。",
    "something that nobody thought of": issues.OTHER,
}  # fmt: skip


@pytest.mark.parametrize(("issue", "words"), SAID.items())
def test_what_is_wrong_is_a_japanese_sentence(issue: str, words: str) -> None:
    assert issues.in_words(issue) == words


@pytest.mark.parametrize("why", ["null_return_path", "robot_address", "machine:auto_reply", "no_sender", "own_address"])
def test_why_no_mail_went_is_said_in_words(why: str) -> None:
    assert not re.search("[a-z]", label(why))


def test_what_began_an_erasure_is_said_in_words() -> None:
    row = AuditRow(1, NOW, Actor("system", "shell"), "erasure.planned", None, None, {"why": "operator"}, b"")
    assert speech.of_event(row) == "消去を始めました(運用者の操作)"
