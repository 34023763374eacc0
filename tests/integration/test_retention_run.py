"""The day's run on the real store: what the dry run says is what happens, on both engines."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from intake.model import CaseState, Seeker, SeekerStatus
from intake.pipeline import keeping
from intake.policy import load_profile, today_of
from intake.retention import add_term
from tests.house import TestHouse, open_test_house
from tests.integration.test_erasure_steps import eraser, quick_house

TODAY = date(2026, 11, 16)


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Any:
    made = quick_house(tmp_path / "home", database_url)
    yield made
    made.store.close()


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 3, tzinfo=UTC)


def left(house: TestHouse, member_id: str, on: date, **more: Any) -> Seeker:
    email = more.pop("email", f"{member_id.lower()}@example.jp")
    name = more.pop("name", f"{member_id} 某")
    return house.seeker(member_id, name, email, status=more.pop("status", "withdrawn"), status_since=on,
                        withdrawn_on=more.pop("withdrawn_on", on), **more)  # fmt: skip


def run(house: TestHouse, on: date) -> keeping.Agenda:
    house.now = noon(on)
    with house.store.read() as tx:
        said = keeping.agenda(tx, house.tools, on)
    done = keeping.run(house.store, eraser(house), house.tools, noon(on))
    assert done == said
    with house.store.read() as tx:
        after = keeping.agenda(tx, house.tools, on)
    assert after.to_do == (), "a second run the same day has nothing to do"
    return done


def test_three_years_after_leaving(house: TestHouse) -> None:
    left(house, "M-1", date(2024, 2, 29))
    left(house, "M-2", date(2024, 3, 2))
    left(house, "M-3", date(2020, 1, 1), legal_hold="訴訟")
    house.seeker("M-4", "在籍 中", "here@example.jp")
    assert run(house, date(2027, 2, 28)).to_do == ()
    assert [d.data for d in run(house, date(2027, 3, 1)).to_do] == ["personal"]
    with house.store.read() as tx:
        assert tx.seekers.by_member_id("M-1") is None
        assert {m for m in ("M-2", "M-3", "M-4") if tx.seekers.by_member_id(m)} == {"M-2", "M-3", "M-4"}
        (row,) = tx.erasures.newest()
        assert row.certificate is not None
        assert (row.why, row.certificate["approved"]) == ("retention", [])
    assert [m.template for m in house.relay.mails] == ["deletion_expired"]


def test_what_an_employer_was_part_of_is_held_two_years_more(house: TestHouse) -> None:
    house.seeker("M-1", "鵜殿 珠緒子", "t@example.jp", applications=[("株式会社甲", "applied")])
    from intake.pipeline.erasing import begin_operator
    from intake.pipeline.erasing.begin import KEEPER

    house.now = noon(TODAY)
    with house.store.write() as tx:
        row = begin_operator(tx, tx.seekers.get(house.get_seeker("M-1").id), KEEPER, house.tools, house.now)
    eraser(house).run(row.id)
    assert "求職管理簿（氏名、会員番号、応募先と選考の結果）：2028年11月15日まで" in house.relay.mails[-1].text
    with house.store.read() as tx:
        (held,) = tx.erasures.held()
        content = (tx.erasures.held_content(held.id) or b"").decode()
        assert "鵜殿 珠緒子" in content
        assert "株式会社甲（応募済み）" in content
        assert "t@example.jp" not in content
        assert tx.search.find("鵜殿") == []
    assert run(house, date(2028, 11, 15)).held == ()
    assert [h.data for h in run(house, date(2028, 11, 16)).held] == ["register"]
    with house.store.read() as tx:
        assert tx.erasures.held() == []
        assert tx.erasures.held_content(held.id) is None


def test_who_wrote_of_late_is_waited_for_until_the_ceiling(house: TestHouse) -> None:
    left(house, "M-1", date(2023, 11, 16), email="one@example.jp")
    house.now = noon(date(2026, 11, 10))
    house.mail("先日の件はどうなりましたでしょうか。個人的なことで相談があります。", from_="one@example.jp")
    house.work()
    assert [d.waits_for for d in run(house, date(2026, 11, 16)).due] == ["busy"]
    assert run(house, date(2027, 11, 15)).to_do == ()
    assert [d.action for d in run(house, date(2027, 11, 16)).to_do] == ["erase"]


def public_office(house: TestHouse) -> None:
    from dataclasses import replace

    from intake import resources

    house.tools = replace(house.tools, profile=load_profile([resources.shipped_rules()], "public-office"))


def test_a_public_office_tells_before_and_waits(house: TestHouse) -> None:
    public_office(house)
    house.seeker("M-1", "無効 花子", "m@example.jp", status="invalid", status_since=date(2021, 12, 16),
                 invalid_on=date(2021, 12, 16))  # fmt: skip
    assert run(house, date(2026, 11, 15)).to_do == ()
    assert [d.action for d in run(house, TODAY).to_do] == ["notice"]
    house.work()
    assert house.relay.mails[-1].template == "retention_notice"
    assert "2026年12月16日" in house.relay.mails[-1].text
    assert run(house, date(2026, 12, 15)).to_do == ()
    assert [d.action for d in run(house, date(2026, 12, 16)).to_do] == ["erase"]


def test_who_became_valid_again_stays(house: TestHouse) -> None:
    public_office(house)
    seeker = house.seeker("M-1", "無効 花子", "m@example.jp", status="invalid", status_since=date(2021, 1, 1),
                          invalid_on=date(2021, 1, 1))  # fmt: skip
    with house.store.write() as tx:
        tx.seekers.change(tx.seekers.get(seeker.id), status=SeekerStatus.ACTIVE, status_since=TODAY)
    assert run(house, date(2030, 1, 1)).due == ()


def test_a_shorter_term_of_one_class(house: TestHouse) -> None:
    """The attached résumé goes after a year, the words of the mail stay with the person."""
    from dataclasses import replace

    profile = house.tools.profile
    rows = tuple(r.model_copy(update={"years": 1}) if r.data == "resume" else r for r in profile.retention)
    house.tools = replace(house.tools, profile=profile.model_copy(update={"retention": rows}))
    seeker = left(house, "M-1", date(2025, 11, 16), email="one@example.jp")
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "one@example.jp", "support@agency.example.jp", "x"
    mail["Message-ID"] = "<a@example.jp>"
    mail.set_content("履歴書をお送りします。")
    mail.add_attachment(b"SECRET-CAREER", maintype="application", subtype="pdf", filename="cv.pdf")
    raw = mail.as_bytes()
    house.now = noon(TODAY - timedelta(days=400))
    message_id = house.raw(raw).message_id
    house.work()
    with house.store.write() as tx:
        (case,) = tx.cases.of_message(message_id)
        tx.cases.change(case, state=CaseState.DONE, hold_reason=None, closed_at=house.now)
    assert [d.data for d in run(house, TODAY).to_do] == ["resume"]
    with house.store.read() as tx:
        reading = tx.inbox.reading(message_id)
        assert reading is not None
        assert reading[0].attachments == ()
        assert "履歴書をお送りします" in reading[0].text
        assert b"U0VDUkVULUNBUkVFUg" not in tx.inbox.envelope(message_id).raw
        assert tx.seekers.get(seeker.id).name


@pytest.mark.timeout(300)
def test_ten_years_on_the_store(house: TestHouse) -> None:
    """Looked at every half year: the run does what the dry run said, and who is under a hold stays."""
    chance = random.Random(7)
    held = set()
    for n in range(80):
        hold = "訴訟" if chance.random() < 0.1 else None
        on = TODAY - timedelta(days=chance.randint(0, 1500))
        left(house, f"M-{n}", on, legal_hold=hold)
        if hold:
            held.add(f"M-{n}")
    today = TODAY
    while today < add_term(TODAY, 10):
        run(house, today)
        today = add_term(today, 0, 6)
    with house.store.read() as tx:
        assert {s.member_id for s in tx.seekers.page(limit=1000)} == held
        assert tx.audit.verify()[0]
        assert len(tx.erasures.newest(1000)) == 80 - len(held)


@pytest.mark.parametrize("what", ["came back", "under a hold", "wrote", "gone"])
def test_what_happens_in_the_night_counts(house: TestHouse, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """While the first of a night are erased, the next one comes back: asked anew in the commit that would begin it."""
    monkeypatch.setattr(keeping, "BATCH", 1)
    left(house, "M-1", date(2020, 1, 1))
    second = left(house, "M-2", date(2020, 1, 1), email="two@example.jp")
    house.now = noon(TODAY)

    def meanwhile() -> None:
        if what == "wrote":
            house.mail("登録を再開できますか。", from_="two@example.jp")
            return
        with house.store.write() as tx:
            now = tx.seekers.get(second.id)
            if what == "came back":
                tx.seekers.change(now, status=SeekerStatus.ACTIVE, withdrawn_on=None)
            elif what == "under a hold":
                tx.seekers.change(now, legal_hold="訴訟")
            else:
                tx.erasure.remove_person(now.id)

    by_hand = eraser(house)
    real = by_hand.run

    def run_and_more(*args: Any, **more: Any) -> Any:
        ended = real(*args, **more)
        if ended and ended[0].seeker_id != second.id:
            meanwhile()
        return ended

    monkeypatch.setattr(by_hand, "run", run_and_more)
    done = keeping.run(house.store, by_hand, house.tools, house.now)
    assert [d.seeker_id != second.id for d in done.to_do] == [True]
    with house.store.read() as tx:
        assert tx.seekers.by_member_id("M-1") is None
        assert (tx.seekers.by_member_id("M-2") is None) == (what == "gone")


@pytest.mark.parametrize("profile", ["agency", "public-office"])
def test_the_outlook_says_what_the_agenda_says(tmp_path: Path, profile: str) -> None:
    """The page looks at everybody's details alone, and only closely at those whose time is near."""
    house = open_test_house(tmp_path, profile=profile)
    today = today_of(house.now)
    for n, days in enumerate(range(1, 2600, 25)):
        left = today - timedelta(days=days)
        house.seeker(f"M-{n}", f"去る {n}", f"left{n}@example.jp", status="withdrawn", withdrawn_on=left,
                     status_since=left, legal_hold="訴訟" if n % 4 == 3 else None,
                     applications=[("株式会社乙", "screening")] if n % 3 == 0 else [])  # fmt: skip
    house.seeker("M-999", "居る 人", "here@example.jp")
    with house.store.read() as tx:
        ends, due = keeping.outlook(tx, house.tools, today)
        agenda = [d for d in keeping.agenda(tx, house.tools, today).due if d.data == "personal"]
        every = [d for s in keeping.subjects(tx) for d in keeping.calendar_of(tx, s.seeker_id, house.tools)]
    assert due == agenda
    assert 10 < len(due) < 100
    assert {d.action for d in due} >= ({"notice"} if profile == "public-office" else {"erase"})
    assert sorted(ends, key=lambda d: d.seeker_id) == [d for d in every if d.data == "personal"]
    house.store.close()
