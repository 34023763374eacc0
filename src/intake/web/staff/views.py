"""Searches kept under a name, one's own or everybody's. Fields only: nobody's name is ever kept in one."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from starlette.responses import Response

from intake.errors import NotFound
from intake.ports import Tx
from intake.ports.desk import SavedView
from intake.web.staff import asked, queue, tabs
from intake.web.staff.counts import CAP, COUNTS
from intake.web.staff.scope import colleagues_of
from intake.web.staff.visit import Visit

MOST = 20
LONGEST_NAME = 30


@dataclass(frozen=True, slots=True)
class Kept:
    """A view with the cases that it shows, counted up to the cap; None where they are not counted."""

    view: SavedView
    url: str
    count: int | None


def counted(tx: Tx, visit: Visit) -> list[Kept]:
    """One's own and the shared ones."""
    names = colleagues_of(tx)
    found, budget = [], COUNTS.budget()
    for view in tx.views.of(visit.staff.name)[: 2 * MOST]:
        wish = asked.read(view.query, visit.staff.name, names, visit.now)
        number = None if wish.troubles or wish.attachment else _count(tx, visit, view, wish, budget)
        found.append(Kept(view, f"/staff/search?q={quote(view.query)}", number))
    return found


def _count(tx: Tx, visit: Visit, view: SavedView, wish: asked.Asked, budget: float) -> int | None:
    whose = (visit.context.store, visit.staff.name, visit.staff.role, view.query)
    return COUNTS.of(whose, budget, lambda: tabs.count(tx, tabs.for_eyes_of(visit.staff, wish.query), CAP))


def keep(visit: Visit) -> Response:
    """Keep the search that is on the screen."""
    text, name = visit.field("q")[:200], visit.field("name")[:LONGEST_NAME]
    with visit.context.store.write() as tx:
        wish = asked.read(text, visit.staff.name, colleagues_of(tx), visit.now)
        mine = [v for v in tx.views.of(visit.staff.name) if v.staff == visit.staff.name and v.name != name]
        trouble = _trouble(wish, name, len(mine))
        if not trouble:
            tx.views.add(visit.staff.name, name, wish.text, visit.now, shared=visit.field("shared") == "yes")
    if trouble:
        return queue.render(visit, text, 422, trouble=trouble, named=name)
    return visit.back_to(f"/staff/search?q={quote(wish.text)}", "view")


def _trouble(wish: asked.Asked, name: str, mine: int) -> str:
    if wish.troubles or not wish.fields:
        return "この検索は保存できません。項目(状態:、依頼: など)を入れてください。"
    if wish.is_personal:
        return "言葉・差出人・会員番号は、個人の情報になるため保存できません。項目だけにしてください。"
    if not name:
        return "名前を入力してください。"
    return "保存できるのは20件までです。使わないものを削除してください。" if mine >= MOST else ""


def remove(visit: Visit) -> Response:
    """One's own only."""
    with visit.context.store.write() as tx:
        if not tx.views.remove(visit.staff.name, int(visit.path["id"])):
            raise NotFound()
    return visit.back_to("/staff/search", "view_removed")
