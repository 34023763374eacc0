"""The agency's own contact form with its confirmation screen, for sites that have none."""

from __future__ import annotations

import secrets
import unicodedata
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from intake.channels import contact, form
from intake.channels.standard_webhooks import BadBody
from intake.errors import Temporary
from intake.web.context import WebContext, context_of

FIELDS = ("category", "name", "email", "member_id", "phone", "message")
CATEGORIES = (
    "退会について",
    "サービスの停止・再開について",
    "担当者について",
    "個人情報について",
    "希望条件について",
    "その他のお問い合わせ",
)
LIMITS = {"message": 20_000}


async def show(request: Request) -> Response:
    """The empty form."""
    return _page(context_of(request), "form", values=dict.fromkeys(FIELDS, ""), errors={})


async def send(request: Request) -> Response:
    """First press: the confirmation screen. Second press: stored, then thanks. 戻る brings the form back."""
    context = context_of(request)
    data = await request.form(max_files=0, max_fields=20, max_part_size=100_000)
    values = {f: _text(data, f) for f in FIELDS}
    values["email"] = unicodedata.normalize("NFKC", values["email"])  # as a telephone with a Japanese keyboard sends it
    errors = problems(values)
    step = _text(data, "step")
    if errors or step not in ("confirm", "send"):
        status = 422 if errors and step != "back" else 200
        return _page(context, "form", status, values=values, errors={} if step == "back" else errors)
    if step == "confirm":
        return _page(context, "confirm", values=values, form_id=secrets.token_urlsafe(16))
    form_id = _text(data, "form_id")[:64]
    try:
        await context.writer.accept_async(
            contact.arrival(values, context.clock(), form_id or secrets.token_urlsafe(16))
        )
    except BadBody as e:
        return _page(context, "form", 422, values=values, errors={e.field: "使えない文字が含まれています。"})
    except Temporary:
        return _page(context, "later", 503, values=values, form_id=form_id)
    return _page(context, "thanks")


def _page(context: WebContext, name: str, status: int = 200, **values: Any) -> Response:
    """One screen in the agency's frame: who asks, and where else to turn."""
    return context.pages.page(
        f"contact/{name}.html", status, agency=context.tools().agency, categories=CATEGORIES, **values
    )


def problems(values: dict[str, str]) -> dict[str, str]:
    """What is missing or too long, by field, in words for the person."""
    found = {}
    if not values["name"]:
        found["name"] = "お名前をご入力ください。"
    if "@" not in values["email"] or len(values["email"]) > 254 or any(c.isspace() for c in values["email"]):
        found["email"] = "メールアドレスをご確認ください。"
    if not values["message"]:
        found["message"] = "お問い合わせ内容をご入力ください。"
    try:
        form.check(values)
    except BadBody as e:
        found.setdefault(
            e.field, "メールアドレスをご確認ください。" if e.field == "email" else "使えない文字が含まれています。"
        )
    for field, value in values.items():
        if len(value) > LIMITS.get(field, 200):
            found[field] = "文字数が多すぎます。"
    return found


def _text(data: FormData, name: str) -> str:
    value = data.get(name, "")
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else ""


ROUTES = [Route("/contact", show, methods=["GET"]), Route("/contact", send, methods=["POST"])]
