"""A raw mail to a message: the order in which the readers of this package are asked."""

from __future__ import annotations

import re
from dataclasses import dataclass

from intake.model import Address, Authenticity, AuthVerdict, Channel, Envelope, Message
from intake.parsing import addresses, authenticity, automatic, fields, forwarded, mime, params, quotes
from intake.parsing.bodies import Body, Collector
from intake.parsing.border import is_from_border
from intake.parsing.limits import Notes
from intake.parsing.mime import Part

_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class ParseOptions:
    """What the agency knows and the mail does not say.

    ``authserv_id``: the name our own border signs its Authentication-Results with; empty means trust nothing.
    ``trusted_relays``: besides this machine, the only SMTP clients that are our border (border.py).
    ``authserv_below``: it writes them beneath its own Received (authenticity.py says when that is believed).
    ``staff_addresses``: what they forward is the seeker's mail. ``charset``: the rung that staff forced for the body,
    ``charset_of_headers`` also for subject and names (most often only one of the two is wrong).
    ``own_addresses``: where seekers write to; a list of that name stands in front of the desk, and brings their mail.
    """

    authserv_id: str = ""
    staff_addresses: tuple[str, ...] = ()
    own_addresses: tuple[str, ...] = ()
    charset: str | None = None
    charset_of_headers: bool = False
    authserv_below: bool = False
    trusted_relays: tuple[str, ...] = ()


def read(envelope: Envelope, options: ParseOptions) -> Message:
    """The message in a raw mail; what staff forwarded is unwrapped. Raises only what a bug raises.

    A mail that fails at our border is not from staff, whatever its From says: it stays what it is.
    """
    notes = Notes()
    root = mime.read(envelope.raw, notes)
    message = _message(root, envelope, options, notes)
    staff = {addresses.canonical(a) for a in options.staff_addresses}
    failed = message.auth.verdict is AuthVerdict.FAIL
    if message.sender.canonical and message.sender.canonical in staff and not failed:
        return forwarded.unwrapped(message, root, lambda inner: _message(inner, envelope, options, notes, inside=True))
    return message


def _message(root: Part, envelope: Envelope, options: ParseOptions, notes: Notes, inside: bool = False) -> Message:
    headers = root.headers
    forced = options.charset
    notes.doubts.clear()  # those of the mail that this one is enclosed in are not its own
    collector = Collector(notes, forced)
    forced_head = forced if options.charset_of_headers else None
    collector.take(root)
    body = collector.finish(root)
    subject = fields.subject(headers, notes, forced_head, _hint(root))
    senders = fields.people(headers, "from", notes, forced_head)
    sender = senders[0] if senders else Address()
    text = _SURROGATE.sub("\ufffd", body.text)
    found = quotes.split_lines(body.lines, body.given)
    segments = found.segments
    if found.only_quoted:
        notes.doubt("quoted_only")
    new = quotes.new_text(text, segments)
    who = automatic.speaker(
        root,
        subject,
        sender.addr,
        sender.name,
        text,
        quotes.own_words(text, segments),
        _null_return(envelope, root) and not inside,
        envelope.raw,
        options.own_addresses,
    )
    reply_to = fields.people(headers, "reply-to", notes, forced_head)
    message_ids = fields.ids(headers, "message-id")
    _judge(root, body, notes)
    if any("characters unreadable" not in fault for fault in notes.faults):  # those show in the text itself
        notes.doubt("unread_part")
    return Message(
        channel=Channel.EMAIL,
        kind=who.kind,
        kind_reason=who.reason,
        subject=_SURROGATE.sub("\ufffd", subject),
        sender=sender,
        reply_to=reply_to[0] if reply_to else None,
        message_id=message_ids[0] if message_ids else "",
        in_reply_to=fields.ids(headers, "in-reply-to"),
        references=fields.ids(headers, "references"),
        sent_at=fields.sent_at(headers),
        text=text,
        new_text=new,
        segments=segments,
        attachments=tuple(body.attachments),
        charset_steps=tuple(notes.steps),
        auth=Authenticity() if inside else _auth(root, senders, envelope, options),
        error=notes.error,
        no_reply=who.no_reply,
        bounced=who.bounced,
        doubts=tuple(notes.doubts),
    )


def _auth(root: Part, senders: list[Address], envelope: Envelope, options: ParseOptions) -> Authenticity:
    if not options.authserv_id or not is_from_border(envelope, options.trusted_relays):
        return Authenticity()
    count = len(root.headers.all("from"))
    return authenticity.verdict(root.headers, senders, count, options.authserv_id, options.authserv_below)


def _hint(root: Part) -> str | None:
    """The charset of the first text: what raw header bytes are most likely in."""
    for part in root.walk():
        if part.main == "text":
            return params.plain(part.params, "charset") or None
    return None


def _null_return(envelope: Envelope, root: Part) -> bool:
    """Over SMTP only the envelope says so; in a mailbox or file the Return-Path that the last server put on top."""
    if envelope.via in ("smtp", "lmtp"):
        return envelope.mail_from.strip("<> ") == ""
    for name, value in root.headers.fields:
        if name == "received":
            return False
        if name == "return-path":
            return value.strip() == b"<>"
    return False


def _judge(root: Part, body: Body, notes: Notes) -> None:
    """Say so where nothing at all could be read."""
    if not root.headers.fields and not body.lines and not body.attachments:
        notes.fault("empty: there is no mail in these bytes")
