"""The steps of an erasure. Each may be done twice; a crash between any two goes on where it stood.

planned → mailed (tried once, whatever the relay says) → keys → outside (mail servers, caught mails) → removed →
compacted → scanned → done (certified).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from intake.errors import Permanent
from intake.failpoints import reach as failpoint
from intake.journal import journal
from intake.model import Actor
from intake.pipeline.erasing import masking
from intake.pipeline.erasing.begin import KEEPER
from intake.pipeline.erasing.certificate import certificate_of, task_for_copies
from intake.pipeline.erasing.plan import Plan, unpacked
from intake.pipeline.erasing.texts import index_anew
from intake.ports import Store
from intake.ports.erasing import ErasureRow, MailboxCopy, Outside

LEASE_SECONDS = 1800
AGAIN = timedelta(hours=1)
CHUNK = 100
log = journal("erasure")


class Residue(Permanent):
    """Something of the person is still there."""


class Eraser:
    """Carries erasures out, one or many at a time; safe to run in several processes."""

    def __init__(
        self, store: Store, outside: Outside, clock: Callable[[], datetime], *, name: str = "keeper",
        actor: Actor = KEEPER,
    ) -> None:  # fmt: skip
        self._store, self._outside, self._clock = store, outside, clock
        self._name, self._actor = name, actor

    def run(self, only: int | None = None, most: int = 200) -> list[ErasureRow]:
        """Everything that is planned, or one alone, to its end; those that ended. One compaction serves them all.

        Raises Residue for ``only`` if something is still found; the worker's round puts it off by an hour instead.
        """
        rows: list[ErasureRow] = []
        while len(rows) < most and (row := self._claim(only)):
            rows.append(self._empty(row))
            if only is not None:
                break
        if any(_is_before(row.step, "scanned") for row in rows):
            self._store.compact()
            failpoint("erase.checkpoint")
        found = [self._finish(row, strict=only is not None) for row in rows]
        return [row for row in found if row is not None]

    def _claim(self, only: int | None) -> ErasureRow | None:
        with self._store.read() as tx:
            if not tx.erasures.open():
                return None
        with self._store.write() as tx:
            return tx.erasures.claim(self._clock(), LEASE_SECONDS, self._name, only)

    def _empty(self, row: ErasureRow) -> ErasureRow:
        """Up to the removal of every row; done steps are passed over."""
        for step, do in (("mailed", self._mail), ("keys", self._keys), ("outside", self._beyond),
                         ("removed", self._remove)):  # fmt: skip
            if _is_before(row.step, step):
                row = do(row, self._plan(row))
                failpoint(f"erase.{step}")
        return row

    def _plan(self, row: ErasureRow) -> Plan:
        with self._store.read() as tx:
            kept = tx.erasures.secret(row)
        if kept is None:
            raise Residue(f"erasure {row.id}: its plan cannot be read any more")
        return unpacked(kept)

    def _mail(self, row: ErasureRow, plan: Plan) -> ErasureRow:
        """Tried once. After a crash in between it may leave a second time, with the same Message-ID."""
        result = "no_address" if plan.mail is None else self._outside.post(plan.mail)
        failpoint("erase.posted")
        with self._store.write() as tx:
            if row.case_id is not None and plan.mail is not None:
                action = "mail.sent" if result == "sent" else "mail.failed"
                tx.audit.append(self._clock(), self._actor, action, case_id=row.case_id,
                                detail={"template": plan.mail.template})  # fmt: skip
            return tx.erasures.advance(row, "mailed", {"mail": result}, secret=plan.after_mail().packed())

    def _keys(self, row: ErasureRow, plan: Plan) -> ErasureRow:
        """What must be known of the mails is written beside the keys, what a duty keeps is sealed apart; then the
        keys are destroyed: from here on nothing of the person can be read in any copy."""
        with self._store.write() as tx:
            for held in plan.held:
                tx.erasures.hold(row.id, held.data, held.content, held.until, self._clock())
        with self._store.write() as tx:
            tx.erasures.bury_mails(plan.reach.message_ids, self._clock())
            tx.erasure.bury(plan.reach, self._clock())
        failpoint("erase.buried")
        with self._store.write() as tx:
            tx.blobs.destroy_keys(plan.reach.key_ids)
        failpoint("erase.key_destroyed")
        with self._store.write() as tx:
            return tx.erasures.advance(row, "keys", {})

    def _beyond(self, row: ErasureRow, plan: Plan) -> ErasureRow:
        caught = self._outside.forget_caught(plan.sent, plan.looks.spellings())
        failpoint("erase.caught")
        left = self._outside.delete_copies(plan.copies) if plan.copies else ()
        failpoint("erase.mailbox")
        with self._store.write() as tx:
            return tx.erasures.advance(row, "outside", {"caught": caught, "deleted": len(plan.copies) - len(left),
                                                        "left": _places(left)})  # fmt: skip

    def _remove(self, row: ErasureRow, plan: Plan) -> ErasureRow:
        for number, message_id in enumerate(plan.quoting):
            self._mask(message_id, plan)
            failpoint(f"erase.mask[{number}]")
        self._mask_notes(plan)
        for number, ids in enumerate(_chunks(plan.reach.key_ids)):
            with self._store.write() as tx:
                tx.erasure.remove_blobs(ids)
            failpoint(f"erase.blob[{number}]")
        self._remove_rows(plan)
        with self._store.write() as tx:
            return tx.erasures.advance(row, "removed", {"masked": len(plan.quoting) + len(plan.noted)})

    def _remove_rows(self, plan: Plan) -> None:
        """Table by table, in small transactions; the person's own row last, for it is how the rest is found."""
        work: list[tuple[str, Sequence[int]]] = [("messages", plan.reach.message_ids), ("cases", plan.reach.case_ids),
                                                 ("mails", plan.reach.outbox_ids)]  # fmt: skip
        number = 0
        for table, all_ids in work:
            for ids in _chunks(all_ids):
                with self._store.write() as tx:
                    getattr(tx.erasure, f"remove_{table}")(ids)
                failpoint(f"erase.table[{number}]")
                number += 1
        with self._store.write() as tx:
            tx.erasure.remove_person(plan.reach.seeker_id)
        failpoint(f"erase.table[{number}]")

    def _mask(self, message_id: int, plan: Plan) -> None:
        """Another person's message, under a new key; the old one is destroyed after the commit."""
        looks = plan.looks
        with self._store.write() as tx:
            reading = tx.inbox.reading(message_id)
            message, meaning = reading if reading else (None, None)
            envelope = masking.masked_envelope(tx.inbox.envelope(message_id), message, looks)
            masked = None if message is None else masking.masked(message, looks)
            old = tx.erasures.rewrite(message_id, envelope, masked, masking.masked_meaning(meaning, looks))
            for case in tx.cases.of_message(message_id):
                index_anew(tx, case.id)
        with self._store.write() as tx:
            tx.blobs.destroy_keys(old)

    def _mask_notes(self, plan: Plan) -> None:
        """What staff wrote of the person elsewhere."""
        with self._store.write() as tx:
            tx.erasures.forget_mentions(plan.looks.masked)
        for case_id in plan.noted:
            with self._store.write() as tx:
                tx.erasures.rewrite_note(case_id, plan.looks.masked)
                index_anew(tx, case_id)

    def _finish(self, row: ErasureRow, *, strict: bool) -> ErasureRow | None:
        if _is_before(row.step, "scanned"):
            looked = self._look(row, strict=strict)
            if looked is None:
                return None
            row = looked
        with self._store.write() as tx:
            tx.blobs.destroy_keys([row.key_id])
        failpoint("erase.plan_forgotten")
        return self._certify(row)

    def _look(self, row: ErasureRow, *, strict: bool) -> ErasureRow | None:
        """In every row and every file. What is still found sends the erasure back to its removal."""
        plan = self._plan(row)
        spellings = plan.looks.spellings()
        scan = self._outside.scan(spellings)
        failpoint("erase.scanned")
        with self._store.read() as tx:
            found = [*tx.erasure.residue(plan.reach), *(f"file: {name}" for name in scan.ours)]
        if not found:
            figures = {"files": scan.files, "bytes": scan.bytes, "spellings": len(spellings), "hits": 0,
                       "elsewhere": len(scan.elsewhere)}  # fmt: skip
            with self._store.write() as tx:
                task_case = min(plan.reach.case_ids, default=None)
                said = {"scan": figures, "elsewhere": list(scan.elsewhere), "task_case": task_case}
                return tx.erasures.advance(row, "scanned", said)
        log.error("something is still there", id=row.id, count=len(found))
        with self._store.write() as tx:
            tx.erasures.put_off(tx.erasures.advance(row, "keys", {}), self._clock() + AGAIN, "; ".join(found))
        if strict:
            raise Residue(f"erasure {row.id}: still found: {'; '.join(found)}")
        return None

    def _certify(self, row: ErasureRow) -> ErasureRow:
        now = self._clock()
        with self._store.write() as tx:
            number = "" if row.case_id is None else tx.cases.get(row.case_id).number
            certificate = certificate_of(row, number, now)
            task_for_copies(tx, row, now)
            done = tx.erasures.certify(row, certificate, now)
            tx.audit.append(now, self._actor, "erasure.certified", case_id=row.case_id, seeker_id=row.seeker_id,
                            detail=certificate)  # fmt: skip
        failpoint("erase.certified")
        log.info("certified", id=row.id, seeker=row.seeker_id)
        return done


STEPS = ("planned", "mailed", "keys", "outside", "removed", "scanned", "done")


def _is_before(now: str, step: str) -> bool:
    return STEPS.index(now) < STEPS.index(step)


def _places(left: Sequence[MailboxCopy]) -> list[dict[str, object]]:
    """Which mails people must delete by hand: the agency's own mailbox and numbers, nothing of the person."""
    places: dict[tuple[str, str], list[int]] = {}
    for copy in left:
        places.setdefault((copy.account, copy.folder), []).append(copy.uid)
    return [{"account": a, "folder": f, "uids": sorted(uids)} for (a, f), uids in sorted(places.items())]


def _chunks(ids: Sequence[int]) -> list[Sequence[int]]:
    return [ids[i : i + CHUNK] for i in range(0, len(ids), CHUNK)]
