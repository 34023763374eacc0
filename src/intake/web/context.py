"""What the pages need of the house."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from starlette.requests import Request

from intake.channels.inbox import InboxWriter
from intake.config import Settings
from intake.pipeline.reading import Parser
from intake.pipeline.tools import Tools
from intake.ports import Store
from intake.web.render import Pages


@dataclass(frozen=True)
class WebContext:
    """One a process; lies in ``app.state.context``."""

    store: Store
    tools: Callable[[], Tools]
    writer: InboxWriter
    settings: Settings
    parser: Parser
    webhook_secrets: Callable[[], list[bytes]]
    app_webhook_secrets: Callable[[], list[bytes]]
    health: Callable[[], list[str]]
    clock: Callable[[], datetime]
    room: Callable[[], str] = lambda: "enough"  # on the disk: enough, full, read_only
    demo: bool = False
    pages: Pages = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pages", Pages(self.settings))

    @property
    def https(self) -> bool:
        """Whether cookies are marked Secure: they follow the scheme of INTAKE_PUBLIC_URL."""
        return self.settings.public_url.startswith("https://")


def context_of(request: Request) -> WebContext:
    """The context of the app that serves this request."""
    context = request.app.state.context
    assert isinstance(context, WebContext)
    return context
