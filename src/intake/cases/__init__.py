"""A case's steps, and which messages belong to it."""

from intake.cases.threads import joins
from intake.cases.transitions import TABLE, Event, IllegalStep, check

__all__ = ["TABLE", "Event", "IllegalStep", "check", "joins"]
