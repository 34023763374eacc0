"""The limited child: what a mail can do to it, the parent survives, and the next mail is read."""

from __future__ import annotations

import os
import resource
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from intake.errors import Unreadable
from intake.model import AuthVerdict, Channel
from intake.parsing import ParseOptions
from intake.parsing.child import ParserPool
from tests.unit.parsing.bombs import bombs
from tests.unit.parsing.mails import envelope, mail, read


@pytest.fixture(scope="module")
def pool() -> Iterator[ParserPool]:
    with ParserPool(size=1, seconds=5, memory_mb=300) as made:
        yield made


def test_the_child_reads_as_the_parent_would(pool: ParserPool) -> None:
    raw = mail("退会します。\n\n-- \n山田\n", Subject="=?UTF-8?B?6YCA5Lya?=")
    assert pool.parse(envelope(raw)) == read(raw)
    relays = ParseOptions(authserv_id="mx.agency.example", trusted_relays=("192.0.2.25",))
    passed = b"Authentication-Results: mx.agency.example; dmarc=pass header.from=example.jp\r\n" + mail()
    for peer, verdict in (("192.0.2.25", AuthVerdict.PASS), ("192.0.2.26", AuthVerdict.NONE)):
        assert pool.parse(envelope(passed, peer=peer), relays).auth.verdict is verdict
    entry = envelope(b'{"message": "x"}', channel=Channel.FORM)
    assert pool.parse(entry).text == "x"


@pytest.mark.parametrize(("name", "raw"), list(bombs()), ids=lambda value: value if isinstance(value, str) else "")
def test_a_bomb_costs_that_mail_only(pool: ParserPool, name: str, raw: bytes) -> None:
    """Within five seconds and 300 MB: read, or given up with a reason; the next mail is read in either case."""
    started = time.monotonic()
    with suppress(Unreadable):
        assert pool.parse(envelope(raw)).channel is Channel.EMAIL
    assert time.monotonic() - started < 8  # five for the mail, the rest for killing on a loaded machine
    assert pool.parse(envelope(mail())).text == "退会します。"


def test_a_child_that_hangs_is_killed_and_replaced() -> None:
    with ParserPool(seconds=0.5) as pool:
        pool.parse(envelope(mail()))
        child = pool._idle.get()
        assert child is not None
        pool._idle.put(child)
        os.kill(child._process.pid, signal.SIGSTOP)
        with pytest.raises(Unreadable, match="too long"):
            pool.parse(envelope(mail()))
        assert pool.parse(envelope(mail())).text == "退会します。"


def test_a_child_that_died_between_mails_is_replaced() -> None:
    with ParserPool() as pool:
        pool.parse(envelope(mail()))
        child = pool._idle.get()
        assert child is not None
        pool._idle.put(child)
        child._process.kill()
        child._process.wait()
        assert pool.parse(envelope(mail())).text == "退会します。"


def test_memory_over_the_limit_is_unreadable_with_its_reason() -> None:
    with ParserPool(memory_mb=90) as pool:
        with pytest.raises(Unreadable, match=r"memory|died|ended"):
            pool.parse(envelope(mail("x" * 60_000_000)))
        assert pool.parse(envelope(mail())).text == "退会します。"


def test_many_mails_go_through_one_child(pool: ParserPool) -> None:
    pool.parse(envelope(mail()))
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    child = pool._idle.get()
    assert child is not None
    pool._idle.put(child)
    for number in range(300):
        assert pool.parse(envelope(mail(f"{number}番です"))).text == f"{number}番です"
    again = pool._idle.get()
    pool._idle.put(again)
    assert again is child
    assert before >= 0


def test_threads_share_the_pool() -> None:
    with ParserPool(size=2) as pool:
        found: list[str] = []

        def work(number: int) -> None:
            found.extend(pool.parse(envelope(mail(f"{number}-{at}"))).text for at in range(20))

        threads = [threading.Thread(target=work, args=(number,)) for number in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert sorted(found) == sorted(f"{number}-{at}" for number in range(5) for at in range(20))


def test_a_closed_pool_says_so() -> None:
    pool = ParserPool()
    pool.parse(envelope(mail()))
    pool.close()
    pool.close()
    with pytest.raises(Unreadable, match="closed"):
        pool.parse(envelope(mail()))
