"""Forms that cannot sign: their bodies are mapped to ours by ``rules/forms/NAME.toml``; evidence is E0.

They post to ``/hooks/in/NAME/SECRET``. What is stored is our form's fields, with the body exactly as it came beside
them, so that nothing is lost where a mapping is wrong.
"""

from __future__ import annotations

import base64
import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from intake.channels.fields import JAPANESE, JSON, as_json, check_address, checked, read_body
from intake.channels.form import FIELDS
from intake.channels.standard_webhooks import BadBody
from intake.errors import RuleError
from intake.keyring import Keyring
from intake.model import Arrival, Channel, Envelope
from intake.resources import read_rule

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
KEYS = frozenset({"label", "note", "id", "fields", "extra"})


@dataclass(frozen=True, slots=True)
class ForeignForm:
    """One mapping: for each of our fields the places in the body to look at, in order; the first with text counts."""

    name: str
    label: str
    fields: Mapping[str, tuple[str, ...]]
    id: tuple[str, ...] = ()  # where the form's own number of this sending stands
    extra: tuple[tuple[str, str], ...] = ()  # (heading, place): further answers, added to the message


def load_forms(folders: Sequence[Path]) -> Mapping[str, ForeignForm]:
    """Every ``*.toml`` of the folders by its name; a later folder replaces file by file. Raises RuleError.

    Files are read again when one of them has changed.
    """
    paths = {path.stem: path for folder in folders if folder.is_dir() for path in sorted(folder.glob("*.toml"))}
    try:
        stats = [path.stat() for path in paths.values()]
    except OSError as e:
        raise RuleError(f"{e.filename}: cannot be read: {e}") from e
    return _read(tuple((path, s.st_mtime_ns, s.st_size) for path, s in zip(paths.values(), stats, strict=True)))


@lru_cache(maxsize=8)
def _read(files: Sequence[tuple[Path, int, int]]) -> Mapping[str, ForeignForm]:
    """By path, time of the last change and size."""
    return MappingProxyType({path.stem: _load(path) for path, _, _ in files})


def secret_for(keyring: Keyring, name: str) -> str:
    """The SECRET of the form's address; the same as long as the home's secret is."""
    return keyring.sign("hooks-in", name)


def is_secret(keyring: Keyring, name: str, given: str) -> bool:
    """Constant-time comparison with ``secret_for``."""
    return keyring.signed_by_us("hooks-in", name, given)


def arrival(form: ForeignForm, content_type: str, raw: bytes, now: datetime) -> Arrival:
    """The form's answers in our fields. Raises BadBody: unreadable body, or no text and nobody in it."""
    body = read_body(content_type, raw, JAPANESE)
    given = {name: _first(body, places) for name, places in form.fields.items()}
    extra = [f"{heading}: {text}" for heading, place in form.extra if (text := _first(body, (place,)))]
    given["message"] = "\n".join([t for t in (given.get("message", ""), *extra) if t])
    fields = checked({name: _tidy(name, text) for name, text in given.items()}, FIELDS, ("message",))
    try:
        check_address("email", fields["email"])
    except BadBody:  # somebody's typing, and no page to tell them: staff see what was written
        fields["message"] += f"\n\n(メール欄の記入: {fields['email']})"
        fields["email"] = ""
    original = {"form": form.name, "content_type": content_type, "body": base64.b64encode(raw).decode("ascii")}
    envelope = Envelope(Channel.FORM, "webhook", as_json(fields | {"original": original}), now, content_type=JSON)
    number = _first(body, form.id)
    return Arrival(envelope, (f"in:{form.name}", _sending(number, raw)) if number else None)


def _sending(number: str, raw: bytes) -> str:
    """What tells one sending of a form from the next. Its number alone does not: counters begin anew, and two plugins
    may count alike. The same number with the same bytes is the sender's second try."""
    return f"{number[:200]} {hashlib.sha256(raw).hexdigest()}"


def _tidy(name: str, text: str) -> str:
    """A one-line field of a foreign form may end in a newline; nobody could be told to mend it."""
    return text if name == "message" else " ".join(text.split())


def _first(body: Any, places: Sequence[str]) -> str:
    for place in places:
        text = _text(_at(body, place))
        if text.strip():
            return text
    return ""


def _at(value: Any, place: str) -> Any:
    """The value at a place. A key that is written with dots is found before the dots are taken for steps."""
    if isinstance(value, Mapping):
        if place in value or "." not in place:
            return value.get(place)
        heads = [place[:i] for i, c in enumerate(place) if c == "."]
        return next((_at(value[h], place[len(h) + 1 :]) for h in heads if h in value), None)
    if isinstance(value, list):
        head, _, rest = place.partition(".")
        inside = value[int(head)] if head.isdecimal() and int(head) < len(value) else None
        return _at(inside, rest) if rest else inside
    return None


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(t for t in map(_text, value) if t)
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _load(path: Path) -> ForeignForm:
    try:
        table = tomllib.loads(read_rule(path))
    except tomllib.TOMLDecodeError as e:
        raise RuleError(f"{path}: cannot be read: {e}") from e
    if not NAME.fullmatch(path.stem):
        raise RuleError(f"{path}: the file's name may hold a-z, 0-9 and - only")
    if unknown := set(table) - KEYS:
        raise RuleError(f"{path}: {sorted(unknown)[0]}: no such key; there are {', '.join(sorted(KEYS))}")
    fields = {name: _places(path, f"fields.{name}", places) for name, places in _table(path, table, "fields").items()}
    if unknown := set(fields) - set(FIELDS):
        raise RuleError(f"{path}: [fields] {sorted(unknown)[0]}: no such field; there are {', '.join(FIELDS)}")
    if "message" not in fields:
        raise RuleError(f"{path}: [fields] message: say where the text stands")
    extra = tuple((heading, str(place)) for heading, place in _table(path, table, "extra").items())
    return ForeignForm(
        path.stem, str(table.get("label", path.stem)), fields, _places(path, "id", table.get("id", ())), extra
    )


def _table(path: Path, table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = table.get(key, {})
    if not isinstance(value, dict):
        raise RuleError(f"{path}: [{key}]: must be a table")
    return value


def _places(path: Path, key: str, value: Any) -> tuple[str, ...]:
    places = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list | tuple) else None
    if places is None or not all(isinstance(p, str) and p for p in places):
        raise RuleError(f"{path}: {key}: must be a place, or a list of places")
    return places
