"""Whom and what one erasure reaches. It names the person, so it lies encrypted and goes with the erasure's end."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from intake.model import Mail, MailClass
from intake.pipeline.held import HeldFields
from intake.ports.erasing import MailboxCopy
from intake.ports.rows import Reach
from intake.retention import Trace, Traces


@dataclass(frozen=True, slots=True)
class Plan:
    """Ids, and by what the person is recognised in texts and files."""

    reach: Reach
    traces: tuple[Trace, ...]  # those that nobody else shares
    quoting: tuple[int, ...] = ()  # other people's messages that name the person
    noted: tuple[int, ...] = ()  # other people's cases whose notes do
    copies: tuple[MailboxCopy, ...] = ()  # what lies on IMAP servers too
    sent: tuple[str, ...] = ()  # Message-IDs of our mails, for caught ones
    mail: Mail | None = None  # the last one
    held: tuple[HeldFields, ...] = ()

    @property
    def looks(self) -> Traces:
        """The traces made ready."""
        return Traces(self.traces)

    def packed(self) -> bytes:
        """As it is kept."""
        plain = asdict(self)
        if self.mail is not None:
            plain["mail"]["data"] = base64.b64encode(self.mail.data).decode()
        return json.dumps(plain, ensure_ascii=False, default=_plain).encode("utf-8", "surrogatepass")

    def after_mail(self) -> Plan:
        """The last mail was tried: only its id is needed, for the copy that a folder may have caught."""
        return self if self.mail is None else replace(self, mail=None, sent=(*self.sent, self.mail.message_id))


def unpacked(data: bytes) -> Plan:
    """What ``packed`` gave."""
    plain = json.loads(data.decode("utf-8", "surrogatepass"))
    mail = plain["mail"]
    if mail is not None:
        mail = Mail(**{**mail, "data": base64.b64decode(mail["data"]), "mail_class": MailClass(mail["mail_class"])})
    return Plan(
        reach=_reach(plain["reach"]),
        traces=tuple(Trace(**t) for t in plain["traces"]),
        quoting=tuple(plain["quoting"]),
        noted=tuple(plain["noted"]),
        copies=tuple(MailboxCopy(**c) for c in plain["copies"]),
        sent=tuple(plain["sent"]),
        mail=mail,
        held=tuple(_held(h) for h in plain["held"]),
    )


def _reach(plain: dict[str, Any]) -> Reach:
    given: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in plain.items()}
    return Reach(**given)


def _held(plain: dict[str, Any]) -> HeldFields:
    values = tuple((str(name), str(text)) for name, text in plain["values"])
    return HeldFields(**{**plain, "until": date.fromisoformat(plain["until"]), "values": values})


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
