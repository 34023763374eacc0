"""The fuzzing of tests/unit/parsing with its large counts: 20,000 mails in CI (SIZE=ci), ten times that otherwise."""

from __future__ import annotations

import os

COUNT = 20_000 if os.environ.get("INTAKE_TEST_SIZE") == "ci" else 200_000
os.environ.setdefault("INTAKE_FUZZ_MAILS", str(COUNT))

from tests.unit.parsing.test_fuzz import test_no_body_is_thrown_away, test_no_mail_escapes  # noqa: E402

__all__ = ["test_no_body_is_thrown_away", "test_no_mail_escapes"]
