"""People who are to be erased while the product is being killed: each wrote, each is named by somebody else.

The harness itself brings their messages in and walks their case up to the last approval, as staff would; what comes
then is the product's own. Nothing of theirs counts as "accepted", for it must be gone in the end.
"""

from __future__ import annotations

import smtplib
from datetime import UTC, datetime
from email.message import EmailMessage

from intake.bootstrap.toolbox import make_tools
from intake.config import load
from intake.failpoints import ERASING
from intake.model import CaseState, Proof, Role, Seeker
from intake.pipeline import desk
from intake.pipeline.links import prove
from intake.pipeline.moves import Act
from intake.ports import CaseQuery
from intake.store import SqlStore
from tests.faults.lives import Lives
from tests.faults.world import Told
from tests.process import DESK

FAMILY = "勅使川原"


class Doomed:
    """Some who go. ``next_one`` makes one of them due; the next life erases them."""

    def __init__(self, lives: Lives, count: int) -> None:
        self._lives, self._left = lives, list(range(count))
        self._tools = make_tools(load(None, lives.env).settings)
        self.told: dict[int, list[bytes]] = {}  # what was brought in for each
        self.due: list[int] = []
        store = lives.store()
        with store.write() as tx:
            tx.staff.add("高橋", Role.PRIVACY_OFFICER, None)
            for n in self._left:
                tx.seekers.upsert(Seeker(0, member_of(n), name_of(n), addresses=(address_of(n),)))
        store.close()

    def arrive(self) -> None:
        """Their mails, and those of others about them, over SMTP and to their ends; in one life without a fault."""
        assert self._lives.begin()
        with smtplib.SMTP("127.0.0.1", self._lives.smtp, timeout=60) as client:
            for n in self._left:
                wish = mail(address_of(n), "削除のお願い", f"個人情報の削除をお願いします。{name_of(n)}です。")
                about = mail(
                    f"friend{n}@example.com", "担当者の変更", f"{name_of(n)}さんの紹介です。担当を変更してください。"
                )
                self.told[n] = [wish, about]
                for raw, sender in ((wish, address_of(n)), (about, f"friend{n}@example.com")):
                    client.sendmail(sender, [DESK], raw, mail_options=["body=8bitmime"])
        store = self._lives.store()
        self._lives.wait_idle(store, 60 + len(self._left))
        store.close()
        assert self._lives.term() == "0"

    def next_one(self) -> None:
        """Proved, approved, and asked for at once: from the next start on nothing keeps the erasure back.

        Once every step has had somebody, nobody more while one still waits: on a slow machine a life may end before
        it has begun with them.
        """
        if len(self.due) >= len(ERASING) and self._somebody_waits():
            return
        if not self._left:
            raise AssertionError("nobody is left to be erased: make DOOMED larger")
        n, now = self._left.pop(0), datetime.now(UTC)
        store = self._lives.store()
        try:
            with store.read() as tx:
                officer = next(m for m in tx.staff.all() if m.name == "高橋")
                person = tx.seekers.by_member_id(member_of(n))
                assert person is not None, "erased before anybody asked for it"
                (case,) = [c for c in tx.cases.of_seeker(person.id) if c.request == "deletion" and c.state.is_open]
            for step in ("prove", "approve", "prove"):
                with store.write() as tx:
                    found = tx.cases.get(case.id)
                    if step == "approve":
                        desk.approve(desk.act_of(tx, officer, now), found, officer, self._tools)
                    else:
                        act = Act(tx, desk.act_of(tx, officer, now).actor, now)
                        prove(act, found, person, "complete", Proof.E2, self._tools)
            with store.read() as tx:
                assert tx.cases.get(case.id).hold_reason == "erasure_due", tx.cases.get(case.id)
        finally:
            store.close()
        self.due.append(n)

    def _somebody_waits(self) -> bool:
        store = self._lives.store()
        try:
            with store.read() as tx:
                waiting = tx.cases.find(CaseQuery(states=(CaseState.SCHEDULED,), request="deletion", limit=500))
                return any(c.hold_reason == "erasure_due" for c in waiting)
        finally:
            store.close()

    def is_done(self, store: SqlStore) -> bool:
        """Nobody is due or under way any more."""
        with store.read() as tx:
            return not tx.erasures.open() and not any(tx.seekers.by_member_id(member_of(n)) for n in self.due)

    def tell(self, told: Told) -> None:
        """Who must be gone, and who must be untouched."""
        told.erased = {member_of(n): [name_of(n), address_of(n)] for n in self.due}
        told.accepted |= {raw for n in self._left for raw in self.told[n]}


def member_of(n: int) -> str:
    return f"GONE-{n}"


def name_of(n: int) -> str:
    """A name that nobody else has, in three digits so that none is within another."""
    digits = "〇一二三四五六七八九"
    return f"{FAMILY} {''.join(digits[int(d)] for d in f'{n:04d}')}"


def address_of(n: int) -> str:
    return f"doomed{n:04d}@example.jp"


def mail(sender: str, subject: str, body: str) -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, DESK, subject
    made["Message-ID"] = f"<{abs(hash((sender, body)))}@example.jp>"
    made.set_content(body)
    return made.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
