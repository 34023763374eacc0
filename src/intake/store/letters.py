"""A mail as one blob: a line of JSON, then its final bytes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from intake.model import Mail, MailClass, MailOrigin, MailState, OutboxItem
from intake.store.codec import dumps, loads


def pack(mail: Mail) -> bytes:
    """The mail without its bytes, a line feed (JSON holds none), its bytes."""
    return dumps(replace(mail, data=b"")) + b"\n" + mail.data


def unpack(packed: bytes) -> Mail:
    """What ``pack`` was given."""
    head, _, data = packed.partition(b"\n")
    return replace(loads(Mail, head), data=data)


def item(r: sa.Row[Any], packed: bytes | None, case_ids: tuple[int, ...]) -> OutboxItem:
    """A row with its mail; without the key only what is not personal is left of it."""
    return OutboxItem(
        id=r.id,
        mail=_erased(r) if packed is None else unpack(packed),
        state=MailState(r.state),
        case_ids=case_ids,
        created_at=r.created_at,
        not_before=r.not_before,
        attempts=r.attempts,
        fence=r.fence,
        in_message=r.in_message,
        sent_at=r.sent_at,
        error=r.error,
        needs_state=r.needs_state,
        automatic=r.automatic,
        origin=MailOrigin(r.origin),
        newest_message=r.newest_message,
        seeker_status=r.seeker_status,
    )


def _erased(r: sa.Row[Any]) -> Mail:
    return Mail(
        to="",
        mail_from="",
        message_id=r.message_id,
        subject="",
        template=r.template,
        template_version=r.template_version,
        data=b"",
        text="",
        mail_class=MailClass(r.mail_class),
    )
