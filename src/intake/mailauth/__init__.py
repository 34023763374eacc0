"""Our own look at DKIM, SPF and DMARC (RFC 6376, 7208, 7489): for an agency whose border states nothing.

Off unless ``INTAKE_CHECK_SENDER`` says ``dns``. What it finds is evidence only (decisions.md, Ladder): a pass makes E1
of an address on file, a DMARC failure takes every effect from the mail. No answer from the DNS is no evidence at all.
"""

from intake.mailauth.check import SenderCheck
from intake.mailauth.resolver import Resolver

__all__ = ["Resolver", "SenderCheck"]
