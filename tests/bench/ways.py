"""Every route of the web pages and how the bench asks for it; a route that is in no table here fails a test.

A way is named by what is asked; several ways may lead to one route (a tab, a search, a monster).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass

import pyotp
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from intake.channels import foreign
from intake.model import CaseState, Proof
from intake.web.api.endpoints import ENDPOINTS
from intake.web.api.routes import PREFIX
from intake.web.staff import acts, factors, welcome
from tests.bench.desk import Ask, Desk, Make
from tests.integration.web_parts import ADMIN, AUDITOR, LEAD, PASSWORD, PRIVACY, SATO

Key = tuple[str, str]
NEW_PASSWORD = "another horse battery"  # invented


@dataclass(frozen=True, slots=True)
class Way:
    """``make`` prepares the n-th request, unmeasured."""

    name: str
    make: Make


EXCEPTIONS: dict[Key, str] = {
    ("GET", "/staff/sign-in/oidc"): "waits for the agency's own provider; a redirect without a look at the cases",
    ("GET", "/staff/sign-in/oidc/back"): "waits for the agency's own provider; no look at the cases",
    ("GET", "/staff/me/oidc"): "waits for the agency's own provider; no look at the cases",
    ("POST", "/staff/sign-in/passkey"): "wants an authenticator's signature; one account and its keys are read",
    ("POST", "/staff/me/passkeys"): "wants an authenticator's answer; one account and its keys are read",
}


def routes_of(app: Starlette) -> Iterator[Key]:
    """Every (method, path) that the application answers; files of ``/static`` are the file system's."""
    served = {(e.method, PREFIX + e.path) for e in ENDPOINTS}
    for route in app.routes:
        if isinstance(route, Mount):
            inner = [r for r in route.routes if isinstance(r, Route)]
            yield from ((m, route.path + r.path) for r in inner for m in sorted(r.methods or ()) if m != "HEAD")
        elif isinstance(route, Route) and route.path.startswith(PREFIX):
            yield from ((m, p) for m, p in served if p == route.path)
        elif isinstance(route, Route) and route.path != "/api/{rest:path}":  # nowhere: answers 404 without a look
            yield from ((m, route.path) for m in sorted(route.methods or ()) if m != "HEAD")


def _pages(who: str, *urls: str) -> Make:
    return lambda d, n: d.get(who, urls[n % len(urls)])


def _plain(name: str, who: str, url: str) -> tuple[Way, ...]:
    return (Way(name, _pages(who, url)),)


# --- the queue and the search

TABS = ("mine", "unassigned", "all", "waiting", "scheduled", "done")
WORDS = ("退会", "山田", "紛失", "担当者", "個人情報", "会", "面接の日程", "person777", "無い言葉")
SEARCHES = ("state:review", "request:withdrawal channel:form", "state:done due:<3d", "is:late", "older:7d is:unsure",
            "request:deletion 退会", "has:attachment", "from:person777@example.jp", "is:complaint state:done",
            "assignee:me", "member:M-20000", "request:reinstatement", "channel:phone", "hold:held")  # fmt: skip
WITH_CASES = ((LEAD, "lead"), (SATO, "reviewer"), (PRIVACY, "privacy"), (AUDITOR, "auditor"), (ADMIN, "admin"))


def _queue() -> Iterator[Way]:
    for who, role in WITH_CASES:
        for tab in TABS:
            yield Way(f"queue, {tab} ({role})", _pages(who, f"/staff/?tab={tab}"))
        yield Way(f"queue, done, in the middle ({role})", lambda d, n, who=who: d.get(who, _deep(d, n)))


def _deep(d: Desk, n: int) -> str:
    return f"/staff/?tab=done&after={max(2, d.newest // 2 - d.newest // 100 * (n % 10))}"


def _search() -> Iterator[Way]:
    for who, role in ((LEAD, "lead"), (SATO, "reviewer"), (PRIVACY, "privacy")):
        for asked in WORDS + SEARCHES:
            yield Way(f"search {asked} ({role})", _pages(who, f"/staff/search?q={asked}"))
        yield Way(f"search, in the middle ({role})",
                  lambda d, n, who=who: d.get(who, f"/staff/search?q=退会&after={d.newest // 2 - n}"))  # fmt: skip
        yield Way(f"search by member ({role})", lambda d, n, who=who: d.get(who, f"/staff/search?q=M-{20_000 + n % 9}"))


