"""Durable webhooks against the same framework throwing them away, in one run (performance.md B).

    python -m tests.bench.webhook [--seconds 3] [--rounds 5] [--connections 10,50,100]

The client is wrk (Debian package of that name) on one thread, so that it is not what is measured: the requests, forms
of 1 KB with an id and a signature each, are made beforehand and no one is sent twice. The base is Starlette on uvicorn
with uvloop, a route that reads the body and answers 202. Ours is a process of ``intake run web``, on SQLite and, where
it is installed, on a PostgreSQL that syncs. The servers take turns in each round; ratios are medians of the rounds'
ratios. Bar: SQLite at least half of the requests a second, at each number of connections.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from intake.bootstrap.house import init_home
from intake.channels import standard_webhooks as signing
from intake.config import load
from tests import rigs
from tests.bench.smtp import postgresql

BAR = 0.5
MOST_A_SECOND = 60_000  # requests made beforehand
LUA = """
local threads, requests, n = {}, {}, 0
function setup(thread) table.insert(threads, thread) end
function init()
  local f = io.open(os.getenv("REQUESTS"), "rb")
  for size in f:lines() do requests[#requests + 1] = f:read(tonumber(size)) end
end
function request()
  n = n + 1
  left = #requests - n
  return requests[n] or "GET / HTTP/1.0\\r\\n\\r\\n"
end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format("FOUND %d %d %f %d %d\\n", summary.requests, summary.duration, latency:percentile(99),
    e.connect + e.read + e.write + e.status + e.timeout, threads[1]:get("left")))
end
"""
_numbers = count(1)


async def discard(request: Request) -> Response:
    """Read it, say yes."""
    await request.body()
    return JSONResponse({"id": "1"}, 202)


def serve_discard(port: int) -> None:
    """The base's process."""
    app = Starlette(routes=[Route("/hooks/form", discard, methods=["POST"])])
    uvicorn.run(app, host="127.0.0.1", port=port, log_config=None, access_log=False, lifespan="off", loop="uvloop")


@contextmanager
def base() -> Iterator[int]:
    """Its port."""
    port = rigs.free_port()
    process = multiprocessing.Process(target=serve_discard, args=(port,), daemon=True)
    process.start()
    _wait_for(port)
    yield port
    process.kill()
    process.join()


@contextmanager
def product(home: str, url: str) -> Iterator[int]:
    """The port of ``intake run web`` on a home that is there already."""
    port = rigs.free_port()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("INTAKE_")}
    settings = {"INTAKE_HOME": home, "INTAKE_DATABASE_URL": url, "INTAKE_HTTP_LISTEN": f"127.0.0.1:{port}"}
    command = [sys.executable, "-m", "intake", "run", "web"]
    process = subprocess.Popen(command, env=clean | settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield port
    finally:
        process.kill()
        process.wait()


def _wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            httpx2.get(f"http://127.0.0.1:{port}/", timeout=5)
        except httpx2.TransportError:
            time.sleep(0.1)
        else:
            return
    sys.exit("a server does not listen")


def write_requests(path: Path, secret: bytes, requests: int) -> None:
    """Signed forms: for each a line with its size, then the bytes that go over the wire."""
    at = int(time.time())
    with path.open("wb") as f:
        for n in (next(_numbers) for _ in range(requests)):
            form = {
                "name": "山田 太郎",
                "email": f"a{n}@example.jp",
                "message": "退会を希望。" * 40,
                "category": "退会",
            }
            body = json.dumps(form, ensure_ascii=False).encode()
            head = (
                "POST /hooks/form HTTP/1.1\r\nHost: agency.example\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\nwebhook-id: bench-{n}\r\nwebhook-timestamp: {at}\r\n"
                f"webhook-signature: {signing.sign(secret, f'bench-{n}', at, body)}\r\n\r\n"
            )
            f.write(b"%d\n" % len(head.encode() + body) + head.encode() + body)


def send(folder: Path, port: int, connections: int, seconds: int) -> tuple[float, float]:
    """Requests a second and the 99th percentile in milliseconds. Ends the run where one of them is not answered 202."""
    (folder / "client.lua").write_text(LUA, "ascii")
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(folder / "client.lua")]
    command.append(f"http://127.0.0.1:{port}/hooks/form")
    given = os.environ | {"REQUESTS": str(folder / "requests")}
    done = subprocess.run(command, env=given, capture_output=True, text=True, timeout=300, check=True)
    line = next(line for line in done.stdout.splitlines() if line.startswith("FOUND "))
    requests, microseconds, p99, wrong, left = map(float, line.split()[1:])
    if wrong or left < 0:
        sys.exit(f"{wrong:.0f} requests failed, {-min(left, 0):.0f} were not made beforehand")
    return requests / microseconds * 1e6, p99 / 1000


def compare(folder: Path, ports: dict[str, int], secret: bytes, connections: int, rounds: int, seconds: int) -> bool:
    """Rounds take turns; True if the bar is reached."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in ports}
    for _ in range(rounds):
        for name, port in ports.items():
            write_requests(folder / "requests", secret, MOST_A_SECOND * seconds)
            found[name].append(send(folder, port, connections, seconds))
    print(f"{connections} connections:")
    good = True
    for name, rows in found.items():
        ratio = statistics.median(row[0] / first[0] for row, first in zip(rows, found["discard"], strict=True))
        rate, p99 = (statistics.median(column) for column in zip(*rows, strict=True))
        missed = name == "sqlite" and ratio < BAR
        good &= not missed
        print(
            f"  {name:12}{rate:8.0f}/s{ratio:7.2f}x  p99 {p99:.1f} ms{f'  MISSED: {BAR}' if missed else ''}", flush=True
        )
    return good


def main(seconds: int, rounds: int, connections: list[int]) -> bool:
    """All of it."""
    if shutil.which("wrk") is None:
        sys.exit("wrk is missing; Debian package: wrk")
    with ExitStack() as stack:
        folder, home = (Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(2))
        settings = load(str(home), {}).settings
        init_home(settings)
        (secret,) = signing.load_secrets(settings.webhook_secret_path)
        ports = {"discard": stack.enter_context(base()), "sqlite": stack.enter_context(product(str(home), ""))}
        url = stack.enter_context(postgresql())
        if url is not None:
            ports["postgresql"] = stack.enter_context(product(str(home), url))
        reached = [compare(folder, ports, secret, n, rounds, seconds) for n in connections]
        return all(reached)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", default="10,50,100")
    options = parser.parse_args()
    sys.exit(not main(options.seconds, options.rounds, [int(n) for n in options.connections.split(",")]))
