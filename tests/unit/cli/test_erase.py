"""Whom ``erase`` and ``export`` mean: somebody who is gone is never taken for somebody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake.cli.erase import find_seeker
from intake.errors import NotFound
from tests.house import open_test_house


@pytest.mark.parametrize(
    ("gone", "other"), [("12-3", "1-23"), ("M1-0001", "M-10001"), ("A0100", "A-0100"), ("ab-1", "AB-1")]
)
def test_who_is_erased_is_not_found_again_under_a_number_that_looks_alike(
    tmp_path: Path, gone: str, other: str
) -> None:
    house = open_test_house(tmp_path)
    for member in (gone, other):
        house.seeker(member)
    with house.store.write() as tx:
        found = find_seeker(tx, gone)
        assert found.member_id == gone
        tx.seekers.remove(found.id)
        with pytest.raises(NotFound, match=f"^{gone}: no such member number, or erased already"):
            find_seeker(tx, gone)
        assert find_seeker(tx, other).member_id == other
    house.store.close()


def test_a_number_typed_wide_is_found_and_one_in_other_letters_named(tmp_path: Path) -> None:
    house = open_test_house(tmp_path)
    house.seeker()
    with house.store.read() as tx:
        assert find_seeker(tx, " Ｍ－１０００１ ").member_id == "M-10001"
        with pytest.raises(NotFound, match="there is M-10001"):
            find_seeker(tx, "m-10001")
    house.store.close()
