"""The policy table: one ordered list, the first row that answers decides, and every row asked is on record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from intake.model import Decision, Situation
from intake.policy import gates, rows
from intake.policy.profile import Profile

Policy = Callable[[Situation, Profile], Decision | None]

CHAIN: tuple[Policy, ...] = (  # the order is the policy
    gates.archived_mail,
    gates.the_register_is_empty,
    gates.authentication_fails,  # before anything that answers, joins or holds
    gates.only_thanks_after_the_end,
    gates.a_fixed_answer_fits,  # a question needs no identity
    gates.several_seekers_fit,
    gates.nobody_is_identified,
    gates.reading_is_unsure,
    gates.wishes_contradict,
    gates.the_same_wish_is_open,
    rows.retraction,  # beats the others
    rows.withdrawal,
    rows.deletion,
    rows.pause,
    rows.resume,
    rows.concierge_change,
    rows.preferences,
    rows.decline,
    rows.reinstatement,
    rows.question,
    rows.other,
    rows.in_doubt,
)


def decide(situation: Situation, profile: Profile) -> Decision:
    """What happens to one request of one message. Nothing is changed here; ``trail`` says how it came about."""
    trail: list[str] = []
    for policy in CHAIN:
        name = name_of(policy)
        decision = policy(situation, profile)
        if decision is not None:
            trail.append(f"{name}: {decision.reason}")
            return replace(decision, policy=name, trail=tuple(trail))
        trail.append(f"{name}: no")
    raise AssertionError("the last row of the policy table answers everything")


def name_of(policy: Policy) -> str:
    """A row's name, as the case keeps it and staff read it."""
    return getattr(policy, "__name__", "policy")
