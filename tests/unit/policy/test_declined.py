"""Which employer is told: the one that is declined, never one that is to be kept."""

from __future__ import annotations

import time

import pytest

from intake.model import Application, Seeker, Stage
from intake.policy.declined import meant_applications

BLUE, GREEN = Application(1, "株式会社青空", Stage.SCREENING), Application(2, "みどり商事", Stage.APPLIED)
BOTH = (BLUE, GREEN)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("青空は辞退、みどり商事は進めてください。", "青空"),
        ("青空の選考は辞退しません。みどり商事は辞退します。", "みどり"),
        ("みどり商事は引き続き進めてください。青空は今回は辞退させていただきます。", "青空"),
        ("青空は辞退いたします。\nみどり商事は続けさせてください。", "青空"),
        ("みどり商事以外はすべて辞退します。", ""),
        ("みどり商事の内定を承諾したので、ほかは辞退します。", ""),
        ("青空を除いて、残りは辞退します。", ""),
        ("青空の選考ですが、みどり商事の内定を承諾したため辞退いたします。", ""),
        ("青空とみどり商事、どちらも辞退します。", "青空 みどり"),
        ("青空、みどり商事の面接を辞退します。", "青空 みどり"),
        ("株式会社青空の面接の件、一身上の都合により辞退いたします。", "青空"),
        ("青空の選考を辞退しますが、紹介は続けてください。", "青空"),
        ("青空の選考は辞退します。他の求人のご紹介は続けてください。", "青空"),
        ("内定をお受けすることができず、申し訳ありません。青空を辞退します。", "青空"),
        ("青空の内定はお受けできません。辞退します。", "青空"),
        ("他社に決まりましたので、青空の選考を辞退します。", "青空"),
        ("選考を辞退します。", ""),
        ("みどり商事から内定をいただきましたので、青空の選考を辞退します。", "青空"),
        ("青空の選考を辞退します。みどり商事の選考は引き続きお願いいたします。", "青空"),
        ("青空は辞退します。みどり商事の面接は予定どおり伺います。", "青空"),
        ("みどり商事の結果はいつ分かりますか。青空は辞退します。", ""),
        ("みどり商事に入社を決めましたので、青空は辞退します。", "青空"),
        ("青空から内定をいただきましたが、辞退いたします。", "青空"),
    ],
)
def test_of_two(text: str, meant: str) -> None:
    told = meant_applications(Seeker(1, "M-1", "山田 太郎", applications=BOTH), text)
    assert [a.company for a in told] == [a.company for a in BOTH if any(m in a.company for m in meant.split())]


@pytest.mark.parametrize(
    ("text", "clear"),
    [
        ("選考を辞退します。", True),
        ("青空の面接を辞退します。ほかの求人は見たいです。", True),
        ("他社に決まりましたので辞退します。", True),
        ("青空以外は辞退します。", False),
        ("青空は辞退しません。ほかの求人はお断りします。", False),
        ("株式会社みどりの選考を辞退します。", False),
        ("株式会社みどりに内定が決まりましたので、選考を辞退します。", True),
    ],
)
def test_of_one(text: str, clear: bool) -> None:
    assert meant_applications(Seeker(1, "M-1", "山田 太郎", applications=(BLUE,)), text) == ((BLUE,) if clear else ())


def test_a_longer_name_is_another_company() -> None:
    foods = Application(3, "株式会社青空フーズ", Stage.APPLIED)
    who = Seeker(1, "M-1", "山田 太郎", applications=(BLUE, foods))
    assert meant_applications(who, "青空フーズの面接を辞退します。") == (foods,)
    assert meant_applications(who, "青空は辞退、青空フーズは進めてください。") == (BLUE,)


def test_one_that_has_ended_is_not_taken_for_the_one_that_runs() -> None:
    ended = Application(4, "みどり商事", Stage.NONE)
    who = Seeker(1, "M-1", "山田 太郎", applications=(BLUE, ended))
    assert meant_applications(who, "みどり商事の選考を辞退します。") == ()


def test_a_company_named_over_and_over_costs_nothing() -> None:
    began = time.process_time()
    assert (
        meant_applications(Seeker(1, "M-1", "山田 太郎", applications=BOTH), "青空みどり商事" * 900 + "を辞退します。")
        == ()
    )
    assert time.process_time() - began < 1
