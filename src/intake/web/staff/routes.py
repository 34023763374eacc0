"""All staff pages: path, page, who may use it."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute

from intake.web.staff import (
    acts,
    answers,
    bulk,
    calls,
    case,
    control,
    drafts,
    figures,
    machine,
    mails,
    me,
    oidc,
    passkeys,
    people,
    presence,
    previews,
    queue,
    rules,
    rung,
    session,
    signin,
    tasks,
    views,
    welcome,
    wordings,
)
from intake.web.staff.visit import ADMINS, CONTROLLERS, DECIDERS, Visit, page


def sign_out(visit: Visit) -> Response:
    """End this browser's session."""
    return session.close(visit.context, visit.request, visit.staff.name)


ROUTES: list[BaseRoute] = [
    *signin.ROUTES,
    *passkeys.ROUTES,
    *oidc.ROUTES,
    *welcome.ROUTES,
    page("/sign-out", sign_out, methods=("POST",)),
    page("/", queue.show),
    page("/search", queue.search),
    page("/views", views.keep, DECIDERS, ("POST",)),
    page("/views/{id:int}/remove", views.remove, DECIDERS, ("POST",)),
    page("/cases/{number}/presence", presence.say, DECIDERS, ("POST",)),
    page("/assign", bulk.assign, DECIDERS, ("POST",)),
    page("/cases/{number}", case.show),
    page("/cases/{number}/messages/{message:int}/source", case.source),
    page("/cases/{number}/messages/{message:int}/download", case.download),
    page("/cases/{number}/messages/{message:int}/attachments/{part:int}", case.attachment),
    page("/cases/{number}/messages/{message:int}/rung", rung.switch, acts.CASE_WORKERS, ("POST",)),
    *acts.ROUTES,
    page("/cases/{number}/preview", previews.show, acts.CASE_WORKERS, ("POST",)),
    page("/cases/{number}/reply", answers.show, acts.CASE_WORKERS),
    page("/cases/{number}/reply/again", answers.again, acts.CASE_WORKERS, ("POST",)),
    page("/calls/new", calls.form, calls.WHO),
    page("/calls/new", calls.take, calls.WHO, ("POST",)),
    page("/tasks", tasks.show),
    page("/tasks/{id:int}/done", tasks.done, acts.CASE_WORKERS, ("POST",)),
    page("/mails", mails.show),
    page("/mails/{id:int}", mails.one),
    page("/mails/{id:int}/edit", drafts.show, acts.CASE_WORKERS),
    page("/mails/{id:int}/edit", drafts.change, acts.CASE_WORKERS, ("POST",)),
    page("/templates", wordings.show),
    page("/templates/{name}", wordings.one),
    page("/machine", machine.show, CONTROLLERS),
    page("/machine/{id:int}", machine.one, CONTROLLERS),
    page("/rules", rules.show),
    page("/rules", rules.attempt, methods=("POST",)),
    page("/figures", figures.show),
    page("/figures.csv", figures.as_csv),
    page("/people", people.show, ADMINS),
    page("/people", people.add, ADMINS, ("POST",)),
    page("/people/change", people.change, ADMINS, ("POST",)),
    page("/people/place", people.place, ADMINS, ("POST",)),
    page("/me", me.show),
    page("/me/password", me.set_password, methods=("POST",)),
    page("/me/codes", me.begin_codes, methods=("POST",)),
    page("/me/codes/keep", me.keep_codes, methods=("POST",)),
    page("/me/codes/end", me.end_codes, methods=("POST",)),
    page("/me/sessions/end", me.end_session, methods=("POST",)),
    page("/me/passkeys", passkeys.add, methods=("POST",)),
    page("/me/passkeys/remove", passkeys.remove, methods=("POST",)),
    page("/me/oidc", oidc.link),
    page("/me/oidc/end", oidc.unlink, methods=("POST",)),
    page("/audit", control.audit, CONTROLLERS),
    page("/audit", control.verify, CONTROLLERS, ("POST",)),
    page("/health", control.health),
]
