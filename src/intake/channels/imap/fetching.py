"""Mails and their dates out of FETCH answers: the common shape read directly, any other by imapclient's parser."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from imapclient.datetime_util import parse_to_datetime
from imapclient.response_parser import parse_fetch_response

from intake.channels.imap.connection import Connection

FETCH_SECONDS = 600.0
_HEAD = re.compile(rb"\d+ \((.*)BODY\[\](?:<0>)? \{\d+\}", re.IGNORECASE)
_UID = re.compile(rb"(?:^| )UID (\d+)(?: |$)", re.IGNORECASE)
_DATE = re.compile(rb'(?:^| )INTERNALDATE "([^"]+)"', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fetched:
    """One mail as the server gave it; ``raw`` is empty where it lists the mail and does not give it out."""

    uid: int
    raw: bytes
    sha256: bytes
    at: datetime  # when the server took it in: after a week's outage its dates count from there
    is_partial: bool = False


def fetch(client: Connection, uids: Sequence[int], size: int, now: datetime, partial: int = 0) -> list[Fetched]:
    """These mails, without marking them read, in the order of ``uids``; those taken away meanwhile are left out.

    ``size`` is what they may come to; more is cut off. ``partial`` asks for the first bytes only.
    """
    if not uids:
        return []
    what = f"BODY.PEEK[]<0.{partial}>" if partial else "BODY.PEEK[]"
    client.allow(size + size // 4, seconds=FETCH_SECONDS)  # a quarter more: some count a line's end as one byte
    data = client.raw_fetch(uids, f"({what} INTERNALDATE)")
    found = _direct(data)
    if found is None:
        found = _parsed(data)
    return [
        Fetched(uid, raw, hashlib.sha256(raw).digest(), _instant(at, now), bool(partial))
        for uid in uids
        if uid in found
        for raw, at in [found[uid]]
    ]


def _direct(data: Sequence[Any]) -> dict[int, tuple[bytes, datetime | None]] | None:
    """imaplib's pairs of (text up to the literal, literal), each followed by the rest of its line."""
    found = {}
    if len(data) % 2:
        return None
    for head, tail in zip(data[::2], data[1::2], strict=True):
        match = _HEAD.fullmatch(head[0]) if isinstance(head, tuple) else None
        if match is None or not isinstance(tail, bytes) or not tail.endswith(b")"):
            return None
        attributes = match[1].strip() + b" " + tail[:-1].strip()
        uid, date = _UID.search(attributes), _DATE.search(attributes)
        if uid is None:
            return None
        found[int(uid[1])] = (head[1], parse_to_datetime(date[1], False) if date else None)
    return found


def _parsed(data: Sequence[Any]) -> dict[int, tuple[bytes, datetime | None]]:
    found = {}
    for uid, answer in parse_fetch_response(data, False, True).items():
        raw = next((value for key, value in answer.items() if key.startswith(b"BODY[]")), b"")
        if any(key.startswith(b"BODY[]") for key in answer):
            found[int(uid)] = (raw if isinstance(raw, bytes) else b"", answer.get(b"INTERNALDATE"))
    return found


def _instant(at: Any, now: datetime) -> datetime:
    """Never in the future; ``now`` where the server gives none."""
    if not isinstance(at, datetime) or at.tzinfo is None:
        return now
    return min(at.astimezone(UTC), now)
