"""Mailboxes of the agency on IMAP servers: one thread each, nothing flagged before its commit."""

from intake.channels.imap.account import Account, After, parse_accounts
from intake.channels.imap.knock import Knock, knock
from intake.channels.imap.reconcile import Reckoning, reconcile
from intake.channels.imap.watch import Mailbox

__all__ = ["Account", "After", "Knock", "Mailbox", "Reckoning", "knock", "parse_accounts", "reconcile"]
