"""Mails, wordings, rules."""

from __future__ import annotations

from tests.bench.desk import Ask, Desk, Make
from tests.bench.ways.parts import Key, Way, pages, plain
from tests.integration.web_parts import LEAD, PRIVACY, SATO


def _mail(d: Desk, n: int) -> Ask:
    return d.get(LEAD, f"/staff/mails/{d.with_mail()[1].id}")


def _edit(ending: str, method: str, **fields: str) -> Make:
    def make(d: Desk, n: int) -> Ask:
        url = f"/staff/mails/{d.with_mail()[1].id}/edit{ending}"
        return d.get(LEAD, url) if method == "GET" else d.post(LEAD, url, **fields)

    return make


def _template_with_case(d: Desk, n: int) -> Ask:
    return d.get(LEAD, f"/staff/templates/receipt_neutral?case={d.fresh('withdrawal').number}")


WAYS: dict[Key, tuple[Way, ...]] = {
    ("GET", "/staff/mails"): (
        *(Way(f"mails {view or 'all'} ({role})", pages(who, f"/staff/mails?view={view}"))
          for who, role in ((LEAD, "lead"), (SATO, "reviewer"), (PRIVACY, "privacy"))
          for view in ("", "waiting", "failed")),
        Way("mails, in the middle", lambda d, n: d.get(LEAD, f"/staff/mails?after={d.newest // 2 - n}")),
    ),
    ("GET", "/staff/mails/{id:int}"): (Way("mail", _mail),),
    ("GET", "/staff/mails/{id:int}/edit"): (Way("mail, words", _edit("", "GET")),),
    ("POST", "/staff/mails/{id:int}/edit/begin"): (Way("mail kept back", _edit("/begin", "POST")),),
    ("POST", "/staff/mails/{id:int}/edit"): (
        Way("mail rewritten", _edit("", "POST", text="本社の4階です。", do="keep")),
        Way("mail rewritten, a look", _edit("", "POST", text="本社の4階です。", do="look")),
    ),
    ("GET", "/staff/templates"): plain("templates", LEAD, "/staff/templates"),
    ("GET", "/staff/templates/{name}"): (
        *plain("template and its versions", LEAD, "/staff/templates/receipt_neutral"),
        *plain("template, versions compared", LEAD, "/staff/templates/receipt_neutral?old=v3&new=v30"),
        Way("template with a case", _template_with_case),
    ),
    ("GET", "/staff/rules"): plain("rules", LEAD, "/staff/rules"),
    ("POST", "/staff/rules"): (
        Way("rules, a sentence tried",
            lambda d, n: d.post(LEAD, "/staff/rules", text=f"退会の手続きをお願いします。面談{n}の件は結構です。")),
    ),
    ("GET", "/staff/policies"): plain("policies", LEAD, "/staff/policies"),
}  # fmt: skip
