"""Durable SMTP intake against aiosmtpd throwing mail away, in one run (performance.md B).

    python -m tests.bench.smtp [--messages 2000] [--rounds 5] [--load-seconds 60]

The client is postfix's smtp-source. Each server is a process of its own on uvloop, and the rounds take turns, so that
a slow minute of the machine hits all of them: ratios count, figures of one machine do not. Bars that are missed are
marked, and the exit status is 1.

What a synced file a message costs is the disk's affair: the comparison with it is made twice, on the disk as it is and
on two slower ones (slow_disk.py): syncs that take as long as where the bar of 4 was found, and syncs after which a file
a message is as much slower than throwing it away as it was there.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvloop
from aiosmtpd.smtp import SMTP

from intake.channels.inbox import InboxWriter
from intake.channels.smtp import SmtpServer
from intake.keyring import Keyring
from intake.store import migrate, open_store
from tests import rigs
from tests.bench import slow_disk

BOX = "jobs@agency.example"
BARS = {  # (connections, bytes): (server: share of aiosmtpd discarding that it must reach)
    (1, 2_000): {"sqlite": 0.6, "file": 0.0},
    (10, 2_000): {"sqlite": 0.75, "postgresql": 0.6, "file": 0.0, "file-threads": 0.0},
    (50, 2_000): {"sqlite": 0.9, "postgresql": 0.0},
    (10, 50_000): {"sqlite": 0.9, "postgresql": 0.0},
}
FILE_RATIO = 4.0  # how many times one fsynced file a message (in the loop, as aiosmtpd's own Mailbox)
P99_SECONDS = 0.25


class Discard:
    """aiosmtpd's least handler."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        return "250 OK"


