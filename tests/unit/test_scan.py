"""The look through files finds what is there, wherever it lies, and nothing else."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from intake.bootstrap.scan import Needles, files_under
from intake.model import Seeker
from intake.retention import Traces, traces_of
from intake.store.live_files import BLOCK

NAME = "鵜殿 珠緒子".encode()


@pytest.mark.parametrize("at", [0, 1, BLOCK - len(NAME), BLOCK - 3, BLOCK, 2 * BLOCK + 5])
def test_at_any_place_also_across_blocks(at: int, tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_bytes(bytes(at) + NAME + bytes(100))
    assert Needles([NAME, b"another one"]).are_in(file) == (True, at + len(NAME) + 100)
    file.write_bytes(bytes(at) + NAME[:-1] + bytes(100))
    assert Needles([NAME, b"another one"]).are_in(file)[0] is False


def test_the_same_as_a_plain_look_for_any_bytes() -> None:
    chance = random.Random(5)
    for _ in range(300):
        data = bytes(chance.choices(b"ab", k=chance.randint(0, 60)))
        wanted = [bytes(chance.choices(b"ab", k=chance.randint(6, 9))) for _ in range(chance.randint(0, 4))]
        assert Needles(wanted).found_in(data) == any(w in data for w in wanted), (data, wanted)


def test_short_strings_and_no_strings_find_nothing(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"abc" * 10)
    assert Needles([b"abc"]).are_in(tmp_path / "f")[0] is False
    assert Needles([]).are_in(tmp_path / "f") == (False, 30)


def test_every_file_once_and_no_socket(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x").write_bytes(b"1")
    (tmp_path / "y").symlink_to(tmp_path / "a" / "x")
    os.mkfifo(tmp_path / "pipe")
    assert files_under([tmp_path, tmp_path / "a"]) == [(tmp_path / "a" / "x").resolve()]


WHO = Seeker(1, "KX-904713", "鵜殿 珠緒子", "ウドノ タマオコ", ("Tamaoko.Udono@example.jp",), ("090-0000-4713",))


@pytest.mark.parametrize(
    "text",
    [
        "鵜殿珠緒子です", "鵜殿　珠緒子様", "うどのたまおこ", "ｳﾄﾞﾉ ﾀﾏｵｺ", "ウドノタマオコ",
        "tamaoko.udono@example.jp", "TAMAOKO.UDONO@EXAMPLE.JP", "ｔａｍａｏｋｏ．ｕｄｏｎｏ＠ｅｘａｍｐｌｅ．ｊｐ",
        "09000004713", "０９０-００００-４７１３", "090 0000 4713", "(090)0000-4713", "会員番号kx-904713です",
    ],
)  # fmt: skip
def test_a_person_is_seen_however_they_are_written(text: str) -> None:
    looks = Traces(traces_of(WHO))
    assert looks.are_in(text), text
    hidden = looks.masked(text)
    assert len(hidden) == len(text)
    assert not looks.are_in(hidden)


@pytest.mark.parametrize(
    "text",
    ["鵜殿様", "珠緒子", "xtamaoko.udono@example.jp", "tamaoko.udono@example.jpn", "1090000047130", "KX-9047130",
     "佐藤 珠緒子"],
)  # fmt: skip
def test_somebody_else_is_left_alone(text: str) -> None:
    assert not Traces(traces_of(WHO)).are_in(text), text


def test_a_short_name_means_nobody() -> None:
    """「林 一」 would be blacked out of half the mails."""
    assert [t.kind for t in traces_of(Seeker(1, "M-10001", "林 一", "リン"))] == ["member_id"]


@pytest.mark.parametrize("charset", ["utf-8", "iso2022_jp", "cp932", "euc_jp", "utf-16-le"])
def test_spellings_cover_the_charsets_of_japanese_mail(charset: str) -> None:
    import base64
    import quopri

    needles = Needles(Traces(traces_of(WHO)).spellings())
    for text in ("拝啓、鵜殿珠緒子と申します", "私は鵜殿　珠緒子です", "tamaoko.udono@example.jp"):
        raw = text.encode(charset)
        assert needles.found_in(raw), (charset, text)
        for lead in range(3):
            assert needles.found_in(base64.b64encode(b"x" * lead + raw)), (charset, text, lead)
        if charset == "utf-8":
            assert needles.found_in(quopri.encodestring(raw).replace(b"=\n", b"")), text
