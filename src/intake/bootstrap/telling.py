"""What is told to the agency's own system: events of the pipeline, signed as the channels know it, one guarded way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from intake.bootstrap.house import House
from intake.channels.standard_webhooks import load_secrets, sign
from intake.config import words
from intake.outbox.guarded import Guarded, networks
from intake.outbox.webhooks import Post, WebhookSender
from intake.pipeline import announce
from intake.ports import Store
from intake.worker import utc_now


def make_webhook_sender(
    house: House, *, way: Post | None = None, clock: Callable[[], datetime] = utc_now
) -> WebhookSender | None:
    """None where INTAKE_WEBHOOKS_OUT names nobody. Raises SettingError for a URL, network or secret that is none."""
    settings = house.settings
    if not settings.webhooks_out_url:
        return None
    load_secrets(settings.webhooks_out_secret_path)  # a missing secret is told at the start, not at the first event
    return WebhookSender(
        house.store,
        way or Guarded(settings.webhooks_out_url, networks(words(settings.webhooks_out_allow))),
        is_news=announce.is_news,
        collect=announce.collect,
        payload=announce.payload,
        sign=sign,
        secrets=lambda: load_secrets(settings.webhooks_out_secret_path),
        clock=clock,
    )


def trouble(store: Store) -> str | None:
    """What a person should know of the deliveries, None if all is well."""
    with store.read() as tx:
        failed = tx.webhooks.counts().get("failed", 0)
    return f"{failed} could not be delivered; `intake webhooks list --failed`" if failed else None
