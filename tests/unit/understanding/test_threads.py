"""Reading takes one thread: numpy's own would double the processor's time on matrices as small as these."""

from __future__ import annotations

import subprocess
import sys

LOOK = """
import os, time
from intake.understanding import Understander, load_rulebook
from intake.parsing.quotes import segment
from intake.resources import shipped_rules
understander = Understander(load_rulebook([shipped_rules()]))
body = "".join(f"{n}番目の件ですが、退会の手続きをお願いしたいと思っております。" for n in range(40))
for _ in range(5):
    understander.read(channel="form", subject="", body=body, segments=segment(body), received_at=None)
print(len(os.listdir("/proc/self/task")))
"""


def test_reading_starts_no_threads() -> None:
    found = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=True, timeout=60)
    assert int(found.stdout) == 1
