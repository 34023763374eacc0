"""Twelve canaries of one person among a thousand: before the erasure all are found, after it none, in no file."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests import rigs
from tests.e2e.erasure_parts import CANARIES, World, files, found_in, opened, opened_backup, settle
from tests.process import Product

pytestmark = pytest.mark.timeout(300)


def everything(world: World, *folders: Path) -> dict[str, set[str]]:
    """Every file as it lies there, and whatever the keys still open."""
    store = world.store()
    try:
        return found_in([*files(*folders), *opened(store)])
    finally:
        store.close()


def erased(world: World) -> dict[str, Any]:
    done = world.product.command("erase", CANARIES["member"], "--execute", "--json")
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def test_sqlite(tmp_path: Path) -> None:
    world = settle(Product(tmp_path / "home"), tmp_path / "given")
    product = world.product
    product.start()  # while everything runs, with its WAL and its logs
    try:
        before = everything(world, world.home)
        assert set(before) == set(CANARIES), "the look must see all twelve first"
        assert set(opened_backup(world, tmp_path / "before")) == set(CANARIES)
        certificate = erased(world)["certificate"]
        assert everything(world, world.home) == {}
        assert found_in([("log", product.log().encode())]) == {}
    finally:
        product.end()
    assert everything(world, world.home) == {}
    assert opened_backup(world, tmp_path / "after") == {}, "a backup from before, with the keys of now"
    assert found_in([("backup", world.backup.read_bytes())]) == {}, "and without any"
    assert certificate["erased"]["masked"] == 2
    assert certificate["scan"]["hits"] == 0
    assert certificate["scan"]["files"] > 3
    assert found_in([("certificate", json.dumps(certificate, ensure_ascii=False).encode())]) == {}
    holds_after(product)


def test_postgresql(tmp_path: Path, postgres: rigs.Postgres, postgres_url: str) -> None:
    world = settle(Product(tmp_path / "home", url=postgres_url), tmp_path / "given")
    data = postgres.folder / "data"  # heap, indexes, write-ahead log
    assert set(everything(world, world.home, data)) == set(CANARIES)
    erased(world)
    subprocess.run([str(rigs._postgres_programs() / "psql"), postgres_url, "-qc", "CHECKPOINT"], check=True)
    assert everything(world, world.home, data) == {}
    assert found_in([("dump", world.backup.read_bytes())]) == {}
    holds_after(world.product)


def holds_after(product: Product) -> None:
    """The chain holds, nobody else lost anything, the old mails open nothing when they come again."""
    assert product.command("audit", "verify").returncode == 0
    assert product.command("doctor").returncode == 0
    cases = json.loads(product.command("cases", "--json").stdout)
    again = product.command("ingest", *(str(product.home.parent / "given" / f"{n}.eml") for n in (0, 2)))
    assert again.returncode == 0, again.stderr
    assert product.command("work", "--until-idle").returncode == 0
    assert json.loads(product.command("cases", "--json").stdout) == cases
    assert [c["seeker"] for c in cases if c["message"] == 4] == ["Z-2"]
    assert CANARIES["member"] not in {c["seeker"] for c in cases}
    shown = json.loads(product.command("case", "show", "2", "--json").stdout)
    assert "■" in shown["text"]
    assert "担当を変更してください" in shown["text"]
    assert product.command("erase", CANARIES["member"], "--execute").returncode == 1
