"""Who has a case open, and who writes in it: told by their pages, forgotten half a minute after the last word."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from starlette.responses import JSONResponse, Response

from intake.ports.desk import Present
from intake.web.staff import language, scope
from intake.web.staff.rows import STAYS
from intake.web.staff.visit import Visit

DOING = ("looking", "writing")


def say(visit: Visit) -> Response:
    """One's own page says that it is open; the answer says who else is there, and whether the case has changed."""
    doing = visit.field("doing")
    with visit.context.store.write() as tx:
        case = scope.get_case(tx, visit.staff, visit.path["number"])
        if doing in DOING:
            tx.presence.here(case.id, visit.staff.name, doing, visit.now)
        else:
            tx.presence.gone(case.id, visit.staff.name)
        here = tx.presence.at([case.id], visit.now - STAYS).get(case.id, ())
    t = language.words(language.of(visit.request))["t"]
    others = [p for p in here if p.staff != visit.staff.name]
    return JSONResponse({"here": in_words(others, t), "version": case.version}, headers={"Cache-Control": "no-store"})


def in_words(people: Sequence[Present], t: Callable[[str], str]) -> str:
    """「田中 直樹 が入力しています、佐藤 美咲 が見ています」; "" where nobody else is."""
    words = {"looking": t("が見ています"), "writing": t("が入力しています")}
    return "、".join(f"{p.staff} {words.get(p.doing, words['looking'])}" for p in people)
