"""The steps of an erasure. Each may be done twice; a crash between any two goes on where it stood.

planned → mailed (tried once, whatever the relay says) → keys → outside (mail servers, caught mails) → removed →
compacted → scanned → done (certified).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import reduce

from intake.errors import Permanent
from intake.failpoints import reach as failpoint
from intake.journal import journal
from intake.model import Actor
from intake.pipeline.erasing import masking
from intake.pipeline.erasing.begin import KEEPER, close_cases
from intake.pipeline.erasing.certificate import certificate_of, task_for_copies
from intake.pipeline.erasing.pieces import Piece, chunks, packs, pieces_of
from intake.pipeline.erasing.plan import Plan, unpacked
from intake.pipeline.erasing.texts import index_anew
from intake.pipeline.moves import Act
from intake.ports import Store, Tx
from intake.ports.erasing import ErasureRow, MailboxCopy, Outside, Scan
from intake.ports.rows import Reach

LEASE_SECONDS = 1800
AGAIN = timedelta(hours=1)
LOST = "its plan cannot be read any more"
TOGETHER = 10  # people whose small steps share a commit: as many as hold the writer's lock for a moment only
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
        """Everything that is planned, or one alone, to its end; those that ended. One compaction and one look through
        the files serve them all.

        Raises Residue for ``only`` if something is still found; the worker's round puts it off by an hour instead.
        """
        rows: list[ErasureRow] = []
        while len(rows) < most and (some := self._claim(only, min(TOGETHER, most - len(rows)))):
            rows += self._empty(some)
            if only is not None:
                break
        if any(_is_before(row.step, "scanned") for row in rows):
            self._store.compact()
            failpoint("erase.checkpoint")
        looked = self._look(rows, strict=only is not None)
        return [row for some in chunks(looked, TOGETHER) for row in self._finish(some)]

    def _claim(self, only: int | None, count: int) -> list[ErasureRow]:
        """Those that can go on. One whose plan is lost waits for a person, and keeps nobody else waiting."""
        with self._store.read() as tx:
            if not tx.erasures.open():
                return []
        found: list[ErasureRow] = []
        with self._store.write() as tx:
            while len(found) < count and (row := tx.erasures.claim(self._clock(), LEASE_SECONDS, self._name, only)):
                row = self._past_plan(tx, row)
                if _is_before(row.step, "scanned") and tx.erasures.secret(row) is None:
                    log.error("its plan cannot be read", id=row.id)
                    tx.erasures.put_off(row, self._clock() + AGAIN, LOST)
                else:
                    found.append(row)
        if only is not None and not found:
            self._raise_if_lost(only)
        return found

    def _raise_if_lost(self, erasure_id: int) -> None:
        with self._store.read() as tx:
            if tx.erasures.get(erasure_id).error == LOST:
                raise Residue(f"erasure {erasure_id}: {LOST}")

    def _past_plan(self, tx: Tx, row: ErasureRow) -> ErasureRow:
        """A backup that was made in the middle of it came back after its end: the store has removed the person again
        before it served (``bury_again``), and whom it reached is known to nobody. It is certified as such."""
        if not _is_before(row.step, "scanned") or not tx.erasures.is_forgotten(row):
            return row
        log.warning("ended before the backup came back", id=row.id)
        return tx.erasures.advance(row, "scanned", {"restored": True})

    def _empty(self, rows: list[ErasureRow]) -> list[ErasureRow]:
        """Up to the removal of every row, a few people side by side; done steps are passed over."""
        for step, do in (("mailed", self._mail), ("keys", self._keys), ("outside", self._beyond),
                         ("removed", self._remove)):  # fmt: skip
            waiting = [row for row in rows if _is_before(row.step, step)]
            done = {row.id: row for row in do(waiting, self._plans(waiting))} if waiting else {}
            rows = [done.get(row.id, row) for row in rows]
            for _ in done:
                failpoint(f"erase.{step}")
        return rows

    def _plans(self, rows: list[ErasureRow]) -> list[Plan]:
        with self._store.read() as tx:
            kept = [(row.id, tx.erasures.secret(row)) for row in rows]
        lost = [str(erasure_id) for erasure_id, secret in kept if secret is None]
        if lost:  # between the claim and now
            raise Residue(f"erasure {', '.join(lost)}: {LOST}")
        return [unpacked(secret) for _, secret in kept if secret is not None]

    def _mail(self, rows: list[ErasureRow], plans: list[Plan]) -> list[ErasureRow]:
        """Tried once. After a crash in between it may leave a second time, with the same Message-ID: so each is
        written down at once."""
        return [self._mail_one(row, plan) for row, plan in zip(rows, plans, strict=True)]

    def _mail_one(self, row: ErasureRow, plan: Plan) -> ErasureRow:
        result = "no_address" if plan.mail is None else self._outside.post(plan.mail)
        failpoint("erase.posted")
        with self._store.write() as tx:
            if row.case_id is not None and plan.mail is not None:
                action = "mail.sent" if result == "sent" else "mail.failed"
                tx.audit.append(self._clock(), self._actor, action, case_id=row.case_id,
                                detail={"template": plan.mail.template})  # fmt: skip
            return tx.erasures.advance(row, "mailed", {"mail": result}, secret=plan.after_mail().packed())

    def _keys(self, rows: list[ErasureRow], plans: list[Plan]) -> list[ErasureRow]:
        """What a duty keeps is sealed apart, what must be known of the mails is written beside the keys; then the
        keys are destroyed: from here on nothing of these people can be read in any copy."""
        if any(plan.held for plan in plans):  # committed before anybody is buried: a start buries again, with the keys
            with self._store.write() as tx:
                for row, plan in zip(rows, plans, strict=True):
                    for held in plan.held:
                        tx.erasures.hold(row.id, held.data, held.content, held.until, self._clock())
        with self._store.write() as tx:
            tx.erasures.bury_mails([m for plan in plans for m in plan.reach.message_ids], self._clock())
            tx.erasure.bury([plan.reach for plan in plans], self._clock())
        failpoint("erase.buried")
        with self._store.write() as tx:
            tx.blobs.destroy_keys([key_id for plan in plans for key_id in plan.reach.key_ids])
        failpoint("erase.key_destroyed")
        with self._store.write() as tx:
            return [tx.erasures.advance(row, "keys", {}) for row in rows]

    def _beyond(self, rows: list[ErasureRow], plans: list[Plan]) -> list[ErasureRow]:
        found = [self._beyond_one(plan) for plan in plans]
        with self._store.write() as tx:
            return [tx.erasures.advance(row, "outside", said) for row, said in zip(rows, found, strict=True)]

    def _beyond_one(self, plan: Plan) -> dict[str, object]:
        caught = self._outside.forget_caught(plan.sent, plan.looks.spellings())
        failpoint("erase.caught")
        left = self._outside.delete_copies(plan.copies) if plan.copies else ()
        failpoint("erase.mailbox")
        return {"caught": caught, "deleted": len(plan.copies) - len(left), "left": _places(left)}

    def _remove(self, rows: list[ErasureRow], plans: list[Plan]) -> list[ErasureRow]:
        plans = [self._with_latecomers(row, plan) for row, plan in zip(rows, plans, strict=True)]
        for plan in plans:
            for number, message_id in enumerate(plan.quoting):
                self._mask(message_id, plan)
                failpoint(f"erase.mask[{number}]")
        self._mask_notes(plans)
        self._in_small_transactions([piece for plan in plans for piece in pieces_of(plan)])
        with self._store.write() as tx:
            return [tx.erasures.advance(row, "removed", {"masked": len(plan.quoting) + len(plan.noted)})
                    for row, plan in zip(rows, plans, strict=True)]  # fmt: skip

    def _with_latecomers(self, row: ErasureRow, plan: Plan) -> Plan:
        """What became theirs since it was planned goes too: else their row could never go.

        The plan is told last: nobody looks again for the keys of what stands in it, and a key that was left would keep
        the erasure from its end for ever. Whoever is killed before that finds all of it anew.
        """
        with self._store.read() as tx:
            late = tx.erasure.latecomers(plan.reach)
        if not (late.message_ids or late.case_ids or late.outbox_ids):
            return plan
        with self._store.write() as tx:
            close_cases(Act(tx, self._actor, self._clock()), late.case_ids, None)
            tx.erasures.bury_mails(late.message_ids, self._clock())
        with self._store.write() as tx:
            tx.blobs.destroy_keys(late.key_ids)
        plan = replace(plan, reach=_joined(plan.reach, late))
        with self._store.write() as tx:
            tx.erasures.advance(row, row.step, {}, secret=plan.packed())
        log.info("latecomers", id=row.id, count=len(late.message_ids))
        return plan

    def _in_small_transactions(self, pieces: Sequence[Piece]) -> None:
        """As many pieces in one as make up CHUNK rows: a person with little is no commit of their own."""
        for some in packs(pieces):
            with self._store.write() as tx:
                for piece in some:
                    piece.remove(tx, piece.ids)
                    failpoint(piece.name)

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

    def _mask_notes(self, plans: list[Plan]) -> None:
        """What staff wrote of these people elsewhere, and what anybody typed at the staff's door."""
        looks = [plan.looks for plan in plans]
        with self._store.write() as tx:
            tx.staff.forget_failures(self._clock())
            tx.erasures.forget_mentions(lambda text: reduce(lambda masked, look: look.masked(masked), looks, text))
        for plan, look in zip(plans, looks, strict=True):
            for case_id in plan.noted:
                with self._store.write() as tx:
                    tx.erasures.rewrite_note(case_id, look.masked)
                    index_anew(tx, case_id)

    def _look(self, rows: list[ErasureRow], *, strict: bool) -> list[ErasureRow]:
        """In every row and every file. Those of whom nothing is found go on; what is still found sends an erasure
        back to its removal. Raises Residue for those if ``strict``."""
        done = [row for row in rows if not _is_before(row.step, "scanned")]
        waiting = [row for row in rows if _is_before(row.step, "scanned")]
        if not waiting:
            return done
        plans = self._plans(waiting)
        spellings = [plan.looks.spellings() for plan in plans]
        scans = self._outside.scan(spellings)
        failpoint("erase.scanned")
        seen = [
            _Seen(row, plan, scan, len(s)) for row, plan, scan, s in zip(waiting, plans, scans, spellings, strict=True)
        ]
        for some in chunks(seen, TOGETHER):
            done += self._note_what_was_seen(some, strict=strict)
        return done

    def _note_what_was_seen(self, seen: Sequence[_Seen], *, strict: bool) -> list[ErasureRow]:
        with self._store.read() as tx:
            found = [_places_of(tx, s) for s in seen]
        clean, left = [], []
        with self._store.write() as tx:
            for s, places in zip(seen, found, strict=True):
                if places:
                    log.error("something is still there", id=s.row.id, count=len(places), what="; ".join(places))
                    tx.erasures.put_off(
                        tx.erasures.advance(s.row, "keys", {}), self._clock() + AGAIN, "; ".join(places)
                    )
                    left.append(f"erasure {s.row.id}: still found: {'; '.join(places)}")
                else:
                    clean.append(tx.erasures.advance(s.row, "scanned", s.said))
        if strict and left:
            raise Residue(" ".join(left))
        return clean

    def _finish(self, rows: Sequence[ErasureRow]) -> list[ErasureRow]:
        """The plans go, key first; then the certificates, which tell of nobody."""
        with self._store.write() as tx:
            tx.blobs.destroy_keys([row.key_id for row in rows])
        failpoint("erase.plan_forgotten")
        with self._store.write() as tx:
            done = [self._certify(tx, row) for row in rows]
        for row in done:
            failpoint("erase.certified")
            log.info("certified", id=row.id, seeker=row.seeker_id)
        return done

    def _certify(self, tx: Tx, row: ErasureRow) -> ErasureRow:
        now = self._clock()
        number = "" if row.case_id is None else tx.cases.get(row.case_id).number
        certificate = certificate_of(row, number, now)
        task_for_copies(tx, row, now)
        done = tx.erasures.certify(row, certificate, now)
        tx.audit.append(now, self._actor, "erasure.certified", case_id=row.case_id, seeker_id=row.seeker_id,
                        detail=certificate)  # fmt: skip
        return done


