"""Staff write, choose, look at, rewrite and take back mails; templates are tried and compared."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from intake.model import Case, CaseState, MailOrigin, MailState, OutboxItem
from intake.replies import load_templates
from intake.resources import shipped_templates
from tests.house import TestHouse, open_test_house
from tests.integration.web_parts import AUDITOR, LEAD, Client, app_of, form_of, staffed

TARO = "山田 太郎 <taro@example.jp>"
CANARY = "紫電改のたまねぎ"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    found = staffed(open_test_house(tmp_path))
    found.seeker()
    yield found
    found.store.close()


def case_of(house: TestHouse, body: str = f"面談の日程について質問です。{CANARY}") -> Case:
    sent = house.mail(body, from_=TARO)
    house.work()
    return house.cases(sent.message_id)[0]


def newest(house: TestHouse) -> OutboxItem:
    return house.outbox()[-1]


def lead(house: TestHouse) -> Client:
    return Client(app_of(house), LEAD)


def shown(page: str, name: str = "text") -> str:
    found = re.search(rf'<textarea[^>]*name="{name}"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
    assert found
    return html.unescape(found.group(1))


def test_a_saved_answer_fills_the_form_is_looked_at_and_rests_before_it_leaves(house: TestHouse) -> None:
    case, client = case_of(house), lead(house)
    page = client.get(f"/staff/cases/{case.number}/reply").text
    assert shown(page) == ""
    labels = [a.label for a in house.tools.saved_answers] + [a.label for a in house.tools.rulebook.answers.values()]
    assert len(labels) >= 10
    for label in labels:
        assert label in page
    page = client.get(f"/staff/cases/{case.number}/reply?answer=saved-1").text
    assert shown(page) == house.tools.saved_answers[1].text
    form = form_of(page, "/reply")
    before = len(house.outbox())
    looked = client.post(f"/staff/cases/{case.number}/preview", form.fields | {"text": shown(page)}).text
    assert "ご都合のよい日時" in looked.replace("\n", "")
    assert "山田 太郎 様" in looked
    assert len(house.outbox()) == before
    sent = client.post(f"/staff/cases/{case.number}/reply", form_of(looked, "/reply").fields)
    assert sent.status_code == 303
    item = newest(house)
    assert (item.mail.template, item.origin, item.state) == ("staff_answer", MailOrigin.STAFF, MailState.QUEUED)
    assert item.not_before - item.created_at == timedelta(seconds=60)
    assert item.mail.mail_from.startswith("support+b-")
    house.work()
    assert newest(house).state is MailState.QUEUED
    house.now += timedelta(seconds=61)
    house.work()
    assert newest(house).state is MailState.SENT
    assert CANARY not in house.relay.mails[-1].text


def test_back_from_the_preview_what_was_written_is_still_there(house: TestHouse) -> None:
    case, client = case_of(house), lead(house)
    page = client.get(f"/staff/cases/{case.number}/reply").text
    words = "ご返信ありがとうございます。\n<b>& 次の段落"
    looked = client.post(f"/staff/cases/{case.number}/preview", form_of(page, "/reply").fields | {"text": words}).text
    again = client.post(f"/staff/cases/{case.number}/reply/again", form_of(looked, "/reply").fields).text
    assert shown(again) == words


def test_a_waiting_mail_is_rewritten_and_only_the_new_words_leave(house: TestHouse) -> None:
    case, client = case_of(house), lead(house)
    client.act(case.number, "reply", text="はじめの文です。")
    first = newest(house)
    page = client.get(f"/staff/mails/{first.id}/edit").text
    words = shown(page)
    assert words.startswith("山田 太郎 様")
    assert "-----" not in words
    fields = form_of(page, "/edit").fields | {"text": words.replace("はじめの文です。", "直した文です。髙")}
    looked = client.post(f"/staff/mails/{first.id}/edit", fields | {"do": "look"}).text
    assert "直した文です。" in looked
    assert house.outbox()[-1].id == first.id
    assert client.post(f"/staff/mails/{first.id}/edit", fields | {"do": "keep"}).status_code == 303
    second = newest(house)
    assert house.outbox()[-2].state is MailState.CANCELLED
    assert (second.mail.edited, second.case_ids, second.origin) == (True, (case.id,), MailOrigin.STAFF)
    assert second.mail.message_id != first.mail.message_id
    assert second.not_before == house.now + timedelta(seconds=60)
    house.now += timedelta(seconds=61)
    house.work()
    [left] = [m for m in house.relay.mails if m.template == "staff_answer"]
    old, new = (message_from_bytes(m.data, policy=policy.default) for m in (first.mail, left))
    assert (new["Subject"], new["In-Reply-To"], new["References"]) == (
        old["Subject"], old["In-Reply-To"], old["References"]
    )  # fmt: skip
    assert "直した文です。髙" in left.text
    assert left.text.endswith(first.mail.text.split("\n----", 1)[1])
    assert "スタッフが書き直したメール" in client.get(f"/staff/mails/{second.id}").text


def test_a_mail_does_not_leave_under_the_hands_of_who_rewrites_it(house: TestHouse) -> None:
    case, client = case_of(house), lead(house)
    client.act(case.number, "reply", text="お返事です。")
    item = newest(house)
    page = client.get(f"/staff/cases/{case.number}").text
    begun = client.post(f"/staff/mails/{item.id}/edit/begin", form_of(page, "/edit/begin").fields)
    assert begun.headers["location"].endswith(f"/mails/{item.id}/edit")
    house.now += timedelta(minutes=10)
    house.work()
    assert newest(house).state is MailState.QUEUED
    fields = form_of(client.get(begun.headers["location"]).text, "/edit").fields
    client.post(f"/staff/mails/{item.id}/edit", fields | {"text": "遅れて書き上げた文です。", "do": "keep"})
    house.now += timedelta(seconds=61)
    house.work()
    assert "遅れて書き上げた文です。" in house.relay.mails[-1].text
    client.act(case.number, "reply", text="忘れられた文です。")
    item = newest(house)
    client.post(f"/staff/mails/{item.id}/edit/begin", fields)
    house.now += timedelta(minutes=16)
    house.work()
    assert newest(house).state is MailState.SENT, "who began to write may have gone home"
    late = client.post(f"/staff/mails/{item.id}/edit/begin", fields)
    assert late.headers["location"].endswith(f"/mails/{item.id}")


def test_a_link_stays_hidden_and_unchanged_while_the_words_around_it_change(house: TestHouse) -> None:
    case, client = case_of(house, "退会したいです。手続きをお願いします。"), lead(house)
    client.act(case.number, "link")
    item = newest(house)
    [secret] = re.findall(r"/c/(\S+)", item.mail.text)
    page = client.get(f"/staff/mails/{item.id}/edit").text
    assert secret not in page
    words = shown(page)
    assert "https://intake.example.jp/c/…" in words.split("\n")
    fields = form_of(page, "/edit").fields
    for wrong in (words.replace("/c/…", "/c/x"), words.replace("https://intake.example.jp/c/…\n", ""), ""):
        refused = client.post(f"/staff/mails/{item.id}/edit", fields | {"text": wrong, "do": "keep"})
        assert refused.status_code == 422
    assert newest(house).id == item.id
    looked = client.post(f"/staff/mails/{item.id}/edit", fields | {"text": f"{words}\n\n追伸です。", "do": "look"})
    assert secret not in looked.text
    client.post(f"/staff/mails/{item.id}/edit", fields | {"text": f"{words}\n\n追伸です。", "do": "keep"})
    assert f"https://intake.example.jp/c/{secret}" in newest(house).mail.text.split("\n")
    assert "追伸です。" in newest(house).mail.text


def test_what_has_left_or_is_not_theirs_cannot_be_rewritten(house: TestHouse) -> None:
    case, client = case_of(house), lead(house)
    client.act(case.number, "reply", text="お返事です。")
    item = newest(house)
    assert Client(app_of(house), AUDITOR).get(f"/staff/mails/{item.id}/edit").status_code == 403
    page = client.get(f"/staff/mails/{item.id}/edit").text
    fields = form_of(page, "/edit").fields | {"text": "後から。", "do": "keep"}
    house.now += timedelta(seconds=61)
    house.work()
    assert client.get(f"/staff/mails/{item.id}/edit").status_code == 303
    late = client.post(f"/staff/mails/{item.id}/edit", fields)
    assert late.status_code == 422
    assert "もう書き直せません" in late.text
    assert len(house.relay.mails) == len([m for m in house.outbox() if m.state is MailState.SENT])


def test_a_stale_mail_is_shown_with_its_reason_and_sent_again_in_other_words(house: TestHouse) -> None:
    case, client = case_of(house), lead(house)
    client.act(case.number, "reply", text="お返事です。")
    item = newest(house)
    house.mail("先ほどの件、やはり来週にしてください。", from_=TARO)
    house.now += timedelta(seconds=61)
    house.work()
    with house.store.read() as tx:
        stale = tx.outbox.get(item.id)
    assert (stale.state, stale.error) == (MailState.STALE, "new_message")
    assert "新しい連絡が届きました" in client.get(f"/staff/cases/{case.number}").text
    page = client.get(f"/staff/mails/{item.id}/edit").text
    fields = form_of(page, "/edit").fields | {"text": shown(page) + "\n\n来週で承りました。", "do": "keep"}
    assert client.post(f"/staff/mails/{item.id}/edit", fields).status_code == 303
    house.now += timedelta(seconds=61)
    house.work()
    assert "来週で承りました。" in house.relay.mails[-1].text


def test_a_mail_of_a_closed_case_can_still_be_taken_back(house: TestHouse) -> None:
    case, client = case_of(house), lead(house)
    client.act(case.number, "refuse", text="今回はお受けできません。")
    item = newest(house)
    assert house.cases()[0].state is CaseState.REFUSED
    assert client.act(case.number, "undo", mail=str(item.id)).status_code == 303
    house.now += timedelta(seconds=61)
    house.work()
    assert not any(m.template == "refusal" for m in house.relay.mails)


def test_iso_2022_jp_warns_of_characters_that_it_lacks(house: TestHouse) -> None:
    case = case_of(house)
    house.tools = replace(house.tools, agency=house.tools.agency.model_copy(update={"charset": "iso-2022-jp"}))
    client = lead(house)
    page = client.get(f"/staff/cases/{case.number}/reply").text
    fields = form_of(page, "/reply").fields
    warned = client.post(f"/staff/cases/{case.number}/preview", fields | {"text": "髙橋が①承ります。"}).text
    assert "UTF-8 で送ります: 髙①" in warned
    plain = client.post(f"/staff/cases/{case.number}/preview", fields | {"text": "高橋が承ります。"}).text
    assert "UTF-8 で送ります" not in plain
    client.act(case.number, "reply", text="高橋が承ります。")
    assert b"charset=iso-2022-jp" in newest(house).mail.data
    client.act(case.number, "reply", text="髙橋が承ります。")
    assert b"charset=utf-8" in newest(house).mail.data


def test_templates_are_listed_tried_with_a_case_and_compared(house: TestHouse, tmp_path: Path) -> None:
    case, client = case_of(house), lead(house)
    page = client.get("/staff/templates").text
    for name in house.tools.templates.names():
        assert f"/staff/templates/{name}" in page
    tried = client.get(f"/staff/templates/receipt_question?case={case.number}").text
    assert f"受付番号 {case.number}" in tried
    assert "山田 太郎 様" in tried
    assert CANARY not in tried
    assert "見つかりません" in client.get("/staff/templates/receipt_question?case=C-999999").text
    assert "必要な値" in client.get(f"/staff/templates/deletion_scheduled?case={case.number}").text
    assert client.get("/staff/templates/nosuch").status_code == 404
    sent = newest(house).mail
    old, name = sent.template_version, sent.template
    subject = house.tools.templates.source(name)["subject.txt"].strip()
    own = tmp_path / "mine" / "replies" / name
    own.mkdir(parents=True)
    (own / "subject.txt").write_text("ご質問を承りました\n", encoding="utf-8")
    house.tools = replace(house.tools, templates=load_templates([shipped_templates(), tmp_path / "mine"]))
    diff = client.get(f"/staff/templates/{name}?old={old}").text
    assert f"<del>-{subject}</del>" in diff
    assert "<ins>+ご質問を承りました</ins>" in diff
    mail = client.get(f"/staff/mails/{newest(house).id}").text
    assert f"/staff/templates/{name}?old={old}" in mail
