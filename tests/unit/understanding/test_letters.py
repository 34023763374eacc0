"""A letter longer than anybody writes is read in its beginning, and shown to a person."""

from __future__ import annotations

import pytest

from intake.cli.read import reader
from intake.model import Segment
from intake.understanding import letters
from intake.understanding.reading import Reader


@pytest.mark.parametrize("unit", ["退", "。", "「", "退会したいのですが、"])
def test_no_more_is_read_than_a_person_writes(monkeypatch: pytest.MonkeyPatch, unit: str) -> None:
    lengths: list[int] = []
    real = Reader.read

    def noted(self: Reader, body: str, subject: str, segments: list[Segment]) -> object:
        found = real(self, body, subject, segments)
        lengths.append(len(found.own.strip()))
        return found

    monkeypatch.setattr(Reader, "read", noted)
    meaning = reader()({"body": unit * (100_000 // len(unit))})
    assert not meaning.sure and letters.TOO_LONG in meaning.doubts
    assert max(lengths) <= letters.OWN


def test_quotations_do_not_count() -> None:
    body = "退会をお願いいたします。\n\n" + "> 求人のご紹介です。\n" * 20_000
    assert reader()({"body": body}).sure


def test_what_is_left_out_keeps_its_place() -> None:
    half = letters.OWN // 2
    given = [Segment(0, half, "new"), Segment(half, half + 9, "quote"), Segment(half + 9, 3 * half + 9, "new")]
    kept, cut = letters.beginning(given, 3 * half + 9)
    assert cut
    assert [(one.start, one.end, one.kind) for one in kept] == [
        (0, half, "new"), (half, half + 9, "quote"),
        (half + 9, 2 * half + 9, "new"), (2 * half + 9, 3 * half + 9, "unread"),
    ]  # fmt: skip
    assert letters.beginning(given[:1], half) == (given[:1], False)
