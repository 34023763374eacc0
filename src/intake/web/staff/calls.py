"""A telephone call, typed in while it lasts: who, what, why (domain.md, Four ways in)."""

from __future__ import annotations

from starlette.responses import Response

from intake.channels import phone
from intake.channels.standard_webhooks import BadBody
from intake.errors import Temporary
from intake.model import Role
from intake.web.staff.visit import Visit

WHO = frozenset({Role.REVIEWER, Role.LEAD, Role.PRIVACY_OFFICER})
TROUBLE = {
    "name": "お名前・会員番号・電話・メールのどれかを入力してください。",
    "email": "メールアドレスをご確認ください。",
    "message": "ご用件を選ぶか、内容を入力してください。",
    "request": "ご用件を選び直してください。",
}


def form(visit: Visit) -> Response:
    """The empty form."""
    return _render(visit, dict.fromkeys(phone.FIELDS, ""))


def take(visit: Visit) -> Response:
    """Into the inbox like everything else; the case appears in the queue within seconds."""
    values = {f: visit.field(f) for f in phone.FIELDS}
    try:
        arrival = phone.arrival({k: v for k, v in values.items() if v}, visit.staff.name, visit.now)
        visit.context.writer.accept(arrival)
    except BadBody as e:
        return _render(visit, values, 422, e.field)
    except Temporary:
        return _render(visit, values, 503, "later")
    return visit.back_to("/staff/", "call")


def _render(visit: Visit, values: dict[str, str], status: int = 200, wrong: str = "") -> Response:
    trouble = TROUBLE.get(wrong, "まだ登録していません。少し時間をおいて、もう一度押してください。" if wrong else "")
    book = visit.tools.rulebook
    return visit.page(
        "call.html",
        status,
        values=values,
        wrong=wrong,
        trouble=trouble,
        requests=sorted(book.requests.values(), key=lambda r: "1234567890-".index(r.number)),
        reasons=book.reasons.reason,
        words="",
    )
