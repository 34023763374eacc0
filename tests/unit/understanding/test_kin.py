"""Whose name and number a letter about a relative states: the writer's or the relative's."""

from __future__ import annotations

import time

import pytest

from intake.understanding import kin, sendernames
from tests.unit.understanding.conftest import Read

ASKS = "退会をお願いします。"


@pytest.mark.parametrize(
    ("sender", "body", "name", "member_id"),
    [
        (
            "佐藤美咲",
            f"主人の佐藤健太（会員番号30012345）が海外赴任になりました。{ASKS}\n佐藤美咲",
            "佐藤健太",
            "30012345",
        ),
        ("", "夫の佐藤健太（会員番号30012345）が転勤により休止を希望しています。", "佐藤健太", "30012345"),
        (
            "佐藤和子",
            "長女の佐藤美咲（会員番号30012345）が、御社に興味をもって登録しましたが、退会いたします。",
            "佐藤美咲",
            "30012345",
        ),
        ("佐藤和子", "息子の佐藤健太が起業しまして、退会したいと申しております。\n佐藤和子", "佐藤健太", None),
        (
            "佐藤和子",
            "娘の佐藤美咲が登録を希望していましたが、気が変わったようです。登録を抹消してください。",
            "佐藤美咲",
            None,
        ),
        ("", "父の佐藤義男のメールが届き続けます。配信をやめてください。会員番号30012345。", "佐藤義男", "30012345"),
        (
            "娘 美咲",
            f"父の佐藤義男が長年お世話になり仕事を続けておりましたが、高齢になりました。{ASKS}",
            "佐藤義男",
            None,
        ),
        (
            "佐藤美咲",
            "主人の佐藤健太（会員番号30012345）宛のメールが届き続けています。配信を停止してください。\n佐藤美咲",
            "佐藤健太",
            "30012345",
        ),
        ("佐藤美咲", f"父の佐藤義男の登録がそのままになっています。{ASKS}\n佐藤美咲", "佐藤義男", None),
        (
            "佐藤美咲",
            "佐藤美咲です。主人の佐藤健太（30012345）のメールが来続けています。配信をやめてください。",
            "佐藤健太",
            "30012345",
        ),
        ("佐藤美咲", f"主人の佐藤健太が海外赴任になりました。{ASKS}\n佐藤美咲", "佐藤健太", None),
        ("佐藤", f"父の佐藤義男が入院しました。{ASKS}", "佐藤義男", None),
        ("佐藤和子", "佐藤和子と申します。長男の佐藤健太が転勤となり、休止を希望しております。", "佐藤健太", None),
        ("佐藤美咲", f"父の佐藤義男の介護施設への入所が決まりました。{ASKS}\n佐藤美咲", "佐藤義男", None),
    ],
)
def test_a_relative_who_is_the_member_counts(
    read: Read, sender: str, body: str, name: str, member_id: str | None
) -> None:
    facts = read(body, sender=f"{sender} <a@example.jp>" if sender else "").facts
    assert (facts.name, facts.member_id) == (name, member_id)


@pytest.mark.parametrize(
    ("sender", "body", "name", "member_id"),
    [
        (
            "若林美保",
            (
                "若林美保（会員番号30087001）と申します。夫の若林 剛（会員番号30087002）も御社に登録しています。"
                "同じ会社に夫婦で応募することに問題はありますでしょうか。"
            ),
            "若林美保",
            "30087001",
        ),
        (
            "秋山恒一",
            (
                f"秋山恒一（30081123）です。地元の工務店に採用が決まりましたので、{ASKS}"
                "なお、妻の秋山 佳代（30081124）の登録はそのままにしてください。"
            ),
            "秋山恒一",
            "30081123",
        ),
        (
            "志村かおり",
            "志村かおりと申します。娘の志村 ひかりが御社に登録を考えているのですが、18歳でも利用できますでしょうか。",
            "志村かおり",
            None,
        ),
        (
            "秋山恒一",
            f"妻の秋山 佳代（30081124）は続けます。私は{ASKS}\n秋山恒一 30081123",
            "秋山恒一",
            "30081123",
        ),
        ("秋山恒一", f"妻の秋山 佳代は続けます。{ASKS}\n秋山恒一", "秋山恒一", None),
        ("秋山恒一", f"秋山恒一です。妻の秋山 佳代が独立しましたので、{ASKS}", "秋山恒一", None),
        ("秋山恒一", f"母の秋山 としの介護に専念するため、{ASKS}\n秋山恒一", "秋山恒一", None),
        ("秋山恒一", f"秋山恒一です。兄の秋山 誠に相談して決めました。{ASKS}", "秋山恒一", None),
        ("秋山恒一", f"友人の秋山 誠が紹介してくれました。{ASKS}\n秋山恒一", "秋山恒一", None),
        ("秋山恒一", f"秋山恒一です。弟の秋山 誠も登録しています。{ASKS}弟は続けます。", "秋山恒一", None),
        ("", f"秋山恒一です。先月登録しました。{ASKS}妹の秋山 葵が登録したいそうです。", "秋山恒一", None),
        ("秋山恒一", f"秋山恒一です。弟の秋山 誠（30081124）も登録しています。{ASKS}", "秋山恒一", None),
    ],
)
def test_a_writer_who_only_tells_of_a_relative_counts(
    read: Read, sender: str, body: str, name: str, member_id: str | None
) -> None:
    facts = read(body, sender=f"{sender} <a@example.jp>" if sender else "").facts
    assert (facts.name, facts.member_id) == (name, member_id)


@pytest.mark.parametrize(
    "piece",
    [
        "妻の沢口 奈緒は続けます。",
        "父の沢口 奈緒の介護",
        "夫の沢口 徹(30081124)も",
        "沢口徹です",
        "私は",
        "会員番号1234",
        "沢口 ",
    ],
)
def test_many_relatives_cost_linear_time(piece: str) -> None:
    began = time.process_time()
    kin.member(piece * 4000)
    sendernames.confirmed(piece * 4000, "沢口 <s@example.jp>")
    assert time.process_time() - began < 8
