"""Durable webhooks against the same framework throwing them away, in one run (performance.md B).

    python -m tests.bench.webhook [--requests 3000] [--rounds 5] [--connections 10]

Both are Starlette on uvicorn with uvloop, a process each; the client sends signed forms of 1 KB over kept connections.
Bar: at least half of the requests a second.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from intake.bootstrap.health import Health
from intake.bootstrap.house import House, connect, init_home
from intake.bootstrap.services import web_context
from intake.bootstrap.toolbox import Toolbox
from intake.channels import standard_webhooks as signing
from intake.config import load
from intake.web.app import create_app
from intake.worker import utc_now
from tests import rigs

BAR = 0.5


async def discard(request: Request) -> Response:
    """Read it, say yes."""
    await request.body()
    return JSONResponse({"id": "1"}, 202)


def serve(home: str, port: int) -> None:
    """A server's process; without a home one that throws everything away."""
    app: Any = Starlette(routes=[Route("/hooks/form", discard, methods=["POST"])])
    if home:
        settings = load(home, {}).settings
        house = House(settings, connect(settings), Toolbox(settings))
        app = create_app(web_context(house, Health(house.store, utc_now)))
    uvicorn.run(app, host="127.0.0.1", port=port, log_config=None, access_log=False, lifespan="off", loop="uvloop")


async def send(port: int, secret: bytes, connections: int, requests: int, first: int) -> float:
    """Requests a second."""
    began = time.perf_counter()
    share = requests // connections
    await asyncio.gather(
        *(_client(port, secret, range(first + n * share, first + (n + 1) * share)) for n in range(connections))
    )
    return requests / (time.perf_counter() - began)


async def _client(port: int, secret: bytes, numbers: range) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for n in numbers:
        form = {"name": "山田 太郎", "email": f"a{n}@example.jp", "message": "退会を希望。" * 40, "category": "退会"}
        body, at = json.dumps(form, ensure_ascii=False).encode(), int(time.time())
        head = (
            f"POST /hooks/form HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            f"webhook-id: b{n}\r\nwebhook-timestamp: {at}\r\n"
            f"webhook-signature: {signing.sign(secret, f'b{n}', at, body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 202"), answer
        length = next(line for line in answer.lower().split(b"\r\n") if line.startswith(b"content-length"))
        await reader.readexactly(int(length.split(b":")[1]))
    writer.close()


def main(requests: int, rounds: int, connections: int) -> bool:
    """Rounds take turns; True if the bar is reached."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load(folder, {}).settings
        init_home(settings)
        (secret,) = signing.load_secrets(Path(settings.webhook_secret_path))
        ports = {"discard": rigs.free_port(), "ours": rigs.free_port()}
        homes = {"discard": "", "ours": folder}
        processes = [
            multiprocessing.Process(target=serve, args=(homes[name], port), daemon=True) for name, port in ports.items()
        ]
        for process in processes:
            process.start()
        while not all(map(_listens, ports.values())):
            time.sleep(0.1)
        rates: dict[str, list[float]] = {name: [] for name in ports}
        for n in range(rounds):
            for name, port in ports.items():
                rates[name].append(uvloop.run(send(port, secret, connections, requests, n * requests)))
        for process in processes:
            process.kill()
            process.join()
    rate = {name: statistics.median(found) for name, found in rates.items()}
    ratio = rate["ours"] / rate["discard"]
    print(
        f"{connections} connections: discard {rate['discard']:.0f}/s, ours {rate['ours']:.0f}/s, {ratio:.2f}x", end=""
    )
    print("" if ratio >= BAR else f"  MISSED: {BAR}")
    return ratio >= BAR


def _listens(port: int) -> bool:
    try:
        asyncio.run(_knock(port))
    except OSError:
        return False
    return True


async def _knock(port: int) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=10)
    options = parser.parse_args()
    assert os.environ.get("INTAKE_HOME") is None
    sys.exit(not main(options.requests, options.rounds, options.connections))
