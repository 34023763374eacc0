"""A process that forks the product again and again, so that a hundred lives cost one start.

    python -m tests.faults.victim        (settings from INTAKE_*)

It loads rules, templates and libraries once. Each line ``{"at": "name:2", "trace": "file", "broken": ""}`` on its
standard input forks one life: the services of ``intake run`` on the home, as a process that can be killed alone
(``parts`` names those that run).
Lines out: ``up PID`` when that life answers, ``end PID STATUS`` when it is over.

``broken`` builds what must turn the harness red: ``early`` says 250 before the commit, ``twins`` knows no duplicates.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import traceback
from typing import Any

os.environ["OPENBLAS_NUM_THREADS"] = "1"

from intake import failpoints, journal, worker
from intake.bootstrap import services
from intake.bootstrap.home import connect, init_home
from intake.bootstrap.house import House
from intake.bootstrap.toolbox import Toolbox
from intake.channels import inbox as inbox_writer
from intake.config import Settings, load
from intake.model import Accepted
from intake.outbox.sender import Sender
from intake.store import adding
from tests.house import InProcess

TALK = os.dup(1)  # the log goes to standard output
os.dup2(2, 1)


def say(*words: object) -> None:
    """One line to whoever started us, at once."""
    os.write(TALK, (" ".join(map(str, words)) + "\n").encode())


def main() -> None:
    """Fork a life for each line; end with the input."""
    journal.set_up()
    settings = load(None, os.environ).settings
    init_home(settings)
    tools = Toolbox(settings)
    tools().understander  # noqa: B018 loaded here, shared by every life
    say("ready")
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            live(settings, tools, order)
        _, status = os.waitpid(pid, 0)
        say("end", pid, os.waitstatus_to_exitcode(status))


def live(settings: Settings, tools: Toolbox, order: dict[str, Any]) -> None:
    """One life, to its end; never returns."""
    try:
        failpoints.arm(order.get("at", ""), order.get("trace", ""))
        BROKEN[order.get("broken", "")]()
        house = House(settings, connect(settings), tools, _parser=InProcess())  # type: ignore[arg-type]
        parts = tuple(order.get("parts") or services.PARTS)
        services.run_services(services.Services(house, parts), ready=lambda: say("up", os.getpid()))
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def early() -> None:
    """Answers before it commits."""
    real = inbox_writer.InboxWriter._commit

    def commit(self: Any, arrivals: Any) -> Any:
        select.select([], [], [], 0.01)  # the fault is there without it; with it a kill meets it more often
        return real(self, arrivals)

    def run(self: Any) -> None:
        while (turn := self._queue.get()) is not None:
            for one in turn:
                inbox_writer._answer([one], [Accepted(0, True)])
                commit(self, [one.arrival])

    inbox_writer.InboxWriter._run = run  # type: ignore[method-assign]


def twins() -> None:
    """Takes every arrival for a new one."""
    adding.digest = lambda *_: os.urandom(16)


def frozen() -> None:
    """Not broken, but stopped (SIGSTOP) with a claim in its hands, for longer than its lease."""
    worker.LEASE_SECONDS = 2

    def stop_here(name: str) -> None:
        if name == "parse.child":
            os.kill(os.getpid(), signal.SIGSTOP)

    worker.reach = stop_here  # type: ignore[assignment]


def mute() -> None:
    """A sender whose thread ends at once."""

    def dies(*_: Any) -> None:
        raise RuntimeError

    Sender.loop = dies  # type: ignore[method-assign]


def full_stop() -> None:
    """A writer of the inbox whose thread ends at its first mail."""
    real = inbox_writer.InboxWriter._run

    def dies(self: Any) -> None:
        inbox_writer.InboxWriter._run = real  # type: ignore[method-assign]
        self._queue.get()

    inbox_writer.InboxWriter._run = dies  # type: ignore[method-assign]


BROKEN: dict[str, Any] = {
    "full_stop": full_stop,
    "mute": mute,
    "": lambda: None,
    "early": early,
    "twins": twins,
    "frozen": frozen,
}

if __name__ == "__main__":
    main()
