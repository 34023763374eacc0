"""Staff decide on the pages: each act does what it says, once, on what the person had in front of them."""

from __future__ import annotations

import html
import re
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from intake.model import (
    Actor,
    Arrival,
    Case,
    CaseState,
    Channel,
    Envelope,
    MailState,
    Message,
    Proof,
    Role,
    SeekerStatus,
    TaskPlan,
)
from intake.ports import Tx
from intake.web.staff import casefile, verifying
from tests.house import TestHouse, open_test_house
from tests.integration.web_parts import (
    ADMIN,
    HASHED,
    LEAD,
    PRIVACY,
    SATO,
    TANAKA,
    Client,
    app_of,
    form_of,
    forms_of,
    staffed,
    verified,
)

TARO = "山田 太郎 <taro@example.jp>"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    found = staffed(open_test_house(tmp_path))
    yield found
    found.store.close()


def in_review(house: TestHouse, body: str = "退会を希望します。よろしくお願いいたします。", **fields: Any) -> Case:
    """A case of a known seeker that staff must look at, however sure the reader was."""
    if house.seekers_none():
        house.seeker(applications=fields.pop("applications", ()))
    sent = house.mail(body, from_=fields.pop("from_", TARO), subject=fields.pop("subject", "お願い"))
    house.work()
    case = house.cases(sent.message_id)[0]
    with house.store.write() as tx:
        return tx.cases.change(case, **{"state": CaseState.REVIEW, "hold_reason": "held", "closed_at": None} | fields)


def get(house: TestHouse, case: Case) -> Case:
    with house.store.read() as tx:
        return tx.cases.get(case.id)


def actions(house: TestHouse, case: Case) -> list[str]:
    with house.store.read() as tx:
        return [r.action for r in tx.audit.of_case(case.id)]


@pytest.fixture(autouse=True)
def _seekers_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(self: TestHouse) -> bool:
        with self.store.read() as tx:
            return tx.seekers.count() == 0

    monkeypatch.setattr(TestHouse, "seekers_none", none, raising=False)


# --- what the page shows


def test_the_page_marks_the_deciding_words_and_names_the_rule(house: TestHouse) -> None:
    case = in_review(house)
    page = Client(app_of(house), LEAD).get(f"/staff/cases/{case.number}").text
    with house.store.read() as tx:
        reading = tx.inbox.reading(case.message_id)
    assert reading is not None
    assert reading[1] is not None
    rules = [e for e in reading[1].why if not e.rule.startswith("model:")]
    assert rules
    marks = "".join(part.split("</mark>")[0] for part in page.split("<mark ")[1:])
    examples = {r.id: r.hits[0] for q in house.tools.rulebook.requests.values() for r in q.rule}
    for evidence in rules:
        assert f"ルール「{examples[evidence.rule]}」" in marks  # for a person; the table below names its id
        assert f"<code>{evidence.rule}</code>" in page
    assert "退会" in marks


def test_a_leaving_with_running_selections_shows_the_consequences(house: TestHouse) -> None:
    case = in_review(house, applications=(("みなと物流", "applied"), ("北斗食品", "closed")))
    page = Client(app_of(house), LEAD).get(f"/staff/cases/{case.number}").text
    card = page.partition('class="consequence"')[2].partition("</div>")[0]
    assert "みなと物流" in card
    assert "辞退扱い" in card
    assert "北斗食品" not in card


def test_an_unproved_identity_says_so_until_it_is_proved(house: TestHouse) -> None:
    case = in_review(house)
    client = Client(app_of(house), LEAD)
    assert "未確認" in client.get(f"/staff/cases/{case.number}").text
    with house.store.write() as tx:
        tx.cases.change(tx.cases.get(case.id), proof=Proof.E2)
    page = client.get(f"/staff/cases/{case.number}").text
    assert "未確認" not in page
    assert "本人確認済み" in page


def test_auditors_find_no_form_but_their_own(house: TestHouse) -> None:
    case = in_review(house)
    page = Client(app_of(house), "監査 人").get(f"/staff/cases/{case.number}").text
    assert {f.action for f in forms_of(page) if f.method == "post"} == {"/staff/sign-out"}


# --- deciding


def test_approving_a_proved_leaving_wants_the_word_and_carries_it_out(house: TestHouse) -> None:
    case = in_review(house, proof=Proof.E2)
    client = Client(app_of(house), LEAD)
    refused = client.act(case.number, "approve", word="はい")
    assert refused.status_code == 422
    assert "「退会」と入力" in refused.text
    assert house.get_seeker().status is SeekerStatus.ACTIVE
    assert client.act(case.number, "approve", word="退会").status_code == 303
    assert get(house, case).state is CaseState.DONE
    assert house.get_seeker().status is SeekerStatus.WITHDRAWN


