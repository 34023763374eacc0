"""What reading costs against bare tokenizing of the same texts in the same run.

``python tests/bench/understanding.py`` prints one JSON object: CPU of the whole classify (segments, both readers, gate,
facts, JSON) over bare fugashi surfaces, the start, and the memory.
The whole process is measured as well, start included, as a child.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

CORPUS = Path(__file__).parents[1] / "corpus" / "open"
ROUNDS = 5


def messages() -> list[dict[str, str]]:
    """The whole messages of the open corpus."""
    return [json.loads(line) for path in sorted(CORPUS.glob("dev-*.jsonl")) for line in path.open(encoding="utf-8")]


def main() -> None:
    """Measure and print."""
    started = time.process_time()
    from intake.parsing.quotes import segment
    from intake.resources import shipped_rules
    from intake.understanding import Understander, as_json, load_rulebook

    understander = Understander(load_rulebook([shipped_rules()]))
    rows = messages()

    def classify(row: dict[str, str]) -> str:
        meaning = understander.read(
            channel=row["channel"],
            subject=row["subject"],
            body=row["body"],
            segments=segment(row["body"]),
            received_at=None,
            sender=row["from"],
        )
        return json.dumps(as_json(row["id"], meaning), ensure_ascii=False)

    classify(rows[0])
    start = time.process_time() - started
    import fugashi

    tagger = fugashi.Tagger()
    tagger("準備")
    bare, whole = [], []
    for _ in range(ROUNDS):
        at = time.process_time()
        for row in rows:
            [node.surface for node in tagger(row["body"])]
        bare.append(time.process_time() - at)
        at = time.process_time()
        for row in rows:
            classify(row)
        whole.append(time.process_time() - at)
    print(
        json.dumps(
            {
                "messages": len(rows),
                "bare_us": round(statistics.median(bare) / len(rows) * 1e6),
                "classify_us": round(statistics.median(whole) / len(rows) * 1e6),
                "ratio": round(statistics.median(w / b for w, b in zip(whole, bare, strict=True)), 2),
                "start_cpu_s": round(start, 2),
                "max_rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            }
        )
    )


if __name__ == "__main__":
    if "--child" in sys.argv:
        main()
    else:
        at = time.monotonic()
        subprocess.run([sys.executable, __file__, "--child"], check=True)
        print(json.dumps({"wall_s": round(time.monotonic() - at, 1)}))
