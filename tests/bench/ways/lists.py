"""The queue and the search."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.desk import Ask, Desk
from tests.bench.ways.parts import TABS, WITH_CASES, Key, Way, pages
from tests.integration.web_parts import LEAD, PRIVACY, SATO

WORDS = ("退会", "山田", "紛失", "担当者", "個人情報", "会", "面接の日程", "person777", "無い言葉")


SEARCHES = ("state:review", "request:withdrawal channel:form", "state:done due:<3d", "is:late", "older:7d is:unsure",
            "request:deletion 退会", "has:attachment", "from:person777@example.jp", "is:complaint state:done",
            "assignee:me", "member:M-20000", "request:reinstatement", "channel:phone", "hold:held")  # fmt: skip


def _queue() -> Iterator[Way]:
    for who, role in WITH_CASES:
        for tab in TABS:
            yield Way(f"queue, {tab} ({role})", pages(who, f"/staff/?tab={tab}"))
        yield Way(f"queue, done, in the middle ({role})", lambda d, n, who=who: d.get(who, _deep(d, n)))


def _again(d: Desk, n: int) -> Ask:
    """What an open page asks every twenty seconds."""
    shown = d.client(LEAD).get("/staff/?tab=all")
    return Ask(
        d.client(LEAD).http, "GET", "/staff/?tab=all", headers={"If-None-Match": shown.headers["ETag"]}, ok=(304,)
    )


def _deep(d: Desk, n: int) -> str:
    return f"/staff/?tab=done&after={max(2, d.newest // 2 - d.newest // 100 * (n % 10))}"


def _search() -> Iterator[Way]:
    for who, role in ((LEAD, "lead"), (SATO, "reviewer"), (PRIVACY, "privacy")):
        for asked in WORDS + SEARCHES:
            yield Way(f"search {asked} ({role})", pages(who, f"/staff/search?q={asked}"))
        yield Way(f"search, in the middle ({role})",
                  lambda d, n, who=who: d.get(who, f"/staff/search?q=退会&after={d.newest // 2 - n}"))  # fmt: skip
        yield Way(f"search by member ({role})", lambda d, n, who=who: d.get(who, f"/staff/search?q=M-{20_000 + n % 9}"))


WAYS: dict[Key, tuple[Way, ...]] = {
    ("GET", "/staff/"): (*_queue(), Way("queue, is there anything new", _again)),
    ("GET", "/staff/search"): tuple(_search()),
    ("POST", "/staff/views"): (
        Way("view kept", lambda d, n: d.post(LEAD, "/staff/views", q="state:review is:late", name=f"遅れ {n % 3}")),
    ),
    ("POST", "/staff/views/{id:int}/remove"): (
        Way("view removed", lambda d, n: d.post(LEAD, f"/staff/views/{d.view(LEAD, n)}/remove")),
    ),
}  # fmt: skip
