"""What the product asks of the outside: a store, a clock, a courier. No library of the outside is named here."""

from intake.ports.courier import Courier, Delivery
from intake.ports.rows import (
    AuditRow,
    Backlog,
    CaseQuery,
    Correction,
    ImapPlace,
    LedgerRow,
    MatchKeys,
    NewCase,
    NewMail,
    Session,
    Token,
)
from intake.ports.store import Store, Tx

__all__ = [
    "AuditRow",
    "Backlog",
    "CaseQuery",
    "Correction",
    "Courier",
    "Delivery",
    "ImapPlace",
    "LedgerRow",
    "MatchKeys",
    "NewCase",
    "NewMail",
    "Session",
    "Store",
    "Token",
    "Tx",
]
