"""``/return``: the address, then the key. The same page for everybody, and nothing without the key."""

from __future__ import annotations

import base64
import hashlib
import re
import threading
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import bcrypt
import pytest
from argon2 import PasswordHasher

from tests.house import TestHouse, open_test_house
from tests.integration.web_parts import Client, app_of, forms_of
from tests.unit.pipeline.world import told, wish

TOKYO = ZoneInfo("Asia/Tokyo")
LEFT = date(2026, 11, 1)
OLD = "a password of the old site"


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[TestHouse]:
    made = open_test_house(tmp_path, url=database_url)
    made.now = datetime(2026, 11, 5, 12, 0, tzinfo=TOKYO)
    made.seeker(status="withdrawn", withdrawn_on=LEFT, status_since=LEFT, registered_via="online", concierge="佐藤")
    yield made
    made.store.close()


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    from intake.web import returning
    from intake.web.pace import Pace

    monkeypatch.setattr(returning, "PACE", Pace(1000, 1000))


def ask(house: TestHouse, email: str = "taro@example.jp", **more: str) -> tuple[str, str]:
    """(the page for the key without its secret, the secret)"""
    page = Client(app_of(house)).post("/return", {"email": email, **more})
    assert page.status_code == 200
    house.work()
    handle = forms_of(page.text)[0].fields["handle"]
    return page.text.replace(handle, "HANDLE"), handle


def key(house: TestHouse) -> str:
    assert house.relay.mails[-1].template == "return_key"
    found = re.search(r"認証キー　(\d{6})", house.relay.mails[-1].text)
    assert found
    return found[1]


def type_in(house: TestHouse, handle: str, typed: str) -> int:
    return int(Client(app_of(house)).post("/return/key", {"handle": handle, "key": typed}).status_code)


def other_than(right: str) -> str:
    return f"{(int(right) + 1) % 10**6:06d}"


def test_the_key_brings_the_registration_back(house: TestHouse) -> None:
    _, handle = ask(house)
    assert house.relay.mails[-1].to == "taro@example.jp"
    assert house.get_seeker().status.value == "withdrawn"
    assert type_in(house, handle, key(house)) == 200
    seeker = house.get_seeker()
    assert (seeker.status.value, seeker.withdrawn_on, seeker.outreach_held_at) == ("active", None, None)
    (case,) = house.cases()
    assert (case.request, case.state.value, int(case.proof)) == ("reinstatement", "done", 2)
    house.work()
    assert house.relay.mails[-1].template == "done_reinstatement"
    with house.store.read() as tx:
        assert tx.inbox.without_end() == []
        assert tx.audit.verify()[0]


def test_full_width_digits_and_blanks_are_the_same_key(house: TestHouse) -> None:
    _, handle = ask(house)
    wide = key(house).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert type_in(house, handle, f" {wide[:3]} {wide[3:]}") == 200


def test_a_full_width_address_is_the_same_address(house: TestHouse) -> None:
    """Telephones with a Japanese keyboard send it so."""
    _, handle = ask(house, "ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ")
    assert type_in(house, handle, key(house)) == 200


def test_three_tries_and_no_more(house: TestHouse) -> None:
    _, handle = ask(house)
    right = key(house)
    assert [type_in(house, handle, other_than(right)) for _ in range(3)] == [422, 422, 410]
    assert type_in(house, handle, right) == 410
    assert house.get_seeker().status.value == "withdrawn"


def test_many_tries_at_once_are_three(house: TestHouse) -> None:
    _, handle = ask(house)
    wrong = other_than(key(house))
    app, codes = app_of(house), list[int]()
    threads = [
        threading.Thread(
            target=lambda: codes.append(Client(app).post("/return/key", {"handle": handle, "key": wrong}).status_code)
        )
        for _ in range(12)
    ]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert codes.count(422) == 2
    assert type_in(house, handle, key(house)) == 410


def test_ten_minutes(house: TestHouse) -> None:
    _, handle = ask(house)
    house.now += timedelta(minutes=10)
    assert type_in(house, handle, key(house)) == 410
    _, handle = ask(house)
    house.now += timedelta(minutes=9, seconds=59)
    assert type_in(house, handle, key(house)) == 200


