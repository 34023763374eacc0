"""Taking one person out of everything: planned, told once, keys first, then all the rest, looked for, certified."""

from intake.pipeline.erasing.begin import begin, begin_due, begin_operator
from intake.pipeline.erasing.collect import collect
from intake.pipeline.erasing.plan import Plan
from intake.pipeline.erasing.steps import Eraser, Residue
from intake.pipeline.held import HeldFields, held_of

__all__ = [
    "Eraser",
    "HeldFields",
    "Plan",
    "Residue",
    "begin",
    "begin_due",
    "begin_operator",
    "collect",
    "held_of",
]
