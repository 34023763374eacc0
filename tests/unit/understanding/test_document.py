"""Words keep their places; sentences are remembered only where they tell nothing of anybody."""

from __future__ import annotations

import pytest

from intake.understanding import Understander
from intake.understanding.tokens import tokenizer


@pytest.mark.parametrize(
    "text",
    [
        "退会をお願いします。\n\n  山田 太郎\n",
        "\n\n 退会。",
        "a\0b 退会\tです\x0bね",
        "\u3000退会\r\nします\x1e。",
        "Ðグー  ",
        "",
        " \n ",
    ],
)
def test_offsets_are_those_of_the_text(text: str) -> None:
    tokens = tokenizer().tokens(text)
    for word, start, end in zip(tokens.words, tokens.starts, tokens.ends, strict=True):
        assert text[start:end].replace("\0", " ").replace("\x1e", " ") == word.surface
    assert "".join(word.surface for word in tokens.words) == "".join(
        text.replace("\0", " ").replace("\x1e", " ").replace("Ð", " ").split(" ")
    ).replace("\n", "").replace("\t", "").replace("\x0b", "")


def test_line_breaks_inside_a_sentence_do_not_end_it(understander: Understander) -> None:
    document = understander.reader.read(
        "お世話になっております。勝手ながら、今月末で退会を\nお願いします。\n\n山田", "件名", ()
    ).document
    said = ["".join(word.surface for word in piece.words) for piece in document.pieces]
    assert said == ["お世話になっております。", "勝手ながら、今月末で退会をお願いします。", "山田", "件名"]
    assert [piece.subject for piece in document.pieces] == [False, False, False, True]


def test_only_the_usual_phrases_are_remembered(understander: Understander) -> None:
    usual, own = "いつもお世話になっております。", "会員番号482913の毛利小五郎です。"
    first, again = (understander.reader.read(usual + own, "", ()).document.pieces for _ in range(2))
    assert first[0] is again[0]
    assert first[1] is not again[1]


def test_what_was_read_before_changes_no_reading(understander: Understander) -> None:
    text = "いつもお世話になっております。退会をお願いします。"
    fresh = Understander(understander.rulebook).reader.read(text, "退会", ())
    for other in ("退会はしません。", text, "いつもお世話になっております。"):
        understander.reader.read(other, "", ())
    again = understander.reader.read(text, "退会", ())
    assert (fresh.hits, fresh.letter, fresh.sentences) == (again.hits, again.letter, again.sentences)
