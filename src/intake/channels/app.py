"""The concierge app, as a signed webhook: the seeker is logged in there (contract.md, Web; domain.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from intake.channels import standard_webhooks
from intake.channels.fields import REQUESTS, checked, read_json
from intake.channels.form import content_type_of
from intake.channels.standard_webhooks import BadBody
from intake.model import Arrival, Channel, envelope

FIELDS = ("member_id", "request", "reason", "comment")
NEEDED = ("member_id", "request")


def arrival_from_hook(
    headers: Mapping[str, str],
    raw: bytes,
    secrets: Sequence[bytes],
    now: datetime,
    is_reason: Callable[[str], bool] = bool,
) -> Arrival:
    """The app's request. The signature says that this member is logged in: ``app_member`` is set.

    ``is_reason``: whether the rules know a reason, or an app's code of one, by that name (decisions.md, Webhooks).

    Raises BadSignature (401) before anything of the body is looked at, then BadBody (422) naming the field.
    """
    webhook_id = standard_webhooks.verify(headers, raw, secrets, now)
    fields = checked(read_json(raw), FIELDS, NEEDED)
    if fields["request"] not in REQUESTS:
        raise BadBody("request", f"must be one of {', '.join(sorted(REQUESTS))}")
    if fields["reason"].strip() and not is_reason(fields["reason"].strip()):
        raise BadBody("reason", "is neither a reason nor one of the app_codes of rules/reasons.toml")
    member = fields["member_id"].strip()
    made = envelope(Channel.APP, "webhook", raw, now, content_type=content_type_of(headers), app_member=member)
    return Arrival(made, ("app", webhook_id))