def test_the_mail_that_would_go_out_can_be_read_and_nothing_is_done(house: TestHouse) -> None:
    case = in_review(house, proof=Proof.E2)
    client = Client(app_of(house), LEAD)
    form = form_of(client.get(f"/staff/cases/{case.number}").text, "/approve")
    assert ("what", "approve") in form.buttons
    before = (house.cases(), len(house.outbox()), house.get_seeker(), actions(house, case))
    shown = client.post(f"/staff/cases/{case.number}/preview", form.fields | {"what": "approve"})
    assert (house.cases(), len(house.outbox()), house.get_seeker(), actions(house, case)) == before
    client.act(case.number, "approve", word="退会")
    sent = house.outbox()[-1].mail
    text = shown.text.partition('<div class="text">')[2].partition("</div>")[0]
    assert html.unescape(text) == sent.text
    assert verified(client).count("改ざんは見つかりませんでした") == 1


def test_a_preview_never_shows_the_secret_of_a_link(house: TestHouse) -> None:
    case = in_review(house)
    client = Client(app_of(house), LEAD)
    form = form_of(client.get(f"/staff/cases/{case.number}").text, "/link")
    shown = client.post(f"/staff/cases/{case.number}/preview", form.fields | {"what": "link"}).text
    assert "/c/…" in shown
    assert get(house, case).state is CaseState.REVIEW


def test_staffs_word_never_stands_for_the_persons_proof(house: TestHouse) -> None:
    case = in_review(house)
    client = Client(app_of(house), LEAD)
    page = client.get(f"/staff/cases/{case.number}")
    assert "/approve" not in page.text
    fields = form_of(page.text, "/phone").fields | {"word": "退会"}
    response = client.post(f"/staff/cases/{case.number}/approve", fields)
    assert response.status_code == 422
    assert "何も実行していません" in response.text
    assert house.get_seeker().status is SeekerStatus.ACTIVE


def test_a_telephone_check_is_recorded_and_carries_on(house: TestHouse) -> None:
    case = in_review(house)
    client = Client(app_of(house), LEAD)
    assert client.act(case.number, "phone", how="guess", word="退会").status_code == 422
    assert client.act(case.number, "phone", how="phone_on_file", word="").status_code == 422
    assert house.get_seeker().status is SeekerStatus.ACTIVE
    assert client.act(case.number, "phone", how="phone_on_file", word="退会").status_code == 303
    assert get(house, case).proof is Proof.E3
    assert house.get_seeker().status is SeekerStatus.WITHDRAWN
    assert "proof.telephone" in actions(house, case)


def test_a_correction_changes_the_request_and_is_kept_as_an_example(house: TestHouse) -> None:
    case = in_review(house)
    client = Client(app_of(house), LEAD)
    page = client.get(f"/staff/cases/{case.number}").text
    form = form_of(page, "/correct")
    assert len(form.buttons) == 11
    assert [k for k in "1234567890-" if f'data-key="{k}"' in page] == list("1234567890-")
    assert client.post(form.action, form.fields | {"request": "nonsense"}).status_code == 422
    response = client.post(form.action, form.fields | {"request": "pause"})
    assert response.headers["location"].startswith(f"/staff/cases/{case.number}")
    assert get(house, case).request == "pause"
    with house.store.read() as tx:
        assert [(c.was, c.now, c.staff) for c in tx.corrections.all()] == [(("withdrawal",), ("pause",), LEAD)]


def test_the_link_goes_to_the_address_on_file_only(house: TestHouse) -> None:
    case = in_review(house, from_="別の人 <stranger@example.com>")
    client = Client(app_of(house), LEAD)
    assert "/link" not in client.get(f"/staff/cases/{case.number}").text
    assert client.act(case.number, "seeker", member_id="M-99999").status_code == 422
    assert client.act(case.number, "seeker", member_id="M-10001").status_code == 303
    assert client.act(case.number, "link").status_code == 303
    assert get(house, case).state is CaseState.AWAITING_PROOF
    assert {m.mail.to for m in house.outbox() if "/c/" in m.mail.text} == {"taro@example.jp"}


