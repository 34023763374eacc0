"""Durable SMTP intake against aiosmtpd throwing mail away, in one run (performance.md B).

    python -m tests.bench.smtp [--messages 2000] [--rounds 3] [--database-url URL]

The client is postfix's smtp-source where it is installed, else a few asyncio coroutines. Each server is a process of
its own on uvloop; ratios count, figures of one machine do not. Goals: ≥ 0.75 at 10 connections, ≥ 0.9 at 50.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from datetime import UTC, datetime
from typing import Any

import uvloop
from aiosmtpd.smtp import SMTP

from intake.channels.inbox import InboxWriter
from intake.channels.smtp import SmtpServer
from intake.keyring import Keyring
from intake.store import migrate, open_store

BOX = "jobs@agency.example"
CASES = ((1, 2_000), (10, 2_000), (50, 2_000), (10, 50_000))


class Discard:
    """aiosmtpd's least handler."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        return "250 OK"


async def serve_discard(pipe: Any, _: str) -> None:
    """aiosmtpd as it comes."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Discard(), hostname="bench", loop=loop), "127.0.0.1", 0)
    pipe.send(server.sockets[0].getsockname()[1])
    await asyncio.Event().wait()


async def serve_durable(pipe: Any, place: str) -> None:
    """Ours, with the real store at ``place``."""
    migrate(place)
    writer = InboxWriter(open_store(place, Keyring(os.urandom(32))))
    writer.start()
    server = SmtpServer(
        writer, host="127.0.0.1", port=0, recipients={BOX}, hostname="bench", clock=lambda: datetime.now(UTC)
    )
    await server.start()
    pipe.send(server.port)
    await asyncio.Event().wait()


def run(serve: Any, pipe: Any, place: str) -> None:
    """A server's process."""
    uvloop.run(serve(pipe, place))


def send(port: int, connections: int, size: int, messages: int) -> float:
    """Messages a second."""
    began = time.perf_counter()
    tool = shutil.which("smtp-source") or "/usr/sbin/smtp-source"
    command = [tool, "-s", str(connections), "-m", str(messages), "-l", str(size), "-f", "a@example.jp", "-t", BOX]
    subprocess.run([*command, f"127.0.0.1:{port}"], check=True, timeout=300)
    return messages / (time.perf_counter() - began)


def measure(rounds: int, messages: int, place: str) -> None:
    """Rounds take turns, so that a slow minute of the machine hits both."""
    ports, processes = {}, []
    for name, serve in (("discard", serve_discard), ("durable", serve_durable)):
        here, there = multiprocessing.Pipe()
        process = multiprocessing.Process(target=run, args=(serve, there, place), daemon=True)
        process.start()
        processes.append(process)
        ports[name] = here.recv()
    for connections, size in CASES:
        count = messages if size < 10_000 else messages // 4
        rates: dict[str, list[float]] = {name: [] for name in ports}
        for _ in range(rounds):
            for name, port in ports.items():
                rates[name].append(send(port, connections, size, count))
        base, ours = (statistics.median(rates[name]) for name in ("discard", "durable"))
        figures = f"discard {base:6.0f}/s, durable {ours:6.0f}/s = {ours / base:.2f}x"
        print(f"{connections:3} connections, {size:6} bytes: {figures}", flush=True)
    for process in processes:
        process.terminate()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--database-url", default="")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(options.rounds, options.messages, options.database_url or f"sqlite:///{folder}/intake.db")
