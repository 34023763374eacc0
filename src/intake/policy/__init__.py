"""All that is known → what happens. One ordered table (chain.py); figures and switches in rules/profiles/."""

from intake.policy.approval import decide_send_link, decide_staff_approval, decide_tasks_done, may_be_refused
from intake.policy.chain import CHAIN, decide
from intake.policy.deadlines import (
    OfficeHours,
    add_business_days,
    days_since,
    end_of_day,
    last_return_day,
    may_return_alone,
    today_of,
)
from intake.policy.due import decide_bounced, decide_due, decide_due_erasure
from intake.policy.objecting import AGREEING, OBJECTION, may_object
from intake.policy.people import LEAD_HOLDS, assignee_of, in_charge, may_approve
from intake.policy.profile import Profile, load_profile, parse_profile
from intake.policy.proved import choices_for, decide_proved
from intake.policy.retracting import NEVER_TAKEN_BACK, effects_of_ending
from intake.policy.rows import is_one_document

__all__ = [
    "AGREEING",
    "CHAIN",
    "LEAD_HOLDS",
    "NEVER_TAKEN_BACK",
    "OBJECTION",
    "OfficeHours",
    "Profile",
    "add_business_days",
    "assignee_of",
    "choices_for",
    "days_since",
    "decide",
    "decide_bounced",
    "decide_due",
    "decide_due_erasure",
    "decide_proved",
    "decide_send_link",
    "decide_staff_approval",
    "decide_tasks_done",
    "effects_of_ending",
    "end_of_day",
    "in_charge",
    "is_one_document",
    "last_return_day",
    "load_profile",
    "may_approve",
    "may_be_refused",
    "may_object",
    "may_return_alone",
    "parse_profile",
    "today_of",
]
