"""The DATA reader: any way of cutting the bytes gives the same mail; only CRLF.CRLF ends it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.channels.data import DataReader, State
from intake.channels.spool import Room, Spool
from intake.errors import StorageFull


def fed(pieces: list[bytes], limit: int = 10_000, **options: bool) -> tuple[DataReader, State]:
    reader, state = DataReader(limit, **options), State.MORE
    for piece in pieces:
        state = reader.feed(piece)
        if state is not State.MORE:
            break
    return reader, state


def stuffed(mail: bytes) -> bytes:
    """What a right client makes of ``mail`` (RFC 5321 §4.5.2), line by line, unlike the reader."""
    lines = mail.split(b"\r\n")
    out = b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines)
    return out + (b"" if mail.endswith(b"\r\n") or not mail else b"\r\n") + b".\r\n"


lines = st.lists(st.sampled_from([b"", b".", b"..", b".x", b"x", b"a.", b"\x00\xff", b"y" * 50]), max_size=8)


@given(lines, st.lists(st.integers(1, 9), max_size=40))
def test_any_cut_gives_the_same_bytes(parts: list[bytes], cuts: list[int]) -> None:
    mail = b"".join(p + b"\r\n" for p in parts)
    wire = stuffed(mail) + b"NEXT"
    pieces, at = [], 0
    for cut in cuts:
        pieces.append(wire[at : at + cut])
        at += cut
    reader, state = fed([*pieces, wire[at:]])
    if state is State.END:
        assert reader.read() == mail
        assert not reader.has_bare
    else:
        pytest.fail("the end was not seen")


@pytest.mark.parametrize("end", [
    b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\r.\r\n", b"\n.\r", b"\r.\n", b"\n\n.\n\n",
    b"\r\n\x00.\r\n", b"\r\n.\x00\r\n", b"\r\r\n.\r\r\n",
])  # fmt: skip
def test_twelve_end_of_data_tricks_end_nothing(end: bytes) -> None:
    smuggled = b"a: b\r\n\r\nhello" + end + b"MAIL FROM:<x@example.com>\r\n"
    reader, state = fed([smuggled])
    assert state is State.MORE
    reader, state = fed([smuggled + b"\r\n.\r\n"])
    assert state is State.END
    assert reader.rest == b""
    assert reader.has_bare or b"\x00" in end


def test_a_trusted_relay_is_mended() -> None:
    reader, _ = fed([b"a: b\nc: d\r\re\r\n.f\n.g\r\n.\r\n"], normalize=True)
    assert reader.read() == b"a: b\r\nc: d\r\n\r\ne\r\nf\r\n.g\r\n"
    assert reader.normalized
    assert not reader.has_bare


def test_the_limit_counts_across_pieces() -> None:
    reader, state = fed([b"x" * 60, b"x" * 60, b"\r\n.\r\n"], limit=100)
    assert reader.too_big  # and past 110: dropped
    assert state is State.FLOOD
    reader, state = fed([b"x" * 98, b"\r\n.\r\n"], limit=100)
    assert state is State.END
    assert not reader.too_big
    assert len(reader.read()) == 100
    reader, state = fed([b"x" * 99, b"\r\n.\r\n"], limit=100)
    assert state is State.END
    assert reader.too_big


def test_a_large_mail_goes_through_a_file_unchanged() -> None:
    mail = b"".join(b"%07d line\r\n" % n for n in range(200_000))
    reader = DataReader(10_000_000)
    wire = stuffed(mail)
    for at in range(0, len(wire), 65_537):
        state = reader.feed(wire[at : at + 65_537])
    assert state is State.END
    assert reader.is_large
    assert reader.read() == mail


def test_the_file_of_a_large_mail_holds_no_plain_text() -> None:
    spool = Spool(Room(), in_memory=10)
    spool.write("退会を希望します".encode() * 10)
    assert spool.is_large
    assert spool._file is not None
    spool._file.seek(0)
    assert "退会".encode() not in spool._file.read()
    assert spool.read() == "退会を希望します".encode() * 10


def test_many_large_mails_do_not_fill_the_disk() -> None:
    room = Room(3_000_000)
    first, second = DataReader(10_000_000, room=room), DataReader(10_000_000, room=room)
    first.feed(b"x" * 2_500_000)
    second.feed(b"x" * 2_500_000)
    assert second.feed(b"\r\n.\r\n") is State.END
    assert isinstance(second.failure, StorageFull)
    second.close()
    assert first.feed(b"\r\n.\r\n") is State.END
    assert len(first.read()) == 2_500_002
    first.close()
    assert room.left == 3_000_000
