"""Letters written to be taken for leaving or erasure: none is sure, see tests/corpus/attack."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from intake.model import DESTRUCTIVE
from intake.parsing.quotes import segment
from intake.understanding import Understander

FILES = sorted((Path(__file__).parents[2] / "corpus" / "attack").glob("*.jsonl"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nobody_is_withdrawn_or_erased_by_a_letter_that_only_looks_like_it(
    understander: Understander, path: Path
) -> None:
    lines = [json.loads(line) for line in path.open(encoding="utf-8")]
    taken = []
    for line in lines:
        body = line["body"]
        meaning = understander.read(
            channel=line.get("channel", "email"),
            subject=line.get("subject", ""),
            body=body,
            segments=segment(body),
            received_at=None,
            sender=line.get("from", ""),
        )
        if meaning.sure and DESTRUCTIVE & set(meaning.requests):
            taken.append((line["id"], meaning.requests, meaning.confidence))
    assert len(lines) >= 50
    assert taken == []


PLAIN = [
    ("お世話になっております。退会の手続きをお願いいたします。", ("withdrawal",)),
    ("退会をお願いします。", ("withdrawal",)),
    ("退会させてください。", ("withdrawal",)),
    ("登録を解除してください。", ("withdrawal",)),
    ("お世話になります。山田太郎です。退会の手続きをお願いいたします。", ("withdrawal",)),
    ("山田太郎です。転職先が決まりましたので、退会をお願いします。", ("withdrawal",)),
    ("会員番号 12345678 山田太郎\n退会を希望します。", ("withdrawal",)),
    ("今後利用の予定がないので退会させてください。", ("withdrawal",)),
    ("毎日のように電話があり困っています。退会させてください。", ("withdrawal",)),
    ("登録の抹消をお願いします。\n山田", ("withdrawal",)),
    ("個人情報の削除をお願いします。", ("deletion",)),
    ("退会と個人情報の削除をお願いいたします。", ("deletion", "withdrawal")),
]


@pytest.mark.parametrize(("body", "requests"), PLAIN)
def test_plain_words_are_sure_all_the_same(understander: Understander, body: str, requests: tuple[str, ...]) -> None:
    meaning = understander.read(
        channel="email",
        subject="",
        body=body,
        segments=segment(body),
        received_at=None,
        sender="山田 太郎 <taro@example.jp>",
    )
    assert (meaning.requests, meaning.sure) == (requests, True)
