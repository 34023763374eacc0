"""How many automatic mails have left already: to an address, in a thread, to strangers of a domain, in all (A9)."""

from __future__ import annotations

from datetime import timedelta

from intake.model import Message
from intake.pipeline.moves import Act
from intake.pipeline.tools import Tools
from intake.ports import Tx
from intake.replies import Sent, budget_spent

HOUR, DAY = timedelta(hours=1), timedelta(hours=24)


def spent(act: Act, to: str, message: Message | None, tools: Tools, *, stranger: bool, extra: int = 0) -> str | None:
    """Which budget is spent, None if one more automatic mail may go. ``stranger``: the address is not on file.

    Nobody else writes a mail between this count and the commit (``Act.alone``), so the limits hold for workers too.
    """
    limits, outbox = tools.agency.limits, act.tx.outbox
    hour, day = act.now - HOUR, act.now - DAY
    thread, domain = thread_key(act.tx, message, tools, to, stranger=stranger), domain_of(to)
    sent = Sent(
        address_day=outbox.automatic_since(tools.address_hash(to), day),
        thread_day=outbox.automatic_count(day, limits.per_thread_day + extra, thread=thread) if thread else 0,
        domain_hour=outbox.automatic_count(hour, limits.per_domain_hour, domain=domain) if stranger else 0,
        domain_day=outbox.automatic_count(day, limits.per_domain_day, domain=domain) if stranger else 0,
        total_hour=outbox.automatic_count(hour, limits.total_hour),
        total_day=outbox.automatic_count(day, limits.total_day),
    )
    return budget_spent(sent, limits, tools.profile.mails_per_day, extra=extra)


def domain_of(address: str) -> str:
    """What strangers of one domain are counted by."""
    return address.rpartition("@")[2].casefold()


def thread_key(tx: Tx, message: Message | None, tools: Tools, to: str, *, stranger: bool) -> bytes:
    """The thread of a message, b"" where it names none: that of our own mail which it answers, else its first id.

    Robots change their addresses more readily than they lose the thread. Whoever is on file cannot change theirs, and
    answers a mail that the agency sent to many: to them it is a thread of their own.
    """
    if message is None:
        return b""
    cited = (*message.in_reply_to, *message.references)
    ours = tx.outbox.thread_of(cited) if cited else b""
    first = next(iter((*message.references, *message.in_reply_to, message.message_id)), "")
    if ours or not first:
        return ours
    return tools.keyring.hash("thread", first if stranger else f"{first}\0{tools.address_hash(to).hex()}")