def test_a_key_works_once_and_only_on_its_own_page(house: TestHouse) -> None:
    _, first = ask(house)
    old = key(house)
    _, second = ask(house)
    new = key(house)
    assert type_in(house, first, old) == 422  # a new key ends the older one, and a stranger's page says the same
    assert type_in(house, second, old if old != new else other_than(new)) == 422
    assert type_in(house, second, new) == 200
    assert type_in(house, second, new) == 410


def test_strangers_see_the_same(house: TestHouse) -> None:
    house.seeker("M-2", "鈴木 一", "active@example.jp")
    house.seeker("M-3", "田中 二", "gone@example.jp", status="withdrawn", withdrawn_on=date(2026, 1, 1))
    pages = {ask(house, a)[0] for a in ("taro@example.jp", "nobody@example.jp", "active@example.jp", "gone@example.jp")}
    assert len(pages) == 1
    _, handle = ask(house, "nobody@example.jp")
    assert [type_in(house, handle, "123456") for _ in range(4)] == [422, 422, 410, 410]
    assert not [m for m in house.relay.mails if m.to == "nobody@example.jp"]


def test_the_request_itself_looks_nobody_up(house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page leaves before anything is done that depends on who asked."""
    from intake.web import returning as page

    def never(*_: object) -> None:
        return None

    monkeypatch.setattr(page, "_send", never)
    monkeypatch.setattr("intake.store.seekers.Seekers.candidates", lambda *_: pytest.fail("looked up"))
    monkeypatch.setattr(page, "old_password_fits", lambda *_: pytest.fail("checked"))
    assert Client(app_of(house)).post("/return", {"email": "taro@example.jp"}).status_code == 200


def test_days_count_in_tokyo_and_the_thirtieth_counts(house: TestHouse) -> None:
    for day, template in ((0, "return_key"), (1, "return_key"), (29, "return_key"), (30, "return_key"),
                          (31, "return_online")):  # fmt: skip
        on = LEFT + timedelta(days=day)
        for hour, minute in ((0, 0), (23, 59)):
            house.now = datetime(on.year, on.month, on.day, hour, minute, tzinfo=TOKYO)
            ask(house)
            assert house.relay.mails[-1].template == template


def test_over_a_leap_day(house: TestHouse) -> None:
    house.seeker("M-9", "閏 年子", "leap@example.jp", status="withdrawn", withdrawn_on=date(2028, 2, 10))
    house.now = datetime(2028, 3, 11, 23, 0, tzinfo=TOKYO)  # 19 days of February from the 10th, 11 of March: 30
    ask(house, "leap@example.jp")
    assert house.relay.mails[-1].template == "return_key"
    house.now = datetime(2028, 3, 12, 0, 0, tzinfo=TOKYO)
    ask(house, "leap@example.jp")
    assert house.relay.mails[-1].template == "return_unknown"


def test_from_day_31_by_kind_of_registration_once_a_day(house: TestHouse) -> None:
    ways = {"office": "return_office", "online": "return_online", "": "return_unknown"}
    for via in ways:
        house.seeker(f"M-4{via}", "高橋 三", f"four{via}@example.jp", status="withdrawn", registered_via=via,
                     withdrawn_on=date(2026, 9, 1))  # fmt: skip
        ask(house, f"four{via}@example.jp")
        ask(house, f"four{via}@example.jp")
    assert [m.template for m in house.relay.mails] == list(ways.values())


HASHES = {
    "argon2": PasswordHasher(time_cost=1, memory_cost=1024).hash(OLD),
    "bcrypt": bcrypt.hashpw(OLD.encode(), bcrypt.gensalt(4)).decode(),
    "django": "pbkdf2_sha256$1000$salt$"
    + base64.b64encode(hashlib.pbkdf2_hmac("sha256", OLD.encode(), b"salt", 1000)).decode(),
}


@pytest.mark.parametrize("kind", HASHES)
def test_the_old_password_where_the_record_has_one(house: TestHouse, kind: str) -> None:
    house.seeker("M-5", "伊藤 四", "five@example.jp", status="withdrawn", withdrawn_on=LEFT, password_hash=HASHES[kind])
    pages = {ask(house, "five@example.jp", password=word)[0] for word in ("", "wrong", OLD.upper())}
    assert not house.relay.mails
    assert pages == {ask(house, "five@example.jp", password=OLD)[0]}
    _, handle = ask(house, "five@example.jp", password=OLD)
    assert type_in(house, handle, key(house)) == 200


STRANGE = ("md5$abc", "pbkdf2_sha256$x$y", "pbkdf2_sha256$999999999$s$AAAA", "$2b$nonsense", "$argon2id$")


@pytest.mark.parametrize("bad", STRANGE)
def test_an_unreadable_hash_fits_nothing(bad: str) -> None:
    from intake.web.passwords import old_password_fits

    assert old_password_fits(bad, OLD) is False


def test_two_people_at_one_address_are_told_apart_by_the_number(house: TestHouse) -> None:
    house.seeker("M-10002", "山田 花子", "taro@example.jp", status="withdrawn", withdrawn_on=LEFT)
    ask(house)
    assert not house.relay.mails
    _, handle = ask(house, member_id="m10002")
    assert type_in(house, handle, key(house)) == 200
    assert house.get_seeker("M-10002").status.value == "active"
    assert house.get_seeker().status.value == "withdrawn"


def test_two_numbers_at_one_address_that_differ_by_their_hyphen_are_told_apart(house: TestHouse) -> None:
    for member, status in (("12-3", "active"), ("1-23", "withdrawn")):
        house.seeker(member, "山田 花子", "two@example.jp", status=status, withdrawn_on=LEFT)
    ask(house, "two@example.jp", member_id="12-3")
    assert "return_key" not in [m.template for m in house.relay.mails], "it is the other who left"


@pytest.mark.parametrize("request_", ["reinstatement", "resume", "retraction"])
def test_a_mail_that_asks_to_come_back_leads_here_and_is_closed_by_it(house: TestHouse, request_: str) -> None:
    wish(told(house), request_)
    assert house.relay.mails[-1].template == "reinstatement_link"
    assert "https://intake.example.jp/return\n" in house.relay.mails[-1].text
    _, handle = ask(house)
    assert type_in(house, handle, key(house)) == 200
    assert {c.state.value for c in house.cases()} == {"done"}
    assert len(house.cases()) == (1 if request_ == "reinstatement" else 2)


def test_a_bomb_of_requests_is_five_keys_a_day(house: TestHouse) -> None:
    for _ in range(12):
        ask(house)
    assert [m.template for m in house.relay.mails] == ["return_key"] * 5


def test_pages_change_nothing(house: TestHouse) -> None:
    client = Client(app_of(house))
    for _ in range(50):
        assert client.get("/return").status_code == 200
        assert client.http.head("/return").status_code == 200
        assert client.get("/return/key").status_code == 303
    with house.store.read() as tx:
        assert tx.audit.tail() == []
    assert client.post("/return", {"email": "not an address"}).status_code == 422


def test_too_many_are_asked_to_wait(house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    from intake.web import returning
    from intake.web.pace import Pace

    monkeypatch.setattr(returning, "PACE", Pace(20, 2))
    client = Client(app_of(house))
    codes = [client.post("/return", {"email": "a@example.jp"}).status_code for _ in range(4)]
    assert codes == [200, 200, 429, 429]


def test_the_page_leaves_before_anything_is_done_for_anybody(
    house: TestHouse, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real server: known or not, right password or none, the answer does not wait for what follows it."""
    import httpx2

    from intake.web import returning as page
    from tests.integration.web_parts import served

    done, send = threading.Event(), page._send

    def slowly(*given: Any) -> None:
        time.sleep(4)
        send(*given)
        done.set()

    monkeypatch.setattr(page, "_send", slowly)
    with served(house, free_port) as url:
        began = time.monotonic()
        answer = httpx2.post(f"{url}/return", data={"email": "taro@example.jp"})
        assert time.monotonic() - began < 3.8
        assert answer.status_code == 200
        assert answer.headers["connection"] == "close"  # a second request on it would be kept waiting, and tell
        assert done.wait(10)
    assert [m.mail.template for m in house.outbox()] == ["return_key"]
