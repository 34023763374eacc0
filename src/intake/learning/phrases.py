"""Cuts the wordings of the shipped rules, so that no start has to: ``python -m intake.learning.phrases``."""

from __future__ import annotations

import json
import sys
from importlib.metadata import version

from intake.resources import shipped_rules
from intake.understanding import Understander, load_rulebook
from intake.understanding.matcher import FILE, PHRASES, cut


def shipped_phrases() -> dict[str, list[list[str]]]:
    """By wording of the shipped rules, its words in every way in which it is cut."""
    PHRASES.clear()
    Understander(load_rulebook([shipped_rules()]))
    return {written: [[word for word, _ in one] for one in cut(written)] for written in sorted(PHRASES)}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def main() -> int:
    """Command line: writes the file beside understanding/matcher.py."""
    found = shipped_phrases()
    rows = ",\n".join(f"{_json(written)}:{_json(ways)}" for written, ways in found.items())
    FILE.write_text(f'{{"dictionary":{_json(version("unidic-lite"))},"phrases":{{\n{rows}\n}}}}\n', "utf-8")
    sys.stdout.write(f"{len(found)} wordings\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
