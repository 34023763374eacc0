"""Replies: from a decided case to the finished bytes of a mail, or a reason not to write one."""

from intake.replies.agency import Agency, Timing, load_agency, parse_agency
from intake.replies.budget import Limits, Sent, budget_spent, is_own, is_robot_address, may_answer
from intake.replies.compose import compose, render
from intake.replies.drafts import has_link, rewrite, signature_of, words_of
from intake.replies.encoding import lost_characters
from intake.replies.headers import (
    bounced_message_id,
    bounced_outbox_id,
    is_our_message_id,
    mailbox,
    new_message_id,
    return_path,
)
from intake.replies.history import differences
from intake.replies.parts import Kept, Letter, Part, Thread
from intake.replies.saved import SavedAnswer, load_saved
from intake.replies.templates import TemplateBook, load_templates
from intake.replies.timing import earliest

__all__ = [
    "Agency",
    "Kept",
    "Letter",
    "Limits",
    "Part",
    "SavedAnswer",
    "Sent",
    "TemplateBook",
    "Thread",
    "Timing",
    "bounced_message_id",
    "bounced_outbox_id",
    "budget_spent",
    "compose",
    "differences",
    "earliest",
    "has_link",
    "is_our_message_id",
    "is_own",
    "is_robot_address",
    "load_agency",
    "load_saved",
    "load_templates",
    "lost_characters",
    "mailbox",
    "may_answer",
    "new_message_id",
    "parse_agency",
    "render",
    "return_path",
    "rewrite",
    "signature_of",
    "words_of",
]