@dataclass(frozen=True, slots=True)
class _Seen:
    """One erasure and what the look through the files brought."""

    row: ErasureRow
    plan: Plan
    scan: Scan
    spellings: int

    @property
    def said(self) -> dict[str, object]:
        figures = {"files": self.scan.files, "bytes": self.scan.bytes, "spellings": self.spellings, "hits": 0,
                   "elsewhere": len(self.scan.elsewhere)}  # fmt: skip
        task_case = min(self.plan.reach.case_ids, default=None)
        return {"scan": figures, "elsewhere": list(self.scan.elsewhere), "task_case": task_case}


def _places_of(tx: Tx, s: _Seen) -> list[str]:
    """Where something is left: rows, files, and which columns, for nobody can look for a name in a database file."""
    columns = tx.erasures.mentions(s.plan.looks.are_in) if s.scan.ours else []
    files = [f"file: {name}" for name in s.scan.ours]
    return [*tx.erasure.residue(s.plan.reach), *files, *(f"column: {name}" for name in columns)]


STEPS = ("planned", "mailed", "keys", "outside", "removed", "scanned", "done")


def _is_before(now: str, step: str) -> bool:
    return STEPS.index(now) < STEPS.index(step)


def _joined(reach: Reach, late: Reach) -> Reach:
    return replace(
        reach,
        message_ids=(*reach.message_ids, *late.message_ids),
        case_ids=(*reach.case_ids, *late.case_ids),
        outbox_ids=(*reach.outbox_ids, *late.outbox_ids),
        key_ids=(*reach.key_ids, *late.key_ids),
    )


def _places(left: Sequence[MailboxCopy]) -> list[dict[str, object]]:
    """Which mails people must delete by hand: the agency's own mailbox and numbers, nothing of the person."""
    places: dict[tuple[str, str], list[int]] = {}
    for copy in left:
        places.setdefault((copy.account, copy.folder), []).append(copy.uid)
    return [{"account": a, "folder": f, "uids": sorted(uids)} for (a, f), uids in sorted(places.items())]
