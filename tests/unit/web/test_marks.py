"""Marked text: nothing lost, nothing run, nothing hidden."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from intake.model import Evidence, Segment
from intake.web import controls
from intake.web.staff import marks

TEXT = st.text(
    alphabet=st.one_of(st.characters(max_codepoint=0x7F), st.sampled_from("退会山田\u202e\u200b\ufeff𠮷\n")),
    max_size=80,
)


def evidence(
    start: int, end: int, weight: float = 1.0, rule: str = "withdrawal.want", within: str = "body"
) -> Evidence:
    return Evidence("withdrawal", "x", start, end, rule, weight, within)


@given(TEXT, st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90)), max_size=6))
def test_the_pieces_are_the_text(text: str, spans: list[tuple[int, int]]) -> None:
    pieces = marks.pieces(text, 0, len(text), [evidence(a, b) for a, b in spans])
    seen = "".join(c for c in text if not controls.name_of(c))
    assert "".join(p.text for p in pieces) == seen


@given(TEXT, st.integers(0, 80), st.integers(0, 80))
def test_exactly_the_deciding_words_are_marked(text: str, a: int, b: int) -> None:
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    pieces = marks.pieces(text, 0, len(text), [evidence(start, end)])
    marked = "".join(p.text for p in pieces if p.why)
    assert marked == "".join(c for c in text[start:end] if not controls.name_of(c))


def test_overlapping_evidence_is_told_apart() -> None:
    first, second = evidence(0, 4), evidence(2, 6, -3.0, "withdrawal.not")
    pieces = marks.pieces("退会したくない", 0, 7, [first, second])
    assert [(p.text, p.tone) for p in pieces] == [("退会", "for"), ("した", "against"), ("くな", "against"), ("い", "")]
    assert pieces[1].why == (first, second)


def test_what_only_the_learned_reader_says_looks_different() -> None:
    pieces = marks.pieces("退会", 0, 2, [evidence(0, 2, 0.4, "model:w退会")])
    assert [p.tone for p in pieces] == ["learned"]


def test_segments_become_blocks_and_empty_ones_are_left_out() -> None:
    text = "退会します\n\n> 前の話\n--\n山田"
    segments = (
        Segment(0, 6, "new"),
        Segment(6, 7, "new"),
        Segment(7, 13, "quote"),
        Segment(13, len(text), "signature"),
    )
    found = marks.blocks(text, segments, [evidence(0, 2), evidence(0, 2, within="subject")])
    assert [b.kind for b in found] == ["new", "quote", "signature"]
    assert [p.text for p in found[0].pieces if p.why] == ["退会"]
    assert len([p for b in found for p in b.pieces if p.why]) == 1


def test_a_flood_of_unseen_characters_stays_small() -> None:
    pieces = marks.pieces("\u200b" * 40_000 + "退会" + "\u202e\u200b" * 5_000, 0, 50_002, [])
    assert pieces[0].control == "ZWSP×40000"
    assert len(pieces) <= marks.MOST_CONTROLS + 2


def test_long_text_is_cut() -> None:
    text = "あ" * (marks.MOST_TEXT + 10)
    assert len(marks.blocks(text, (), [])[0].pieces[0].text) == marks.MOST_TEXT


def test_a_picture_of_several_stays_whole_and_a_joiner_elsewhere_is_named() -> None:
    for whole in ("👨‍👩‍👧‍👦", "👩🏽‍⚕️です", "❤️‍🔥", "🏳️‍🌈"):
        assert "\u200d" in whole
        assert controls.shown(whole) == controls.visible(whole) == whole
    for split in (
        "退\u200d会",
        "👩\u200d",
        "\u200d👩",
        "👩\u200dA",
        "A\u200d👩",
        "👩\u200d\u200d👩",
        "👩\ufe0f\ufe0f\ufe0fA\u200d👩",
    ):
        assert "⟨ZWJ⟩" in controls.shown(split)


def test_one_line_shows_controls_by_name() -> None:
    assert controls.visible("a\u202eb\nc", 3) == "a⟨RLO⟩b…"
    assert controls.visible("山田 太郎") == "山田 太郎"
    assert controls.visible("\x1b[31m\x00") == "⟨U+001B⟩[31m⟨U+0000⟩"
    assert controls.visible(None) == ""


def test_a_mark_begins_and_ends_with_a_word() -> None:
    text = "内定を得たため、退会の手続き、お願いします"
    learned = Evidence("withdrawal", "、退会の手続き、", 7, 15, "model:c、退会", 1.0)
    comma = Evidence("withdrawal", "、", 7, 8, "model:w、", 1.0)
    marked = [p.text for p in marks.pieces(text, 0, len(text), [learned, comma]) if p.why]
    assert marked == ["退会の手続き"]
