"""When two arrivals are the same arrival (decisions.md, Duplicates; reliability.md A6, A22)."""

from __future__ import annotations

from intake.keyring import Keyring
from intake.model import Arrival, Channel


def digest(arrival: Arrival, keyring: Keyring) -> bytes:
    """Keyed hash that is equal for the same arrival only.

    Mail: reverse path, recipients and bytes, whatever the door, for a relay that tries again may come by another.
    Signed webhooks: their source and id alone; the same words under a new id are a new wish (a second withdrawal a
    year later reads the same). Other doors: the whole envelope, its time included, for the same reason.
    """
    e = arrival.envelope
    if arrival.idempotency is not None:
        return keyring.hash("inbox.bytes", _joined("id", *arrival.idempotency))
    if e.channel is Channel.EMAIL:
        return keyring.hash("inbox.bytes", _joined("mail", e.mail_from, *e.rcpt_to) + e.raw)
    who = _joined("page", e.channel, e.via, e.app_member or "", e.entered_by or "", e.received_at.isoformat())
    return keyring.hash("inbox.bytes", who + e.raw)


def _joined(*parts: str) -> bytes:
    """Lengths in bytes go first, so that no two lists of parts give the same bytes."""
    text = "".join(parts)
    sizes = map(len, parts if text.isascii() else map(_bytes, parts))
    lengths = ("%d," * len(parts))[:-1] % tuple(sizes)
    return _bytes(f"{lengths}:{text}:")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
