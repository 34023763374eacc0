"""Answers that staff choose from: ``rules/saved_answers.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from intake.errors import RuleError
from intake.resources import read_rule

FILE_NAME = "saved_answers.toml"


class SavedAnswer(BaseModel):
    """One answer: what staff call it, and its words without greeting and signature."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    label: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000)]


def load_saved(rules_dirs: Sequence[Path]) -> tuple[SavedAnswer, ...]:
    """Every saved answer; the last folder that has the file wins. Raises RuleError naming file and field."""
    found = [folder / FILE_NAME for folder in rules_dirs if (folder / FILE_NAME).is_file()]
    if not found:
        return ()
    try:
        given = tomllib.loads(read_rule(found[-1]))
        answers = tuple(SavedAnswer.model_validate(row) for row in _rows(given))
    except tomllib.TOMLDecodeError as e:
        raise RuleError(f"{found[-1]}: {e}") from e
    except ValidationError as e:
        first = e.errors()[0]
        raise RuleError(f"{found[-1]}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from e
    labels = [a.label for a in answers]
    if len(labels) != len(set(labels)):
        raise RuleError(f"{found[-1]}: two answers have the same label")
    return answers


def _rows(given: dict[str, object]) -> list[object]:
    rows = given.get("answer", [])
    if set(given) - {"answer"} or not isinstance(rows, list):
        raise RuleError(f"{FILE_NAME}: write [[answer]] tables, nothing else")
    return rows
