"""What reading costs against bare tokenizing of the same texts in the same run.

``python tests/bench/understanding.py`` prints JSON: CPU of the whole classify (segments, three readers, gate, facts,
JSON) over bare fugashi surfaces of the same bodies: a few texts of one, then the same of the other, so that a busy
machine slows both. ``once``: every message is new, as in the first hour of a process; ``again``: the usual phrases
are known. ``letters`` are the labelled messages (short, none repeats), ``business`` the generated business mails;
``to_100``, ``to_200``, ``to_400`` are letters of so many characters, put together from the sentences of all labelled
messages, none of them twice. ``start`` and ``memory`` (after all letters, once) are those of a process that does
nothing else.
"""

from __future__ import annotations

import json
import re
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

CORPUS = Path(__file__).parents[1] / "corpus"
ROUNDS = 3
SLICE = 40  # texts of one, then of the other
LENGTHS = {"to_100": (40, 100), "to_200": (100, 200), "to_400": (200, 400)}
Row = dict[str, str]


def letters() -> list[Row]:
    """The whole messages of the open corpus and our own."""
    files = [*sorted((CORPUS / "open").glob("dev-*.jsonl")), *sorted((CORPUS / "own").glob("messages*.jsonl"))]
    return [json.loads(line) for path in files for line in path.open(encoding="utf-8")]


def business() -> list[Row]:
    """The texts of the generated business mails."""
    entries = [json.loads(line)["expected"] for line in (CORPUS / "mail" / "generated.jsonl").open(encoding="utf-8")]
    return [
        {"id": str(n), "channel": "email", "subject": one["subject"], "from": one["from_addr"], "body": one["text"]}
        for n, one in enumerate(entries)
        if one.get("text")
    ]


def lengthened(least: int, most: int) -> list[Row]:
    """Letters of ``least`` to ``most`` characters, from sentences that occur once."""
    sentences = [one for row in letters() for one in re.findall(r"[^。\n]+[。\n]*", row["body"])]
    made: list[Row] = []
    body = ""
    for sentence in dict.fromkeys(sentences):
        if len(body) + len(sentence) > most or (len(body) > least and len(body) > (least + most) / 2):
            if len(body) > least:
                made.append({"id": str(len(made)), "channel": "email", "subject": "", "from": "", "body": body})
            body = ""
        body += sentence
    return made


def measure(rows: list[Row], classify: Callable[[Row], str], bare: Callable[[Row], object]) -> dict[str, float]:
    """Microseconds of CPU and ratios, medians over rounds of both in turn."""
    tokens, whole = [0.0] * ROUNDS, [0.0] * ROUNDS
    for number in range(ROUNDS):
        for start in range(0, len(rows), SLICE):
            for spent, read in ((tokens, bare), (whole, classify)):
                at = time.process_time()
                for row in rows[start : start + SLICE]:
                    read(row)
                spent[number] += time.process_time() - at
    ratios = [w / b for w, b in zip(whole, tokens, strict=True)]
    return {
        "messages": len(rows),
        "characters": round(statistics.mean(len(row["body"]) for row in rows)),
        "bare_us": round(statistics.median(tokens) / len(rows) * 1e6),
        "once_us": round(whole[0] / len(rows) * 1e6),
        "again_us": round(statistics.median(whole[1:]) / len(rows) * 1e6),
        "once": round(whole[0] / statistics.median(tokens), 2),
        "again": round(statistics.median(ratios[1:]), 2),
    }


def main(which: str) -> None:
    """Measure and print."""
    started = time.process_time()
    from intake.parsing.quotes import segment
    from intake.resources import shipped_rules
    from intake.understanding import Understander, as_json, load_rulebook

    understander = Understander(load_rulebook([shipped_rules()]))

    def classify(row: Row) -> str:
        meaning = understander.read(
            channel=row["channel"],
            subject=row["subject"],
            body=row["body"],
            segments=segment(row["body"]),
            received_at=None,
            sender=row["from"],
        )
        return json.dumps(as_json(row["id"], meaning), ensure_ascii=False)

    rows = business() if which == "business" else lengthened(*LENGTHS[which]) if which in LENGTHS else letters()
    classify({**rows[0], "body": "退会の手続きをお願いいたします。"})
    figures: dict[str, float] = {"start_cpu_s": round(time.process_time() - started, 2)}
    if which in ("start", "memory"):
        for row in rows if which == "memory" else ():
            classify(row)
        figures["max_rss_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    else:
        import fugashi

        tagger = fugashi.Tagger()
        bare: Callable[[Row], object] = lambda row: [node.surface for node in tagger(row["body"])]  # noqa: E731
        for row in rows:  # its part of the dictionary is in memory before it is measured
            bare(row)
        figures |= measure(rows, classify, bare)
    print(json.dumps({which: figures}))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(sys.argv[1])
    else:
        for part in ("start", "memory", "letters", *LENGTHS, "business"):
            subprocess.run([sys.executable, __file__, part], check=True)