def test_holding_wants_a_day_that_has_not_passed(house: TestHouse) -> None:
    case = in_review(house)
    client = Client(app_of(house), LEAD)
    assert client.act(case.number, "hold", until="2026-11-01").status_code == 422
    assert client.act(case.number, "hold", until="昨日").status_code == 422
    assert client.act(case.number, "hold", until="2026-12-01", text="本人に確認中").status_code == 303
    held = get(house, case)
    assert (held.hold_reason, held.wake_on and held.wake_on.isoformat()) == ("held", "2026-12-01")
    assert "本人に確認中" in client.get(f"/staff/cases/{case.number}").text


def test_a_refusal_needs_a_reason_and_is_written_to_the_person(house: TestHouse) -> None:
    case = in_review(house, "希望年収を500万円以上に変更してください。")
    client = Client(app_of(house), LEAD)
    assert client.act(case.number, "refuse", text=" ").status_code == 422
    assert client.act(case.number, "refuse", text="窓口での手続きが必要なためです。").status_code == 303
    assert get(house, case).state is CaseState.REFUSED
    mail = house.outbox()[-1].mail
    assert (mail.to, "窓口での手続きが必要なためです。" in mail.text) == ("taro@example.jp", True)


def test_a_proved_leaving_can_neither_be_refused_nor_closed(house: TestHouse) -> None:
    case = in_review(house, proof=Proof.E2)
    client = Client(app_of(house), LEAD)
    page = client.get(f"/staff/cases/{case.number}").text
    assert not any(f.action.endswith(("/refuse", "/lapse", "/close")) for f in forms_of(page))
    fields = form_of(page, "/approve").fields | {"text": "だめです"}
    for act in ("refuse", "lapse", "close"):
        assert client.post(f"/staff/cases/{case.number}/{act}", fields).status_code in (403, 422)
    assert get(house, case).state is CaseState.REVIEW


def test_notes_stay_inside_and_can_be_found(house: TestHouse) -> None:
    case = in_review(house)
    client = Client(app_of(house), LEAD)
    mails = len(house.outbox())
    assert client.act(case.number, "note", text="折り返しは火曜の朝に").status_code == 303
    assert "折り返しは火曜の朝に" in client.get(f"/staff/cases/{case.number}").text
    assert case.number in client.get("/staff/search?q=火曜").text
    house.work()
    assert len(house.outbox()) == mails


def test_an_answer_waits_and_can_be_taken_back_until_it_leaves(house: TestHouse) -> None:
    case = in_review(house, "退会の方法を教えてください。それと面談の場所はどこですか。")
    client = Client(app_of(house), LEAD)
    assert client.act(case.number, "reply", text="面談は本社で行います。").status_code == 303
    item = house.outbox()[-1]
    assert item.state is MailState.QUEUED
    assert item.not_before > house.now
    assert client.act(case.number, "undo", mail=str(item.id)).status_code == 303
    assert house.outbox()[-1].state is MailState.CANCELLED
    gone = client.post(f"/staff/cases/{case.number}/undo", {"csrf": client.token(), "mail": str(item.id)})
    assert gone.status_code == 422
    assert "取りやめられません" in gone.text


def test_assigning_never_hands_a_complaint_to_the_person_it_is_about(house: TestHouse) -> None:
    house.seeker(concierge=SATO)
    case = in_review(house, "担当の方を変えてください。お願いします。")
    assert case.request == "concierge_change"
    client = Client(app_of(house), LEAD)
    assert client.act(case.number, "assign", to=SATO).status_code == 403
    assert client.act(case.number, "assign", to=TANAKA).status_code == 303
    assert get(house, case).assignee == TANAKA


def test_after_a_decision_the_next_case_opens(house: TestHouse) -> None:
    first = in_review(house, "面談の場所はどこですか。")
    second = in_review(house, "履歴書の書き方で質問があります。", from_="誰か <nobody@example.com>")
    client = Client(app_of(house), LEAD)
    opened = client.act(first.number, "close")
    assert opened.headers["location"].startswith(f"/staff/cases/{second.number}?tab=all&done=close&case={first.number}")
    page = client.get(opened.headers["location"]).text
    assert f'href="/staff/cases/{first.number}"' in page.partition('id="said"')[2].partition("</div>")[0]
    assert client.act(second.number, "close").headers["location"].startswith("/staff/?tab=all")


