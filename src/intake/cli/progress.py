"""How far long work has come: a bar on a terminal, nothing elsewhere (contract.md, Commands)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def over_rows() -> Any:
    """A function that passes rows on and shows how many."""
    if not sys.stderr.isatty():
        return lambda rows: rows
    from rich.console import Console
    from rich.progress import track

    return lambda rows: track(rows, description="", console=Console(stderr=True))


@contextmanager
def of_all(total: int) -> Iterator[Callable[[int], None]]:
    """Gives a function that is told how much more is done, of ``total`` in any unit."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=max(total, 1))
        yield lambda more: bar.update(task, advance=more)


def bytes_below(paths: list[Path]) -> int:
    """Bytes of these files, and of those in these folders; what cannot be looked at counts nothing."""
    found = 0
    for path in paths:
        try:
            files = path.rglob("*") if path.is_dir() else [path]
            found += sum(one.stat().st_size for one in files if one.is_file())
        except OSError:
            continue
    return found
