"""Where somebody came from: a page of a tab of the queue, or of a search.

The pages of a case carry it along as one word, so that the way back leads to where one was, and the next case is the
next of what one looks through.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from intake.model import Case
from intake.ports import Tx
from intake.web.staff import asked, find, tabs
from intake.web.staff.scope import colleagues_of
from intake.web.staff.visit import Visit

SEARCH = "search"
LONGEST = 150  # characters of a search that are carried


@dataclass(frozen=True, slots=True)
class Place:
    """``after``: the id that the page goes on after, None for the first one; ``words``: of a search, else ""."""

    tab: tabs.Tab
    after: int | None = None
    words: str = ""

    def __str__(self) -> str:
        after = "" if self.after is None else str(self.after)
        return f"{SEARCH}.{after}.{self.words}" if self.words else f"{self.tab.key}.{after}".rstrip(".")

    @property
    def url(self) -> str:
        """The page of the list."""
        after = {} if self.after is None else {"after": self.after}
        if self.words:
            return "/staff/search?" + urlencode({"q": self.words, **after})
        return "/staff/?" + urlencode({"tab": self.tab.key, **after})

    def of_case(self, number: str) -> str:
        """The page of a case, which carries it on."""
        return f"/staff/cases/{number}?" + urlencode({"tab": str(self)})


def of(visit: Visit) -> Place:
    """As the page or the form says, else where this person starts the day."""
    key, _, rest = (visit.field("tab") or visit.asked("tab")).partition(".")
    if key == SEARCH:
        after, _, words = rest.partition(".")
        return of_search(visit, words, id_of(after))
    return Place(tabs.BY_KEY[key], id_of(rest)) if key in tabs.BY_KEY else Place(tabs.default_tab(visit.staff))


def of_search(visit: Visit, words: str, after: int | None) -> Place:
    """A page of a search; one of too many words is not carried."""
    first = tabs.default_tab(visit.staff)
    return Place(first, after, words) if len(words) <= LONGEST else Place(first)


def beside(tx: Tx, visit: Visit, case: Case, *, back: bool) -> Case | None:
    """The next case of the list, or the one before; None at its end."""
    place = of(visit)
    if not place.words:
        return tabs.neighbour(tx, place.tab, visit.staff, case, back=back)
    found = _found(tx, visit, place)
    ids = [c.id for c in found]
    at = ids.index(case.id) + (-1 if back else 1) if case.id in ids else -1
    return found[at] if 0 <= at < len(found) else None


def after_decision(tx: Tx, visit: Visit, case: Case) -> Case | None:
    """The case that opens after this one was decided; of a search the next one down its page."""
    place = of(visit)
    if not place.words:
        return tabs.next_after(tx, place.tab, visit.staff, case)
    return next((c for c in _found(tx, visit, place) if c.id < case.id), None)


def _found(tx: Tx, visit: Visit, place: Place) -> list[Case]:
    """The page of the search as it is now, the newest first."""
    wish = asked.read(place.words, visit.staff.name, colleagues_of(tx), visit.now)
    return [] if wish.troubles else find.page(tx, visit.staff, wish, place.after).cases


def id_of(text: str) -> int | None:
    """An id as a page sends it; None for anything else."""
    return int(text) if text.isdecimal() and len(text) < 16 else None
