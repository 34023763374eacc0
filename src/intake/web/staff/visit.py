"""One request of a signed-in member of staff: who, with which session, what was sent, and how pages are answered."""

from __future__ import annotations

import hmac
import re
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from intake.errors import NotAllowed, NotFound, Temporary
from intake.model import Actor, Role, StaffMember
from intake.pipeline.tools import Tools
from intake.ports import Session
from intake.web.context import WebContext, context_of
from intake.web.staff import language, session, unsent
from intake.web.staff.menu import menu_for

SPEAKERS = frozenset({"event", "actor", "mail_name"})  # of speech.py: they speak the page's language
EVERYBODY = frozenset(Role)
DECIDERS = EVERYBODY - {Role.AUDITOR}
ADMINS = frozenset({Role.ADMIN})
CONTROLLERS = frozenset({Role.ADMIN, Role.AUDITOR, Role.LEAD})


class IdConvertor(IntegerConvertor):
    """``{id:int}`` of a path: a number that a database can have given, else there is no such page."""

    regex = "[0-9]{1,18}"


register_url_convertor("int", IdConvertor())


@dataclass(frozen=True)
class Visit:
    """What a page needs to know. The store is asked by the pages themselves."""

    request: Request
    context: WebContext
    session: Session
    form: FormData = field(default_factory=FormData)

    @property
    def staff(self) -> StaffMember:
        """Who is signed in."""
        return self.session.staff

    @property
    def actor(self) -> Actor:
        """The same, for the audit trail."""
        return Actor("staff", self.session.staff.name)

    @property
    def now(self) -> datetime:
        """This instant, aware UTC."""
        return self.context.clock()

    @property
    def tools(self) -> Tools:
        """The newest consistent rules and templates."""
        return self.context.tools()

    @property
    def path(self) -> dict[str, str]:
        """The variables of the route."""
        return {k: str(v) for k, v in self.request.path_params.items()}

    def field(self, name: str) -> str:
        """What was typed into a field, without blanks around it; "" where it was not sent."""
        value = self.form.get(name, "")
        return value.replace("\r\n", "\n").strip() if isinstance(value, str) else ""

    def asked(self, name: str) -> str:
        """A variable of the query string."""
        return self.request.query_params.get(name, "")[:200]

    def page(self, name: str, status: int = 200, **values: Any) -> Response:
        """A rendered page of ``templates/staff``, with what every page carries."""
        lang = language.of(self.request)
        words = language.words(lang)
        values.setdefault("said", said(self.request))
        for one in SPEAKERS & values.keys():
            values[one] = partial(values[one], t=words["t"], label=words["label"])
        response = self.context.pages.page(
            f"staff/{name}",
            status,
            staff=self.staff,
            csrf=self.session.csrf,
            demo=self.context.demo,
            menu=menu_for(self.staff.role, self.request.url.path),
            room=self.context.room(),
            can_decide=self.staff.role in DECIDERS,
            now=self.now,
            other_language=language.switch(self.request),
            **words,
            **values,
        )
        if language.chosen(self.request):
            response.set_cookie("lang", lang, max_age=365 * 86400, httponly=True, samesite="lax", path="/staff",
                                secure=self.context.https)  # fmt: skip
        return response

    def back_to(self, url: str, done: str = "", number: str = "") -> Response:
        """To another page after something was done, which says so there."""
        if done:
            url += f"{'&' if '?' in url else '?'}done={done}" + (f"&case={quote(number)}" if number else "")
        return RedirectResponse(url, 303)


Handler = Callable[[Visit], Response]


def said(request: Request) -> tuple[str, str] | None:
    """What the page before has done, as a code and a case's number; anything else is not repeated."""
    done, number = request.query_params.get("done", ""), request.query_params.get("case", "")
    if done not in language.DONE:
        return None
    return done, number if re.fullmatch(r"[A-Z]-\d{1,15}", number) else ""


def page(
    path: str, handler: Handler, roles: Collection[Role] = EVERYBODY, methods: tuple[str, ...] = ("GET",)
) -> Route:
    """A route for staff. ``roles`` may use it; POST needs the session's token too."""

    async def endpoint(request: Request) -> Response:
        form = FormData()
        if request.method == "POST":
            form = await request.form(max_files=0, max_fields=300, max_part_size=200_000)
        return await run_in_threadpool(_serve, request, form, handler, roles)

    endpoint.__name__ = handler.__name__
    checked: Callable[[Request], Awaitable[Response]] = endpoint
    return Route(path, checked, methods=list(methods))


def _serve(request: Request, form: FormData, handler: Handler, roles: Collection[Role]) -> Response:
    context = context_of(request)
    found = session.find(context, request)
    if found is None:
        return session.ask(context, request, unsent.text_of(form))
    visit = Visit(request, context, found, form)
    if request.method == "POST" and not _token_fits(found, visit.field("csrf")):
        return trouble(visit, 403, "csrf")
    if found.staff.role not in roles:
        return trouble(visit, 403, "role")
    try:
        return handler(visit)
    except NotFound:
        return trouble(visit, 404, "not_found")
    except NotAllowed:
        return trouble(visit, 403, "role")
    except Temporary:
        return trouble(visit, 503, "later")


def _token_fits(found: Session, sent: str) -> bool:
    return hmac.compare_digest(found.csrf.encode(), sent.encode("utf-8", "replace"))


def trouble(visit: Visit, status: int, code: str) -> Response:
    """A page that says what did not happen, and what to do; with what was written, for the form is gone."""
    back = unsent.HOME if status == 404 else unsent.page_of(visit.request.url.path)
    written = unsent.text_of(visit.form)
    response = visit.page("trouble.html", status, code=code, back=back, written=written, words="")
    if status == 503:
        response.headers["Retry-After"] = "30"
    return response