def test_a_task_is_ticked_off(house: TestHouse) -> None:
    case = in_review(house, applications=(("みなと物流", "applied"),), proof=Proof.E2)
    client = Client(app_of(house), LEAD)
    client.act(case.number, "approve", word="退会")
    page = client.get("/staff/tasks?whose=all").text
    assert "みなと物流" in page
    form = next(f for f in forms_of(page) if f.action.endswith("/done"))
    for _ in range(2):  # pressed twice is done once
        assert client.post(form.action, form.fields).status_code == 303
    with house.store.read() as tx:
        assert [r.action for r in tx.audit.of_case(case.id)].count("task.done") == 1
    assert "みなと物流" not in client.get("/staff/tasks?whose=all").text


def test_work_that_nobody_has_is_on_the_page_that_opens(house: TestHouse) -> None:
    case = in_review(house)
    with house.store.write() as tx:
        for subject, who in (("誰の分でもない", None), ("佐藤の分", SATO), ("田中の分", TANAKA)):
            tx.tasks.add(case.id, TaskPlan("call", subject, assignee=who), house.now)
    page = Client(app_of(house), SATO).get("/staff/tasks").text
    assert "誰の分でもない" in page
    assert "佐藤の分" in page
    assert "田中の分" not in page
    assert re.findall(r'class="count">(\d+)', page) == ["2", "3"]
    with house.store.write() as tx:
        for task in tx.tasks.open():
            if task.plan.assignee != TANAKA:
                tx.tasks.done(task.id, SATO, house.now)
    page = Client(app_of(house), SATO).get("/staff/tasks").text
    assert "ほかの方の作業は「すべて」にあります" in page
    assert "終わっていない作業はありません" not in page


def test_only_who_takes_care_of_seekers_can_be_a_new_concierge(house: TestHouse) -> None:
    case = in_review(house, "担当の方を変更していただきたいです。", request="concierge_change", assignee=LEAD)
    client = Client(app_of(house), LEAD)
    page = client.get(f"/staff/cases/{case.number}").text
    offered = page.partition('name="concierge"')[2].partition("</select>")[0]
    assert set(re.findall(r"<option[^>]*>([^<–]+)<", offered)) == {SATO, TANAKA, LEAD}
    for name in (ADMIN, PRIVACY):
        assert client.act(case.number, "approve", concierge=name).status_code == 422
    assert client.act(case.number, "approve", concierge=SATO).status_code == 303


def test_a_case_that_cannot_be_approved_says_why_for_the_key(house: TestHouse) -> None:
    case = in_review(house)
    approvable = in_review(house, "面談の場所はどこですか。", from_="誰か <nobody@example.com>")
    app = app_of(house)
    why = re.compile(r'data-no-key="y" data-no-key-text="([^"]+)"')
    client = Client(app, LEAD)
    with house.store.write() as tx:
        tx.cases.change(tx.cases.get(case.id), state=CaseState.AWAITING_PROOF)
    found = why.search(client.get(f"/staff/cases/{case.number}").text)
    assert found
    assert found[1] == "まだ承認できません: ご本人がリンクのページで答えるのを待っています。"
    assert not why.search(client.get(f"/staff/cases/{approvable.number}").text)
    denied = why.search(Client(app, ADMIN).get(f"/staff/cases/{case.number}").text)
    assert denied
    assert denied[1] == "承認できません: あなたの役割では行えません。"


def test_erasure_wants_its_own_word_and_a_privacy_officer(house: TestHouse) -> None:
    house.seeker(status="withdrawn")
    case = in_review(house, "個人情報をすべて削除してください。", proof=Proof.E2, hold_reason="approve_erasure")
    assert case.request == "deletion"
    lead, officer = Client(app_of(house), LEAD), Client(app_of(house), PRIVACY)
    assert "個人情報管理者" in lead.get(f"/staff/cases/{case.number}").text
    assert officer.act(case.number, "approve", word="退会").status_code == 422
    assert officer.act(case.number, "approve", word="削除").status_code == 303
    assert get(house, case).hold_reason == "cooling_off"


def test_a_second_privacy_officer_must_agree_where_there_are_two(house: TestHouse) -> None:
    with house.store.write() as tx:
        tx.staff.add("個人情報 副", Role.PRIVACY_OFFICER, HASHED)
    house.seeker(status="withdrawn")
    case = in_review(house, "個人情報をすべて削除してください。", proof=Proof.E2, hold_reason="approve_erasure")
    app = app_of(house)
    first, second = Client(app, PRIVACY), Client(app, "個人情報 副")
    assert first.act(case.number, "approve", word="削除").status_code == 303
    assert get(house, case).hold_reason == "second_approval"
    page = first.get(f"/staff/cases/{case.number}").text
    assert "まだ承認できません: 1人目の承認は済んでいます。別の個人情報管理者の承認が必要です。" in page
    fields = form_of(page, "/hold").fields | {"word": "削除"}
    again = first.post(f"/staff/cases/{case.number}/approve", fields)  # the same person twice is one
    assert (again.status_code, get(house, case).hold_reason) == (403, "second_approval")
    assert f"1人目の承認: <b>{PRIVACY}</b>" in second.get(f"/staff/cases/{case.number}").text
    assert second.act(case.number, "approve", word="削除").status_code == 303
    assert get(house, case).hold_reason == "cooling_off"


