"""Form, app and telephone entries: fields instead of a mail."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl

from intake.model import Channel, Envelope, Message, Segment
from intake.parsing import addresses
from intake.parsing.limits import TEXT_CHARS
from intake.parsing.words import one_line

_STATED = ("name", "member_id", "phone", "category")
_FIELD_CHARS = 2_000


def read(envelope: Envelope) -> Message:
    """The entry as a message: all of its text is new, what else it states stands in ``stated``. Never raises."""
    fields, error = _fields(envelope.raw, envelope.content_type)
    text = fields.get("message") or fields.get("comment") or ""
    if fields.get("message") and fields.get("comment"):
        text = f"{fields['message']}\n\n{fields['comment']}"
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    if len(text) > TEXT_CHARS:
        text, error = text[:TEXT_CHARS], "text too long: the rest was not read"
    stated = {key: one_line(fields[key])[:_FIELD_CHARS] for key in _STATED if fields.get(key, "").strip()}
    if envelope.channel is Channel.APP and envelope.app_member:
        stated["member_id"] = envelope.app_member
    return Message(
        channel=envelope.channel,
        kind_reason="entry",
        subject=one_line(fields.get("category", fields.get("subject", "")))[:_FIELD_CHARS],
        sender=addresses.address(one_line(fields.get("email", ""))[:_FIELD_CHARS], stated.get("name", "")),
        text=text,
        new_text=text.strip(),
        segments=(Segment(0, len(text), "new"),) if text else (),
        stated=stated,
        request_code=_code(fields, "request"),
        reason_code=_code(fields, "reason"),
        error=error,
    )


def _code(fields: dict[str, str], key: str) -> str | None:
    return one_line(fields.get(key, ""))[:200] or None


def _fields(raw: bytes, content_type: str) -> tuple[dict[str, str], str | None]:
    """Names and values, by what the body is rather than by what it says it is."""
    if raw.lstrip()[:1] in (b"{", b"[") or "json" in content_type:
        try:
            found = json.loads(raw.decode("utf-8-sig", "replace"))
        except (ValueError, RecursionError):
            return {"message": raw.decode("utf-8", "replace")}, "not valid JSON: shown as it came"
        if isinstance(found, dict):
            return {str(key): _plain(value) for key, value in found.items()}, None
        return {"message": _plain(found)}, "not a JSON object: shown as it came"
    text = raw.decode("utf-8", "replace")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=500)
    except ValueError:
        pairs = []
    if pairs:
        return dict(pairs), None
    return {"message": text}, "no form fields: shown as it came" if text else "empty entry"


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list | dict):
        try:
            return json.dumps(value, ensure_ascii=False)
        except (ValueError, RecursionError):
            return ""
    return str(value)
