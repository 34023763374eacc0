"""What falls due, when and on what ground; by what somebody is recognised. No store, no clock: days come in."""

from intake.retention.clocks import Clock, add_term, completed_on
from intake.retention.plan import Due, Subject, calendar, due_of, held_until
from intake.retention.traces import Trace, Traces, traces_of

__all__ = [
    "Clock",
    "Due",
    "Subject",
    "Trace",
    "Traces",
    "add_term",
    "calendar",
    "completed_on",
    "due_of",
    "held_until",
    "traces_of",
]
