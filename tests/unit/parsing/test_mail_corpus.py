"""The corpus of invented mails: one mechanical fault each, replies split by hand, and who is speaking."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from intake.model import Channel, Envelope, Message
from intake.parsing import parse, parse_file_record, quotes

CORPUS = Path(__file__).parents[2] / "corpus" / "mail"
NOW = datetime(2024, 1, 5, tzinfo=UTC)


def squeezed(text: str) -> str:
    """White space is the programs' business."""
    return "".join(text.split())


def generated() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CORPUS / "generated.jsonl").read_text("utf-8").splitlines()]


def replies() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Name and the marked lines of each case of replies.txt."""
    text = (CORPUS / "replies.txt").read_text("utf-8")
    for block in text.split("\n=== ")[1:]:
        name, *lines = block.split("\n")
        yield name, [(line[0], line[1:]) for line in lines if line]


def kinds() -> Iterator[tuple[str, str, str, bytes]]:
    """Name, kind, a failed address or "", and the mail of each case of kinds.txt."""
    for block in (CORPUS / "kinds.txt").read_text("utf-8").split("\n=== ")[1:]:
        head, raw = block.split("\n", 1)
        name, kind, address, *_ = (*(item.strip() for item in head.split("|")), "", "")
        yield name, kind, address, raw.encode()


def read(raw: bytes) -> Message:
    return parse(Envelope(Channel.EMAIL, "file", raw, NOW))


@pytest.mark.parametrize("case", generated(), ids=lambda case: case["name"])
def test_a_mail_with_a_fault_is_read_as_a_person_reads_it(case: dict[str, Any]) -> None:
    found = parse_file_record("f.eml", base64.b64decode(case["raw"]))
    expected = {key: value for key, value in case["expected"].items() if value is not None}
    text_has, error_has = expected.pop("text_has", ""), expected.pop("error_has", "")
    for key in ("text", "new_text"):
        if key in expected:
            assert squeezed(found[key]) == squeezed(expected.pop(key))
    assert {key: found[key] for key in expected} == expected
    assert text_has in found["text"]
    assert (error_has in found["error"]) if error_has else found["error"] is None


@pytest.mark.parametrize(("name", "lines"), list(replies()), ids=lambda case: case if isinstance(case, str) else "")
def test_new_words_are_told_from_old(name: str, lines: list[tuple[str, str]]) -> None:
    body = "\n".join(text for _, text in lines)
    segments = quotes.segment(body)
    wanted = "".join(text for mark, text in lines if mark == "+") or body  # never nothing
    assert "".join(body[item.start : item.end] for item in segments) == body
    assert squeezed(quotes.new_text(body, segments)) == squeezed(wanted)


@pytest.mark.parametrize(
    ("name", "kind", "address", "raw"), list(kinds()), ids=lambda case: case if isinstance(case, str) else ""
)
def test_the_kind_says_who_is_speaking(name: str, kind: str, address: str, raw: bytes) -> None:
    message = read(raw)
    assert message.kind.value == kind, message.kind_reason
    assert (message.kind_reason == "") == (kind == "message")
    assert address in ("", *message.bounced)
    if kind != "message":
        assert message.no_reply


def test_the_corpus_is_large_enough_and_made_by_its_script(tmp_path: Path) -> None:
    rows = generated()
    assert len(rows) + len(list(replies())) + len(list(kinds())) >= 500
    script = CORPUS.parent / "generate_mail.py"
    made = tmp_path / "made.jsonl"
    subprocess.run([sys.executable, str(script), str(made)], check=True, capture_output=True, timeout=60)
    assert made.read_text("utf-8") == (CORPUS / "generated.jsonl").read_text("utf-8")
