"""SMTP and LMTP talks as text: what the client says (C:, R: with escapes and no line end added), what we answer (S:).

``*`` in an answer stands for anything. ``end``: the connection is closed. ``kept:`` lines are the bytes in the inbox.
``server:`` sets lmtp, max_bytes, trusted_relays, or lets the first commit fail (fail=full, fail=gone).
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from intake.errors import StorageFull, StoreUnavailable
from tests.unit.channels.fakes import Client, MemoryStore, Port

TALKS = sorted(Path(__file__).parent.glob("*.txt"))
FAILURES = {"full": StorageFull, "gone": StoreUnavailable}


def options(lines: list[str], store: MemoryStore) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for line in lines:
        if line.startswith("server:"):
            name, _, value = line.removeprefix("server:").strip().partition("=")
            if name == "fail":
                store.fail = [FAILURES[value]()]
            else:
                found[name] = (
                    {"lmtp": value == "yes", "trusted_relays": [value]}.get(name) if name != "max_bytes" else int(value)
                )
    return found


def unescaped(text: str) -> bytes:
    return text.encode("latin-1").decode("unicode_escape").encode("latin-1")


def speak(client: Client, line: str, number: int) -> None:
    kind, _, text = line.partition(":")
    text = text.removeprefix(" ")
    if kind == "C":
        client.send(text.encode() + b"\r\n")
    elif kind == "R":
        client.send(unescaped(text))
    elif kind == "S":
        got = client.file.readline().decode().rstrip("\r\n")
        assert fnmatchcase(got, text.replace("[", "[[]")), f"line {number}: wanted {text!r}, got {got!r}"
    elif line == "end":
        assert client.file.read() == b""
    else:
        assert kind in ("server", "kept") or line.startswith("#") or not line, f"line {number}: {line!r}"


@pytest.mark.parametrize("talk", TALKS, ids=lambda p: p.stem)
def test_talk(talk: Path) -> None:
    lines = talk.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# ")
    store = MemoryStore()
    with Port(store, **options(lines, store)) as port:
        client = port.client()
        for number, line in enumerate(lines, 1):
            speak(client, line, number)
        client.close()
    assert store.raws == [
        unescaped(line.removeprefix("kept:").removeprefix(" ")) for line in lines if line.startswith("kept:")
    ]


def test_there_are_talks() -> None:
    assert len(TALKS) >= 12
