"""The figures of `intake evaluate`, on readings whose score is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from intake.errors import BadInput
from intake.learning.corpus import Line, read_lines
from intake.learning.evaluate import evaluate, fact_key
from intake.model import Facts, Meaning

LINE = Line("x", "t", "email", "", "", "", ("withdrawal",), ("family",), {"name": "山田 太郎"})


def line(number: int, *requests: str) -> Line:
    return replace(LINE, id=f"m{number}", body=str(number), requests=tuple(sorted(requests)))


READ = {
    "1": Meaning(("withdrawal",), ("family",), Facts(name="山田太郎"), confidence=0.99, sure=True),
    "2": Meaning(("withdrawal",), (), Facts(), confidence=0.96, sure=True),
    "3": Meaning(("other",), (), Facts(), confidence=0.4, sure=False),
    "4": Meaning(("pause",), (), Facts(), confidence=0.8, sure=False),
}
LINES = [line(1, "withdrawal"), line(2, "other"), line(3, "other"), line(4, "decline", "pause")]


def test_figures() -> None:
    figures = evaluate(LINES, lambda one: READ[one.body]).as_dict()
    assert figures["lines"] == 4
    assert figures["exact"] == 0.5
    assert (figures["auto_share"], figures["auto_precision"]) == (0.5, 0.5)
    assert (figures["destructive_mistakes"], figures["destructive_auto_mistakes"]) == (1, 1)
    assert figures["requests"]["withdrawal"] == {"lines": 1, "precision": 0.5, "recall": 1.0, "f1": 0.6667}
    assert figures["requests"]["decline"]["recall"] == 0.0
    assert {"right": "other", "read": "withdrawal", "count": 1} in figures["confusion"]
    assert (figures["reasons_exact"], figures["facts_exact"]) == (0.25, 0.25)
    assert sum(step["lines"] for step in figures["reliability"]) == 4


@pytest.mark.parametrize(("lang", "words"), [("ja", "退会・削除と読みちがえた件数"), ("en", "wrongly read as leaving")])
def test_the_table_speaks_to_people(lang: str, words: str) -> None:
    table = evaluate(LINES, lambda one: READ[one.body]).table(lang)
    assert words in table
    assert "50.0 %" in table


def test_facts_are_compared_without_separators() -> None:
    assert fact_key("phone", "０９０－００００－１１２１") == fact_key("phone", "09000001121")
    assert fact_key("name", "山田　太郎") == fact_key("name", "山田太郎")
    assert fact_key("member_id", "AB-1") != fact_key("member_id", "AB-2")


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text('{"id": "1", "text": "退会", "requests": ["withdrawal"]}\n{"id": "2"}\n', encoding="utf-8")
    with pytest.raises(BadInput, match=r"c\.jsonl:2"):
        list(read_lines([path]))
