"""Rule files: found, read, checked; what any kind of rule is refused for, by file and entry."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from intake.errors import RuleError
from intake.resources import read_rule

_T = TypeVar("_T", bound=BaseModel)


def files_in(rules_dirs: Sequence[Path]) -> dict[str, Path]:
    """The rule files by their place below ``rules_dirs``; one of a later directory stands in for an earlier one."""
    found: dict[str, Path] = {}
    for folder in rules_dirs:
        for pattern in ("*.toml", "requests/*.toml", "answers/*.toml", "reasons/*.toml", "gate/*.toml"):
            for path in folder.glob(pattern):
                found[path.relative_to(folder).as_posix()] = path
    return found


def read(files: Mapping[str, Path], name: str, kind: type[_T]) -> _T:
    """One file in its shape. Raises RuleError, naming file, line and entry, if it is missing or something is wrong."""
    path = files.get(name)
    if path is None:
        raise RuleError(f"rules/{name}: the file is missing")
    text = read_rule(path)
    try:
        return kind.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise RuleError(f"{path}: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        raise RuleError(f"{path}{_line(text, first['loc'])}: {_place(first['loc'])}: {first['msg']}") from None


def _place(loc: Iterable[Any]) -> str:
    return ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in loc)


def _line(text: str, loc: Sequence[Any]) -> str:
    """``:LINE`` of the table that the error lies in: the n-th ``[[name]]`` header."""
    if len(loc) < 2 or not isinstance(loc[1], int):
        return ""
    headers = [m.start() for m in re.finditer(rf"(?m)^\[\[{re.escape(str(loc[0]))}\]\]", text)]
    if loc[1] >= len(headers):
        return ""
    return f":{text.count(chr(10), 0, headers[loc[1]]) + 1}"


# A repeat inside a repeat, or an open repeat at all, can take minutes on one hostile mail.
_UNSAFE = re.compile(r"(?<!\\)(?:\\\\)*[*+]|\{\d*,\}|\(\?[PiLmsux]|\\[1-9]|^\.|\|\||\|$|^\|")
_SPECIAL = re.compile(r"[\\.^$*+?{}\[\]|()]")
_MOST = 60  # ways in which a repeat may lie in a repeat: 「(?:[^。]{1,9}、){1,3}」 has 27


def refuse_nested(pattern: str, place: str) -> None:
    """RuleError if a repeat lies in a repeat in too many ways: 「(?:[^。]{1,999}){1,999}」 takes minutes on a line."""
    if pattern.count("{") > 1 and _ways(re._parser.parse(pattern)) > _MOST:  # type: ignore[attr-defined]
        raise RuleError(f"{place}: {pattern[:60]!r} is unsafe: a repeat within a repeat")


def _ways(parsed: Any) -> int:
    """The product of what varies in repeats within repeats; 1 where none lies in another."""
    most = 1
    for operation, given in parsed:
        inner = _inside(given)
        rounds, within = _rounds(operation, given), max(map(_widest, inner), default=1)
        most = max(most, rounds * within if rounds > 1 and within > 1 else 1, *map(_ways, inner))
    return most


def _widest(parsed: Any) -> int:
    """How often the most varying repeat in it may go round, in itself or in what it holds."""
    return max((_rounds(o, given) * max(map(_widest, _inside(given)), default=1) for o, given in parsed), default=1)


def _rounds(operation: Any, given: Any) -> int:
    """How often a repeat may go round; 1 where it always goes as often, and for what is no repeat."""
    repeats = str(operation) in ("MAX_REPEAT", "MIN_REPEAT")
    return int(given[1]) if repeats and given[1] > given[0] else 1


def _inside(given: Any) -> list[Any]:
    """The parts of a pattern that an operation holds, lists of choices opened."""
    if isinstance(given, re._parser.SubPattern):  # type: ignore[attr-defined]
        return [given]
    return [part for one in given for part in _inside(one)] if isinstance(given, tuple | list) else []


def refuse_pattern(pattern: str, place: str) -> None:
    """RuleError, naming ``place``, if a pattern is none, is unsafe, or matches nothing."""
    refuse_unsafe(pattern, place)
    if pattern and not _SPECIAL.search(pattern):
        return  # plain words: two thousand wordings are nothing else
    if (_least(pattern, place) == 0 or "(?<" in pattern) and compiled(pattern, place).match(""):
        raise RuleError(f"{place}: {pattern!r} matches nothing at all")
    refuse_nested(pattern, place)


def _least(pattern: str, place: str) -> int:
    """How many characters it takes at least. (Read, not made ready: most are never asked for. That does not see
    whether what must not stand before is of one length.)"""
    try:
        return int(re._parser.parse(pattern).getwidth()[0])  # type: ignore[attr-defined]
    except re.error as error:
        raise RuleError(f"{place}: {pattern!r} is not a pattern: {error}") from None


def compiled(pattern: str, place: str, flags: int = 0) -> re.Pattern[str]:
    """The pattern made ready; RuleError if it is none."""
    try:
        return re.compile(pattern, flags)
    except re.error as error:
        raise RuleError(f"{place}: {pattern!r} is not a pattern: {error}") from None


def refuse_unsafe(pattern: str, place: str) -> None:
    """RuleError if a pattern, or a part of one, repeats without end, refers back or has an empty choice."""
    if _UNSAFE.search(pattern):
        raise RuleError(f"{place}: {pattern!r} is unsafe: no repeats, no back references")
