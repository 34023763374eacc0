"""A message that came out garbled, read again with the character set that a person chose."""

from __future__ import annotations

from dataclasses import replace

from intake.model import AuthVerdict, Case, Envelope, Message
from intake.parsing import ParseOptions
from intake.pipeline.moves import Act
from intake.pipeline.reading import Parser, Reading, understand
from intake.pipeline.tools import Tools

RUNGS = ("cp932", "iso-2022-jp", "euc-jp", "utf-8", "utf-16", "gb18030", "big5", "euc-kr", "iso-8859-1", "utf-7")


def read_again(
    envelope: Envelope, earlier: Message, charset: str, headers_too: bool, parser: Parser, tools: Tools
) -> Reading:
    """The message by that rung; "" goes back to the ladder's own choice. Outside any unit of work: it takes its time.

    What was known of the sender stays: the letters changed, not the evidence. Raises Unreadable.
    """
    options: ParseOptions = replace(tools.parse_options, charset=charset or None, charset_of_headers=headers_too)
    if earlier.auth.verdict is AuthVerdict.FAIL:
        options = replace(options, staff_addresses=())  # a forward that failed is not from staff by another charset
    message = replace(parser.parse(envelope, options), kind=earlier.kind, auth=earlier.auth)
    return Reading(message, understand(message, envelope, tools))


def keep(act: Act, case: Case, message_id: int, reading: Reading, charset: str) -> None:
    """Show and search the new reading. The case itself stays as it is: a person is looking at it and decides."""
    act.tx.inbox.save_reading(message_id, reading.message, reading.meaning)
    act.tx.search.index(case.id, [reading.message.subject, reading.message.text, reading.message.sender.name])
    act.note("message.reread", case, message=message_id, charset=charset or "automatic")
