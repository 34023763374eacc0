"""The contact form of the agency's site, as a signed webhook (contract.md, Web)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from intake.channels import standard_webhooks
from intake.channels.fields import check_address, checked, read_body
from intake.model import Arrival, Channel, envelope

FIELDS = ("category", "name", "email", "member_id", "phone", "message")
NEEDED = ("email", "message")


def arrival_from_hook(headers: Mapping[str, str], raw: bytes, secrets: Sequence[bytes], now: datetime) -> Arrival:
    """The form as it was signed, JSON or url-encoded fields; evidence of it is E0.

    Raises BadSignature (401) before anything of the body is looked at, then BadBody (422) naming the field.
    """
    webhook_id = standard_webhooks.verify(headers, raw, secrets, now)
    content_type = content_type_of(headers)
    check(read_body(content_type, raw))
    return Arrival(envelope(Channel.FORM, "webhook", raw, now, content_type=content_type), ("form", webhook_id))


def check(given: Mapping[str, object]) -> dict[str, str]:
    """The form's fields, clean. Raises BadBody naming the field."""
    fields = checked(given, FIELDS, NEEDED)
    check_address("email", fields["email"])
    return fields


def content_type_of(headers: Mapping[str, str]) -> str:
    """The header of that name, however it is written."""
    found = headers.get("content-type")
    if found is not None:
        return found
    return next((value for name, value in headers.items() if name.lower() == "content-type"), "")
