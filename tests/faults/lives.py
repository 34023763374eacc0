"""Driving ``victim.py``: one life after the other, each ended at a failpoint, at a random moment, or in peace."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from intake.bootstrap.home import connect
from intake.config import load
from intake.store import SqlStore
from tests import rigs
from tests.process import DESK


class Lives:
    """The product on a home of its own, to be killed as often as one likes."""

    def __init__(self, folder: Path, *, url: str = "", relay: str, **more: str) -> None:
        self.folder = folder
        self.smtp, self.http = rigs.free_port(), rigs.free_port()
        self.trace = folder / "reached"
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("INTAKE_")} | {
            "INTAKE_HOME": str(folder / "home"),
            "INTAKE_DATABASE_URL": url,
            "INTAKE_SMTP_LISTEN": f"127.0.0.1:{self.smtp}",
            "INTAKE_HTTP_LISTEN": f"127.0.0.1:{self.http}",
            "INTAKE_PUBLIC_URL": f"http://127.0.0.1:{self.http}",
            "INTAKE_RECIPIENTS": DESK,
            "INTAKE_MAIL_FROM": DESK,
            "INTAKE_RELAY_URL": relay,
            **more,
        }
        self._said: queue.Queue[list[str]] = queue.Queue()
        self._log = (folder / "victim.log").open("ab")
        self._zygote = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.victim"],
            env=self.env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
        )
        threading.Thread(target=self._listen, daemon=True).start()
        self.pid = 0
        self.slowest_start = 0.0
        assert self._said.get(timeout=120) == ["ready"], self.log()

    def _listen(self) -> None:
        assert self._zygote.stdout is not None
        for line in self._zygote.stdout:
            self._said.put(line.decode().split())
        self._said.put(["gone"])

    def begin(self, at: str = "", broken: str = "", parts: tuple[str, ...] = ()) -> bool:
        """Start a life and wait until it answers; False if it died (at its failpoint) before that."""
        began = time.monotonic()
        order = {"at": at, "trace": str(self.trace), "broken": broken, "parts": parts}
        assert self._zygote.stdin is not None
        self._zygote.stdin.write(json.dumps(order).encode() + b"\n")
        self._zygote.stdin.flush()
        said = self._said.get(timeout=60)
        if said[0] == "end":
            assert said[2] == "-9" and at, f"ended with {said} by itself: {self.log()}"
            return False
        assert said[0] == "up", f"{said}: {self.log()}"
        self.pid = int(said[1])
        self.slowest_start = max(self.slowest_start, time.monotonic() - began)
        return True

    def died(self, seconds: float) -> bool:
        """Whether it ended by its failpoint within this time."""
        try:
            said = self._said.get(timeout=seconds)
        except queue.Empty:
            return False
        assert said[0] == "end" and said[2] == "-9", f"{said}: {self.log()}"
        return True

    def kill(self) -> bool:
        """SIGKILL; False if it had ended already (its failpoint was quicker)."""
        return self._end(signal.SIGKILL) == "-9"

    def term(self) -> str:
        """SIGTERM; its exit status."""
        return self._end(signal.SIGTERM)

    def _end(self, number: int) -> str:
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)
        said = self._said.get(timeout=60)
        assert said[0] == "end", f"{said}: {self.log()}"
        self.pid = 0
        return said[2]

    def reached(self) -> set[str]:
        """Every failpoint that any life has come to."""
        return set(self.trace.read_text("ascii").split()) if self.trace.exists() else set()

    def store(self) -> SqlStore:
        """The same store from outside."""
        return connect(load(None, self.env).settings)

    def wait_idle(self, store: SqlStore, seconds: float) -> None:
        """Until no message and no mail waits."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with store.read() as tx:
                waiting, mails = tx.inbox.counts()["waiting"], tx.outbox.counts()
            if not waiting and not mails["queued"] and not mails["claimed"]:
                return
            time.sleep(0.3)
        raise AssertionError(f"still busy: {waiting} messages, {mails}: {self.log()}")

    def log(self) -> str:
        """The last that was said."""
        return (self.folder / "victim.log").read_text("utf-8", "replace")[-3000:]

    def end(self) -> None:
        """Whatever state it is in."""
        if self.pid:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        self._zygote.kill()
        self._zygote.wait(10)
        self._log.close()
