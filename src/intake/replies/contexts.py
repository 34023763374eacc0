"""What a template may say: one class a template, its fields exactly the variables that its files may use.

Each class picks from a ``Part`` by name, so a new variable is a field there, a field here and a word in the template.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from intake.replies.agency import Agency
from intake.replies.parts import Kept, Letter, Link, Part, Running, Section, Thread

__all__ = ["CONTEXTS", "Kept", "Letter", "Link", "Part", "Running", "Section", "Thread", "variables_of"]


@dataclass(frozen=True, slots=True)
class Frame:
    """``_base``: what stands around every text."""

    name: str | None
    agency: Agency
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReceiptSeveral:
    """Several requests of one message, each with its own text and its own link; ``links`` counts them."""

    sections: tuple[Section, ...]
    links: int


@dataclass(frozen=True, slots=True)
class ReceiptWithdrawal:
    """Leaving: received, with the link in the same mail."""

    link: Link | None
    applications: tuple[Running, ...]
    self_applied: tuple[str, ...]
    after_proof: str  # now, staff, call, wait
    outreach_held: bool
    asks_reason: bool
    gentle_way: str | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class ReceiptDeletion:
    """Erasure of personal data: received. Whoever is registered leaves with it, and what runs is declined."""

    link: Link | None
    also_withdraws: bool
    applications: tuple[Running, ...]
    self_applied: tuple[str, ...]
    after_proof: str  # now, staff, call, wait
    cooling_off_days: int | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class ReceiptPause:
    """Pause: received, staff look at it."""

    outreach_held: bool
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Due:
    """Receipts that need no more than the day by which somebody answers."""

    due_on: date | None


@dataclass(frozen=True, slots=True)
class ReceiptPreferences:
    """What we understood of the wishes."""

    preferences: tuple[tuple[str, str], ...]
    due_on: date | None


@dataclass(frozen=True, slots=True)
class ReceiptDecline:
    """An application is to be dropped; the concierge tells the employer."""

    applications: tuple[Running, ...]
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Nothing:
    """Templates without variables of their own."""


@dataclass(frozen=True, slots=True)
class Confirm:
    """Link mails: without the link they are not rendered."""

    link: Link
    pause_until: date | None


@dataclass(frozen=True, slots=True)
class ConfirmResume:
    """Link mail for resuming."""

    link: Link


@dataclass(frozen=True, slots=True)
class Reminder:
    """The link was not used; once, with a new link."""

    request: str
    link: Link


@dataclass(frozen=True, slots=True)
class DoneWithdrawal:
    """It is done, and thank you."""

    tone: str  # congratulation, sympathy, apology, plain
    applications: tuple[Running, ...]
    kept: tuple[Kept, ...]
    return_url: str | None
    return_until: date | None


@dataclass(frozen=True, slots=True)
class DoneWithdrawalHeld:
    """完了 was pressed, and staff or a running application come first."""

    applications: tuple[Running, ...]
    self_applied: tuple[str, ...]
    after_proof: str
    due_on: date | None


@dataclass(frozen=True, slots=True)
class DoneDeferred:
    """「選考終了後に退会」 was chosen."""

    applications: tuple[Running, ...]


@dataclass(frozen=True, slots=True)
class DonePause:
    """Contact has stopped."""

    pause_until: date | None
    resume_on: date | None
    applications: tuple[Running, ...]


@dataclass(frozen=True, slots=True)
class DoneResume:
    """Contact goes on."""

    concierge: str | None


@dataclass(frozen=True, slots=True)
class DoneRetraction:
    """An open request was dropped. ``has_left``: an erasure by somebody whose registration has ended; it stays so."""

    retracted: tuple[str, ...]
    has_left: bool
    return_until: date | None
    return_url: str | None


@dataclass(frozen=True, slots=True)
class DoneConciergeChange:
    """The new person in charge."""

    new_concierge: str


@dataclass(frozen=True, slots=True)
class DonePreferences:
    """Conditions as they now stand in the register."""

    preferences: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DoneDecline:
    """The employers have been told."""

    applications: tuple[Running, ...]


@dataclass(frozen=True, slots=True)
class DoneDeletionConfirmed:
    """完了 was pressed for an erasure; staff look at it next. ``has_left``: the registration ended with it."""

    has_left: bool
    applications: tuple[Running, ...]
    self_applied: tuple[str, ...]
    after_proof: str
    also_withdraws: bool
    cooling_off_days: int | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class DeletionScheduled:
    """Approved: erased on a day; until then it can be taken back."""

    erase_on: date
    link: Link | None
    held: tuple[Kept, ...]


@dataclass(frozen=True, slots=True)
class DeletionFinal:
    """The last mail before an address is forgotten."""

    held: tuple[Kept, ...]


@dataclass(frozen=True, slots=True)
class RetentionNotice:
    """The time for which data are kept is nearly over."""

    erase_on: date
    held: tuple[Kept, ...]


@dataclass(frozen=True, slots=True)
class DeletionHeld:
    """What cannot be erased yet, and why in plain words. ``has_left``: the registration has ended all the same."""

    has_left: bool
    hold_text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A fixed answer from rules/answers/."""

    answer_text: str


