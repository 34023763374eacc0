"""What is typed into the search is read as people mean it, and said in words where it cannot be."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.model import CaseState, Channel
from intake.web import labels
from intake.web.staff import asked
from intake.web.staff.english import ENGLISH

NOW = datetime(2026, 11, 16, 3, tzinfo=UTC)
TODAY = date(2026, 11, 16)
PEOPLE = ("佐藤 美咲", "佐藤 健", "田中 直樹")
OPEN = (CaseState.REVIEW, CaseState.AWAITING_PROOF, CaseState.SCHEDULED)


def read(text: str) -> asked.Asked:
    return asked.read(text, "田中 直樹", PEOPLE, NOW)


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("state:review", {"states": (CaseState.REVIEW,)}),
        ("状態：確認待ち", {"states": (CaseState.REVIEW,)}),
        ("状態:予定,完了", {"states": (CaseState.SCHEDULED, CaseState.DONE)}),
        ("is:open", {"states": OPEN}),
        ("request:withdrawal 依頼:質問", {"requests": ("withdrawal", "question")}),
        ("依頼:個人", {"requests": ("deletion",)}),
        ("channel:form", {"channels": (Channel.FORM.value,)}),
        ("経路:電話", {"channels": ("phone",)}),
        ("assignee:me", {"assignee": "田中 直樹"}),
        ("担当:佐藤美", {"assignee": "佐藤 美咲"}),
        ('担当:"佐藤 健"', {"assignee": "佐藤 健"}),
        ("対応者:なし", {"unassigned": True}),
        ("担当:なし", {"unassigned": True}),  # as searches were written that are kept
        ("due:<3d", {"due_until": TODAY + timedelta(days=3), "states": OPEN}),
        ("期限:>1週", {"due_from": TODAY + timedelta(days=8), "states": OPEN}),
        ("期限:今日", {"due_from": TODAY, "due_until": TODAY, "states": OPEN}),
        ("期限:2026-11-20", {"due_from": date(2026, 11, 20), "due_until": date(2026, 11, 20), "states": OPEN}),
        ("印:期限超過", {"due_until": TODAY - timedelta(days=1), "states": OPEN}),
        ("older:7d", {"received_until": NOW - timedelta(days=7)}),
        ("最近：２日", {"received_from": NOW - timedelta(days=2)}),
        ("is:complaint is:unsure", {"complaint": True, "sure": False}),
        ("印:本人確認済み", {"proved": True}),
    ],
)
def test_fields_in_both_languages(text: str, fields: dict[str, object]) -> None:
    wish = read(text)
    assert wish.troubles == ()
    assert {name: getattr(wish.query, name) for name in fields} == fields
    assert not wish.words
    assert not wish.is_personal


def test_words_beside_fields_and_what_only_looks_like_a_field() -> None:
    wish = read('退会 状態:確認待ち 山田　太郎 https://example.jp/x 10:30 "面談の 場所"')
    assert wish.words == "退会 山田 太郎 https://example.jp/x 10:30 面談の 場所"
    assert wish.is_personal
    assert read("hold:held").query.holds == ("held",)
    assert "call" in read("保留:電話").query.holds
    found = read("from:example.jp has:attachment member:M-1")
    assert (found.senders, found.attachment, found.member) == (("example.jp",), True, "M-1")
    assert found.is_personal


@pytest.mark.parametrize(
    "text",
    ["state:nothing", "色:赤", "期限:いつか", "older:<3d", "担当:佐藤", "担当:誰か", "印:何か", "付き:写真", "状態:",
     "保留:存在しない理由", "is:open is:closed"],
)  # fmt: skip
def test_what_is_not_understood_is_said_in_words_of_both_languages(text: str) -> None:
    wish = read(text)
    assert len(wish.troubles) == 1, wish
    said = wish.troubles[0].said(lambda s: s, labels.label)
    assert said.endswith(("。", "2026-11-30", "2週"))
    assert "{" not in said
    english = wish.troubles[0].said(lambda s: ENGLISH.get(s, s), str)
    assert english.isascii() or text.split(":")[1] in english or "“" in english


def test_every_trouble_and_name_has_its_english() -> None:
    said = {*asked.TROUBLES, *asked.NAMES.values(), *asked.MARKS.values()}
    assert sorted(said - ENGLISH.keys()) == []


@given(st.text(alphabet=st.sampled_from('状態依頼:：" <>,、ab1d\u3000\u200b退会')), st.text(max_size=30))
def test_nothing_that_is_typed_breaks_it(text: str, other: str) -> None:
    wish = read(text + other)
    for trouble in wish.troubles:
        assert trouble.said(lambda s: s, labels.label)


def test_the_page_says_how_a_word_was_taken_that_elsewhere_means_the_concierge() -> None:
    assert "対応者として探しました" in read("担当:なし").note
    assert read("対応者:なし 退会").note == ""
