"""What opens an account besides its password: codes, spare codes, one-time links, the agency's own sign-in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest

from intake.model import Role
from intake.web.staff import session
from tests.house import TestHouse, open_test_house
from tests.integration.provider import Provider
from tests.integration.web_parts import ADMIN, HOST, LEAD, PASSWORD, SATO, Client, app_of, form_of, staffed


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    found = staffed(open_test_house(tmp_path))
    yield found
    found.store.close()


def sign_in(client: Client, name: str, password: str = PASSWORD) -> Any:
    return client.post("/staff/sign-in", {"name": name, "password": password, "next": "/staff/tasks"})


def with_codes(house: TestHouse, client: Client) -> tuple[pyotp.TOTP, list[str]]:
    """Begin one-time codes as the page asks for it; the app of the person and their spare codes."""
    shown = client.post("/staff/me/codes", {"csrf": client.token(), "old": PASSWORD})
    form = form_of(shown.text, "/codes/keep")
    secret = re.search(r'<code class="password">([A-Z2-7]{32})</code>', shown.text)
    assert secret
    app = pyotp.TOTP(secret[1])
    kept = client.post("/staff/me/codes/keep", form.fields | {"code": app.at(house.now)})
    spare = re.findall(r'<code class="password">([a-z2-9]{4}-[a-z2-9]{4})</code>', kept.text)
    assert len(spare) == 10
    return app, spare


def test_a_wrong_password_leaves_the_name_and_a_new_one_is_said_to_be_new(house: TestHouse) -> None:
    client = Client(app_of(house))
    wrong = client.post("/staff/sign-in", {"name": f" {SATO}", "password": "no", "next": "/staff/tasks"})
    assert (wrong.status_code, f'required value="{SATO}"' in wrong.text) == (401, True)
    sign_in(client, SATO)
    form = {"csrf": client.token(), "old": PASSWORD, "new": "a new long password"}
    changed = client.post("/staff/me/password", form).headers["location"]
    assert "パスワードを変えました。新しいパスワードで" in client.get(changed).text
    assert "パスワードを変えました" not in client.get("/staff/sign-in").text


def second(client: Client, code: str) -> Any:
    return client.post("/staff/sign-in/second", {"code": code, "next": "/staff/tasks"})


def test_a_password_alone_opens_no_account_that_asks_for_codes(house: TestHouse) -> None:
    app = app_of(house)
    totp, _ = with_codes(house, Client(app, LEAD))
    house.now += timedelta(minutes=1)
    client = Client(app)
    answer = sign_in(client, LEAD)
    assert answer.headers["location"] == "/staff/sign-in/second?next=/staff/tasks"
    assert client.get("/staff/tasks").headers["location"].startswith("/staff/sign-in?")
    assert client.post("/staff/sign-out", {"csrf": "x"}).status_code == 401
    assert second(client, "000000").status_code == 401
    opened = second(client, totp.at(house.now))
    assert (opened.status_code, opened.headers["location"]) == (303, "/staff/tasks")
    assert client.get("/staff/tasks").status_code == 200


def test_a_code_opens_once_and_only_about_its_time(house: TestHouse) -> None:
    app = app_of(house)
    totp, _ = with_codes(house, Client(app, LEAD))
    first = totp.at(house.now)  # used up when the codes were begun
    browsers = [Client(app) for _ in range(4)]
    for browser in browsers:
        sign_in(browser, LEAD)
    assert second(browsers[0], first).status_code == 401
    house.now += timedelta(minutes=2)
    code = totp.at(house.now)
    assert second(browsers[1], f"{code[:3]} {code[3:]}").status_code == 303
    assert second(browsers[2], code).status_code == 401
    assert second(browsers[3], totp.at(house.now - timedelta(minutes=2))).status_code == 401


def test_spare_codes_open_once_each(house: TestHouse) -> None:
    app = app_of(house)
    _, spare = with_codes(house, Client(app, LEAD))
    for tries in (303, 401):
        client = Client(app)
        sign_in(client, LEAD)
        assert second(client, spare[3].upper()).status_code == tries
    other = Client(app)
    sign_in(other, SATO)
    assert second(other, spare[4]).status_code == 401  # another's codes, and no half session at all
    with house.store.read() as tx:
        assert tx.access.spare_codes_left(LEAD) == 9


def test_wrong_codes_lock_the_account_as_wrong_passwords_do(house: TestHouse) -> None:
    app = app_of(house)
    totp, _ = with_codes(house, Client(app, LEAD))
    house.now += timedelta(minutes=1)
    client = Client(app)
    sign_in(client, LEAD)
    assert [second(client, "111111").status_code for _ in range(5)] == [401] * 5
    assert second(client, totp.at(house.now)).status_code == 429
    assert sign_in(Client(app), LEAD).status_code == 429
    house.now += timedelta(minutes=16)
    sign_in(client, LEAD)
    assert second(client, totp.at(house.now)).status_code == 303


def test_half_a_sign_in_ends_after_ten_minutes(house: TestHouse) -> None:
    app = app_of(house)
    totp, _ = with_codes(house, Client(app, LEAD))
    client = Client(app)
    sign_in(client, LEAD)
    house.now += session.HALF_LASTS + timedelta(seconds=1)
    assert second(client, totp.at(house.now)).status_code == 401


def test_codes_begin_and_end_with_the_password_only(house: TestHouse) -> None:
    app = app_of(house)
    client = Client(app, LEAD)
    assert client.post("/staff/me/codes", {"csrf": client.token(), "old": "wrong"}).status_code == 422
    assert "QRコード" not in client.get("/staff/me").text
    with_codes(house, client)
    assert client.post("/staff/me/codes/end", {"csrf": client.token(), "old": "wrong"}).status_code == 422
    assert client.post("/staff/me/codes/end", {"csrf": client.token(), "old": PASSWORD}).status_code == 303
    assert sign_in(Client(app), LEAD).headers["location"] == "/staff/tasks"


def test_a_secret_of_one_account_is_none_of_another(house: TestHouse) -> None:
    app = app_of(house)
    one, other = Client(app, LEAD), Client(app, SATO)
    shown = one.post("/staff/me/codes", {"csrf": one.token(), "old": PASSWORD})
    sealed = form_of(shown.text, "/codes/keep").fields["sealed"]
    secret = re.search(r'<code class="password">([A-Z2-7]{32})</code>', shown.text)
    assert secret
    fields = {"csrf": other.token(), "sealed": sealed, "code": pyotp.TOTP(secret[1]).at(house.now)}
    assert other.post("/staff/me/codes/keep", fields).status_code == 422
    with house.store.read() as tx:
        assert tx.access.totp(SATO) is None


def test_an_admin_takes_second_factors_away(house: TestHouse) -> None:
    app = app_of(house)
    with_codes(house, Client(app, LEAD))
    admin = Client(app, ADMIN)
    change = {"csrf": admin.token(), "name": LEAD, "what": "factors"}
    assert admin.post("/staff/people/change", change).status_code == 303
    assert sign_in(Client(app), LEAD).headers["location"] == "/staff/tasks"


def test_where_one_is_signed_in_and_signing_out_there(house: TestHouse) -> None:
    app = app_of(house)
    here, there = Client(app, LEAD), Client(app, LEAD)
    there.get("/staff/")
    page = here.get("/staff/me").text
    ids = re.findall(r'name="session" value="(\d+)"', page)
    assert len(ids) == 1
    assert "この端末" in page
    stranger = Client(app, SATO)
    ended = {"csrf": stranger.token(), "session": ids[0]}
    assert stranger.post("/staff/me/sessions/end", ended).status_code == 404
    assert there.get("/staff/").status_code == 200
    assert here.post("/staff/me/sessions/end", {"csrf": here.token(), "session": ids[0]}).status_code == 303
    assert there.get("/staff/").status_code == 303
    assert here.get("/staff/").status_code == 200


@pytest.mark.parametrize("old", ["link", "used", "late", "wrong"])
def test_a_one_time_link_works_once_and_for_a_day(house: TestHouse, old: str) -> None:
    app = app_of(house)
    admin = Client(app, ADMIN)

    def link() -> str:
        made = admin.post("/staff/people/change", {"csrf": admin.token(), "name": SATO, "what": "link"})
        found = re.search(rf'<code class="password">{HOST}(/staff/welcome/[^<]+)</code>', made.text)
        assert found
        return found[1]

    first = link()
    chosen = {"password": "a password of my own", "again": "a password of my own"}
    assert Client(app).get(first).status_code == 200  # a look uses nothing up
    assert Client(app).post(first, chosen | {"again": "other"}).status_code == 422
    assert Client(app).post(first, {"password": "short", "again": "short"}).status_code == 422
    if old == "link":
        link()
    if old == "used":
        assert Client(app).post(first, chosen).status_code == 303
    if old == "late":
        house.now += timedelta(hours=25)
    if old == "wrong":
        first = first[:-1] + ("a" if first[-1] != "a" else "b")
    assert Client(app).post(first, chosen | {"password": "x" * 20, "again": "x" * 20}).status_code == 404
    assert Client(app).get(first).status_code == 404
    assert sign_in(Client(app), SATO, "x" * 20).status_code == 401


def test_roles_change_by_an_admin_but_never_ones_own_nor_the_last_admins(house: TestHouse) -> None:
    app = app_of(house)
    admin, sato = Client(app, ADMIN), Client(app, SATO)

    def place(name: str, role: str, **more: str) -> int:
        fields = {"csrf": admin.token(), "name": name, "role": role} | more
        return int(admin.post("/staff/people/place", fields).status_code)

    assert place(SATO, "lead", away="2026-12-31") == 303
    assert sato.get("/staff/").status_code == 303  # what a role could see is not kept open
    with house.store.read() as tx:
        member = tx.staff.by_name(SATO)
    assert member is not None
    assert (member.role, str(member.away_until)) == (Role.LEAD, "2026-12-31")
    assert place(ADMIN, "reviewer") == 422
    assert place(SATO, "emperor") == 422
    assert place("知らない人", "lead") == 404


@pytest.mark.parametrize("name", [SATO, "佐藤  美咲", "佐藤\u3000 美咲", "佐藤美咲"])
def test_nobody_has_two_accounts_that_look_the_same(house: TestHouse, name: str) -> None:
    """Each would be given half of a person's cases; what was typed stays, and why is said in Japanese."""
    admin = Client(app_of(house), ADMIN)
    made = admin.post("/staff/people", {"csrf": admin.token(), "name": name, "role": "lead", "lead": LEAD})
    assert made.status_code == 422
    assert "この名前の方は登録済みです" in made.text
    assert "taken" not in made.text
    assert f'name="name" required autocomplete="off" value="{name}"' in made.text
    form = made.text.partition("スタッフを登録する")[2]
    assert '<option value="lead" selected>' in form
    assert f"<option selected>{LEAD}</option>" in form
    with house.store.read() as tx:
        assert len(tx.staff.all()) == 6


