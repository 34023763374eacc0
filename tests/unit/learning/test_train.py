"""The trainer on a handful of lines, and the floor that the shipped weights must keep on the labelled sentences."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from intake.learning import prepared, train
from intake.learning.corpus import Line, read_lines
from intake.model import DESTRUCTIVE
from intake.parsing.quotes import segment
from intake.resources import shipped_rules
from intake.understanding import Understander, load_rulebook
from intake.understanding.weights import load_weights, save_weights

OPEN = Path(__file__).parents[2] / "corpus" / "open"
LINE = Line("x", "t", "form", "", "", "", None, None, None, kind="asks")


def lines(count: int) -> list[Line]:
    texts = [("退会をお願いします。", "withdrawal"), ("面接を辞退します。", "decline"), ("お元気ですか。", "other")]
    return [
        replace(LINE, id=f"t{i}", body=texts[i % 3][0] + "。" * (i // 3 % 2), requests=(texts[i % 3][1],), reasons=())
        for i in range(count)
    ]


def test_a_small_corpus_gives_weights_that_read_it(tmp_path: Path) -> None:
    weights, outcomes = train.build(lines(60), shipped_rules())
    assert np.mean([outcome.exact for outcome in outcomes]) > 0.9
    save_weights(tmp_path / "w.npz", weights)
    again = load_weights(tmp_path / "w.npz")
    assert set(again.codes) == set(weights.codes)
    assert len(again.networks) == 2
    understander = Understander(load_rulebook([shipped_rules()]), again)
    read = understander.read(channel="form", subject="", body="退会をお願いします。", segments=(), received_at=None)
    assert read.requests == ("withdrawal",)


def test_folds_are_the_same_everywhere() -> None:
    assert [prepared.fold_of(f"p1-{n:04}") for n in range(5)] == [prepared.fold_of(f"p1-{n:04}") for n in range(5)]
    assert {prepared.fold_of(str(n)) for n in range(50)} == set(range(prepared.FOLDS))


def test_the_labelled_sentences_as_a_table_with_its_floor() -> None:
    """Learned lines must be read nearly all; a drop here means that rules, features or weights do not fit together."""
    understander = Understander(load_rulebook([shipped_rules()]))
    table: dict[str, list[bool]] = {}
    wrong = []
    for line in read_lines(sorted(OPEN.glob("phrases-*.jsonl"))):
        if line.requests is not None:
            read = understander.read(
                channel="form", subject="", body=line.body, segments=segment(line.body), received_at=None
            )
            table.setdefault(f"{line.source} {line.kind}", []).append(read.requests == line.requests)
            if read.sure and DESTRUCTIVE & set(read.requests) - set(line.requests):
                wrong.append(line.id)
    shares = {name: sum(hits) / len(hits) for name, hits in sorted(table.items())}
    assert min(shares.values()) >= 0.95, shares
    assert wrong == []
