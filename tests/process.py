"""A running ``intake`` in a process of its own, to be talked to, stopped and killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from intake.bootstrap.home import connect
from intake.config import load
from intake.store import SqlStore
from tests import rigs

DESK = "support@agency.example.jp"


class Product:
    """``intake run`` on a home of its own; loopback only."""

    def __init__(self, home: Path, *, url: str = "", relay: str = "folder:", **more: str) -> None:
        self.home = home
        self.smtp, self.http = rigs.free_port(), rigs.free_port()
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("INTAKE_")} | {
            "INTAKE_HOME": str(home),
            "INTAKE_DATABASE_URL": url,
            "INTAKE_SMTP_LISTEN": f"127.0.0.1:{self.smtp}",
            "INTAKE_HTTP_LISTEN": f"127.0.0.1:{self.http}",
            "INTAKE_PUBLIC_URL": f"http://127.0.0.1:{self.http}",
            "INTAKE_RECIPIENTS": DESK,
            "INTAKE_MAIL_FROM": DESK,
            "INTAKE_RELAY_URL": relay,
            **more,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def command(self, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "intake", *words],
            env=self.env | env,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def start(self, env: Mapping[str, str] | None = None, *, seconds: float = 40) -> float:
        """Start and wait for the SMTP greeting; how long that took."""
        began = time.monotonic()
        log = (self.home.parent / "run.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "intake", "run"], env=self.env | dict(env or {}), stdout=log, stderr=log
        )
        log.close()
        while time.monotonic() - began < seconds:
            if self.process.poll() is not None:
                raise AssertionError(f"ended with {self.process.returncode}: {self.log()[-2000:]}")
            try:
                with socket.create_connection(("127.0.0.1", self.smtp), 1) as s:
                    if s.recv(3) == b"220":
                        return time.monotonic() - began
            except OSError:
                time.sleep(0.05)
        raise AssertionError(f"not ready: {self.log()[-2000:]}")

    def log(self) -> str:
        return (self.home.parent / "run.log").read_text("utf-8", "replace")

    def kill(self) -> None:
        """SIGKILL."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    def end(self) -> None:
        """Whatever state it is in."""
        if self.process is not None and self.process.poll() is None:
            self.kill()

    def store(self) -> SqlStore:
        """The same store from outside."""
        return connect(load(None, self.env).settings)

    def wait_idle(self, seconds: float = 120) -> None:
        """Until no message and no mail waits."""
        store = self.store()
        try:
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                with store.read() as tx:
                    waiting = tx.inbox.counts().get("waiting", 0)
                    mails = tx.outbox.counts()
                if not waiting and not mails.get("queued") and not mails.get("claimed"):
                    return
                time.sleep(0.2)
        finally:
            store.close()
        raise AssertionError(f"still busy: {waiting} messages, {mails}; {self.log()[-3000:]}")
