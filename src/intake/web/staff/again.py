"""The password typed again before what a stolen session must not do (reliability.md A26)."""

from __future__ import annotations

from intake.web.passwords import password_fits
from intake.web.staff.signin import MOST_FAILURES
from intake.web.staff.visit import Visit

WRONG = "今のパスワードが違います。"
TOO_OFTEN = "続けて間違えたため、しばらく確認できません。15分ほどおいてお試しください。"


def trouble_with_password(visit: Visit, field: str) -> str:
    """ "" if the field holds the password of whoever is signed in, else what to say. Five wrong ones in 15 minutes
    are the most; a try is counted before it is looked at. Raises StoreBusy."""
    name, ring = visit.staff.name, visit.tools.keyring
    counted = f"#{ring.hash('password-again', name).hex()}"
    with visit.context.store.write() as tx:
        tx.audit.head()  # one after the other, on PostgreSQL too
        if tx.staff.failures(counted, visit.now) >= MOST_FAILURES:
            return TOO_OFTEN
        tx.staff.note_failure(counted, visit.now)
        stored = tx.staff.password_hash(name)
    if not password_fits(stored, str(visit.form.get(field, ""))[:1000]):
        return WRONG
    with visit.context.store.write() as tx:
        tx.staff.clear_failures(counted)
    return ""
