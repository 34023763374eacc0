"""Mail from files: exact bytes, each once, nothing changed, everything that failed named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from intake.channels.files import Summary, ingest
from intake.channels.inbox import InboxWriter
from intake.errors import StorageFull
from tests.unit.channels.fakes import NOW, MemoryStore

ONE = b"From: a@example.jp\r\nSubject: one\r\n\r\nhello\r\n"
TWO = b"From: b@example.jp\nSubject: two\n\nFrom here on\n\x00\xff\n"


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def writer(store: MemoryStore):
    writer = InboxWriter(store)
    writer.start()
    yield writer
    writer.stop()


def run(writer: InboxWriter, *paths: Path, max_bytes: int = 1000) -> Summary:
    return ingest(paths, writer, NOW, max_bytes=max_bytes)


def test_single_mails_keep_their_bytes(tmp_path: Path, store: MemoryStore, writer: InboxWriter) -> None:
    (tmp_path / "a.eml").write_bytes(ONE)
    (tmp_path / "b.EML").write_bytes(TWO)
    (tmp_path / "notes.txt").write_bytes(b"no mail")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "c.eml").write_bytes(b"garbage")
    summary = run(writer, tmp_path, tmp_path / "a.eml")
    assert (summary.stored, summary.duplicate, summary.failed) == (3, 1, [])
    assert store.raws == [ONE, TWO, b"garbage"]
    assert {(r.envelope.via, r.envelope.channel) for r in store.rows} == {("file", "email")}


def test_an_mbox(tmp_path: Path, store: MemoryStore, writer: InboxWriter) -> None:
    separator = b"From a@example.jp Wed Apr  1 12:00:00 2026\n"
    end = b"From mid 12:00 paragraph\n\nFrom a sentence of 2026\n\n\n"
    first = b"Subject: 1\n\nquoted\n>From the start\n>>From twice\n" + end
    (tmp_path / "box").write_bytes(separator + first + b"\n" + separator + TWO[:-1] + b"\n\n" + separator + ONE)
    summary = run(writer, tmp_path / "box")
    assert summary.failed == []
    assert store.raws == [b"Subject: 1\n\nquoted\nFrom the start\n>From twice\n" + end, TWO, ONE]
    assert run(writer, tmp_path / "box").duplicate == 3


def test_an_mbox_with_crlf_and_endless_lines(tmp_path: Path, store: MemoryStore, writer: InboxWriter) -> None:
    separator = b"From - Wed Apr 01 12:00:00 2026\r\n"
    long = b"S: 1\r\n\r\n" + b"x" * (1 << 20) + b"From 1\r\n" + b"y" * 3_000_000 + b"\r\n"
    (tmp_path / "box").write_bytes(
        separator + long + b"\r\n" + separator + b"z" * 6_000_000 + b"\r\n\r\n" + separator + ONE
    )
    summary = run(writer, tmp_path / "box", max_bytes=5_000_000)
    assert store.raws == [long, ONE]
    assert [where[-2:] for where, _ in summary.failed] == ["#2"]


def test_a_maildir_is_read_and_left_alone(tmp_path: Path, store: MemoryStore, writer: InboxWriter) -> None:
    for name, raw in (("cur/1:2,S", ONE), ("new/2", TWO), ("tmp/3", b"half written"), (".Sent/cur/4", b"ours")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(raw)
    before = sorted((str(p), p.stat().st_mtime_ns) for p in tmp_path.rglob("*"))
    assert run(writer, tmp_path).stored == 2
    assert store.raws == [ONE, TWO]
    assert sorted((str(p), p.stat().st_mtime_ns) for p in tmp_path.rglob("*")) == before


def test_what_fails_is_named_and_stops_nothing(tmp_path: Path, store: MemoryStore, writer: InboxWriter) -> None:
    (tmp_path / "big.eml").write_bytes(b"x" * 1001)
    (tmp_path / "empty.eml").write_bytes(b"")
    (tmp_path / "mail.eml").write_bytes(ONE)
    (tmp_path / "nothing").mkdir()
    (tmp_path / "spoilt.eml").write_bytes(store.poison)
    os.mkfifo(tmp_path / "pipe")
    names = ("big.eml", "empty.eml", "missing.eml", "nothing", "pipe", "spoilt.eml", "mail.eml")
    summary = run(writer, *(tmp_path / n for n in names))
    assert summary.stored == 1
    assert sorted(Path(where).name for where, _ in summary.failed) == sorted(names[:-1])
    assert all(why and "canary" not in why for _, why in summary.failed)


def test_a_full_disk_fails_in_words(tmp_path: Path, store: MemoryStore, writer: InboxWriter) -> None:
    (tmp_path / "mail.eml").write_bytes(ONE)
    store.fail = [StorageFull()]
    summary = run(writer, tmp_path)
    assert summary.failed == [(str(tmp_path / "mail.eml"), str(StorageFull()))]
    assert run(writer, tmp_path).stored == 1


def test_many_mails_share_commits(tmp_path: Path, store: MemoryStore, writer: InboxWriter) -> None:
    for n in range(300):
        (tmp_path / f"{n}.eml").write_bytes(ONE + b"%d" % n)
    seen: list[int] = []
    assert ingest([tmp_path], writer, NOW, progress=seen.append).stored == 300
    assert len(seen) == 300
    assert len(store.transactions) < 300
