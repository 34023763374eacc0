"""A template tried with a real case: what the mail would say if it were written now. Nothing is kept or sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from intake.errors import BadInput
from intake.model import Actor, Case, Decision, ReplyPlan
from intake.pipeline import links
from intake.pipeline.moves import Act
from intake.pipeline.parts import part_of
from intake.pipeline.settle import Settled
from intake.pipeline.tools import Tools
from intake.ports import Tx
from intake.proofs import expires_at
from intake.replies import Letter, Part, render
from intake.replies.contexts import variable_names

NEUTRAL, SEVERAL = "receipt_neutral", "receipt_several"
PLACE_FOR_WORDS = "（ここに、スタッフの書いた文章が入ります。）"
HIDDEN = "…"  # a link that works proves that its reader is the person: the trial has none
TRIER = Actor("system", "trial")


def trial(tx: Tx, case: Case, template: str, tools: Tools, now: datetime) -> tuple[str, str]:
    """(subject, text). Raises TemplateError where this case lacks a value that the template wants, NotFound, BadInput.

    ``receipt_several`` is tried with all cases of the same message.
    """
    act = Act(tx, TRIER, now)
    cases = tx.cases.of_message(case.message_id) if template == SEVERAL else [case]
    if template == SEVERAL and len(cases) < 2:
        raise BadInput("この連絡の案件は一つだけです。複数の依頼がある連絡の案件で試してください")
    seeker = tx.seekers.get(case.seeker_id) if case.seeker_id else None
    parts = tuple(_part(act, c, f"receipt_{c.request}" if template == SEVERAL else template, tools) for c in cases)
    neutral = template == NEUTRAL
    name = seeker.name if seeker and not neutral and template != "alarm" else None
    _, subject, text = render(tools.templates, Letter(name, parts, neutral, tools.agency))
    return subject, text


def _part(act: Act, case: Case, template: str, tools: Tools) -> Part:
    plan = ReplyPlan(template, "sender" if template == NEUTRAL else "file", neutral=template == NEUTRAL)
    decision = Decision(case.request, "trial", template, case.state, reply=plan)
    link = None
    if "link" in variable_names(template):
        link = links.Link(f"{tools.public_url}/c/{HIDDEN}", expires_at(act.now, tools.profile.link_hours))
    seeker = act.tx.seekers.get(case.seeker_id) if case.seeker_id else None
    part = part_of(act, Settled(case, decision, link), seeker, tools, PLACE_FOR_WORDS)
    return replace(part, answer_text=part.answer_text or PLACE_FOR_WORDS, alarm_text=PLACE_FOR_WORDS)
