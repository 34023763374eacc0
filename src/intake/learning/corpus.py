"""Labelled lines: whole messages and single sentences, as GUIDE.md describes them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from intake.errors import BadInput

_NUMBERED = re.compile(r"(.*?)(\d+)(?:-?[a-z])?$")


ATTACK = "attack"  # a letter written with sight of the gate, to get past it
PLAIN = "plain"  # a letter put together from plain words, that nobody could mistake


@dataclass(frozen=True, slots=True)
class Line:
    """One labelled line. ``requests`` or ``reasons`` is None where the line does not say."""

    id: str
    source: str  # name of the file it came from
    channel: str
    sender: str
    subject: str
    body: str
    requests: tuple[str, ...] | None
    reasons: tuple[str, ...] | None
    facts: dict[str, str] | None
    received_at: str | None = None
    hard: bool = False
    kind: str = "message"
    weight: float = 1.0
    group: str = ""  # lines that resemble one another: a pair, neighbours by one hand
    of: str = ""  # the request that a near miss looks like


def read_lines(paths: Iterable[Path]) -> Iterator[Line]:
    """The lines of JSONL files, in order. Raises BadInput with file and line where one cannot be used."""
    for path in paths:
        with path.open("rb") as file:
            for number, raw in enumerate(file, 1):
                if text := _text(raw, path, number):
                    yield _line(text, path, number)


def _text(raw: bytes, path: Path, number: int) -> str:
    """UTF-8; some editors put a mark before the first line."""
    try:
        return raw.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise BadInput(f"{path}:{number}: not UTF-8 ({error.reason}); save the file as UTF-8") from None


def _neighbours(line_id: str) -> str:
    """Lines with neighbouring numbers were often written in one go."""
    numbered = _NUMBERED.match(line_id)
    return f"{numbered[1]}{int(numbered[2]) // 4}" if numbered else line_id


def _kind(entry: dict[str, Any]) -> str:
    kind = str(entry.get("kind", "message"))
    return kind if "text" in entry or kind in (ATTACK, PLAIN) else "message"


def _check(entry: Any) -> None:
    if not isinstance(entry, dict):
        raise ValueError("not an object")
    for name, kind in (("requests", list), ("reasons", list), ("facts", dict), ("body", str), ("text", str)):
        if not isinstance(entry.get(name, kind()), kind):
            raise ValueError(f"{name} is no {kind.__name__}")


def _line(text: str, path: Path, number: int) -> Line:
    try:
        entry: dict[str, Any] = json.loads(text)
        _check(entry)
        return Line(
            id=str(entry["id"]),
            source=path.stem,
            channel=entry.get("channel", "form"),
            sender=entry.get("from", ""),
            subject=entry.get("subject", ""),
            body=entry["text"] if "text" in entry else entry["body"],
            requests=tuple(sorted(entry["requests"])) if "requests" in entry else None,
            reasons=tuple(sorted(entry["reasons"])) if "reasons" in entry else None,
            facts=entry.get("facts"),
            received_at=entry.get("received_at"),
            hard=bool(entry.get("hard")),
            kind=_kind(entry),
            weight=float(entry.get("weight", 1.0)),
            group=entry.get("pair") or _neighbours(str(entry["id"])),
            of=entry.get("of", ""),
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadInput(f"{path}:{number}: not a labelled line: {error}") from None
