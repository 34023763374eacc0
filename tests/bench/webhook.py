"""Durable webhooks against the same framework throwing them away, in one run (performance.md B).

    python -m tests.bench.webhook [--seconds 3] [--rounds 5] [--connections 10,50,100] [--kinds signed,form]

The client is wrk (Debian package of that name) on one thread, so that it is not what is measured: the requests of 1 KB
are made beforehand and no one is sent twice. The base is Starlette on uvicorn with uvloop, a route that reads the
request and answers 202. ``signed``: our form's JSON with an id and a signature each, against a base that looks at no
byte of it. ``form``: a WordPress form (urlencoded, ``/hooks/in/NAME/SECRET``) against a base that reads the form, which
is what performance.md's base does. Ours is a process of ``intake run web``, on SQLite and, where
it is installed, on a PostgreSQL that syncs. The servers take turns in each round; ratios are medians of the rounds'
ratios. Bar for both: SQLite at least half of the requests a second, at each number of connections.
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
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from intake.bootstrap.home import init_home
from intake.channels import foreign
from intake.channels import standard_webhooks as signing
from intake.config import Settings, load
from intake.keyring import load_keyring
from tests import rigs
from tests.bench.smtp import postgresql

BARS = {"signed": 0.5, "form": 0.5}
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
Make = Callable[[int], bytes]


async def discard(request: Request) -> Response:
    """Take it, say yes."""
    await request.body()
    return JSONResponse({"id": "1"}, 202)


async def discard_form(request: Request) -> Response:
    """Read its fields, say yes."""
    await request.form()
    return JSONResponse({"id": "1"}, 202)


def serve_discard(port: int) -> None:
    """The base's process."""
    routes = [Route("/hooks/form", discard, methods=["POST"]),
              Route("/hooks/in/{name}/{secret}", discard_form, methods=["POST"])]  # fmt: skip
    app = Starlette(routes=routes)
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


def signed(settings: Settings) -> Make:
    """Our own form's JSON, with a signature."""
    (secret,) = signing.load_secrets(settings.webhook_secret_path)
    at = int(time.time())

    def make(n: int) -> bytes:
        body = json.dumps(fields(n) | {"message": "退会を希望。" * 40}, ensure_ascii=False).encode()
        return request("/hooks/form", "application/json", body, (
            f"webhook-id: bench-{n}\r\nwebhook-timestamp: {at}\r\n"
            f"webhook-signature: {signing.sign(secret, f'bench-{n}', at, body)}\r\n"
        ))  # fmt: skip

    return make


def foreign_form(settings: Settings) -> Make:
    """What a browser makes of a WordPress form."""
    name = "wordpress-contact-form"
    path = f"/hooks/in/{name}/{foreign.secret_for(load_keyring(settings.secret_path), name)}"

    def make(n: int) -> bytes:
        given = {f"your-{key}": value for key, value in fields(n).items()} | {"submission_id": f"bench-{n}"}
        body = urlencode(given | {"your-message": "退会を希望。" * 14}).encode()
        return request(path, "application/x-www-form-urlencoded", body)

    return make


def fields(n: int) -> dict[str, str]:
    """Somebody new each time."""
    return {"name": "山田 太郎", "email": f"a{n}@example.jp", "category": "退会"}


def request(path: str, content_type: str, body: bytes, more: str = "") -> bytes:
    """The bytes that go over the wire."""
    head = (f"POST {path} HTTP/1.1\r\nHost: agency.example\r\nContent-Type: {content_type}\r\n"
            f"Content-Length: {len(body)}\r\n{more}\r\n")  # fmt: skip
    return head.encode() + body


KINDS: dict[str, Callable[[Settings], Make]] = {"signed": signed, "form": foreign_form}


def write_requests(path: Path, make: Make, requests: int) -> None:
    """For each a line with its size, then its bytes."""
    with path.open("wb") as f:
        for _ in range(requests):
            one = make(next(_numbers))
            f.write(b"%d\n" % len(one) + one)


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


def compare(
    folder: Path, ports: dict[str, int], make: Make, connections: int, rounds: int, seconds: int, bar: float
) -> bool:
    """Rounds take turns; True if the bar is reached."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in ports}
    for _ in range(rounds):
        for name, port in ports.items():
            write_requests(folder / "requests", make, MOST_A_SECOND * seconds)
            found[name].append(send(folder, port, connections, seconds))
    print(f"{connections} connections:")
    good = True
    for name, rows in found.items():
        ratio = statistics.median(row[0] / first[0] for row, first in zip(rows, found["discard"], strict=True))
        rate, p99 = (statistics.median(column) for column in zip(*rows, strict=True))
        missed = name == "sqlite" and ratio < bar
        good &= not missed
        print(
            f"  {name:12}{rate:8.0f}/s{ratio:7.2f}x  p99 {p99:.1f} ms{f'  MISSED: {bar}' if missed else ''}", flush=True
        )
    return good


def main(seconds: int, rounds: int, connections: list[int], kinds: list[str]) -> bool:
    """All of it."""
    if shutil.which("wrk") is None:
        sys.exit("wrk is missing; Debian package: wrk")
    with ExitStack() as stack:
        folder, home = (Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(2))
        settings = load(str(home), {}).settings
        init_home(settings)
        ports = {"discard": stack.enter_context(base()), "sqlite": stack.enter_context(product(str(home), ""))}
        url = stack.enter_context(postgresql())
        if url is not None:
            ports["postgresql"] = stack.enter_context(product(str(home), url))
        reached = []
        for kind in kinds:
            print(f"{kind}:")
            reached += [
                compare(folder, ports, KINDS[kind](settings), n, rounds, seconds, BARS.get(kind, 0))
                for n in connections
            ]
        return all(reached)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", default="10,50,100")
    parser.add_argument("--kinds", default="signed,form")
    options = parser.parse_args()
    connections = [int(n) for n in options.connections.split(",")]
    sys.exit(not main(options.seconds, options.rounds, connections, options.kinds.split(",")))
