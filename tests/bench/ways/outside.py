"""The seeker's own pages, the ways in, and the API."""

from __future__ import annotations

import json

from intake.channels import foreign
from tests.bench.desk import Ask, Desk, Make
from tests.bench.ways.parts import Key, Way, stranger
from tests.integration.web_parts import LEAD, SATO


def _link(method: str) -> Make:
    def make(d: Desk, n: int) -> Ask:
        url, browser = d.link(), d.stranger()
        if method == "GET":
            return Ask(browser, "GET", url)
        return Ask(browser, "POST", url, d.hidden_fields(browser.get(url).text) | {"choice": "complete"})

    return make


def _contact(step: str) -> Make:
    def make(d: Desk, n: int) -> Ask:
        said = {"category": "退会について", "name": "山田 太郎", "email": f"person{n}@example.jp",
                "message": f"退会を希望します。{d.mark}{n}", "step": step, "form_id": f"{d.mark}{n}"}  # fmt: skip
        return Ask(d.stranger(), "POST", "/contact", said)

    return make


def _return(d: Desk, n: int) -> Ask:
    return Ask(d.stranger(), "POST", "/return", {"email": d.left[n % len(d.left)], "password": "", "member_id": ""})


def _key(d: Desk, n: int) -> Ask:
    browser = d.stranger()
    email = d.left[n % len(d.left)]
    page = browser.post("/return", data={"email": email, "password": "", "member_id": ""})
    typed = {"key": "000000"}
    return Ask(browser, "POST", "/return/key", d.hidden_fields(page.text) | typed, ok=(200, 410, 422))


def _hook_in(d: Desk, n: int) -> Ask:
    secret = foreign.secret_for(d.house.tools.keyring, "google-form")
    body = {"id": f"{d.mark}{n}", "email": "a@example.jp", "answers": {"お問い合わせ内容": "退会したいです。"}}
    headers = {"content-type": "application/json"}
    return Ask(d.stranger(), "POST", f"/hooks/in/google-form/{secret}", json.dumps(body).encode(), headers, (202,))


def _form(d: Desk, n: int) -> Ask:
    return d.hook("/hooks/form", n, {"category": "退会", "name": "山田 太郎", "email": "a@example.jp", "member_id": "",
                                     "phone": "", "message": "退会を希望します。"})  # fmt: skip


def _app(d: Desk, n: int) -> Ask:
    return d.hook("/hooks/app", n, {"member_id": "M-20001", "request": "pause", "reason": "", "comment": ""})


def _seeker_put(d: Desk, n: int) -> Ask:
    return d.call("PUT", f"/seekers/{d.member(n)}", {"name": f"山田 {d.mark}", "emails": [f"p{n}@example.jp"]})


def _seeker_post(d: Desk, n: int) -> Ask:
    return d.call("POST", "/seekers", {"member_id": f"N-{d.mark}{n}", "name": "新 規子", "emails": ["n@example.jp"]})


def _application(method: str) -> Make:
    def make(d: Desk, n: int) -> Ask:
        body = {"company": f"株式会社{d.mark}", "stage": "applied"}
        if method == "PUT":
            return d.call("PUT", f"/seekers/{d.member(n)}/applications", body)
        return d.call("POST", "/applications", body | {"member_id": d.member(n)})

    return make


def _api(*paths: str) -> Make:
    return lambda d, n: d.call("GET", paths[n % len(paths)])


WAYS: dict[Key, tuple[Way, ...]] = {
    ("GET", "/"): (Way("front", stranger("/")),),
    ("GET", "/c/{token}"): (Way("seeker's page", _link("GET")),),
    ("POST", "/c/{token}"): (Way("seeker says 完了", _link("POST")),),
    ("GET", "/contact"): (Way("contact form", stranger("/contact")),),
    ("POST", "/contact"): (Way("contact, confirmed", _contact("confirm")), Way("contact, sent", _contact("send"))),
    ("GET", "/return"): (Way("coming back, page", stranger("/return")),),
    ("POST", "/return"): (Way("coming back, with what is done after the answer", _return),),
    ("GET", "/return/key"): (Way("coming back, redirect", stranger("/return/key")),),
    ("POST", "/return/key"): (Way("coming back, a key tried", _key),),
    ("POST", "/hooks/form"): (Way("form webhook", _form),),
    ("POST", "/hooks/app"): (Way("app webhook", _app),),
    ("POST", "/hooks/in/{name}/{secret}"): (Way("foreign form", _hook_in),),
    ("GET", "/healthz"): (Way("healthz", stranger("/healthz")),),
    ("GET", "/readyz"): (Way("readyz", stranger("/readyz")),),
    ("GET", "/metrics"): (Way("metrics", stranger("/metrics")),),
    ("GET", "/api/openapi.json"): (Way("openapi.json", stranger("/api/openapi.json")),),
    ("GET", "/api/v1/seekers"): (Way("API seekers", _api("/seekers?limit=200", "/seekers?limit=200&after=9000")),),
    ("POST", "/api/v1/seekers"): (Way("API seeker posted", _seeker_post),),
    ("GET", "/api/v1/seekers/{member_id}"): (Way("API seeker", _api("/seekers/M-20003")),),
    ("PUT", "/api/v1/seekers/{member_id}"): (Way("API seeker put", _seeker_put),),
    ("GET", "/api/v1/seekers/{member_id}/applications"): (
        Way("API applications", _api("/seekers/M-20003/applications")),
    ),
    ("PUT", "/api/v1/seekers/{member_id}/applications"): (Way("API application put", _application("PUT")),),
    ("POST", "/api/v1/applications"): (Way("API application posted", _application("POST")),),
    ("GET", "/api/v1/cases"): (
        Way("API cases", _api("/cases?limit=200", "/cases?limit=200&after=5000")),
        Way("API cases by state and request", _api("/cases?limit=200&state=review,done&request=pause")),
        Way("API cases of somebody with thousands", _api("/cases?limit=200&member_id=M-20000&state=review")),
        Way("API cases that there are none of", _api("/cases?request=reinstatement", "/cases?state=retracted")),
    ),
    ("GET", "/api/v1/cases/{number}"): (Way("API case", _api("/cases/C-000100")),),
    ("GET", "/api/v1/tasks"): (
        Way("API tasks", _api("/tasks?limit=200", f"/tasks?limit=200&assignee={SATO}", "/tasks?assignee=x")),
    ),
    ("POST", "/api/v1/tasks/{id}/done"): (
        Way("API task done", lambda d, n: d.call("POST", f"/tasks/{d.open_task(LEAD)}/done")),
    ),
    ("GET", "/api/v1/events"): (
        Way("API events", _api("/events?limit=200", "/events?limit=200&after=50000")),
        Way("API events that are rare", _api("/events?limit=200&type=seeker.erased")),
    ),
}  # fmt: skip
