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
    where = dictionary.places(unidic_lite.DICDIR)
    assert where
    dictionary.give_back(where)
    assert dictionary.mapped() < held - (1 << 20)
    assert [word.surface for word in tokenizer().words(TEXT)] == before


def test_it_is_given_back_only_when_there_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[object] = []
    held = [1 << 30]
    monkeypatch.setattr(dictionary, "give_back", given.append)
    monkeypatch.setattr(dictionary, "mapped", lambda: held[0])
    own = frozenset({(1, 2)})
    share = dictionary.Share(own)
    for _ in range(100):  # other files may be as large as they like
        share.told()
    assert given == []
    held[0] += 200 << 20
    for _ in range(20):
        share.told()
    assert given == [own]
    for _ in range(100):  # what is still there was not ours
        share.told()
    assert given == [own]
