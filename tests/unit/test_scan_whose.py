"""One look for many people says of each what a look for them alone says."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from intake.bootstrap.scan import Needles
from intake.store.live_files import BLOCK


def alone(lots: list[list[bytes]], file: Path) -> set[int]:
    return {n for n, lot in enumerate(lots) if Needles(lot).are_in(file)[0]}


def test_the_same_as_a_plain_look_for_each(tmp_path: Path) -> None:
    """Few letters, so that strings share their start, lie within one another and belong to several people."""
    chance = random.Random(6)
    file = tmp_path / "f"
    seen = 0
    for _ in range(400):
        data = bytes(chance.choices(b"ab", k=chance.randint(0, 80)))
        file.write_bytes(data)
        lots = [[bytes(chance.choices(b"ab", k=chance.randint(6, 10))) for _ in range(chance.randint(0, 4))]
                for _ in range(chance.randint(0, 5))]  # fmt: skip
        plain = {n for n, lot in enumerate(lots) if any(s in data for s in lot)}
        assert Needles(of_each=lots).whose_are_in(file) == (plain, len(data))
        assert alone(lots, file) == plain
        seen += len(plain)
    assert seen > 200


@pytest.mark.parametrize("at", [0, BLOCK - 20, BLOCK - 3, BLOCK, 2 * BLOCK + 5])
def test_a_thousand_people_and_one_of_them(at: int, tmp_path: Path) -> None:
    needles = Needles(of_each=[[f"KX-{900_000 + n}".encode(), f"udono{n}@example.jp".encode()] for n in range(1000)])
    noise = random.Random(at).randbytes(BLOCK)
    file = tmp_path / "f"
    file.write_bytes((noise * 3)[:at] + b"KX-900713" + noise[:100] + b"udono44@example.jp" + noise)
    assert needles.whose_are_in(file)[0] == {713, 44}


def test_what_two_people_share_is_said_of_both(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"..090-0000-4713..")
    needles = Needles(of_each=[[b"090-0000-4713"], [b"090-0000-4714"], [], [b"090-0000-4713", b"zzzzzz"]])
    assert needles.whose_are_in(tmp_path / "f")[0] == {0, 3}