@dataclass(frozen=True, slots=True)
class ReinstatementLink:
    """Coming back within 30 days: the return page."""

    link: Link


@dataclass(frozen=True, slots=True)
class ReturnKey:
    """The key that the return page asks for."""

    key: str
    key_minutes: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """Not possible, why, and what else is."""

    request: str
    refusal_text: str


@dataclass(frozen=True, slots=True)
class PhoneConfirmation:
    """What was asked on the telephone, to be read again."""

    request: str
    called_on: date | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class StaffAnswer:
    """Staff's own words."""

    staff_text: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """To staff: something stands still."""

    alarm_text: str


CONTEXTS: dict[str, type] = {
    "receipt_several": ReceiptSeveral,
    "receipt_withdrawal": ReceiptWithdrawal,
    "receipt_deletion": ReceiptDeletion,
    "receipt_pause": ReceiptPause,
    "receipt_resume": Due,
    "receipt_concierge_change": Due,
    "receipt_preferences": ReceiptPreferences,
    "receipt_decline": ReceiptDecline,
    "receipt_reinstatement": Due,
    "receipt_retraction": Due,
    "receipt_question": Due,
    "receipt_other": Due,
    "receipt_neutral": Nothing,
    "confirm_pause": Confirm,
    "confirm_resume": ConfirmResume,
    "reminder": Reminder,
    "done_withdrawal": DoneWithdrawal,
    "done_withdrawal_held": DoneWithdrawalHeld,
    "done_deferred": DoneDeferred,
    "done_pause": DonePause,
    "done_resume": DoneResume,
    "done_retraction": DoneRetraction,
    "done_concierge_change": DoneConciergeChange,
    "done_preferences": DonePreferences,
    "done_decline": DoneDecline,
    "done_deletion_confirmed": DoneDeletionConfirmed,
    "done_reinstatement": DoneResume,
    "deletion_scheduled": DeletionScheduled,
    "deletion_held": DeletionHeld,
    "deletion_final": DeletionFinal,
    "deletion_expired": DeletionFinal,
    "retention_notice": RetentionNotice,
    "answer": Answer,
    "return_office": Nothing,
    "return_online": Nothing,
    "return_unknown": Nothing,
    "return_key": ReturnKey,
    "return_registered": Nothing,
    "reinstatement_link": ReinstatementLink,
    "refusal": Refusal,
    "phone_confirmation": PhoneConfirmation,
    "staff_answer": StaffAnswer,
    "alarm": Alarm,
}

#: Folders that have no class of their own (a request type added later) may use these.
Receipt = Due


def context_class(template: str) -> type:
    """The class that documents a template's variables."""
    return CONTEXTS.get(template, Receipt)


def variable_names(template: str) -> frozenset[str]:
    """The names that a template's own files may use, beside those of the frame."""
    return frozenset(f.name for f in fields(context_class(template)))


def variables_of(part: Part) -> dict[str, Any]:
    """What the template of ``part`` is rendered with: the fields of its class, no more."""
    every = part.variables()
    return {name: every[name] for name in variable_names(part.template) if name in every}
