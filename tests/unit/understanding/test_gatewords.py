"""Words that keep a wish from being carried out unseen."""

from __future__ import annotations

import pytest

from intake.understanding import Understander

LEAVES_ELSE = [
    "登録を外してください。会員の登録ではなく、週刊の配信の登録のほうです。",
    "登録解除をお願いします。退会の希望ではありません。",
    "解除してください。会員じゃなくてお知らせの方です。",
    "メルマガの登録を消してください。",
    "退会したいと入電。退会でなく春まで連絡を止める形でよいとのこと。",
    "「週刊しごと便り」の登録解除をお願いできますか。",
]
LEAVES = [
    "登録を外してください。",
    "休会ではなく退会でお願いします。",
    "メルマガも届きますが、退会したいのです。",
]


@pytest.mark.parametrize("text", LEAVES_ELSE)
def test_leaving_something_else_is_doubted(understander: Understander, text: str) -> None:
    assert understander.rulebook.gate.stop("letter", "withdrawal", text)


@pytest.mark.parametrize("text", LEAVES)
def test_leaving_is_not_doubted_for_it(understander: Understander, text: str) -> None:
    assert not understander.rulebook.gate.stop("letter", "withdrawal", text)
