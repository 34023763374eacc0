"""How much of each fault: ``make faults`` runs the nightly size, ``make faults SIZE=ci`` what fits a change."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """Figures of reliability.md §4."""

    kills: int
    messages: int
    postgresql_kills: int
    postgresql_messages: int
    cuts: int
    red_cuts: int
    io_errors: int
    terms: int
    bounces: int
    histories: int
    steps: int


CI = Size(150, 5_000, 60, 400, 300, 40, 120, 12, 10_000, 60, 30)
FULL = Size(2_000, 100_000, 500, 10_000, 10_000, 200, 100_000, 50, 10_000, 3_000, 60)
SMALL = Size(40, 240, 40, 60, 40, 30, 40, 2, 200, 8, 20)  # while the harness itself is being worked on
SIZE = {"ci": CI, "full": FULL, "small": SMALL}[os.environ.get("INTAKE_TEST_SIZE", "ci")]