def test_a_name_is_kept_with_single_blanks(house: TestHouse) -> None:
    admin = Client(app_of(house), ADMIN)
    admin.post("/staff/people", {"csrf": admin.token(), "name": " 新人\u3000 一郎", "role": "reviewer", "lead": ""})
    with house.store.read() as tx:
        assert tx.staff.by_name("新人 一郎") is not None


def test_a_lead_who_is_none_any_more_stays_until_somebody_chooses_another(house: TestHouse) -> None:
    """Whoever types only the last day of an absence has not taken the lead away."""
    admin = Client(app_of(house), ADMIN)
    with house.store.write() as tx:
        tx.staff.change(LEAD, active=False)
    form = admin.get("/staff/people").text.partition(f'name="name" value="{SATO}">\n<label for="role-')[2]
    chosen = re.search(r'name="lead">.*?<option value="([^"]*)" selected>', form.partition("</form>")[0], re.DOTALL)
    assert chosen is not None
    assert chosen[1] == LEAD


@pytest.fixture
def provider() -> Iterator[Provider]:
    found = Provider()
    yield found
    found.close()


def with_provider(house: TestHouse, provider: Provider, **more: str) -> Any:
    return app_of(house, oidc_issuer=provider.issuer, oidc_client_id="intake", **more)


