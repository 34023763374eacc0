"""What somebody wrote into a form that was not taken: it goes back to them, for nobody writes anything twice."""

from __future__ import annotations

import re

from starlette.datastructures import FormData

HOME = "/staff/"
TEXTS = ("subject", "text", "override")
CALL = ("name", "member_id", "phone", "email", "message")
_PAGE = re.compile(r"/staff/(?:cases/[A-Z]-\d{1,15}|mails/\d{1,18}|calls/new|rules)(?=/|$)", re.ASCII)


def text_of(form: FormData) -> str:
    """The words of a form, of a telephone call with who it was; "" where there were none."""
    sent = [form.get(name, "") for name in (CALL if "message" in form else TEXTS)]
    return "\n".join(s.replace("\r\n", "\n").strip() for s in sent if isinstance(s, str) and s.strip())


def page_of(path: str) -> str:
    """The page that a form with this path stands on, and that can be opened; else the list of cases."""
    found = _PAGE.match(path)
    return found.group() if found else HOME
