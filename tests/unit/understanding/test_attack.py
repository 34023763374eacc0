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
