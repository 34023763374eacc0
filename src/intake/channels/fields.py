"""Named fields of a form, an app or a telephone note: read from a body, checked, written as JSON."""

from __future__ import annotations

import binascii
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from intake.channels.standard_webhooks import BadBody

JSON = "application/json"
URLENCODED = "application/x-www-form-urlencoded"
UTF_8 = {"utf-8": "utf-8", "utf8": "utf-8"}
JAPANESE = UTF_8 | {"shift_jis": "cp932", "cp932": "cp932", "windows-31j": "cp932", "euc-jp": "euc_jp"}
REQUESTS = frozenset(
    {"withdrawal", "pause", "resume", "concierge_change", "deletion", "preferences", "decline", "reinstatement",
     "retraction", "question", "other"}
)  # fmt: skip
MAX_CHARS = {"message": 100_000, "comment": 20_000, "email": 320}
SHORT = 1_000
MAX_FIELDS = 200
_ANY = min(SHORT, *MAX_CHARS.values())  # what every field may hold
FREE_TEXT = frozenset({"message", "comment"})
_scan: Callable[[str, int], tuple[Any, int]] = json.JSONDecoder().scan_once  # type: ignore[attr-defined]
_ESCAPES = re.compile(rb"(?:%[0-9A-Fa-f]{2})+")
_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_BOM = b"\xef\xbb\xbf"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_CONTROL_IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_ADDRESS = re.compile(r"[^\s<>,;:@\"]+@[^\s<>,;:@\"]+\.[^\s<>,;:@\"]+|\"[^\s\"]+\"@[^\s<>,;:@\"]+")


def read_body(content_type: str, raw: bytes, charsets: Mapping[str, str] = UTF_8) -> dict[str, Any]:
    """The fields of a JSON object or of url-encoded form fields. Raises BadBody("body") for anything else.

    A form field that is given several times becomes a list. ``charsets`` are those that form fields may name.
    """
    media_type, _, parameters = content_type.lower().partition(";")
    media_type = media_type.strip()
    if media_type == URLENCODED:
        return _read_form(raw, parameters, charsets)
    if media_type.endswith("json") or raw.lstrip()[:1] == b"{":
        return read_json(raw)
    if media_type:
        raise BadBody("body", f"must be {JSON} or {URLENCODED}")
    return _read_form(raw, parameters, charsets)


def read_json(raw: bytes) -> dict[str, Any]:
    """A JSON object. Raises BadBody("body")."""
    try:
        text = raw.removeprefix(_BOM).decode("utf-8")
        value = _value(text)
    except (ValueError, RecursionError) as e:
        raise BadBody("body", "is not JSON in UTF-8") from e
    if not isinstance(value, dict):
        raise BadBody("body", "must be an object with named fields")
    return value


def _value(text: str) -> Any:
    """As json.loads; without looking for white space around it, which costs as much and is hardly ever there."""
    try:
        value, end = _scan(text, 0)
    except StopIteration:
        end = -1
    return value if end == len(text) else json.loads(text)


def _read_form(raw: bytes, parameters: str, charsets: Mapping[str, str]) -> dict[str, Any]:
    charset = parameters.partition("charset=")[2].split(";")[0].strip(' "') or "utf-8"
    if charset not in charsets:
        raise BadBody("body", f"must be in {', '.join(charsets)}")
    fields: dict[str, list[str]] = {}
    try:
        for name, value in _pairs(raw, charsets[charset]):
            fields.setdefault(name, []).append(value)
    except ValueError as e:
        raise BadBody("body", f"is not made of url-encoded fields in {charset}") from e
    return {name: values[0] if len(values) == 1 else values for name, values in fields.items()}


def _pairs(raw: bytes, codec: str) -> Iterator[tuple[str, str]]:
    """As parse_qsl, which takes Japanese to pieces escape by escape: that was half of all that a form cost."""
    if not raw.isascii() or raw.count(b"&") >= MAX_FIELDS:
        raise ValueError("not ASCII, or too many fields")
    for pair in raw.replace(b"+", b" ").split(b"&"):
        if pair:
            name, _, value = pair.partition(b"=")
            yield _unescaped(name).decode(codec), _unescaped(value).decode(codec)


def _unescaped(text: bytes) -> bytes:
    return _ESCAPES.sub(lambda run: binascii.unhexlify(run[0].replace(b"%", b"")), text) if b"%" in text else text


def checked(given: Mapping[str, Any], names: Iterable[str], needed: Collection[str] = ()) -> dict[str, str]:
    """The named fields as clean strings, "" where absent; others are left out.

    Raises BadBody naming the field: not a text, too long, a control character in it (A11), or needed and blank.
    """
    found = {}
    for name in names:
        value = given.get(name)
        if value is None or value == "":
            if name in needed:
                raise BadBody(name, "is missing")
            found[name] = ""
        elif type(value) is str and len(value) <= _ANY and value.isprintable() and not value.isspace():
            found[name] = value  # nearly all of them: what is printable holds no control character
        else:
            found[name] = _checked(name, value, name in needed)
    return found


def _checked(name: str, value: Any, needed: bool) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and name not in FREE_TEXT:
        value = str(value)  # a member number that a form sends as a number
    if not isinstance(value, str):
        raise BadBody(name, "must be one text")
    if len(value) > MAX_CHARS.get(name, SHORT):
        raise BadBody(name, "is too long")
    if (_CONTROL_IN_TEXT if name in FREE_TEXT else _CONTROL).search(value):
        raise BadBody(name, "contains control characters")
    if needed and not value.strip():
        raise BadBody(name, "is missing")
    return value


def check_address(name: str, value: str) -> None:
    """Something with an @ between two somethings: broken addresses of old mobile phones exist and are somebody's."""
    if value and not _ADDRESS.fullmatch(value.strip()):
        raise BadBody(name, "is not a mail address")


def as_json(fields: Mapping[str, Any]) -> bytes:
    """The fields as the raw bytes of an arrival, the same for the same fields."""
    return _written(fields).encode("utf-8")
