"""Frozen dataclasses to JSON and back, by their type hints: dates, enums, tuples, bytes, nested ones.

Unknown names in the JSON are dropped and missing ones take their defaults, so that a newer program reads what an
older one kept.
"""

from __future__ import annotations

import base64
import dataclasses
import json
import types
import typing
from collections.abc import Callable
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")
_Convert = Callable[[Any], Any]


def dumps(value: object) -> bytes:
    """JSON of a dataclass, or of a tuple, dict or list of plain values."""
    return json.dumps(to_plain(value), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def loads(kind: type[T], data: bytes) -> T:
    """The dataclass that ``dumps`` was given."""
    return typing.cast(T, _reader(typing.cast(Any, kind))(json.loads(data.decode("utf-8", "surrogatepass"))))


def to_plain(value: Any) -> Any:
    """Values as JSON knows them."""
    if value is None or type(value) in (str, int, float, bool):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | list | frozenset | set):
        return [to_plain(v) for v in value]
    if isinstance(value, dict):
        return {str(k): to_plain(v) for k, v in value.items()}
    if isinstance(value, date):  # datetime too
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return {name: to_plain(getattr(value, name)) for name in _names(typing.cast(Any, type(value)))}


@cache
def _names(kind: Any) -> tuple[str, ...]:
    if not dataclasses.is_dataclass(kind):
        raise TypeError(f"{kind.__name__} cannot be kept")
    return tuple(f.name for f in dataclasses.fields(kind))


@cache
def _reader(hint: Any) -> _Convert:
    """A function from plain values to values of this type."""
    if dataclasses.is_dataclass(hint):
        return _dataclass_reader(typing.cast(type, hint))
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return _optional_reader(hint)
    if origin is not None:
        return _container_reader(hint, origin)
    return _scalar_reader(hint)


def _dataclass_reader(kind: type) -> _Convert:
    hints = typing.get_type_hints(kind)
    readers = {name: _reader(hints[name]) for name in _names(kind)}

    def read(plain: dict[str, Any]) -> Any:
        return kind(**{k: readers[k](v) for k, v in plain.items() if k in readers})

    return read


def _optional_reader(hint: Any) -> _Convert:
    inner = [a for a in typing.get_args(hint) if a is not type(None)]
    if len(inner) != 1:
        raise TypeError(f"{hint} cannot be kept")
    read = _reader(inner[0])
    return lambda v: None if v is None else read(v)


def _container_reader(hint: Any, origin: Any) -> _Convert:
    args = typing.get_args(hint)
    if origin is dict:
        value = _reader(args[1])
        return lambda v: {k: value(x) for k, x in v.items()}
    if origin is tuple and (len(args) != 2 or args[1] is not Ellipsis):
        readers = [_reader(a) for a in args]
        return lambda v: tuple(r(x) for r, x in zip(readers, v, strict=True))
    if origin in (tuple, list, frozenset, set):
        item = _reader(args[0])
        return lambda v: origin(item(x) for x in v)
    raise TypeError(f"{hint} cannot be kept")


def _scalar_reader(hint: Any) -> _Convert:
    if hint is datetime:
        return datetime.fromisoformat
    if hint is date:
        return date.fromisoformat
    if hint is bytes:
        return base64.b64decode
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    if hint is float:
        return float
    return lambda v: v