def travel(client: Client, provider: Provider, start: str = "/staff/sign-in/oidc?next=/staff/tasks") -> Any:
    """To the provider and back, as a browser goes."""
    away = client.get(start)
    assert away.status_code == 303, away.text
    return client.get(provider.answer(away.headers["location"]).removeprefix(HOST))


def test_the_agencys_own_accounts_once_linked(house: TestHouse, provider: Provider) -> None:
    app = with_provider(house, provider)
    assert travel(Client(app), provider).status_code == 403
    lead = Client(app, LEAD)
    linked = travel(lead, provider, f"/staff/me/oidc?csrf={lead.token()}")
    assert linked.headers["location"] == "/staff/me?done=linked"
    fresh = Client(app)
    opened = travel(fresh, provider)
    assert opened.headers["location"] == "/staff/tasks"
    assert LEAD in fresh.get("/staff/").text
    provider.subject = "somebody else"
    assert travel(Client(app), provider).status_code == 403
    assert lead.post("/staff/me/oidc/end", {"csrf": lead.token()}).status_code == 303
    provider.subject = "1234"
    assert travel(Client(app), provider).status_code == 403


def test_linking_starts_from_ones_own_page_only(house: TestHouse, provider: Provider) -> None:
    app = with_provider(house, provider)
    lead = Client(app, LEAD)
    assert lead.get("/staff/me/oidc?csrf=guess").headers["location"] == "/staff/me"
    away = lead.get(f"/staff/me/oidc?csrf={lead.token()}")
    other = Client(app, SATO)  # the answer, and the cookie, in another browser
    for name, value in lead.http.cookies.items():
        if name == "intake_oidc":
            other.http.cookies.set(name, value, domain="intake.example.jp", path="/staff/sign-in/oidc")
    assert other.get(provider.answer(away.headers["location"]).removeprefix(HOST)).status_code == 401
    with house.store.read() as tx:
        assert tx.access.subject(SATO) is None


