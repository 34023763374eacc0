"""How much of a set of unusual mails is read right: ``python tests/corpus/mail/measure.py [SET …] [--failures]``.

Prints the share that is right of each column of issue B, over the mails that state it. Texts are compared with white
space folded: trailing and leading blanks, runs of blanks and empty lines are the programs' business.
"""
# ruff: noqa: T201

from __future__ import annotations

import base64
import json
import re
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from intake.parsing import parse_file_record

HERE = Path(__file__).parent
COLUMNS = ("subject", "from_addr", "from_name", "text", "new_text", "kind", "attachments", "text_has", "error_has")


def folded(text: str) -> str:
    """The text with white space folded line by line, empty lines left out."""
    lines = (re.sub(r"[^\S\n]+", " ", line).strip() for line in text.replace("\r", "").split("\n"))
    return "\n".join(line for line in lines if line)


def right(column: str, wanted: Any, found: dict[str, Any]) -> bool:
    """Whether one column of a mail is as expected."""
    if column.endswith("_has"):
        return str(wanted) in str(found[column.removesuffix("_has")])
    if column in ("text", "new_text"):
        return folded(found[column]) == folded(wanted)
    return bool(found[column] == wanted)


def measure(name: str, failures: bool) -> None:
    """Prints the table of one set, and each wrong column if asked."""
    good: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    groups: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    slowest = 0.0
    for line in (HERE / f"{name}.jsonl").read_text("utf-8").splitlines():
        case = json.loads(line)
        began = time.monotonic()
        found = parse_file_record("f.eml", base64.b64decode(case["raw"]))
        slowest = max(slowest, time.monotonic() - began)
        for column in COLUMNS:
            wanted = case["expected"].get(column)
            if wanted is None:
                continue
            seen[column] += 1
            correct = right(column, wanted, found)
            good[column] += correct
            group = groups[f"{case['name'].split('/')[0]} {column}"]
            group[0], group[1] = group[0] + correct, group[1] + 1
            if failures and not correct:
                value = found[column.removesuffix("_has")]
                print(f"{case['name']} {column}\n  wanted {wanted!r}\n  found  {value!r} {found['charset_steps']}")
    for column in COLUMNS:
        if seen[column]:
            print(f"{name} {column:12} {good[column]:4}/{seen[column]:4} {100 * good[column] / seen[column]:6.1f} %")
    print("; ".join(f"{key} {a}/{b}" for key, (a, b) in groups.items() if a < b), f"slowest {slowest:.3f} s")


if __name__ == "__main__":
    for chosen in [item for item in sys.argv[1:] if not item.startswith("--")] or ["unusual"]:
        measure(chosen, "--failures" in sys.argv)
