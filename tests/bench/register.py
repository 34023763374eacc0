"""A register of a hundred thousand: how long an import takes, again and changed, and a look-up in it.

    python -m tests.bench.register [ROWS] [postgresql://…]

Prints seconds of the clock and of the processor; 100,000 rows in minutes and a match in milliseconds are the bar.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from intake.bootstrap.home import key_maker
from intake.keyring import Keyring
from intake.matching import keys_of, load_weights, match_seeker
from intake.model import Facts
from intake.pipeline.roster import import_applications, import_seekers
from intake.pipeline.roster_words import load_roster_words
from intake.resources import shipped_rules
from intake.store import SqlStore, migrate, open_store

NOW = datetime(2026, 11, 16, 3, 0, tzinfo=UTC)
FAMILIES = ("佐藤", "鈴木", "髙橋", "高橋", "斎藤", "齋藤", "渡辺", "渡邉", "山崎", "山﨑", "伊藤", "中島")
GIVEN = ("花子", "太郎", "健", "健太", "結衣", "翔", "美咲", "一郎", "さくら", "実")
LOOKS = 2_000


def people(rows: int) -> list[str]:
    """Lines of a CSV: names that many share, addresses that nobody shares."""
    pick = random.Random(7)
    head = "会員番号,氏名,フリガナ,メールアドレス,電話番号,状態,登録経路,担当者"
    return [head] + [
        f"M-{i:07d},{pick.choice(FAMILIES)} {pick.choice(GIVEN)},ヤマダ ハナコ,p{i}@example.jp;q{i}@example.com,"
        f"090-0000-{i % 10_000:04d},{pick.choice(('登録中', '停止中', '退会済み'))},窓口,佐藤"
        for i in range(rows)
    ]


def timed(what: str, run: Callable[[], Any]) -> Any:
    """Run it and print how long it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = run()
    print(f"{what:<34} {time.perf_counter() - wall:8.1f} s   {time.process_time() - cpu:8.1f} s of the processor")
    return result


def look_up(store: SqlStore, rows: int) -> None:
    """Candidates and score of messages: known ones, strangers, and those with only a common name."""
    maker, weights, pick = key_maker(), load_weights([shipped_rules()]), random.Random(11)
    times: dict[str, list[float]] = {"known": [], "stranger": [], "common name": []}
    for n in range(LOOKS):
        kind = ("known", "stranger", "common name")[n % 3]
        i = pick.randrange(rows)
        addr = f"p{i}@example.jp" if kind == "known" else f"nobody{i}@example.com"
        facts = Facts(name="鈴木花子" if kind == "common name" else None)
        began = time.perf_counter()
        with store.read() as tx:
            found = tx.seekers.candidates(keys_of(addr, facts, {}, "", maker))
        match = match_seeker(addr, "", facts, {}, found, weights, maker)
        times[kind].append(1000 * (time.perf_counter() - began))
        assert (match.seeker is not None) == (kind == "known"), kind
    for kind, taken in times.items():
        taken.sort()
        median, late = statistics.median(taken), taken[int(len(taken) * 0.99)]
        print(f"match, {kind:<27} {median:8.2f} ms median, {late:.2f} ms p99")


def main() -> None:
    """The whole bench on one engine."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    words = load_roster_words([shipped_rules()])
    with tempfile.TemporaryDirectory() as folder:
        url = sys.argv[2] if len(sys.argv) > 2 else f"sqlite:///{Path(folder) / 'intake.db'}"
        migrate(url)
        store = open_store(url, Keyring(bytes(range(64))), keymaker=key_maker())
        lines = people(rows)
        moved = [line.removesuffix("佐藤") + "田中" if line.endswith("佐藤") else line for line in lines]
        openings = ["会員番号,企業名,選考段階", *(f"M-{i:07d},株式会社甲,面接確定" for i in range(rows // 5))]

        def bring(what: str, run: Callable[..., Any], text: list[str]) -> Any:
            data = "\n".join(text).encode("cp932")
            return timed(what, lambda: run(store, data, "x.csv", NOW, words, dry_run=False))

        print(f"{rows:,} seekers on {url.partition(':')[0]}")
        first = bring("import", import_seekers, lines)
        again = bring("the same again", import_seekers, lines)
        other = bring("another concierge for all", import_seekers, moved)
        assert (first.added, again.unchanged, other.changed) == (rows, rows, rows), (first, again, other)
        bring(f"{rows // 5:,} applications", import_applications, openings)
        look_up(store, rows)
        store.close()


if __name__ == "__main__":
    main()
