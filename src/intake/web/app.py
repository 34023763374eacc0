"""All routes in one application."""

from __future__ import annotations

from pathlib import Path

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from intake.errors import IntakeError
from intake.journal import journal
from intake.web import contact, foreign_hooks, hooks, missing, ops, returning, seeker
from intake.web.api import routes as api
from intake.web.context import WebContext
from intake.web.security import BodyTooLarge, BodyTooSlow, Guard
from intake.web.staff import routes as staff

log = journal("web")
STATIC = Path(__file__).parent / "static"


def create_app(context: WebContext) -> hooks.HooksFirst:
    """The application for one house."""
    signed, foreign = hooks.signed_hooks(context), foreign_hooks.ForeignHooks(context)
    app = hooks.HooksFirst(
        routes=[
            Route("/", _front),
            *(Route(path, hook, methods=["POST"]) for path, hook in signed.items()),
            Route(foreign_hooks.PATH, foreign, methods=["POST"]),
            *contact.ROUTES,
            *seeker.ROUTES,
            *returning.ROUTES,
            *ops.ROUTES,
            *api.ROUTES,
            Mount("/staff", routes=staff.ROUTES),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        middleware=[
            Middleware(Guard, public_url=context.settings.public_url),
        ],
        exception_handlers={
            Exception: _broken,
            IntakeError: _failed,
            BodyTooLarge: _too_large,
            BodyTooSlow: _too_slow,
            404: missing.page,
            405: missing.page,
        },
    )
    app.hooks = hooks.Hooks(signed, foreign.of)
    app.state.context = context
    return app


async def _front(request: Request) -> Response:
    return RedirectResponse("/staff/", 303)


async def _too_large(request: Request, error: Exception) -> Response:
    return PlainTextResponse("too large", 413)


async def _too_slow(request: Request, error: Exception) -> Response:
    return PlainTextResponse("too slow", 408, headers={"Connection": "close"})


async def _failed(request: Request, error: Exception) -> Response:
    temporary = isinstance(error, IntakeError) and error.temporary
    log.warning("request failed", error=error, status=503 if temporary else 500)
    headers = {"Retry-After": "30"} if temporary else None
    return PlainTextResponse(
        "ただいま処理できません。少し時間をおいてお試しください。", 503 if temporary else 500, headers=headers
    )


async def _broken(request: Request, error: Exception) -> Response:
    """Nothing of the error is shown: it may quote a person or the inside."""
    log.error("request broke", error=error, status=500)
    return PlainTextResponse("エラーが発生しました。", 500)
