"""After an upgrade that folds words in another way, what was indexed before is found again, by itself."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from intake.bootstrap.indexing import bring_up, bring_up_now
from intake.model import folding
from intake.model.folding import VERSION, fold
from intake.pipeline import reindex
from intake.store import pairs
from tests.house import TestHouse, open_test_house

FOLDED = {2: "4c6ec01278dc8d4a"}


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[TestHouse]:
    found = open_test_house(tmp_path, url=database_url)
    yield found
    found.store.close()


def without_kanji(text: str) -> str:
    """As words were folded before."""
    import unicodedata

    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in plain if not c.isspace())


def filled_before(house: TestHouse, monkeypatch: pytest.MonkeyPatch, count: int = 3) -> list[int]:
    """Cases that were indexed by an older version."""
    with monkeypatch.context() as older:
        older.setattr(pairs, "fold", without_kanji)
        for n in range(count):
            house.mail(f"髙橋と申します。退会を希望します。{n}", from_=f"髙橋 <person{n}@example.jp>")
        house.work()
    with house.store.write() as tx:
        tx.meta.put(reindex.DONE, "1")
        tx.notes.add(house.cases()[0].id, "佐藤", "廣瀨さんから電話", house.now)
    return sorted((c.id for c in house.cases()), reverse=True)


def found(house: TestHouse, words: str) -> list[int]:
    with house.store.read() as tx:
        return tx.search.find(words)


def is_due(house: TestHouse) -> bool:
    with house.store.read() as tx:
        return reindex.is_due(tx)


def test_old_cases_are_found_again_in_every_spelling(house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = filled_before(house, monkeypatch)
    assert found(house, "高橋") == []
    assert is_due(house)
    assert bring_up_now(house) == 3  # type: ignore[arg-type]
    assert found(house, "高橋") == found(house, "髙橋") == ids
    assert found(house, "広瀬") == [ids[-1]]  # notes too
    assert found(house, "退会を希望") == ids
    assert not is_due(house)
    assert bring_up_now(house) == 0  # type: ignore[arg-type]


def test_it_goes_on_where_it_broke_off(house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = filled_before(house, monkeypatch, 5)
    with house.store.write() as tx:
        assert reindex.step(tx, 2) == 2
    assert found(house, "高橋") == ids[:2]
    with house.store.write() as tx:
        assert reindex.step(tx, 2) == 2
    assert found(house, "高橋") == ids[:4]
    house.mail("髙橋です。退会します。", from_="髙橋 <later@example.jp>")
    house.work()  # what arrives meanwhile is indexed as words are folded now
    assert len(found(house, "高橋")) == 5
    bring_up_now(house)  # type: ignore[arg-type]
    assert found(house, "高橋")[1:] == ids


def test_a_new_house_has_nothing_to_do(house: TestHouse) -> None:
    assert not is_due(house)
    house.mail("退会を希望します。")
    house.work()
    assert bring_up_now(house) == 0  # type: ignore[arg-type]


def test_a_running_product_does_it_and_then_rests(house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = filled_before(house, monkeypatch)
    stop = threading.Event()
    thread = threading.Thread(target=bring_up, args=(house, stop))
    thread.start()
    for _ in range(100):
        if not is_due(house):
            break
        stop.wait(0.1)
    assert found(house, "高橋") == ids
    assert thread.is_alive()
    stop.set()
    thread.join(5)
    assert not thread.is_alive()


def test_who_changes_the_folding_raises_its_version() -> None:
    """Else older cases would silently not be found: the digest is of every character that Japanese mail is made of."""
    digest = hashlib.sha256()
    for code in range(0x20, 0x10000):
        if _is_japanese(chr(code)):
            digest.update(fold(chr(code)).encode() + b"\0")
    assert (VERSION, digest.hexdigest()[:16]) in FOLDED.items(), "raise folding.VERSION, and write the digest down here"
    assert folding.VERSION == 2


def _is_japanese(char: str) -> bool:
    def fits(charset: str) -> Any:
        try:
            return char.encode(charset)
        except UnicodeEncodeError:
            return None

    return bool(fits("cp932") or fits("euc_jis_2004"))
