"""How long the server takes for every staff page over a large store; p95 of each is to stay within 200 ms.

    python -m tests.bench.pages [--cases 100000] [--rounds 30] [--url postgresql://…] [--home FOLDER]

The first request of each page (templates are compiled, figures counted) stands by itself; p50 and p95 are of the rest.
"cpu" is what our own process worked, "db" what PostgreSQL's worked a request: where other programs share the cores,
they tell a slow page from a busy machine. A home that is given is filled once and kept.
Prints a table; a page beyond the bar is marked and the exit status is 1.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from intake.ports import CaseQuery
from tests.bench.filled import fill
from tests.house import TestHouse, open_test_house
from tests.integration.web_parts import ADMIN, AUDITOR, LEAD, PRIVACY, SATO, Client, app_of, staffed

BAR_MS = 200.0
WORDS = ("退会", "山田", "紛失", "担当者", "個人情報", "会", "面接の日程", "person777", "無い言葉")
SEARCHES = ("state:review", "request:withdrawal channel:form", "state:done due:<3d", "is:late", "older:7d is:unsure",
            "request:deletion 退会", "has:attachment", "from:person777@example.jp", "is:complaint state:done",
            "assignee:me")  # fmt: skip


def main() -> int:
    """Fill, ask for every page, print."""
    args = argparse.ArgumentParser()
    args.add_argument("--cases", type=int, default=100_000)
    args.add_argument("--rounds", type=int, default=30)
    args.add_argument("--url", default="")
    args.add_argument("--home", type=Path)
    given = args.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        house = opened(given.home or Path(folder), given.url, given.cases)
        slow = [name for name, ms in measured(house, given.rounds) if ms > BAR_MS]
        house.store.close()
    if slow:
        print("beyond the bar:", ", ".join(slow))
    return int(bool(slow))


def opened(home: Path, url: str, size: int) -> TestHouse:
    """The house, filled unless it is already."""
    house = open_test_house(home, url=url)
    with house.store.read() as tx:
        if tx.cases.find(CaseQuery(limit=1)):
            return house
    staffed(house)
    started = time.perf_counter()
    fill(house, size)
    print(f"{size:,} cases written in {time.perf_counter() - started:.0f} s")
    return house


def measured(house: TestHouse, rounds: int) -> Iterator[tuple[str, float]]:
    """(page, p95 in ms) of every page, printed as it comes."""
    app = app_of(house)
    print(f"{'page':58}{'p50 ms':>9}{'p95 ms':>9}{'first':>9}{'cpu p95':>9}{'db':>7}{'KB':>7}")
    for who in (LEAD, SATO, PRIVACY, AUDITOR, ADMIN):
        client = Client(app, who)
        for name, paths in pages_of(house, client, who):
            yield _one(client, f"{name} ({who.split()[0]})", paths, rounds, lambda: _server_ms(house))


def _server_ms(house: TestHouse) -> float:
    """What the database server's processes have worked for us so far; 0 on SQLite, which works within ours."""
    store: Any = house.store
    if store.is_sqlite:
        return 0.0
    with store._reader.connect() as c:
        pids = c.exec_driver_sql("SELECT pid FROM pg_stat_activity WHERE application_name = 'intake'").scalars().all()
    ticks = [(Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[11:13] for pid in pids]
    return sum(int(t) for pair in ticks for t in pair) * 1e3 / os.sysconf("SC_CLK_TCK")


def _one(client: Client, name: str, paths: list[str], rounds: int, server: Callable[[], float]) -> tuple[str, float]:
    taken, worked, size, before = [], [], 0, server()
    for n in range(rounds):
        started, began = time.perf_counter(), time.process_time()
        answer = client.get(paths[n % len(paths)])
        taken.append((time.perf_counter() - started) * 1e3)
        worked.append((time.process_time() - began) * 1e3)
        assert answer.status_code in (200, 303), (paths[n % len(paths)], answer.status_code)
        size = max(size, len(answer.content))
    db = (server() - before) / rounds
    first, warm = taken[0], taken[1:]
    p95 = statistics.quantiles(warm, n=20, method="inclusive")[-1]
    cpu = statistics.quantiles(worked[1:], n=20, method="inclusive")[-1]
    mark = " !" if p95 > BAR_MS else ""
    print(
        f"{name:58}{statistics.median(warm):9.1f}{p95:9.1f}{first:9.1f}{cpu:9.1f}{db:7.1f}{size / 1024:7.0f}{mark}",
        flush=True,
    )
    return name, p95


def pages_of(house: TestHouse, client: Client, who: str) -> Iterator[tuple[str, list[str]]]:
    """Every page of this person; several addresses are asked for in turn."""
    for tab in ("mine", "unassigned", "all", "waiting", "scheduled", "done"):
        yield f"queue, {tab}", [f"/staff/?tab={tab}"]
    if who != SATO and who != LEAD:
        return
    middle = _middle(house)
    yield "queue, done, pages in the middle", [f"/staff/?tab=done&after={middle - 1000 * k}" for k in range(10)]
    yield "case", [f"/staff/cases/C-{n:06d}" for n in _seen(house, client)]
    for word in WORDS:
        yield f"search {word}", [f"/staff/search?q={word}"]
    for asked in SEARCHES:
        yield f"search {asked}", [f"/staff/search?q={asked}"]
    yield "search by member", [f"/staff/search?q=M-{20_000 + k}" for k in range(10)]
    yield "tasks, own", ["/staff/tasks"]
    yield "tasks, all", ["/staff/tasks?whose=all"]
    for view in ("", "waiting", "failed"):
        yield f"mails {view or 'all'}", [f"/staff/mails?view={view}"]
    yield "mail", [f"/staff/mails/{m}" for m in _mails(house, client)]
    for plain in ("templates", "rules", "policies", "me", "health"):
        yield plain, [f"/staff/{plain}"]
    if who == LEAD:
        yield "machine mail", ["/staff/machine"]
        yield "audit", ["/staff/audit", "/staff/audit?before=50000"]
    yield "figures, counted anew", [_anew("/staff/figures", k) for k in range(40)]
    yield "figures, kept", ["/staff/figures"]


def _anew(path: str, k: int) -> str:
    """Another range each time, so that nothing counted before serves."""
    return f"{path}?from=2026-08-{1 + k % 28:02d}&to=2026-{10 + k // 28}-15"


def _middle(house: TestHouse) -> int:
    with house.store.read() as tx:
        return tx.cases.find(CaseQuery(newest_first=True, limit=1))[0].id // 2


def _seen(house: TestHouse, client: Client) -> list[int]:
    found = list(range(1, _middle(house), max(1, _middle(house) // 40)))
    return [n for n in found if client.get(f"/staff/cases/C-{n:06d}").status_code == 200][:20]


def _mails(house: TestHouse, client: Client) -> list[int]:
    return [n for n in range(1, 60) if client.get(f"/staff/mails/{n}").status_code == 200][:20]


if __name__ == "__main__":
    sys.exit(main())
