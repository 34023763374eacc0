"""Every page of the route table, for every role, in a real Chromium: accessible, whole at each width, deaf to attacks.

The routes come from the product. One without a value for its variables here, or that does not answer as it should,
fails: no page can be forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.base import AXE_FILE_PATH

from intake.web.staff.routes import ROUTES
from tests.browser.hostile import NAME, UNSEEN, World, world
from tests.browser.screen import NARROW, WIDE, sign_in
from tests.integration.test_web_access import OPEN, TABLE
from tests.integration.web_parts import ADMIN, AUDITOR, LEAD, PEOPLE, PRIVACY, SATO, served
from tests.rigs import free_port

ROLES = (LEAD, PRIVACY, ADMIN, SATO, AUDITOR)
AXE = AXE_FILE_PATH.read_text("utf-8")
RUN = """async (only) => (await axe.run(document, {resultTypes: ["violations"], ...only})).violations.map(
  (v) => [v.id, v.nodes.map((n) => n.html.slice(0, 200))])"""
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}  # what another look of the same width can break
TOLD = """window.told = []; addEventListener("securitypolicyviolation", (e) => window.told.push(
  e.violatedDirective + " " + e.blockedURI)); window.opened = 0; window.open = () => { window.opened++; };"""
TOO_WIDE = """() => {
  const scrolls = (e) => e && (getComputedStyle(e).overflowX !== "visible" || scrolls(e.parentElement));
  return document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("body *")].filter(
    (e) => e.getBoundingClientRect().right > innerWidth && !scrolls(e.parentElement)).map((e) => e.outerHTML);
}"""
COMBINATIONS = (("light", WIDE), ("dark", NARROW), ("dark", WIDE), ("light", NARROW))
MORE = {  # the same routes asked in other ways
    "/": ("?tab=done", "?tab=waiting", "?lang=en", "?lang=ja"), "/search": ("?q=退会", "?q=<script>alert(12)</script>",
    "?q=色:<img src=x onerror=alert(13)>", "?q=状態:確認待ち"), "/mails": ("?view=failed", "?view=waiting"),
    "/tasks": ("?whose=all",), "/cases/{number}/reply": ("?answer=saved-0",), "/figures": ("?lang=en", "?lang=ja"),
    "/connections": ("?test=x",), "/deliveries": ("?state=failed",), "/retention/person": ("?member=M-10001",
    "?member=<script>alert(14)</script>"), "/templates/{name}": ("?case=<script>alert(15)</script>",),
}  # fmt: skip
NO_PAGES = {  # what answers with something else than a page
    "/cases/{number}/next": "redirect", "/cases/{number}/previous": "redirect",
    "/cases/{number}/messages/{message:int}/download": "file",
    "/cases/{number}/messages/{message:int}/attachments/{part:int}": "file", "/figures.csv": "file",
    "/me/oidc": "off", "/sign-in/oidc": "off", "/sign-in/oidc/back": "off", "/sign-in/second": "redirect",
}  # fmt: skip
ASKED_WRONGLY = "Failed to load resource: the server responded with a status of 4"  # as some of them are
ASKS = {"/figures.csv": "?table=arrivals"}
SHOWS_STRANGERS = {
    "/", "/search", "/cases/{number}", "/cases/{number}/messages/{message:int}/source", "/cases/{number}/reply",
    "/machine", "/machine/{id:int}", "/failed/{id:int}", "/mails/{id:int}",
    "/audit", "/deliveries", "/figures", "/retention", "/retention/person", "/erasures",
}  # fmt: skip


# what is typed goes back as it was: all else that stands on the page
SEEN = """() => { const all = document.documentElement.cloneNode(true);
  for (const e of all.querySelectorAll("textarea")) e.textContent = "";
  for (const e of all.querySelectorAll("input")) e.removeAttribute("value");
  return all.outerHTML; }"""


@dataclass
class Watch:
    """What a page did that it should not."""

    site: str
    dialogs: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)

    def on(self, page: Any) -> None:
        page.on("dialog", lambda d: (self.dialogs.append(d.message), d.dismiss()))
        page.on("request", lambda r: self.outside.append(r.url) if not r.url.startswith((self.site, "data:")) else None)
        page.on("console", lambda m: self.console.append(m.text) if m.type in ("error", "warning") and not
                m.text.startswith(ASKED_WRONGLY) else None)  # fmt: skip
        page.add_init_script(TOLD)


@pytest.fixture(scope="module")
def made(tmp_path_factory: Any) -> Iterator[World]:
    found = world(tmp_path_factory.mktemp("hostile") / "home")
    yield found
    found.house.store.close()


@pytest.fixture(scope="module")
def site(made: World) -> Iterator[str]:
    with served(made.house, free_port()) as url:
        yield url


def paths() -> list[str]:
    """Every path that can be opened."""
    return [r.path for r in ROUTES if "GET" in (r.methods or ())]  # type: ignore[attr-defined]


def url_of(path: str, made: World) -> str:
    """The path with values in place of its variables; an unknown variable fails."""
    first = path.split("/")[1]
    values = {"{number}": made.case.number, "{message:int}": str(made.case.message_id), "{part:int}": PART,
              "{id:int}": made.ids.get(first, ""), "{name}": "receipt_withdrawal", "{token}": made.token}  # fmt: skip
    for variable, value in values.items():
        path = path.replace(variable, value or variable)
    assert "{" not in path, f"this test knows no value for {path}: add one"
    return "/staff" + path


PART = "2"


def roles_of(path: str) -> list[str]:
    """Who may open it, in the order in which they are tried."""
    return [name for name in ROLES if PEOPLE[name] in TABLE["GET", path]]


def kept_from(name: str, path: str) -> bool:
    """The case is a reviewer's own and no erasure: the privacy officer has no such case."""
    return name == PRIVACY and ("{number}" in path or path.startswith("/mails/{id"))


