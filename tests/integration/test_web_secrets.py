"""Whoever reads a confirm link is the person to us: nobody else gets to see one, wherever a mail is shown or quoted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from tests.house import TestHouse, open_test_house
from tests.integration.web_parts import LEAD, PASSWORD, PRIVACY, Client, app_of, staffed

FIRST = "退会を希望します。手続きをお願いいたします。"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[TestHouse]:
    made = staffed(open_test_house(tmp_path))
    made.seeker()
    made.mail(FIRST, subject="退会のお願い")
    made.work()
    yield made
    made.store.close()


@pytest.mark.parametrize("how", ["page", "json"])
def test_a_disclosure_holds_no_link_that_still_opens(house: TestHouse, how: str) -> None:
    client = Client(app_of(house), PRIVACY)
    form = {"csrf": client.token(), "member": "M-10001", "password": PASSWORD, "as": how}
    told = client.post("/staff/retention/export", form).text
    assert "退会のお申し出" in told
    assert house.link() not in told


@pytest.mark.parametrize("quoted", ["> {}/c/{}", "> {}/c/\n> {}", "> > {}/c/{}。", "{}%2Fc%2F{}"])
def test_a_quoted_link_is_shown_to_nobody(house: TestHouse, quoted: str) -> None:
    token = house.link()
    lines = quoted.format("https://intake.example.jp", token)
    house.mail(
        f"質問があります。いつまでに返事すればよいですか。\n\n2026年11月16日 12:00 desk:\n{lines}\n", subject="Re: 退会"
    )
    house.work()
    lead = Client(app_of(house), LEAD)
    for case in house.cases():
        with house.store.read() as tx:
            linked = [m for m, _ in tx.cases.messages_of(case.id)]
        pages = ["", "/reply", *(f"/messages/{m}/source" for m in linked)]
        for page in pages:
            shown = lead.get(f"/staff/cases/{case.number}{page}")
            assert shown.status_code == 200
            assert token not in shown.text


@pytest.mark.parametrize("how", ["7bit", "base64", "quoted-printable", "attached"])
def test_a_file_that_is_saved_holds_no_link_that_still_opens(house: TestHouse, how: str) -> None:
    """The link is hidden in the source, the whole of it and its attachments; what is stored stays as it came."""
    token = house.link()
    raw = quoting(token, how)
    house.raw(raw, mail_from="taro@example.jp")
    house.work()
    lead = Client(app_of(house), LEAD)
    with house.store.read() as tx:
        case, message = next((c, m) for c in house.cases() for m, _ in tx.cases.messages_of(c.id)
                             if tx.inbox.envelope(m).raw == raw)  # fmt: skip
    at = f"/staff/cases/{case.number}/messages/{message}"
    saved = lead.get(f"{at}/download").content
    assert len(saved) == len(raw)
    for data in (saved, *opened(saved)):
        assert token.encode() not in data
    assert "ご本人だけが使う確認リンク" in lead.get(f"{at}/source").text
    if how == "attached":
        assert token.encode() not in lead.get(f"{at}/attachments/1").content
    house.now += timedelta(days=4)
    assert Client(app_of(house), LEAD).get(f"{at}/download").content == raw


def quoting(token: str, how: str) -> bytes:
    """A question below which our mail stands."""
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "taro@example.jp", "Re: 退会"
    mail["Message-ID"] = f"<{how}@example.jp>"
    quoted = f"> 手続きのページ\n> https://intake.example.jp/c/{token}\n"
    if how == "attached":
        mail.set_content("質問があります。添付のメールは本物ですか。\n")
        mail.add_attachment(quoted.encode(), maintype="text", subtype="plain", filename="mail.txt")
    else:
        mail.set_content(f"質問があります。このメールは本物ですか。\n\n{quoted}", cte="8bit" if how == "7bit" else how)
    return mail.as_bytes(policy=SMTP)


def opened(raw: bytes) -> list[bytes]:
    """What the parts of a mail hold."""
    return [p.get_payload(decode=True) or b"" for p in message_from_bytes(raw).walk() if not p.is_multipart()]


def test_the_person_can_still_use_it(house: TestHouse) -> None:
    assert Client(app_of(house)).get(f"/c/{house.link()}").status_code == 200


def test_a_disclosure_tells_days_and_hours_as_the_person_lived_them(house: TestHouse) -> None:
    """Calendar days are those of Tokyo (domain.md): what came at 9 in the morning did not come the day before."""
    house.now = datetime(2026, 11, 23, 23, 7, tzinfo=UTC)
    house.seeker(applications=[("ひかり電機株式会社", "interview_fixed", False, datetime(2026, 12, 2, 5, tzinfo=UTC))])
    house.mail("面談の日程はどうなりますか。", subject="質問")
    house.work()
    client = Client(app_of(house), PRIVACY)
    form = {"csrf": client.token(), "member": "M-10001", "password": PASSWORD}
    page = client.post("/staff/retention/export", form | {"as": "page"}).text
    assert "2026年11月24日 08:07" in page
    assert "ひかり電機株式会社 面接日程確定 2026年12月2日 14:00" in page
    assert "2026-11-23" not in page
    assert 'href="/staff/retention/person?member=M-10001"' in page
    told = client.post("/staff/retention/export", form | {"as": "json"}).json()
    assert told["messages"][-1]["received_at"] == "2026-11-24T08:07:00+09:00"
