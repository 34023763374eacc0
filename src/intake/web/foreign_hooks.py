"""Hooks of forms that cannot sign: ``POST /hooks/in/NAME/SECRET``; mapping in ``rules/forms/NAME.toml``, evidence E0.

They go the signed hooks' way, straight off the wire (wire.py), ahead of everything that pages need.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping

from starlette.types import Receive, Scope, Send

from intake import resources
from intake.channels import foreign
from intake.errors import NotFound
from intake.model import Arrival
from intake.web.context import WebContext
from intake.web.hooks import Hook

PATH = "/hooks/in/{name}/{secret}"
LOOK_SECONDS = 1.0  # how soon a changed mapping counts
_PLACE = re.compile(r"/hooks/in/([^/]+)/([^/]+)")


class Mappings:
    """The forms by name, for those who ask at each request: the folders are looked at once a second at most."""

    def __init__(self, context: WebContext) -> None:
        self._folders = [resources.shipped_rules() / "forms", context.settings.rules_override / "forms"]
        self._known: Mapping[str, foreign.ForeignForm] = {}
        self._until = 0.0

    def of(self, name: str) -> foreign.ForeignForm:
        """Raises NotFound; RuleError where any of the files is wrong."""
        now = time.monotonic()
        if now >= self._until:
            self._known = foreign.load_forms(self._folders)
            self._until = now + LOOK_SECONDS
        try:
            return self._known[name]
        except KeyError:
            raise NotFound("no such form") from None


class ForeignHook(Hook):
    """What is posted to one such address. ``refusal`` is set where nobody may post there."""

    def __init__(self, form: foreign.ForeignForm | None, refusal: Exception | None, context: WebContext) -> None:
        super().__init__(context)
        self._form, self.refusal = form, refusal

    def arrival(self, headers: Mapping[str, str], raw: bytes) -> Arrival:
        """The form's answers in our fields. Raises ``refusal``, BadBody."""
        if self._form is None:
            raise self.refusal or NotFound()
        return foreign.arrival(self._form, headers.get("content-type", ""), raw, self._context.clock())


class ForeignHooks:
    """All of them."""

    def __init__(self, context: WebContext) -> None:
        self._context, self._keyring = context, context.tools().keyring
        self._mappings = Mappings(context)

    def of(self, path: str) -> ForeignHook | None:
        """Who takes what is posted to this path; None where it is none of these.

        The secret is compared before anything else is looked at: who does not know it learns of no form's name.
        """
        place = _PLACE.fullmatch(path)
        if place is None:
            return None
        name, secret = place.groups()
        try:
            if not foreign.is_secret(self._keyring, name, secret):
                raise NotFound("no such form")
            return ForeignHook(self._mappings.of(name), None, self._context)
        except Exception as e:  # noqa: BLE001 whatever it is, it is answered
            return ForeignHook(None, e, self._context)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The route's end; other methods than POST do not come here."""
        hook = self.of(scope["path"]) or ForeignHook(None, NotFound(), self._context)
        await hook(scope, receive, send)
