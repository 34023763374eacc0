"""What the page showed is what is carried out: shown, changed, pressed → refused and shown anew (features.md 2.8)."""

from __future__ import annotations

import random
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from intake.model import Application, Stage
from intake.pipeline import links
from tests.house import TestHouse, open_test_house
from tests.unit.pipeline.world import look, sound, told, wish

RACES = 1000
STAGES = [s for s in Stage if s is not Stage.NONE]


def change(house: TestHouse, pick: random.Random) -> None:
    """Something that was shown is another now: a stage, an interview, a new selection, an end, a hold, a status."""
    with house.store.write() as tx:
        seeker = tx.seekers.by_member_id("M-10001")
        assert seeker is not None
        what = pick.choice(("stage", "interview", "new", "self", "hold"))
        if what == "hold":
            tx.seekers.change(seeker, legal_hold=None if seeker.legal_hold else "保全")
            return
        a = pick.choice(seeker.running) if seeker.running and what != "new" else None
        if a is None:
            company = f"株式会社{pick.randrange(10**9)}"
            tx.seekers.upsert_application("M-10001", Application(0, company, pick.choice(STAGES[1:])))
            return
        later = (a.interview_at or house.now) + timedelta(hours=1)
        changed = {
            "stage": (pick.choice([s for s in STAGES if s != a.stage]), a.self_applied, a.interview_at),
            "interview": (a.stage, a.self_applied, later),
            "self": (a.stage, not a.self_applied, a.interview_at),
        }[what]
        tx.seekers.upsert_application("M-10001", Application(0, a.company, *changed))


def test_a_change_between_view_and_click_is_never_carried_out(tmp_path: Path) -> None:
    house, pick = told(open_test_house(tmp_path)), random.Random(8)
    house.seeker(applications=(("株式会社甲", "applied"),))
    wish(house, "withdrawal")
    token = house.link()
    refused = 0
    for _ in range(RACES):
        shown = look(house, token)
        change(house, pick)
        with house.store.write() as tx:
            page = links.answer(tx, token, "complete", shown.nonce, shown.seen, house.tools, house.now)
        refused += page.status == "changed"
        assert {a.company for a in page.applications} == {a.company for a in house.get_seeker().running}  # shown anew
    assert refused == RACES
    assert house.get_seeker().status.value == "active"
    assert house.cases()[0].state.value == "awaiting_proof"
    sound(house)
    house.store.close()


@pytest.mark.parametrize("seed", range(8))
def test_a_click_and_a_change_at_once_do_what_was_shown_or_nothing(
    tmp_path: Path, database_url: str, seed: int
) -> None:
    """Two real threads: whichever comes first, nothing ends that was not on the page."""
    house = told(open_test_house(tmp_path, url=database_url))
    house.seeker(applications=(("株式会社甲", "applied"),))
    wish(house, "withdrawal")
    token, start = house.link(), threading.Barrier(2)
    shown = look(house, token)
    outcome: list[str] = []

    def press() -> None:
        start.wait()
        with house.store.write() as tx:
            page = links.answer(tx, token, "complete", shown.nonce, shown.seen, house.tools, house.now)
            outcome.append(page.status)

    def arrive() -> None:
        start.wait()
        with house.store.write() as tx:
            tx.seekers.upsert_application("M-10001", Application(0, "株式会社あとから", Stage.OFFERED))

    threads = [threading.Thread(target=t) for t in ((press, arrive) if seed % 2 else (arrive, press))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    left = house.get_seeker().status.value == "withdrawn"
    assert outcome == (["done"] if left else ["changed"])
    with house.store.read() as tx:
        told_of = {t.plan.subject for t in tx.tasks.open()}
    assert told_of <= {"株式会社甲"}  # never an employer whom the page did not name
    house.store.close()
