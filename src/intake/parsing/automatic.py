"""Who is speaking: a person, or a bounce, an auto-reply, a list; and why a machine must not answer (RFC 3834).

By structure first (RFC 3464, 3798), then by header, then by the wording of the programs, Japanese ones among them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from intake.model import Kind
from intake.parsing import bounces
from intake.parsing.away import AUTO_HEADERS, automatic
from intake.parsing.daemons import by_wording, is_daemon
from intake.parsing.headers import Headers
from intake.parsing.lists import list_ground
from intake.parsing.mime import Part

_NO_REPLY_LOCAL = re.compile(
    r"^(?:no-?_?\.?reply|do-?_?not-?_?reply|donotreply|noreply.*|no-?response|nobody|unattended|send-?only"
    r"|sendonly|notifications?"
    r"|owner-.*|.*-owner|.*-request|.*-bounces?|bounces?[+-].*|listserv|majordomo|mailman|mailer|news-?letter"
    r"|mailmag.*)$"
)
_SILENT_HEADERS = ("list-id", "list-unsubscribe", "list-post", "list-help", "mailing-list", "x-auto-response-suppress",
                   "x-loop", *AUTO_HEADERS)  # fmt: skip


# Grounds that rest on words alone, which a person may write as well: 「しばらくお休みします」「配信停止を押しても…」.
# Not those of a mail system's own address or empty return path.
WORDINGS = frozenset(
    {
        "subject wording",
        "body wording: automatic",
        "body wording: away",
        "body wording: left the company",
        "newsletter wording",
        "subject counter",
        "machine sender and wording",
        "subject and returned mail",
        "calendar reply",  # 「辞退して返信を編集」 takes words of one's own
    }
)


@dataclass(frozen=True, slots=True)
class Speaker:
    """The kind, its reason in a code, why not to answer, and the addresses that a bounce names."""

    kind: Kind
    reason: str
    no_reply: str
    bounced: tuple[str, ...] = ()


def speaker(
    root: Part,
    subject: str,
    sender: str,
    sender_name: str,
    text: str,
    new: str,
    null_return: bool,
    raw: bytes,
    own: Sequence[str] = (),
) -> Speaker:
    """Who is speaking. ``null_return``: the reverse path is known to be empty. ``own``: addresses of the agency."""
    headers = root.headers
    no_reply = _no_reply(headers, sender, null_return)
    report = bounces.report(root)
    if report is not None:
        kind = Kind.BOUNCE if report.failed else Kind.AUTO_REPLY
        return Speaker(kind, report.reason, no_reply or report.reason, report.addresses)
    bounce = by_wording(root, subject, sender, sender_name, text, null_return, raw)
    if bounce is not None:
        return Speaker(Kind.BOUNCE, bounce[0], "bounce", bounce[1])
    list_ = list_ground(headers, subject, new, sender, own)
    auto = automatic(root, subject, sender, text, new)
    if auto and not (list_ and auto.endswith("auto-generated")):
        return Speaker(Kind.AUTO_REPLY, auto, no_reply or auto)
    if list_:
        return Speaker(Kind.LIST, list_, no_reply or list_)
    return Speaker(Kind.MESSAGE, "", no_reply)


def _no_reply(headers: Headers, sender: str, null_return: bool) -> str:
    """RFC 3834 §2 and reliability.md A7: the first ground not to answer; "" if there is none."""
    if null_return:
        return "null return path"
    word = headers.word("auto-submitted")
    if word and not word.startswith("no"):
        return "Auto-Submitted"
    if headers.word("precedence") in ("bulk", "list", "junk", "auto_reply", "auto-reply"):
        return "Precedence"
    name = headers.any_of(_SILENT_HEADERS)
    if name and headers.word(name) not in ("none", "no"):
        return name
    local = sender.rpartition("@")[0].strip('"').lower()
    if not sender or "@" not in sender:
        return "no address to answer"
    if is_daemon(sender) or _NO_REPLY_LOCAL.match(local):
        return "machine address"
    return ""
