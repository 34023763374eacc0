"""Folding: nothing is lost, nothing too long, no 、 at the start of a line."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from intake.replies.fold import COLUMNS, fold, width

SENTENCE = "ご不明な点がございましたら、本メールへのご返信か、下記のお電話でお知らせください。"


def test_it_breaks_between_phrases() -> None:
    assert fold(SENTENCE) == "ご不明な点がございましたら、本メールへのご返信か、下記のお電話で\nお知らせください。"


def test_lists_are_indented_and_links_left_whole() -> None:
    folded = fold("・" + "見本商事株式会社" * 8).split("\n")
    assert all(line.startswith("　") for line in folded[1:])
    link = "https://agency.example/c/" + "x" * 100
    assert fold(link) == link


@given(st.text(st.sampled_from("ご退会の、。「」（）ーっ abc123 アカウント"), max_size=200))
def test_every_line_fits_and_every_character_stays(text: str) -> None:
    folded = fold(text)
    assert re.sub(r"\s", "", folded) == re.sub(r"\s", "", text)
    for line in folded.split("\n"):
        assert width(line) <= COLUMNS or re.search(r"[!-~]{30}|[、。」）ーっ]{10}|[「（]{10}", line)


@given(
    st.text(st.sampled_from("退会のお手続きを、承りました。"), min_size=80, max_size=200).filter(
        lambda t: "、、" not in t
    )
)
def test_no_line_begins_with_a_mark_that_must_follow(text: str) -> None:
    lines = [line for line in fold(text).split("\n")[1:] if line]
    marks = re.search("[、。ー]{3}", text)
    assert marks or not any(line[0] in "、。" for line in lines)
