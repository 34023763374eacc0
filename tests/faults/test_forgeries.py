"""The flood of forgeries of tests/integration with its large count: ten thousand send the victim one mail at most."""

from __future__ import annotations

import os

from tests.faults.sizes import CI, SIZE

os.environ.setdefault("INTAKE_TEST_FORGERIES", "300" if SIZE is CI else str(SIZE.bounces))

from tests.integration.test_attacks import (
    house,
    test_a9_hundreds_of_forgeries_send_the_victim_one_mail_at_most,
)

__all__ = ["house", "test_a9_hundreds_of_forgeries_send_the_victim_one_mail_at_most"]
