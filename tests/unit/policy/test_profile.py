"""The figures of a profile: both shipped ones load, and what is wrong or too weak is refused by name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from intake.errors import RuleError
from intake.model import Proof, Stage
from intake.policy import load_profile, parse_profile
from tests.unit.policy.situations import AGENCY, OFFICE, RULES

TEXT = (RULES / "profiles" / "agency.toml").read_text(encoding="utf-8")


def test_the_shipped_figures() -> None:
    assert (AGENCY.link_hours, AGENCY.links.reminder_business_days, AGENCY.joining.days) == (72, 3, 7)
    assert (AGENCY.cooling_off_days, OFFICE.cooling_off_days) == (7, 30)
    assert (AGENCY.return_days, OFFICE.return_days) == (30, 30)
    assert (AGENCY.self_applied_blocks, OFFICE.self_applied_blocks) == (False, True)
    assert (AGENCY.mails_per_day, AGENCY.changes_per_day, AGENCY.hold_seconds) == (1, 2, 60)
    assert (AGENCY.coming_back.key_minutes, AGENCY.coming_back.key_tries) == (10, 3)
    assert not AGENCY.erasure.needs_second(1)
    assert AGENCY.erasure.needs_second(2)


def test_what_is_kept_is_named_in_plain_words() -> None:
    assert [(k.what, k.how_long, k.why) for k in AGENCY.kept] == [
        ("履歴書", "退会から3年間", "当社の規程"),
        ("職務経歴書", "退会から3年間", "当社の規程"),
        ("個人情報", "退会から3年間", "当社の規程"),
        ("求職管理簿", "お手続きの完了から2年間", "法令で定められた帳簿の保存期間"),
    ]
    assert {k.how_long for k in OFFICE.kept} == {"登録が無効になってから5年間", "お手続きの完了から2年間"}


def test_stages() -> None:
    for profile in (AGENCY, OFFICE):
        assert profile.stage(Stage.CLOSED) == profile.stage(Stage.NONE)
        assert [profile.stage(s).after for s in Stage][1:] == ["carry_out"] * 4 + ["staff"] + ["call"] * 2
        assert [profile.stage(s).warn for s in Stage][1:] == [False] * 2 + [True] * 5


def test_raised_proofs() -> None:
    raised = parse_profile(TEXT.replace('pause = "file"', 'pause = "E1"'), "x").raised
    assert raised["pause"] is Proof.E1
    assert "resume" not in raised


@pytest.mark.parametrize(
    ("was", "now", "names"),
    [
        ('withdrawal = "E2"', 'withdrawal = "E1"', "proof.withdrawal"),
        ('deletion = "E2"', 'deletion = "file"', "proof.deletion"),
        ('pause = "file"', 'pause = "nothing"', "proof.pause"),
        ('pause = "file"\n', "", "proof.pause is missing"),
        ("withdrawal = 3\n", "", "due_days.withdrawal is missing"),
        ("withdrawal = 3\n", "withdrawal = 0\n", "due_days.withdrawal"),
        ("withdrawal = 3\n", "withdrawal = 3\nleave = 3\n", "due_days.leave is unknown"),
        ("hours = 72", "hours = 0", "links.hours"),
        ("changes_per_day = 2", "changes_per_day = 0", "mails.changes_per_day"),
        ("hours = 72", "hour = 72", "links.hour"),
        ('opens = "09:00"', 'opens = "9"', "office.opens"),
        ('opens = "09:00"', 'opens = "19:00"', "office"),
        ('"12-29"', '"12-32"', "office.closed"),
        ('"mon"', '"moon"', "office.days"),
        ("key_digits = 6", "key_digits = 4", "coming_back.key_digits"),
        ('ground = "当社の規程"', 'ground = "個人情報保護法第21条"', "retention.0.ground"),
        ('ground = "当社の規程"', 'ground = "個人情報保護法第二十一条"', "retention.0.ground"),
        ('[stages.applied]\nafter = "carry_out"', '[stages.applied]\nafter = "call"', "more freely"),
        (
            '[stages.interview_fixed]\nafter = "staff"',
            '[stages.interview_fixed]\nafter = "carry_out"',
            "interview_fixed",
        ),
        ("[stages.offered]", "[stages.hired]", "stages"),
        ("[links]", "[links", "x.toml"),
    ],
)
def test_what_is_wrong_or_too_weak_is_refused_by_name(was: str, now: str, names: str) -> None:
    assert was in TEXT
    with pytest.raises(RuleError, match=re.escape(names)) as refused:
        parse_profile(TEXT.replace(was, now, 1), "x", "x.toml")
    assert "x.toml" in str(refused.value)


def test_the_homes_own_file_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "agency.toml").write_text(TEXT.replace("hours = 72", "hours = 24"), encoding="utf-8")
    assert load_profile([RULES, tmp_path], "agency").link_hours == 24
    assert load_profile([RULES, tmp_path], "public-office").link_hours == 72
    for name in ("nobody", "../agency", ""):
        with pytest.raises(RuleError):
            load_profile([RULES, tmp_path], name)
