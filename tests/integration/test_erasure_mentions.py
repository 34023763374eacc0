"""The name of an erased person where nobody looks for it: at the staff's door, in a hold, in an application."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from intake.model import Application, Stage
from intake.pipeline import keeping
from intake.pipeline.erasing import Residue, begin_operator
from intake.pipeline.erasing.begin import KEEPER
from intake.store.tables import sign_in_failure
from tests.house import TestHouse
from tests.integration.test_erasure_steps import ADDRESS, NAME, eraser, filled
from tests.integration.web_parts import Client, app_of, staffed


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Any:
    made = filled(tmp_path / "home", database_url)
    yield made
    made.store.close()


def erase(house: TestHouse) -> Any:
    with house.store.write() as tx:
        row = begin_operator(tx, house.get_seeker("M-1"), KEEPER, house.tools, house.now)
    (done,) = eraser(house).run(row.id)
    return done


@pytest.mark.parametrize("typed", [ADDRESS, NAME])
def test_a_stranger_at_the_door_keeps_no_erasure_from_its_end(house: TestHouse, typed: str) -> None:
    staffed(house)
    answer = Client(app_of(house)).http.post("/staff/sign-in", data={"name": typed, "password": "x"})
    assert answer.status_code == 401
    assert erase(house).step == "done"


def left_by_an_older_version(house: TestHouse) -> None:
    with house.store.write() as tx:
        tx.staff._c.conn.execute(sa.insert(sign_in_failure), {"name": ADDRESS, "at": house.now - timedelta(hours=1)})  # type: ignore[attr-defined]


def test_names_that_an_older_version_wrote_down_go_first(house: TestHouse) -> None:
    left_by_an_older_version(house)
    assert erase(house).step == "done"


def test_and_each_night_in_any_case(house: TestHouse) -> None:
    left_by_an_older_version(house)
    keeping.run(house.store, eraser(house), house.tools, house.now)
    with house.store.read() as tx:
        assert tx.erasures.mentions(lambda text: text == ADDRESS) == []


def hold(house: TestHouse) -> None:
    with house.store.write() as tx:
        tx.seekers.change(house.get_seeker("M-2"), legal_hold=f"{NAME}との紛争")


def application(house: TestHouse) -> None:
    with house.store.write() as tx:
        for company in (f"{NAME}事務所", f"{NAME.replace(' ', '　')}事務所"):
            tx.seekers.upsert_application("M-2", Application(0, company, Stage.APPLIED, False, None))


@pytest.mark.parametrize("typed", [hold, application])
def test_what_staff_typed_of_another_is_blacked_out(house: TestHouse, typed: Callable[[TestHouse], None]) -> None:
    typed(house)
    assert erase(house).step == "done"
    other = house.get_seeker("M-2")
    if typed is hold:
        assert other.legal_hold == "■■■■■■との紛争"
    else:
        assert sorted(a.company for a in other.applications) == ["■■■■■■事務所", "■■■■■■事務所■"]


def test_a_concierge_of_the_same_name_is_somebody_else(house: TestHouse) -> None:
    """As with an account of that name: whose it is cannot be told, and nobody loses their concierge."""
    with house.store.write() as tx:
        tx.seekers.change(house.get_seeker("M-2"), concierge=NAME)
    assert erase(house).step == "done"
    assert house.get_seeker("M-2").concierge == NAME


def test_what_is_left_is_named_by_its_column(house: TestHouse) -> None:
    """A trail is never changed: an operator is told where the name stands, on the shell, in the log, on the page."""
    if not house.settings.database_url.startswith("sqlite"):
        pytest.skip("PostgreSQL's files are not ours to read")
    with house.store.write() as tx:
        tx.audit.append(house.now, KEEPER, "staff.locked", detail={"name": NAME})
    with pytest.raises(Residue, match=r"file: intake\.db; column: audit\.detail"):
        erase(house)
    with house.store.read() as tx:
        assert tx.erasures.open()[0].error == "file: intake.db; column: audit.detail"