class File:
    """One file a message, synced with its folder, before 250; in the loop, or in threads."""

    def __init__(self, place: str, *, threads: bool) -> None:
        self._place, self._count, self._threads = Path(place), 0, threads

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self._count += 1
        name = f"{self._threads}-{self._count}.eml"
        if self._threads:
            await asyncio.to_thread(self._keep, name, envelope.content)
        else:
            self._keep(name, envelope.content)
        return "250 OK"

    def _keep(self, name: str, raw: bytes) -> None:
        with (self._place / f"{name}.tmp").open("wb") as f:
            f.write(raw)
            f.flush()
            os.fsync(f.fileno())
        (self._place / f"{name}.tmp").rename(self._place / name)
        folder = os.open(self._place, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


async def serve_library(pipe: Any, handler: Any) -> None:
    """aiosmtpd as it comes."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, hostname="bench", loop=loop), "127.0.0.1", 0)
    pipe.send(server.sockets[0].getsockname()[1])
    await asyncio.Event().wait()


async def serve_ours(pipe: Any, url: str) -> None:
    """Ours, with the real store."""
    migrate(url)
    writer = InboxWriter(open_store(url, Keyring(os.urandom(32))))
    writer.start()
    server = SmtpServer(
        writer, host="127.0.0.1", port=0, recipients={BOX}, hostname="bench", clock=lambda: datetime.now(UTC)
    )
    await server.start()
    pipe.send(server.port)
    await asyncio.Event().wait()


def run(name: str, place: str, pipe: Any) -> None:
    """A server's process."""
    files = {"file": lambda: File(place, threads=False), "file-threads": lambda: File(place, threads=True)}
    library = ({"discard": Discard} | files).get(name)
    uvloop.run(serve_library(pipe, library()) if library else serve_ours(pipe, place))


@contextmanager
def servers(places: dict[str, str], **environment: str) -> Iterator[dict[str, int]]:
    """The port of each."""
    spawn = multiprocessing.get_context("spawn")
    ports, processes = {}, []
    os.environ |= environment
    for name, place in places.items():
        here, there = spawn.Pipe()
        process = spawn.Process(target=run, args=(name, place, there), daemon=True)
        process.start()
        processes.append(process)
        ports[name] = here.recv()
    for name in environment:
        del os.environ[name]
    yield ports
    for process in processes:
        process.terminate()
        process.join()


@contextmanager
def postgresql() -> Iterator[str | None]:
    """The URL of a PostgreSQL that syncs, unlike that of the tests; None where it is not installed."""
    if not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        yield None
        return
    server = rigs.Postgres()
    unsynced = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
    command = [a.replace("=off", "=on") if a in unsynced else a for a in server.process.args]
    rigs.end_process(server.process, signal.SIGINT)
    server.process = subprocess.Popen(command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    ready = [str(rigs._postgres_programs() / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(server.port)]
    rigs.wait_until(lambda: subprocess.run(ready, check=False).returncode == 0, "PostgreSQL", server.process)
    try:
        yield server.fresh()
    finally:
        server.stop()


def send(port: int, connections: int, size: int, messages: int) -> float:
    """Messages a second."""
    tool = shutil.which("smtp-source", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if tool is None:
        sys.exit("smtp-source is missing; Debian package: postfix")
    command = [tool, "-s", str(connections), "-m", str(messages), "-l", str(size), "-f", "a@example.jp", "-t", BOX]
    began = time.perf_counter()
    subprocess.run([*command, f"127.0.0.1:{port}"], check=True, timeout=300)
    return messages / (time.perf_counter() - began)


def compare(ports: dict[str, int], rounds: int, messages: int) -> bool:
    """Print the rates and their ratios; True if every bar is reached."""
    good = True
    for (connections, size), bars in BARS.items():
        names = ["discard", *(n for n in bars if n in ports)]
        rates = measure(ports, names, connections, size, rounds, messages)
        print(f"{connections} connections, {size} bytes:", flush=True)
        for name in names:
            ratio = ratio_of(rates, name, "discard")
            missed = ratio < bars.get(name, 0)
            good &= not missed
            rate = statistics.median(rates[name])
            print(f"  {name:12}{rate:8.0f}/s{ratio:7.2f}x{'  MISSED: ' + str(bars[name]) if missed else ''}")
        if "file" in rates and "file-threads" in rates:
            print(f"  sqlite is {ratio_of(rates, 'sqlite', 'file'):.1f}x of a synced file a message")
    return good


def measure(
    ports: dict[str, int], names: list[str], connections: int, size: int, rounds: int, messages: int
) -> dict[str, list[float]]:
    """Messages a second of each server in each round, in turn."""
    rates: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            rates[name].append(send(ports[name], connections, size, messages if size < 10_000 else messages // 4))
    return rates


def ratio_of(rates: dict[str, list[float]], name: str, base: str) -> float:
    """The median of the rounds' ratios."""
    return statistics.median(a / b for a, b in zip(rates[name], rates[base], strict=True))


def compare_with_files(folder: Path, rounds: int, messages: int, sync_us: int, bar: float) -> bool:
    """A synced file a message on a disk whose syncs take so long; True if the bar is reached."""
    slow = slow_disk.environment(folder, sync_us)
    if slow is None:
        print("no C compiler: not compared with synced files on a slower disk (Debian package: gcc)")
        return False
    print(
        f"a sync takes {slow_disk.sync_ms(folder, {}):.2f} ms here, and for all {slow_disk.sync_ms(folder, slow):.2f}:"
    )
    names = ["discard", "file", "file-threads", "sqlite"]
    places = dict.fromkeys(names, str(folder)) | {"sqlite": f"sqlite:///{folder}/slow{sync_us}.db"}
    with servers(places, **slow) as ports:
        rates = measure(ports, names, 10, 2_000, rounds, messages)
    for name in names:
        print(f"  {name:12}{statistics.median(rates[name]):8.0f}/s{ratio_of(rates, name, 'discard'):7.2f}x")
    ratio = ratio_of(rates, "sqlite", "file")
    missed = "" if ratio >= bar else f"  MISSED: {bar:.0f}"
    print(f"  sqlite is {ratio:.1f}x of a synced file a message{missed}", flush=True)
    return not missed


async def deliver(port: int, n: int) -> float:
    """Seconds from the final dot to 250."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for line in (None, "EHLO bench", "MAIL FROM:<a@example.jp>", f"RCPT TO:<{BOX}>", "DATA"):
        if line:
            writer.write(line.encode() + b"\r\n")
        while (await reader.readline())[3:4] == b"-":
            pass
    began = time.perf_counter()
    writer.write(b"Subject: %d\r\n\r\n" % n + b"x" * 2000 + b"\r\n.\r\n")
    answer = await reader.readline()
    assert answer.startswith(b"250"), answer
    writer.close()
    return time.perf_counter() - began


async def load(port: int, seconds: int, rate: int = 100) -> bool:
    """So many mails each second, come what may; True if the 99th percentile is within the bar."""
    tasks = []
    began = time.perf_counter()
    for n in range(seconds * rate):
        await asyncio.sleep(max(0.0, began + n / rate - time.perf_counter()))
        tasks.append(asyncio.create_task(deliver(port, n)))
    took = sorted(await asyncio.gather(*tasks))
    p50, p99 = took[len(took) // 2], took[len(took) * 99 // 100]
    verdict = "" if p99 <= P99_SECONDS else f"  MISSED: {P99_SECONDS * 1000:.0f} ms"
    print(f"{rate} mails/s for {seconds} s: p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms{verdict}", flush=True)
    return p99 <= P99_SECONDS


def main(messages: int, rounds: int, load_seconds: int) -> bool:
    """All of it."""
    with tempfile.TemporaryDirectory() as folder, postgresql() as url:
        places = {"discard": "", "file": folder, "file-threads": folder, "sqlite": f"sqlite:///{folder}/intake.db"}
        if url is not None:
            places["postgresql"] = url
        with servers(places) as ports:
            good = compare(ports, rounds, messages)
            good &= uvloop.run(load(ports["sqlite"], load_seconds))
        good &= compare_with_files(Path(folder), rounds, messages, slow_disk.SYNC_US, FILE_RATIO)
        return compare_with_files(Path(folder), rounds, messages, slow_disk.SLOWER_US, FILE_RATIO) and good


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--load-seconds", type=int, default=60)
    options = parser.parse_args()
    sys.exit(not main(options.messages, options.rounds, options.load_seconds))
