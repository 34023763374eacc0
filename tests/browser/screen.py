"""What every test at the screen does: sign in, look for faults, bring a case."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe

from intake.model import Case, CaseState
from tests.house import TestHouse
from tests.integration.web_parts import LEAD, PASSWORD

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 360, "height": 740}
QUICK = "const set = window.setInterval; window.setInterval = (what) => set(what, 150);"
TARO = "山田 太郎 <taro@example.jp>"
STRANGER = "誰か <nobody@example.com>"


def arrives(house: TestHouse, body: str = "退会を希望します。", from_: str = TARO, **fields: Any) -> Case:
    """A case that waits for staff, whatever the reader thought of it."""
    sent = house.mail(body, from_=from_, subject=fields.pop("subject", "お願い"))
    house.work()
    case = house.cases(sent.message_id)[0]
    with house.store.write() as tx:
        return tx.cases.change(case, **{"state": CaseState.REVIEW, "hold_reason": "held", "closed_at": None} | fields)


def get(house: TestHouse, case: Case) -> Case:
    """The case as it is now."""
    with house.store.read() as tx:
        return tx.cases.get(case.id)


def sign_in(page: Any, site: str, name: str = LEAD) -> None:
    """With the password alone, up to the first page."""
    give_password(page, site, name)
    page.wait_for_selector("#main")


def give_password(page: Any, site: str, name: str = LEAD) -> None:
    """Up to what is asked next: the second factor, where there is one."""
    page.goto(f"{site}/staff/")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    with page.expect_navigation(wait_until="load"):  # keys pressed before would go to the page before
        page.press("#password", "Enter")


def violations(page: Any) -> list[tuple[str, list[str]]]:
    """WCAG faults that axe finds, each with its places."""
    found = Axe().run(page).response["violations"]
    return [(v["id"], [n["html"][:200] for n in v["nodes"]]) for v in found]


def is_too_wide(page: Any) -> bool:
    """Whether one must scroll sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))