def test_a_self_made_application_is_overridden_with_a_reason_only(tmp_path: Path) -> None:
    house = staffed(open_test_house(tmp_path, profile="public-office"))
    own = (("みなと物流", "applied", True),)
    case = in_review(house, applications=own, proof=Proof.E2, hold_reason="self_application")
    client = Client(app_of(house), LEAD)
    assert client.act(case.number, "approve", word="退会", override=" ").status_code == 403
    assert house.get_seeker().status is SeekerStatus.ACTIVE
    assert client.act(case.number, "approve", word="退会", override="応募先が募集を取り下げたため").status_code == 303
    assert house.get_seeker().status is SeekerStatus.WITHDRAWN
    assert "募集を取り下げた" in client.get(f"/staff/cases/{case.number}").text
    house.store.close()


# --- the world moves while somebody reads


def test_a_stale_page_does_nothing_and_shows_what_changed(house: TestHouse) -> None:
    case = in_review(house)
    app = app_of(house)
    slow, quick = Client(app, LEAD), Client(app, SATO)
    old = form_of(slow.get(f"/staff/cases/{case.number}").text, "/hold")
    quick.act(case.number, "correct", request="pause")
    before = get(house, case)
    response = slow.post(old.action, old.fields | {"until": ""})
    assert response.status_code == 409
    alert = response.text.partition('id="trouble"')[2].partition("</div>")[0]
    assert "依頼の種類を直しました" in alert
    assert SATO in alert
    assert get(house, case) == before


def test_a_selection_that_moved_stops_the_approval_and_shows_the_difference(house: TestHouse) -> None:
    case = in_review(house, applications=(("みなと物流", "applied"),), proof=Proof.E2)
    client = Client(app_of(house), LEAD)
    form = form_of(client.get(f"/staff/cases/{case.number}").text, "/approve")
    house.seeker(applications=(("みなと物流", "offered"), ("北斗食品", "screening")))
    response = client.post(form.action, form.fields | {"word": "退会"})
    assert response.status_code == 409
    alert = response.text.partition('id="trouble"')[2].partition("</div>")[0]
    for word in ("みなと物流", "応募済み", "内定", "北斗食品", "書類選考中"):
        assert word in alert
    assert house.get_seeker().status is SeekerStatus.ACTIVE
    assert get(house, case).state is CaseState.REVIEW


def test_a_message_that_came_while_the_page_was_open_stops_the_approval_and_is_shown(house: TestHouse) -> None:
    case = in_review(house, applications=(("みなと物流", "applied"),), proof=Proof.E2)
    client = Client(app_of(house), LEAD)
    form = form_of(client.get(f"/staff/cases/{case.number}").text, "/approve")
    news = house.mail("やっぱりもう少し続けてみようと思います。", from_=TARO, subject="ご相談")
    house.work()
    (later,) = house.cases(news.message_id)
    for action in (form.action, f"/staff/cases/{case.number}/preview"):
        response = client.post(action, form.fields | {"word": "退会", "what": "approve"})
        assert response.status_code == 422
        assert "新しい連絡が届いています" in response.text.partition('id="trouble"')[2].partition("</div>")[0]
        assert house.get_seeker().status is SeekerStatus.ACTIVE
    assert later.number in response.text
    seen = form_of(response.text, "/approve")
    assert client.post(seen.action, seen.fields | {"word": "退会"}).status_code == 303
    assert house.get_seeker().status is SeekerStatus.WITHDRAWN


def test_the_same_form_sent_twice_acts_once(house: TestHouse) -> None:
    case = in_review(house, proof=Proof.E2)
    client = Client(app_of(house), LEAD)
    form = form_of(client.get(f"/staff/cases/{case.number}").text, "/approve")
    codes = [client.post(form.action, form.fields | {"word": "退会"}).status_code for _ in range(2)]
    assert codes == [303, 409]
    assert actions(house, case).count("case.approve") == 1


