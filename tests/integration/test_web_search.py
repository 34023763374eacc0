"""The search: fields and words, variants, pages, kept views, and nothing of what is another's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from intake.model import Case, CaseState
from intake.web.staff import registered
from tests.house import TestHouse, open_test_house
from tests.integration.web_parts import AUDITOR, LEAD, SATO, TANAKA, Client, app_of, form_of, staffed

TARO = "山田 太郎 <taro@example.jp>"


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[TestHouse]:
    found = staffed(open_test_house(tmp_path, url=database_url))
    yield found
    found.store.close()


def arrives(house: TestHouse, body: str, *, from_: str = "誰か <nobody@example.com>", subject: str = "お願い") -> Case:
    sent = house.mail(body, from_=from_, subject=subject)
    house.work()
    return house.cases(sent.message_id)[0]


def found(client: Client, text: str) -> list[str]:
    answer = client.get(f"/staff/search?q={quote(text)}")
    assert answer.status_code in (200, 303), answer.text
    return re.findall(r'class="number"><a href="/staff/cases/(C-\d+)', answer.text)


def test_words_fields_and_their_variants(house: TestHouse) -> None:
    house.seeker(kana="ヤマダ タロウ")
    house.seeker("M-10002", "髙橋 﨑子", "saki@example.jp", kana="タカハシ サキコ")
    leaving = arrives(house, "退会を希望します。よろしくお願いいたします。", from_=TARO)
    asking = arrives(house, "コンシェルジュとの面談の場所はどこですか。", from_="髙橋 﨑子 <saki@example.jp>")
    client = Client(app_of(house), LEAD)
    assert found(client, "退会") == [leaving.number]
    assert found(client, "こんしぇるじゅ") == found(client, "ｺﾝｼｪﾙｼﾞｭ") == [asking.number]
    assert found(client, "高橋") == found(client, "髙橋 崎子") == [asking.number]
    assert found(client, "やまだ") == found(client, "taro@example") == found(client, "M-10001") == [leaving.number]
    assert found(client, "依頼:退会") == found(client, "request:withdrawal 山田") == [leaving.number]
    assert found(client, "依頼:退会 面談") == []
    assert found(client, "差出人:saki") == [asking.number]
    assert found(client, "差出人:saki 依頼:退会") == []
    naming = arrives(house, "面談の件は saki@example.jp にも連絡しました。")
    assert found(client, "saki") == [naming.number, asking.number]
    assert found(client, "差出人:saki") == [asking.number]  # who is only named is not who wrote
    assert found(client, "付き:添付") == []
    assert found(client, "会員番号:M-10001") == [leaving.number]
    assert found(client, "会員番号:M-99999") == []
    assert client.get(f"/staff/search?q={leaving.number}").headers["location"] == f"/staff/cases/{leaving.number}"


def test_a_seeker_chosen_by_staff_is_found_by_name_and_number(house: TestHouse) -> None:
    house.seeker(kana="ヤマダ タロウ")
    case = arrives(house, "登録の件でお願いがあります。")
    client = Client(app_of(house), LEAD)
    assert found(client, "ヤマダ") == []
    assert client.act(case.number, "seeker", member_id="M-10001").status_code == 303
    assert found(client, "ヤマダ") == found(client, "山田") == found(client, "M-10001") == [case.number]


def test_a_search_forgives_a_hyphen_and_an_act_does_not(house: TestHouse) -> None:
    house.seeker()
    case = arrives(house, "登録の件でお願いがあります。")
    client = Client(app_of(house), LEAD)
    refused = client.act(case.number, "seeker", member_id="M1-0001")
    assert refused.status_code == 422
    assert "その会員番号の求職者は見つかりません" in refused.text
    assert client.act(case.number, "seeker", member_id="ｍ－１０００１").status_code == 303
    assert found(client, "会員番号:M10001") == found(client, "m10001") == [case.number]


SPELLINGS = (
    *("M-10003", "m-10003", "Ｍ－１０００３", "会員番号:M-10003"),
    *("090-1111-0003", "09011110003", "090 1111 0003", "０９０ー１１１１ー０００３", "+81 90-1111-0003"),
    *("Saburo@Example.jp", "鵜殿三郎", "鵜殿 三郎 様", "うどのさぶろう"),
)


def people(client: Client, text: str) -> list[str]:
    """Member numbers of the people that the page lists above the cases."""
    listed = client.get(f"/staff/search?q={quote(text)}").text.partition('class="card people"')[2]
    return re.findall(r"</small> (\S+) <span", listed.partition("</section>")[0])


def test_somebody_without_a_case_is_found_by_each_thing_of_the_record(house: TestHouse) -> None:
    """features.md: find any person or case."""
    house.seeker("M-10003", "鵜殿 三郎", "saburo@example.jp", kana="ウドノ サブロウ", phones=("090-1111-0003",))
    house.seeker("M-10004", "山田 太郎", phones=("03-1234-5678",))
    for name in (LEAD, SATO, AUDITOR):
        client = Client(app_of(house), name)
        for text in SPELLINGS:
            assert people(client, text) == ["M-10003"], text
            assert found(client, text) == []
    page = client.get(f"/staff/search?q={quote('090-1111-0003')}").text
    assert "登録中" in page
    assert "案件はありません" in page
    assert "見つかりませんでした" not in page
    for text in (
        "鵜殿",
        "090-1111",
        "状態:確認待ち",
        "依頼:退会 鵜殿三郎",
        "090-1111-0003 退会",
        "a" * 5000,
        "状態:なに 鵜殿三郎",
    ):
        assert people(client, text) == [], text
    english = client.get("/staff/search?lang=en&q=saburo%40example.jp").text
    assert "Registered seekers" in english


def test_a_person_is_listed_with_the_cases_that_one_may_see(house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    house.seeker("M-10003", "鵜殿 三郎", "saburo@example.jp", phones=("090-1111-0003",), concierge=SATO)
    mine = arrives(house, "面談の場所はどこですか。", from_="鵜殿 三郎 <saburo@example.jp>")
    about = arrives(house, "担当の佐藤さんを変えてください。対応がひどいです。", from_="鵜殿 三郎 <saburo@example.jp>")
    app = app_of(house)
    lead = Client(app, LEAD).get("/staff/search?q=090-1111-0003").text
    assert f'<a href="/staff/cases/{mine.number}">' in lead
    assert f'<a href="/staff/cases/{about.number}">' in lead
    sato = Client(app, SATO).get("/staff/search?q=090-1111-0003").text
    assert "鵜殿 三郎" in sato
    assert f'<a href="/staff/cases/{mine.number}">' in sato
    assert about.number not in sato
    monkeypatch.setattr(registered, "MOST_CASES", 1)
    client = Client(app, LEAD)
    page = client.get("/staff/search?q=090-1111-0003").text
    link = re.search(r'href="(/staff/search[^"]+)">この方の案件すべて', page)
    assert link
    page = client.get(link[1].replace("&amp;", "&")).text
    numbers = re.findall(r'class="number"><a href="/staff/cases/(C-\d+)', page)
    assert numbers == [about.number, mine.number]


def test_what_cannot_be_read_is_said_and_nothing_is_searched(house: TestHouse) -> None:
    arrives(house, "退会を希望します。")
    client = Client(app_of(house), LEAD)
    answer = client.get(f"/staff/search?q={quote('状態:なに 退会')}")
    assert answer.status_code == 422
    assert "「状態:なに」が分かりません" in answer.text
    assert "data-row" not in answer.text
    english = client.get(f"/staff/search?lang=en&q={quote('colour:red')}")
    assert "There is no field" in english.text
    assert client.get("/staff/search").status_code == 200


def test_pages_of_a_search_hold_every_case_once(house: TestHouse) -> None:
    for n in range(5):
        house.mail(f"面談の場所はどこですか。{n}", from_=f"x{n} <x{n}@example.com>")
    house.work()
    client = Client(app_of(house), LEAD)
    from intake.web.staff import find

    before, find.MOST = find.MOST, 2
    try:
        for text in ("面談", "状態:確認待ち"):
            seen: list[str] = []
            url: str | None = f"/staff/search?q={quote(text)}"
            while url:
                page = client.get(url).text
                seen += re.findall(r'class="number"><a href="/staff/cases/(C-\d+)', page)
                after = re.search(r'rel="next" href="([^"]+)"', page)
                url = after[1].replace("&amp;", "&") if after else None
            assert len(seen) == len(set(seen)) == 5, text
            assert seen == sorted(seen, reverse=True)
    finally:
        find.MOST = before


def test_a_view_is_kept_shared_and_removed_but_never_with_words(house: TestHouse) -> None:
    arrives(house, "退会を希望します。")
    app = app_of(house)
    sato, tanaka, auditor = Client(app, SATO), Client(app, TANAKA), Client(app, AUDITOR)
    page = sato.get(f"/staff/search?q={quote('状態:確認待ち 依頼:退会')}")
    form = form_of(page.text, "/views")
    assert sato.post("/staff/views", form.fields | {"name": "退会だけ", "shared": "yes"}).status_code == 303
    assert "退会だけ" in sato.get("/staff/").text
    shown = tanaka.get("/staff/").text
    assert "退会だけ" in shown
    assert "佐藤 美咲" in shown
    assert found(tanaka, "状態:確認待ち 依頼:退会") == ["C-000001"]
    for text in ("退会", "状態:確認待ち 山田", "差出人:taro", "会員番号:M-1", "状態:なに", ""):
        refused = sato.post("/staff/views", {"csrf": sato.token(), "q": text, "name": "だめ"})
        assert refused.status_code == 422, text
    assert form_of(page.text, "/views").fields["q"] == "状態:確認待ち 依頼:退会"
    assert "/views" not in "".join(f.action for f in _forms(auditor, "状態:確認待ち"))
    number = re.search(r"/staff/views/(\d+)/remove", sato.get("/staff/search").text)
    assert number
    assert tanaka.post(f"/staff/views/{number[1]}/remove", {"csrf": tanaka.token()}).status_code == 404
    assert sato.post(f"/staff/views/{number[1]}/remove", {"csrf": sato.token()}).status_code == 303
    assert "退会だけ" not in tanaka.get("/staff/").text


def _forms(client: Client, text: str) -> list[object]:
    from tests.integration.web_parts import forms_of

    return list(forms_of(client.get(f"/staff/search?q={quote(text)}").text))


def test_presence_is_told_by_pages_and_seen_in_the_queue(house: TestHouse) -> None:
    from datetime import timedelta

    case = arrives(house, "面談の場所はどこですか。")
    app = app_of(house)
    lead, sato = Client(app, LEAD), Client(app, SATO)
    url = f"/staff/cases/{case.number}/presence"
    said = sato.post(url, {"csrf": sato.token(), "doing": "writing"})
    assert said.json() == {"here": "", "version": case.version}
    assert lead.post(url, {"csrf": lead.token(), "doing": "looking"}).json()["here"] == f"{SATO} が入力しています"
    assert f"{SATO} が入力しています" in " ".join(lead.get(f"/staff/cases/{case.number}").text.split())
    assert "が入力しています" in lead.get("/staff/?tab=all").text
    house.now += timedelta(seconds=31)
    assert "が入力しています" not in lead.get("/staff/?tab=all").text
    sato.post(url, {"csrf": sato.token(), "doing": "writing"})
    sato.post(url, {"csrf": sato.token(), "doing": "gone"})
    assert "が入力しています" not in lead.get("/staff/?tab=all").text
    with house.store.write() as tx:
        tx.cases.change(tx.cases.get(case.id), assignee=TANAKA, state=CaseState.REVIEW)
    assert sato.post(url, {"csrf": sato.token(), "doing": "looking"}).status_code == 404


def test_what_was_typed_stays_when_an_act_is_refused(house: TestHouse) -> None:
    house.seeker()
    case = arrives(house, "面談の場所はどこですか。", from_=TARO)
    app = app_of(house)
    lead = Client(app, LEAD)
    form = form_of(lead.get(f"/staff/cases/{case.number}").text, "/reply").fields
    with house.store.write() as tx:
        tx.cases.change(tx.cases.get(case.id), hold_reason="held")
    text = "本社の3階です。<b>お待ちしています。</b>"
    refused = lead.post(f"/staff/cases/{case.number}/reply", form | {"text": text})
    assert refused.status_code == 409
    assert "本社の3階です。&lt;b&gt;お待ちしています。&lt;/b&gt;</textarea>" in refused.text
    assert re.search(r"<details open><summary>返信する", refused.text)
    again = form_of(refused.text, "/reply").fields
    assert lead.post(f"/staff/cases/{case.number}/reply", again | {"text": text}).status_code == 303
    held = lead.act(case.number, "hold", until="2020-01-01", text="来週また")
    assert held.status_code == 422
    assert 'value="来週また"' in held.text
    assert 'value="2020-01-01"' in held.text


def test_a_search_by_the_word_for_the_concierge_says_that_it_meant_the_assignee(house: TestHouse) -> None:
    client = Client(app_of(house), LEAD)
    assert "対応者として探しました" in client.get(f"/staff/search?q={quote('担当:なし')}").text
    assert "対応者として探しました" not in client.get(f"/staff/search?q={quote('対応者:なし')}").text
