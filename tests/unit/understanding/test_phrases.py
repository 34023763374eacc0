"""The shipped rules' wordings, cut beforehand, are what our tokenizer makes of them now."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import pytest

from intake.learning.phrases import shipped_phrases
from intake.understanding import matcher


def test_the_file_holds_every_wording_as_it_is_cut() -> None:
    file = json.loads(matcher.FILE.read_bytes())
    assert file["dictionary"] == version("unidic-lite"), "another dictionary: run `make phrases`"
    kept = file["phrases"]
    now = shipped_phrases()
    wrong = {written for written in kept.keys() | now.keys() if kept.get(written) != now.get(written)}
    assert not wrong, "rules/ changed: run `make phrases`"


def test_a_wording_that_the_file_lacks_is_cut() -> None:
    assert matcher.PHRASES["=鯖の味噌煮"] == matcher.cut("=鯖の味噌煮") != ()


def test_words_cut_by_another_dictionary_are_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    other = tmp_path / "phrases.json"
    other.write_text(json.dumps({"dictionary": "0", "phrases": {"退会": [["退社"]]}}), "utf-8")
    monkeypatch.setattr(matcher, "FILE", other)
    matcher._cut_before.cache_clear()
    try:
        assert matcher.Phrases()["退会"] == ((("退会", False),),)
    finally:
        matcher._cut_before.cache_clear()
