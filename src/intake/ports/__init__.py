"""What the product asks of the outside: a store, a clock, a courier. No library of the outside is named here."""

from intake.ports.courier import NOT_YET, Courier, Delivery
from intake.ports.outside import ApiAnswer, ApiToken, ReturnKey, WebhookJob
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
    Said,
    Session,
    Token,
    Wording,
)
from intake.ports.store import Store, Tx

__all__ = [
    "NOT_YET",
    "ApiAnswer",
    "ApiToken",
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
    "ReturnKey",
    "Said",
    "Session",
    "Store",
    "Token",
    "Tx",
    "WebhookJob",
    "Wording",
]