# --- one case


def _case(who: str) -> Make:
    def make(d: Desk, n: int) -> Ask:
        step = max(1, d.newest // 40)
        found = d.seen(who, (f"/staff/cases/C-{i:06d}" for i in range(1 + n, d.newest, step)), 1)
        return d.get(who, found[0])

    return make


def _monster(d: Desk, n: int) -> Ask:
    return d.get(LEAD, f"/staff/cases/{d.number(d.monsters.person_case)}")


def _long(d: Desk, n: int) -> Ask:
    return d.get(LEAD, f"/staff/cases/{d.number(d.monsters.long_case)}")


def _beside(which: str) -> Make:
    return lambda d, n: d.get(LEAD, f"/staff/cases/{d.fresh().number}/{which}?tab={TABS[2 + n % 4]}")


def _message(ending: str) -> Make:
    def make(d: Desk, n: int) -> Ask:
        case = d.fresh()
        return d.get(LEAD, f"/staff/cases/{case.number}/messages/{case.message_id}/{ending}")

    return make


def _attachment(d: Desk, n: int) -> Ask:
    return d.get(LEAD, d.attached)


def _rung(d: Desk, n: int) -> Ask:
    case = d.fresh()
    url = f"/staff/cases/{case.number}/messages/{case.message_id}/rung"
    return d.post(LEAD, url, charset="euc-jp", version=str(case.version))


FIELDS: dict[str, dict[str, str]] = {  # what is typed for each act
    "approve": {"word": "退会"},
    "phone": {"word": "退会", "how": "phone_on_file"},
    "correct": {"request": "preferences"},
    "hold": {"text": "電話を待つ"},
    "refuse": {"text": "お受けできません。"},
    "assign": {"to": SATO},
    "link": {},
    "reply": {"text": "本社の3階です。"},
    "seeker": {"member_id": "M-20007"},
    "note": {"text": "電話しました。"},
}


def _act(name: str) -> Make:
    def make(d: Desk, n: int) -> Ask:
        leaves = name in ("approve", "phone", "link")
        case = d.fresh("withdrawal" if leaves else "question", **({"proof": Proof.E2} if name == "approve" else {}))
        if name == "seeker":
            case = d.without_seeker(case)
        if name == "lapse":
            case = d.fresh("withdrawal", state=CaseState.AWAITING_PROOF)
        return d.act(LEAD, case, name, **FIELDS.get(name, {}))

    return make


def _receipt(d: Desk, n: int) -> Ask:
    """The page offers it to those who have none; the server's work is the same."""
    case = d.fresh()
    return d.post(LEAD, f"/staff/cases/{case.number}/receipt", version=str(case.version))


def _undo(d: Desk, n: int) -> Ask:
    case, mail = d.with_mail()
    return d.act(LEAD, case, "undo", mail=str(mail.id))


def _of_monster(name: str, **fields: str) -> Make:
    return lambda d, n: d.act(LEAD, d.monster_case(), name, **fields)


def _preview(what: str) -> Make:
    def make(d: Desk, n: int) -> Ask:
        case = d.fresh("withdrawal", proof=Proof.E2)
        fields = {"what": what, "version": str(case.version), "text": "本社の3階です。", "word": "退会"}
        return d.post(LEAD, f"/staff/cases/{case.number}/preview", **fields)

    return make


def _to_case(ending: str, **fields: str) -> Make:
    return lambda d, n: d.post(LEAD, f"/staff/cases/{d.fresh().number}/{ending}", **fields)


def _bulk(d: Desk, n: int) -> Ask:
    cases = [d.fresh() for _ in range(50)]
    data = {"csrf": d.token(LEAD), "to": SATO, "pick": [f"{c.number}:{c.version}" for c in cases]}
    return Ask(d.client(LEAD).http, "POST", "/staff/assign", data)


def _task(d: Desk, n: int) -> Ask:
    return d.post(LEAD, f"/staff/tasks/{d.open_task(LEAD)}/done")


# --- mails, wordings, rules


def _mail(d: Desk, n: int) -> Ask:
    return d.get(LEAD, f"/staff/mails/{d.with_mail()[1].id}")


def _edit(ending: str, method: str, **fields: str) -> Make:
    def make(d: Desk, n: int) -> Ask:
        url = f"/staff/mails/{d.with_mail()[1].id}/edit{ending}"
        return d.get(LEAD, url) if method == "GET" else d.post(LEAD, url, **fields)

    return make


def _template_with_case(d: Desk, n: int) -> Ask:
    return d.get(LEAD, f"/staff/templates/receipt_neutral?case={d.fresh('withdrawal').number}")


def _call(d: Desk, n: int) -> Ask:
    return d.post(LEAD, "/staff/calls/new", name="山田 太郎", message=f"退会したい。{n}", request="withdrawal")


def _anew(path: str) -> Make:
    """Another range each time, so that nothing counted before serves."""
    return lambda d, n: d.get(LEAD, f"{path}{'&' if '?' in path else '?'}from=2026-08-{1 + n % 28:02d}"
                                    f"&to=2026-{10 + n // 28 % 2}-15")  # fmt: skip


# --- accounts


def _me(url: str, **fields: str) -> Make:
    return lambda d, n: d.post(SATO, f"/staff/me/{url}", **fields)


def _with_password(url: str, **fields: str) -> Make:
    """By somebody of their own, whose password it changes."""

    def make(d: Desk, n: int) -> Ask:
        client = d.newcomer()
        return Ask(client.http, "POST", url, {"csrf": client.token(), "old": PASSWORD} | fields)

    return make


def _keep_codes(d: Desk, n: int) -> Ask:
    secret, name = factors.new_secret(), d.newcomer_name
    client = d.newcomer()
    sealed = base64.urlsafe_b64encode(factors.seal(d.house.tools.keyring, secret, d.newcomer_name)).decode()
    code = pyotp.TOTP(secret).at(d.house.now)
    assert name
    return Ask(client.http, "POST", "/staff/me/codes/keep", {"csrf": client.token(), "sealed": sealed, "code": code})


def _end_session(d: Desk, n: int) -> Ask:
    with d.house.store.read() as tx:
        sessions = tx.access.sessions(LEAD, d.house.now)
    return d.post(LEAD, "/staff/me/sessions/end", session=str(sessions[-1].id))


def _remove_passkey(d: Desk, n: int) -> Ask:
    with d.house.store.write() as tx:
        tx.access.add_passkey(SATO, b"key %d" % n, b"public", 0, "鍵", d.house.now)
        key = tx.access.passkeys(SATO)[-1]
    return d.post(SATO, "/staff/me/passkeys/remove", passkey=str(key.id))


def _sign_out(d: Desk, n: int) -> Ask:
    client = d.newcomer()
    return Ask(client.http, "POST", "/staff/sign-out", {"csrf": client.token()})


def _sign_in(d: Desk, n: int) -> Ask:
    return Ask(d.stranger(), "POST", "/staff/sign-in", {"name": LEAD, "password": PASSWORD, "next": "/staff/"})


def _second(method: str) -> Make:
    def make(d: Desk, n: int) -> Ask:
        half, spare = d.half_signed_in()
        if method == "GET":
            return Ask(half, "GET", "/staff/sign-in/second")
        return Ask(half, "POST", "/staff/sign-in/second", {"code": spare, "next": "/staff/"})

    return make


def _welcome(method: str) -> Make:
    def make(d: Desk, n: int) -> Ask:
        with d.house.store.write() as tx:
            url = welcome.invite(tx, d.house.tools.keyring, "担当 02", d.house.now)
        chosen = {"password": NEW_PASSWORD, "again": NEW_PASSWORD}
        return Ask(d.stranger(), method, url, chosen if method == "POST" else None)

    return make


def _account(d: Desk, n: int) -> Ask:
    return d.post(ADMIN, "/staff/people", name=f"新人 {n} {d.mark}", role="reviewer", lead=LEAD)


def _of_account(url: str, **fields: str) -> Make:
    return lambda d, n: d.post(ADMIN, f"/staff/people/{url}", name="担当 03", **fields)


# --- privacy


def _held(d: Desk, n: int) -> Ask:
    with d.house.store.read() as tx:
        held = tx.erasures.held()
    return d.post(PRIVACY, f"/staff/erasures/{held[n % len(held)].erasure_id}/held")


def _certificate(d: Desk, n: int) -> Ask:
    return d.get(PRIVACY, f"/staff/erasures/{1 + n}")


def _replay(d: Desk, n: int) -> Ask:
    with d.house.store.read() as tx:
        jobs = tx.webhooks.find("sent", limit=50)
    return d.post(ADMIN, "/staff/deliveries", event=str(jobs[n % len(jobs)].seq))


def _connection(d: Desk, n: int) -> Ask:
    sent = d.post(ADMIN, "/staff/connections").send()
    return d.get(ADMIN, sent.headers["location"])


# --- the seeker's own pages and the ways in


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


# --- the API


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


def _stranger(url: str) -> Make:
    return lambda d, n: Ask(d.stranger(), "GET", url)


WAYS: dict[Key, tuple[Way, ...]] = {
    ("GET", "/"): (Way("front", _stranger("/")),),
    ("GET", "/staff/"): tuple(_queue()),
    ("GET", "/staff/search"): tuple(_search()),
    ("GET", "/staff/cases/{number}"): (
        *(Way(f"case ({role})", _case(who)) for who, role in WITH_CASES if who != PRIVACY),
        Way("case of somebody with thousands", _monster),
        Way("case with hundreds of messages", _long),
    ),
    ("GET", "/staff/cases/{number}/next"): (Way("next case", _beside("next")),),
    ("GET", "/staff/cases/{number}/previous"): (Way("previous case", _beside("previous")),),
    ("GET", "/staff/cases/{number}/messages/{message:int}/source"): (Way("source", _message("source")),),
    ("GET", "/staff/cases/{number}/messages/{message:int}/download"): (Way("download", _message("download")),),
    ("GET", "/staff/cases/{number}/messages/{message:int}/attachments/{part:int}"): (Way("attachment", _attachment),),
    ("POST", "/staff/cases/{number}/messages/{message:int}/rung"): (Way("charset rung switched", _rung),),
    **{("POST", f"/staff/cases/{{number}}/{name}"): (Way(name, _act(name)),) for name in acts.ACTS},
    ("POST", "/staff/cases/{number}/receipt"): (Way("receipt", _receipt),),
    ("POST", "/staff/cases/{number}/undo"): (Way("undo", _undo),),
    ("POST", "/staff/cases/{number}/note"): (
        Way("note", _act("note")),
        Way("note, somebody with thousands", _of_monster("note", text="電話しました。")),
    ),
    ("POST", "/staff/cases/{number}/reply"): (
        Way("reply", _act("reply")),
        Way("reply, somebody with thousands", _of_monster("reply", text="本社の3階です。")),
    ),
    ("POST", "/staff/cases/{number}/close"): (
        Way("close", _act("close")),
        Way("close, somebody with thousands", _of_monster("close")),
    ),
    ("POST", "/staff/cases/{number}/preview"): tuple(
        Way(f"preview of {what}", _preview(what)) for what in ("approve", "link", "receipt", "reply")
    ),
    ("POST", "/staff/cases/{number}/presence"): (Way("presence", _to_case("presence", doing="looking")),),
    ("GET", "/staff/cases/{number}/reply"): (
        Way("page of a reply", lambda d, n: d.get(LEAD, f"/staff/cases/{d.fresh().number}/reply")),
    ),
    ("POST", "/staff/cases/{number}/reply/again"): (Way("reply again", _to_case("reply/again", text="本社です。")),),
    ("POST", "/staff/assign"): (Way("fifty at once", _bulk),),
    ("POST", "/staff/views"): (
        Way("view kept", lambda d, n: d.post(LEAD, "/staff/views", q="state:review is:late", name=f"遅れ {n % 3}")),
    ),
    ("POST", "/staff/views/{id:int}/remove"): (
        Way("view removed", lambda d, n: d.post(LEAD, f"/staff/views/{d.view(LEAD, n)}/remove")),
    ),
    ("GET", "/staff/calls/new"): _plain("call, page", LEAD, "/staff/calls/new"),
    ("POST", "/staff/calls/new"): (Way("call taken", _call),),
    ("GET", "/staff/tasks"): (
        *_plain("tasks, own", SATO, "/staff/tasks"),
        *_plain("tasks, all (lead)", LEAD, "/staff/tasks?whose=all"),
        *_plain("tasks, all (reviewer)", SATO, "/staff/tasks?whose=all"),
    ),
    ("POST", "/staff/tasks/{id:int}/done"): (Way("task done", _task),),
    ("GET", "/staff/mails"): (
        *(Way(f"mails {view or 'all'} ({role})", _pages(who, f"/staff/mails?view={view}"))
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
    ("GET", "/staff/templates"): _plain("templates", LEAD, "/staff/templates"),
    ("GET", "/staff/templates/{name}"): (
        *_plain("template and its versions", LEAD, "/staff/templates/receipt_neutral"),
        *_plain("template, versions compared", LEAD, "/staff/templates/receipt_neutral?old=v3&new=v30"),
        Way("template with a case", _template_with_case),
    ),
    ("GET", "/staff/machine"): (
        *_plain("machine mail", LEAD, "/staff/machine"),
        Way("machine mail, in the middle", lambda d, n: d.get(LEAD, f"/staff/machine?before={d.newest // 2 - n}")),
    ),
    ("GET", "/staff/machine/{id:int}"): (
        Way("machine mail, one", lambda d, n: d.get(LEAD, f"/staff/machine/{d.machines[n % len(d.machines)]}")),
    ),
    ("GET", "/staff/failed"): (
        *_plain("failed (lead)", LEAD, "/staff/failed"),
        *_plain("failed (reviewer)", SATO, "/staff/failed"),
    ),
    ("GET", "/staff/failed/{id:int}"): (
        Way("failed, one", lambda d, n: d.get(LEAD, f"/staff/failed/{d.stuck(n)}")),
    ),
    ("POST", "/staff/failed/{id:int}/again"): (
        Way("failed, tried again", lambda d, n: d.post(LEAD, f"/staff/failed/{d.stuck(n)}/again")),
    ),
    ("POST", "/staff/failed/{id:int}/case"): (
        Way("failed, a case by hand", lambda d, n: d.post(LEAD, f"/staff/failed/{d.stuck(n)}/case")),
    ),
    ("POST", "/staff/failed/cases/{number}/again"): (
        Way("failed, opened once more", lambda d, n: d.post(LEAD, f"/staff/failed/cases/{d.shut().number}/again")),
    ),
    ("GET", "/staff/rules"): _plain("rules", LEAD, "/staff/rules"),
    ("POST", "/staff/rules"): (
        Way("rules, a sentence tried",
            lambda d, n: d.post(LEAD, "/staff/rules", text=f"退会の手続きをお願いします。面談{n}の件は結構です。")),
    ),
    ("GET", "/staff/policies"): _plain("policies", LEAD, "/staff/policies"),
    ("GET", "/staff/figures"): (
        Way("figures, counted anew", _anew("/staff/figures")),
        *_plain("figures, kept", LEAD, "/staff/figures"),
        *_plain("figures of two years", LEAD, "/staff/figures?from=2024-11-16&to=2026-11-15"),
    ),
    ("GET", "/staff/figures.csv"): (Way("figures.csv", _anew("/staff/figures.csv?table=arrivals")),),
    ("GET", "/staff/people"): _plain("people", ADMIN, "/staff/people"),
    ("POST", "/staff/people"): (Way("account made", _account),),
    ("POST", "/staff/people/change"): tuple(
        Way(f"account, {what}", _of_account("change", what=what)) for what in ("link", "sessions", "factors", "open")
    ),
    ("POST", "/staff/people/place"): (
        Way("account placed", _of_account("place", role="reviewer", lead=LEAD, away="2026-12-01")),
    ),
    ("GET", "/staff/me"): _plain("me", SATO, "/staff/me"),
    ("POST", "/staff/me/password"): (Way("password changed", _with_password("/staff/me/password", new=NEW_PASSWORD)),),
    ("POST", "/staff/me/codes"): (Way("codes begun", _with_password("/staff/me/codes")),),
    ("POST", "/staff/me/codes/keep"): (Way("codes kept", _keep_codes),),
    ("POST", "/staff/me/codes/end"): (Way("codes ended", _with_password("/staff/me/codes/end")),),
    ("POST", "/staff/me/sessions/end"): (Way("session ended", _end_session),),
    ("POST", "/staff/me/passkeys/remove"): (Way("passkey removed", _remove_passkey),),
    ("POST", "/staff/me/oidc/end"): (Way("provider's account unlinked", _with_password("/staff/me/oidc/end")),),
    ("GET", "/staff/erasures"): _plain("erasures", PRIVACY, "/staff/erasures"),
    ("GET", "/staff/erasures/{id:int}"): (Way("certificate", _certificate),),
    ("POST", "/staff/erasures/{id:int}/held"): (Way("fields held", _held),),
    ("GET", "/staff/retention"): (
        *_plain("retention", PRIVACY, "/staff/retention"),
        *_plain("retention, a month", PRIVACY, "/staff/retention?month=2028-03"),
    ),
    ("GET", "/staff/retention/person"): _plain("retention of one", PRIVACY, "/staff/retention/person?member=M-20005"),
    ("POST", "/staff/retention/hold"): (
        Way("legal hold", lambda d, n: d.post(PRIVACY, "/staff/retention/hold", member=d.member(n), do="set",
                                              ground="訴訟")),
    ),
    ("POST", "/staff/retention/export"): (
        Way("disclosure", lambda d, n: d.post(PRIVACY, "/staff/retention/export", member=d.member(n),
                                              password=PASSWORD)),
    ),
    ("GET", "/staff/audit"): (
        *_plain("audit", AUDITOR, "/staff/audit"),
        Way("audit, in the middle", lambda d, n: d.get(LEAD, f"/staff/audit?before={d.newest // 2 - n}")),
    ),
    ("POST", "/staff/audit"): (Way("audit verified", lambda d, n: d.post(AUDITOR, "/staff/audit")),),
    ("GET", "/staff/health"): _plain("health", LEAD, "/staff/health"),
    ("GET", "/staff/deliveries"): (
        *_plain("deliveries", ADMIN, "/staff/deliveries"),
        *_plain("deliveries, failed", ADMIN, "/staff/deliveries?state=failed"),
    ),
    ("POST", "/staff/deliveries"): (
        Way("one told again", _replay),
        Way("all that failed told again", lambda d, n: d.post(ADMIN, "/staff/deliveries")),
    ),
    ("GET", "/staff/connections"): (
        *_plain("connections", ADMIN, "/staff/connections"),
        Way("connections, a test under way", _connection),
    ),
    ("POST", "/staff/connections"): (Way("connections tested", lambda d, n: d.post(ADMIN, "/staff/connections")),),
    ("GET", "/staff/sign-in"): (Way("sign-in, page", _stranger("/staff/sign-in")),),
    ("POST", "/staff/sign-in"): (Way("sign-in", _sign_in),),
    ("GET", "/staff/sign-in/second"): (Way("second factor, page", _second("GET")),),
    ("POST", "/staff/sign-in/second"): (Way("second factor", _second("POST")),),
    ("GET", "/staff/welcome/{token}"): (Way("first password, page", _welcome("GET")),),
    ("POST", "/staff/welcome/{token}"): (Way("first password", _welcome("POST")),),
    ("POST", "/staff/sign-out"): (Way("sign-out", _sign_out),),
    ("GET", "/c/{token}"): (Way("seeker's page", _link("GET")),),
    ("POST", "/c/{token}"): (Way("seeker says 完了", _link("POST")),),
    ("GET", "/contact"): (Way("contact form", _stranger("/contact")),),
    ("POST", "/contact"): (Way("contact, confirmed", _contact("confirm")), Way("contact, sent", _contact("send"))),
    ("GET", "/return"): (Way("coming back, page", _stranger("/return")),),
    ("POST", "/return"): (Way("coming back, with what is done after the answer", _return),),
    ("GET", "/return/key"): (Way("coming back, redirect", _stranger("/return/key")),),
    ("POST", "/return/key"): (Way("coming back, a key tried", _key),),
    ("POST", "/hooks/form"): (Way("form webhook", _form),),
    ("POST", "/hooks/app"): (Way("app webhook", _app),),
    ("POST", "/hooks/in/{name}/{secret}"): (Way("foreign form", _hook_in),),
    ("GET", "/healthz"): (Way("healthz", _stranger("/healthz")),),
    ("GET", "/readyz"): (Way("readyz", _stranger("/readyz")),),
    ("GET", "/metrics"): (Way("metrics", _stranger("/metrics")),),
    ("GET", "/api/openapi.json"): (Way("openapi.json", _stranger("/api/openapi.json")),),
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