def test_every_path_is_a_page_or_said_to_be_none(made: World) -> None:
    assert {path for path in paths() if ("GET", path) not in TABLE and ("GET", path) not in OPEN} == set()
    assert set(NO_PAGES) <= set(paths())
    assert set(MORE) | SHOWS_STRANGERS <= set(paths())
    for path in paths():
        url_of(path, made)


@pytest.mark.parametrize("name", ROLES)
def test_every_page_for_every_role(made: World, site: str, page: Any, name: str) -> None:
    watch = Watch(site)
    watch.on(page)
    sign_in(page, site, name)
    shown = set()
    mine = [p for p in paths() if ("GET", p) in TABLE and name in roles_of(p) and not kept_from(name, p)]
    for n, path in enumerate(mine):
        if path in NO_PAGES:
            is_no_page(page, site + url_of(path, made) + ASKS.get(path, ""), NO_PAGES[path])
            continue
        for m, more in enumerate(("", *MORE.get(path, ()))):
            response = page.goto(site + url_of(path, made) + more)
            assert response.status in (200, 422 if more else 200), (path, more, response.status)
            first = next(r for r in ROLES if r in roles_of(path) and not kept_from(r, path)) == name
            looks = COMBINATIONS if first and not m else COMBINATIONS[n % 2 : n % 2 + 1]
            is_in_order(page, f"{path}{more} as {name}", looks)
            if "alert(" in page.locator("main").text_content():
                shown.add(path)
    assert shown >= {p for p in SHOWS_STRANGERS & set(mine) if p not in QUIET.get(name, ())}
    assert (watch.dialogs, watch.outside, watch.console) == ([], [], [])


QUIET = {  # where this role sees rows of others only, or none
    PRIVACY: {"/", "/search", "/figures"},
    SATO: {"/figures"},
    ADMIN: {"/figures"},
    AUDITOR: {"/figures"},
}


def is_no_page(page: Any, url: str, kind: str) -> None:
    """A download is never opened as a page; a redirect stays on this site."""
    answer = page.request.get(url, max_redirects=0)
    if kind == "file":
        assert answer.status == 200, url
        assert answer.headers["content-disposition"].startswith("attachment"), url
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "text/html" not in answer.headers["content-type"]
    elif kind == "redirect":
        assert answer.status == 303, url
        assert answer.headers["location"].startswith("/staff/"), url
    else:  # needs a setting that this house does not have
        assert answer.status in (303, 404), url


def is_in_order(page: Any, what: str, looks: tuple[tuple[str, dict[str, int]], ...]) -> None:
    """No violation of WCAG, no scrolling sideways, nothing of a stranger's that lives, nothing unseen."""
    page.evaluate(AXE)
    for n, (scheme, size) in enumerate(looks):  # the first two differ in both; the rest in colours alone
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(RUN, COLOURS if n > 1 else {}) == [], (what, scheme, size)
        assert page.evaluate(TOO_WIDE) == [], (what, size)
    assert page.evaluate("[window.told, window.opened]") == [[], 0], what
    alive = "main script, main iframe, main img, main style, main link, main object, main [onload], main [onerror]"
    assert page.locator(f"{alive}, a[href^='javascript']").count() == 0, what
    assert page.locator("main svg:not(.chart)").count() == 0, what
    content = page.evaluate(SEEN)
    assert not [f"U+{ord(c):04X}" for c in UNSEEN if c in content], what
    assert len(content) < 2_000_000, what


@pytest.mark.parametrize("path", [p for p in paths() if ("GET", p) in OPEN and p not in NO_PAGES])
def test_every_page_before_the_sign_in(made: World, site: str, page: Any, path: str) -> None:
    watch = Watch(site)
    watch.on(page)
    assert page.goto(site + url_of(path, made)).status == 200
    is_in_order(page, path, COMBINATIONS)
    assert (watch.dialogs, watch.outside, watch.console) == ([], [], [])


def test_every_download_of_a_hostile_mail_is_harmless(made: World, site: str, page: Any) -> None:
    sign_in(page, site)
    page.goto(f"{site}/staff/cases/{made.case.number}")
    links = page.locator(".files a")
    assert links.count() == 2
    for n in range(2):
        with page.expect_download() as download:
            links.nth(n).click()
        assert download.value.suggested_filename.endswith(".txt")
        answer = page.request.get(site + links.nth(n).get_attribute("href"))
        assert answer.headers["content-type"] == "application/octet-stream"
        assert "sandbox" in answer.headers["content-security-policy"]


def test_the_description_of_the_api_and_pages_of_errors_run_nothing(made: World, site: str, page: Any) -> None:
    watch = Watch(site)
    watch.on(page)
    attack = "<script>alert(16)</script>"
    for path in ("/api/openapi.json", f"/api/v1/{attack}", f"/{attack}", f"/staff/{attack}", f"/c/{attack}", "/return",
                 f"/contact?name={attack}", f"/staff/sign-in?next={attack}", "/healthz"):  # fmt: skip
        answer = page.goto(site + path)
        assert answer.status in (200, 404, 405, 410, 422, 503), path
        assert "script-src" in answer.headers["content-security-policy"] or "default-src 'none'" in answer.headers[
            "content-security-policy"], path  # fmt: skip
        assert page.evaluate("window.told") == [], path
        assert attack not in page.content().replace("&lt;", "<") or "text/html" not in answer.headers[
            "content-type"] or page.locator("main script").count() == 0  # fmt: skip
    assert (watch.dialogs, watch.outside) == ([], [])
    assert NAME  # the names above are in the house