def test_a_claim_may_name_the_account_but_never_takes_over_a_linked_one(house: TestHouse, provider: Provider) -> None:
    app = with_provider(house, provider, oidc_claim="name")
    provider.more = {"name": LEAD}
    assert travel(Client(app), provider).headers["location"] == "/staff/tasks"
    provider.subject = "an impostor with the same name"
    assert travel(Client(app), provider).status_code == 403


@pytest.mark.parametrize(
    "lie",
    ["iss", "aud", "exp", "nonce", "sub", "signature", "none", "state", "cookie", "code", "azp"],
)
def test_what_the_provider_did_not_say_signs_nobody_in(house: TestHouse, provider: Provider, lie: str) -> None:
    app = with_provider(house, provider, oidc_claim="name")
    provider.more, provider.lie = {"name": LEAD}, lie
    client = Client(app)
    away = client.get("/staff/sign-in/oidc")
    url = provider.answer(away.headers["location"]).removeprefix(HOST)
    if lie == "state":
        url = re.sub(r"state=[^&]+", "state=guess", url)
    if lie == "cookie":
        client.http.cookies.clear()
    assert client.get(url).status_code == 401
    assert client.get("/staff/").status_code == 303
    provider.lie = ""
    assert travel(Client(app), provider).status_code == 303  # the same without the lie


def test_the_code_is_worth_nothing_without_its_verifier(house: TestHouse, provider: Provider) -> None:
    travel(Client(with_provider(house, provider)), provider)
    assert provider.verified == [True]
