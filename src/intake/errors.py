"""What can go wrong, as one tree. The docstring is the default message to people.

IntakeError
├── Temporary      try again later: 451, 503, a retry
│   ├── StoreBusy
│   ├── StoreUnavailable
│   ├── StorageFull
│   └── RelayTemporary
└── Permanent      trying again changes nothing
    ├── SettingError, RuleError, TemplateError, BadInput
    ├── NotFound, Stale, LeaseLost, NotAllowed, NotProved
    ├── Unreadable
    └── RelayPermanent, RelayUnknown
"""

from __future__ import annotations


class IntakeError(Exception):
    """Something went wrong."""

    temporary = False

    def __init__(self, message: str = "") -> None:
        super().__init__(message or (self.__doc__ or "").strip())


class Temporary(IntakeError):
    """Not possible just now; try again later."""

    temporary = True


class StoreBusy(Temporary):
    """Another process is writing; try again."""


class StoreUnavailable(Temporary):
    """The database does not answer."""


class StorageFull(Temporary):
    """The disk is full; free some space and it goes on by itself."""


class RelayTemporary(Temporary):
    """The relay cannot take the mail now."""


class Permanent(IntakeError):
    """This cannot work as it is."""


class SettingError(Permanent):
    """A setting is wrong."""


class RuleError(Permanent):
    """A rule file is wrong; the message names file and table."""


class TemplateError(Permanent):
    """A template is wrong or a variable is missing."""


class BadInput(Permanent):
    """The input cannot be used; the message names file, line and field."""


class NotFound(Permanent):
    """There is no such thing."""


class Stale(Permanent):
    """It changed meanwhile; look again."""


class LeaseLost(Permanent):
    """Another worker has taken this over; this result is not used."""


class NotAllowed(Permanent):
    """This role may not do that."""


class NotProved(Permanent):
    """The proof is missing that this act needs."""


class Unreadable(Permanent):
    """The message cannot be read; its bytes are kept."""


class RelayPermanent(Permanent):
    """The relay refuses this mail for good."""


class RelayUnknown(Permanent):
    """The connection broke after the last dot: nobody knows whether the mail left."""
