"""A request that is named only to be denied is not read, whatever else speaks for it."""

from __future__ import annotations

import pytest

from intake.model import Meaning
from intake.parsing.quotes import segment
from intake.understanding import Understander
from intake.understanding.denials import Denials


def read(understander: Understander, body: str, subject: str = "") -> Meaning:
    return understander.read(
        channel="email", subject=subject, body=body, segments=segment(body), received_at=None, sender=""
    )


@pytest.mark.parametrize(
    ("text", "chosen", "left"),
    [
        ("退会ではなく、書類の消去をお願いします。", ("deletion", "withdrawal"), ("deletion",)),
        ("退会の手続きをお願いしているわけではありません。", ("withdrawal",), ("other",)),
        ("担当変更は不要です。", ("concierge_change",), ("other",)),
        ("辞退せず、このまま進めてください。", ("decline",), ("other",)),
        ("退会ではなく休止で、と申しましたが、退会でお願いします。", ("withdrawal",), ("withdrawal",)),
        ("退会で結構です。", ("withdrawal",), ("withdrawal",)),
        ("配信が停止しないので、メールを止めてください。", ("pause",), ("pause",)),
    ],
)
def test_only_what_is_denied_in_each_place_goes(
    understander: Understander, text: str, chosen: tuple[str, ...], left: tuple[str, ...]
) -> None:
    reading = understander.reader.read(text, "", segment(text))
    assert Denials(understander.rulebook).without(reading, chosen) == left


def test_what_was_left_out_is_looked_at_by_a_person(understander: Understander) -> None:
    meaning = read(understander, "退会ではなく、個人情報の削除をお願いします。", "退会")
    assert meaning.requests == ("deletion",)
    assert not meaning.sure and "denied" in meaning.doubts


@pytest.mark.parametrize(
    ("body", "waits"),
    [
        ("選考が終わってから退会したいです。", True),
        ("選考終了後に退会をお願いします。", True),
        ("選考が終わってからではないと困りますので、選考終了後に退会をお願いします。", True),
        ("選考終了後ではなく、今すぐ退会でお願いします。", False),
        ("選考が終わってからではなく、今すぐ退会をお願いします。", False),
        ("選考の終了後じゃなくて、すぐに退会をお願いします。", False),
        ("選考終了後を待たずに退会をお願いします。", False),
    ],
)
def test_who_denies_to_wait_for_the_selection_does_not_wait(understander: Understander, body: str, waits: bool) -> None:
    meaning = read(understander, body)
    assert (meaning.requests, meaning.after_selection) == (("withdrawal",), waits)
