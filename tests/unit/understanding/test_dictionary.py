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
    held = dictionary.held()[1]
    where = dictionary.places(unidic_lite.DICDIR)
    assert where
    dictionary.give_back(where)
    assert dictionary.held()[1] < held - (1 << 20)
    assert [word.surface for word in tokenizer().words(TEXT)] == before


def test_it_is_given_back_only_when_there_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[object] = []
    held = [(1 << 30, 900 << 20)]  # in all, and of that mapped files
    monkeypatch.setattr(dictionary, "give_back", given.append)
    monkeypatch.setattr(dictionary, "held", lambda: held[0])
    own = frozenset({(1, 2)})
    share = dictionary.Share(own)

    def told(times: int, whole: int, mapped: int) -> list[object]:
        held[0] = whole << 20, mapped << 20
        given.clear()
        for _ in range(times):
            share.told()
        return list(given)

    assert told(100, 1024, 900) == []  # other files may be as large as they like
    assert told(100, 1044, 920) == []  # of the dictionary there is too little
    assert told(20, 1224, 1100) == [own]
    assert told(100, 1224, 1100) == []  # what is still there was not ours
