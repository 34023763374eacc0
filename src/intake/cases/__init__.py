"""A case's steps."""

from intake.cases.transitions import TABLE, Event, IllegalStep, check

__all__ = ["TABLE", "Event", "IllegalStep", "check"]