# --- queue, search, mails


@pytest.mark.parametrize(
    "words", ["退会", "ﾀｲｶｲ退会", "山田", "ヤマダ", "やまだ", "taro@example.jp", "C-000001", "m-10001", "給与明細"]
)
def test_search_finds_short_words_in_every_spelling(house: TestHouse, words: str) -> None:
    house.seeker(kana="ヤマダ タロウ")
    case = in_review(house, "タイカイ退会を希望します。山田です。", subject="給与明細の件")
    found = Client(app_of(house), LEAD).get("/staff/search", params={"q": words})
    assert found.headers.get("location") == f"/staff/cases/{case.number}" or case.number in found.text


def test_search_rechecks_what_the_index_only_may_hold(house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    case = in_review(house)
    from intake.store.search import Search

    monkeypatch.setattr(Search, "find", lambda self, words, limit=50, before=None: [case.id] if before is None else [])
    client = Client(app_of(house), LEAD)
    assert case.number in client.get("/staff/search?q=退会").text
    assert case.number not in client.get("/staff/search?q=出ていない言葉").text


def test_the_queue_goes_on_by_id_and_loses_nobody(house: TestHouse) -> None:
    first = in_review(house)
    with house.store.write() as tx:
        add_copies(tx, first, 120)
    client = Client(app_of(house), LEAD)
    seen: list[str] = []
    url = "/staff/?tab=all"
    while url and len(seen) < 200:
        page = client.get(url).text
        seen += [part[:8] for part in page.split('<td class="number"><a href="/staff/cases/')[1:]]
        url = page.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 121
    assert seen == sorted(seen)


def add_copies(tx: Tx, case: Case, count: int) -> None:
    from intake.ports import NewCase

    for _ in range(count):
        tx.cases.add(NewCase(case.message_id, case.request, CaseState.REVIEW, case.channel, case.received_at,
                             seeker_id=case.seeker_id))  # fmt: skip


def test_several_cases_are_assigned_at_once_and_the_rest_is_told(house: TestHouse) -> None:
    house.seeker(concierge=SATO)
    first = in_review(house, "面談の場所はどこですか。")
    second = in_review(house, "担当の方を変えてください。お願いします。")
    third = in_review(house, "履歴書の書き方で質問があります。")
    assert second.request == "concierge_change"
    client = Client(app_of(house), LEAD)
    fields = form_of(client.get("/staff/?tab=all").text, "/assign").fields
    with house.store.write() as tx:
        tx.cases.change(third, confidence=0.5)  # somebody was quicker
    picks = [f"{c.number}:{c.version}" for c in (first, second, third)]
    done = client.http.post("/staff/assign", data={**fields, "to": SATO, "pick": [*picks, "C-009999:1", "x"]})
    assert [get(house, c).assignee for c in (first, second, third)] == [SATO, second.assignee, third.assignee]
    page = client.get(done.headers["location"]).text
    assert "1 件の対応者を変えました" in page
    assert "4 件は" in page


def test_several_cases_are_put_aside_or_closed_at_once_but_none_that_needs_a_decision(house: TestHouse) -> None:
    house.seeker(concierge=SATO)
    question = in_review(house, "面談の場所はどこですか。")
    change = in_review(house, "担当の方を変えてください。お願いします。")
    client = Client(app_of(house), LEAD)
    fields = form_of(client.get("/staff/?tab=all").text, "/assign").fields
    picks = [f"{c.number}:{c.version}" for c in (question, change)]
    held = client.http.post(
        "/staff/assign", data={**fields, "do": "hold", "until": "2099-12-01", "text": "繁忙期のため", "pick": picks}
    )
    assert [get(house, c).wake_on for c in (question, change)] == [date(2099, 12, 1)] * 2
    assert "2 件を保留にしました" in client.get(held.headers["location"]).text
    picks = [f"{c.number}:{get(house, c).version}" for c in (question, change)]
    closed = client.http.post("/staff/assign", data={**fields, "do": "close", "pick": picks})
    assert [get(house, c).state.is_open for c in (question, change)] == [False, True]
    page = client.get(closed.headers["location"]).text
    assert "1 件を完了にしました" in page
    assert "1 件は、状況が変わったか1件ずつの判断が必要" in page


def test_a_role_that_decides_nothing_puts_nothing_aside(house: TestHouse) -> None:
    house.seeker(concierge=SATO)
    case = in_review(house, "面談の場所はどこですか。")
    client = Client(app_of(house), ADMIN)
    fields = form_of(client.get("/staff/?tab=all").text, "/assign").fields
    picks = [f"{case.number}:{case.version}"]
    client.http.post("/staff/assign", data={**fields, "do": "hold", "until": "2099-12-01", "pick": picks})
    assert get(house, case).wake_on is None


@pytest.mark.parametrize("tab", ["mine", "unassigned", "all", "waiting", "scheduled", "done"])
def test_an_empty_tab_says_so(house: TestHouse, tab: str) -> None:
    page = Client(app_of(house), LEAD).get(f"/staff/?tab={tab}").text
    assert 'class="empty"' in page
    assert "<table" not in page.partition("<main")[2].partition("</main>")[0]


def test_the_caught_mail_can_be_read_with_its_headers(house: TestHouse) -> None:
    in_review(house)
    item = house.outbox()[0]
    client = Client(app_of(house), LEAD)
    assert f"/staff/mails/{item.id}" in client.get("/staff/mails").text
    page = client.get(f"/staff/mails/{item.id}").text
    assert "山田" in page
    assert "Auto-Submitted" in page
    assert "=?" not in page.partition('<dl class="facts headers">')[2]
    assert client.get("/staff/mails?view=failed").status_code == 200
    assert client.get("/staff/mails/999").status_code == 404


def test_machine_mail_is_kept_to_look_at_and_other_messages_are_not_shown_so(house: TestHouse) -> None:
    case = in_review(house)
    machine = house.mail("ただいま不在にしております。", from_="x@example.com", subject="自動返信",
                         headers={"Auto-Submitted": "auto-replied"})  # fmt: skip
    house.work()
    client = Client(app_of(house), LEAD)
    page = client.get("/staff/machine").text
    assert f"/staff/machine/{machine.message_id}" in page
    assert "自動返信" in page
    assert "ただいま不在" in client.get(f"/staff/machine/{machine.message_id}").text
    assert client.get(f"/staff/machine/{case.message_id}").status_code == 404
    assert client.get("/staff/machine/999").status_code == 404


def test_a_telephone_call_goes_the_way_of_every_message(house: TestHouse) -> None:
    from intake.channels.inbox import InboxWriter

    house.seeker()
    writer = InboxWriter(house.store)
    writer.start()
    try:
        client = Client(app_of(house, writer), SATO)
        fields = form_of(client.get("/staff/calls/new").text, "").fields | {"csrf": client.token()}
        assert client.post("/staff/calls/new", fields | {"name": "山田 太郎"}).status_code == 422
        assert client.post("/staff/calls/new", fields | {"request": "pause"}).status_code == 422
        done = client.post("/staff/calls/new", fields | {"member_id": "M-10001", "request": "pause"})
        assert done.status_code == 303
    finally:
        writer.stop()
    house.work()
    assert [(c.request, c.channel.value, c.member_id) for c in house.cases()] == [("pause", "phone", "M-10001")]


def test_a_sentence_can_be_tried_and_is_kept_nowhere(house: TestHouse) -> None:
    client = Client(app_of(house), LEAD)
    page = client.post("/staff/rules", {"csrf": client.token(), "text": "退会の手続きをお願いいたします。"}).text
    result = page.partition('class="result"')[2]
    assert "退会" in result.partition("</h3>")[0]
    assert "<mark" in result
    assert house.cases() == []


def test_the_audit_page_verifies_the_chain(house: TestHouse) -> None:
    in_review(house)
    client = Client(app_of(house), LEAD)
    assert "案件を開きました" in client.get("/staff/audit").text
    assert "改ざんは見つかりませんでした" in verified(client)
    with house.store.write() as tx:
        for trigger in ("audit_no_update", "audit_no_delete"):
            tx.inbox._c.conn.exec_driver_sql(f"DROP TRIGGER IF EXISTS {trigger}")
        tx.inbox._c.conn.exec_driver_sql("UPDATE audit SET action = 'case.lapse' WHERE seq = 1")
    assert "記録が合いません: row 1" in verified(client)


def test_a_case_that_never_ends_is_shown_by_pages(house: TestHouse) -> None:
    """Hundreds of messages: the first and the newest. A trail of hundreds: a hundred at a time, to its beginning."""
    case = in_review(house)
    with house.store.write() as tx:
        for n in range(casefile.MOST_MESSAGES + 5):
            sent = tx.inbox.add(
                [Arrival(Envelope(Channel.EMAIL, "smtp", b"From: x@example.com\r\n\r\n%d" % n, house.now))]
            )
            tx.inbox.save_reading(sent[0].message_id, Message(Channel.EMAIL, text=f"追伸その{n}。"), None)
            tx.cases.link_message(case.id, sent[0].message_id, "joined")
        for n in range(2 * casefile.TRAIL):
            tx.audit.append(house.now, Actor("staff", f"担当{n}"), "case.noted", case_id=case.id)
    client = Client(app_of(house), LEAD)
    page = client.get(f"/staff/cases/{case.number}").text
    assert page.count("<article") == casefile.MOST_MESSAGES
    assert f"追伸その{casefile.MOST_MESSAGES + 4}。" in page
    assert "追伸その3。" not in page
    assert "表示していません: 6" in page
    seen: list[str] = []
    while earlier := re.search(r"before=(\d+)#trail", page):
        seen += re.findall(r"<b>担当(\d+)</b>", page)
        page = client.get(f"/staff/cases/{case.number}?before={earlier[1]}").text
        assert '<details class="trail" open>' in page
    seen += re.findall(r"<b>担当(\d+)</b>", page)
    assert sorted(seen, key=int) == [str(n) for n in range(2 * casefile.TRAIL)]


def test_a_long_chain_is_verified_beside_the_pages(house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """The press is answered at once, the page says how far it is, a second press joins the first."""
    in_review(house)
    monkeypatch.setattr(verifying, "AT_ONCE_SECONDS", 0.0)
    go_on = threading.Event()
    monkeypatch.setattr(verifying, "sleep", lambda _: go_on.wait(20))
    client = Client(app_of(house), LEAD)
    token = client.token()
    assert client.post("/staff/audit", {"csrf": token}).status_code == 303
    page = client.get("/staff/audit").text
    assert "検証しています: 0 / " in page
    assert 'src="/static/again.js"' in page
    first = verifying.latest(house.store)
    client.post("/staff/audit", {"csrf": token})
    assert verifying.latest(house.store) is first
    go_on.set()
    assert first is not None
    assert first.over.wait(20)
    page = client.get("/staff/audit").text
    assert "改ざんは見つかりませんでした" in page
    assert "again.js" not in page


def test_english_on_request(house: TestHouse) -> None:
    client = Client(app_of(house), LEAD)
    page = client.get("/staff/?lang=en")
    assert '<html lang="en">' in page.text
    assert "Sign out" in page.text
    assert '<html lang="en">' in client.get("/staff/").text  # remembered
    assert '<html lang="ja">' in client.get("/staff/?lang=ja").text


def test_only_what_makes_sense_is_offered(house: TestHouse) -> None:
    """No second receipt, no link where a yes is enough, nothing that the person has proved already."""
    client = Client(app_of(house), LEAD)
    told = in_review(house, "面談の場所はどこですか。")
    assert house.outbox()
    assert not _offers(client, told.number, "receipt")
    stranger = in_review(house, "よろしくお願いします。", from_="誰か <nobody@example.com>")
    with house.store.read() as tx:
        sent = tx.outbox.of_case(stranger.id)
    assert _offers(client, stranger.number, "receipt") is (not sent)
    pause = in_review(house, "サービスの利用を一時停止してください。", request="pause")
    assert _offers(client, pause.number, "approve")
    assert not _offers(client, pause.number, "link")
    leaving = in_review(house, "退会を希望します。", request="withdrawal", proof=Proof.E0)
    assert _offers(client, leaving.number, "link")
    with house.store.write() as tx:
        tx.cases.change(tx.cases.get(leaving.id), proof=Proof.E2)
    assert not _offers(client, leaving.number, "link")


def _offers(client: Client, number: str, act: str) -> bool:
    return f'action="/staff/cases/{number}/{act}"' in client.get(f"/staff/cases/{number}").text


def test_a_case_that_is_put_aside_says_until_when_and_is_not_overdue(house: TestHouse) -> None:
    case = in_review(house)
    client = Client(app_of(house), LEAD)
    assert client.act(case.number, "hold", until="2026-12-01", text="本人に確認中").status_code == 303
    house.now += timedelta(days=12)
    client = Client(app_of(house), LEAD)
    (row,) = re.findall(rf"<tr data-row(?:(?!</tr>).)*{case.number}.*?</tr>", client.get("/staff/?tab=all").text, re.S)
    assert "12月1日(火)</time>まで保留" in row
    assert "turn-clock" in row
    assert "超過" not in row + client.get(f"/staff/cases/{case.number}").text
