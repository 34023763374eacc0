"""The agency's own contact page, for sites that have none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from intake.channels.fields import JSON, as_json
from intake.channels.form import check
from intake.model import Arrival, Channel, Envelope


def arrival(fields: Mapping[str, object], now: datetime, idempotency: str) -> Arrival:
    """What the person saw on the confirmation screen and sent.

    ``idempotency`` is the page's own number of this sending: pressing twice stores once. Raises BadBody naming the
    field.
    """
    envelope = Envelope(Channel.FORM, "contact", as_json(check(fields)), now, content_type=JSON)
    return Arrival(envelope, ("contact", idempotency))
