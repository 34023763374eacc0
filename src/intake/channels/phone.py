"""A telephone call, as the person who took it typed it in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from intake.channels.fields import JSON, REQUESTS, as_json, check_address, checked
from intake.channels.standard_webhooks import BadBody
from intake.model import Arrival, Channel, Envelope

FIELDS = ("name", "member_id", "phone", "email", "request", "reason", "message")


def arrival(fields: Mapping[str, object], entered_by: str, now: datetime) -> Arrival:
    """Who, what, why: same case, same rules, same replies as every other channel.

    Raises BadBody naming the field; there must be a request or a message, and somebody it may be from.
    """
    given = checked(fields, FIELDS)
    check_address("email", given["email"])
    if given["request"] and given["request"] not in REQUESTS:
        raise BadBody("request", f"must be one of {', '.join(sorted(REQUESTS))}")
    if not (given["request"].strip() or given["message"].strip()):
        raise BadBody("message", "is missing")
    if not any(given[name].strip() for name in ("name", "member_id", "phone", "email")):
        raise BadBody("name", "is missing")
    return Arrival(Envelope(Channel.PHONE, "phone", as_json(given), now, content_type=JSON, entered_by=entered_by))
