"""The dictionary is given back when too much of it is held, and reading goes on as before."""

from __future__ import annotations

import sys

import pytest
import unidic_lite

from intake.understanding import dictionary
from intake.understanding.tokens import tokenizer

TEXT = "お世話になっております。退会の手続きをお願いいたします。"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells and takes pages")
def test_what_was_given_back_is_read_again() -> None:
    before = [word.surface for word in tokenizer().words(TEXT)]
    held = dictionary.mapped()
    dictionary.give_back(unidic_lite.DICDIR)
    assert dictionary.mapped() < held - (1 << 20)
    assert [word.surface for word in tokenizer().words(TEXT)] == before


def test_it_is_given_back_only_when_there_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[str] = []
    monkeypatch.setattr(dictionary, "give_back", given.append)
    share = dictionary.Share("folder")
    monkeypatch.setattr(dictionary, "mapped", lambda: 1)
    for _ in range(100):
        share.told()
    assert given == []
    monkeypatch.setattr(dictionary, "mapped", lambda: 1 << 40)
    for _ in range(100):
        share.told()
    assert given and set(given) == {"folder"} and len(given) < 20
