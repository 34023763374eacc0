"""Bytes of the mails: exactly our own headers, read the same by several parsers, whatever the register holds."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.errors import BadInput, TemplateError
from intake.keyring import Keyring
from intake.model import Mail, MailClass, Stage
from intake.replies import Letter, Part, Thread, compose, load_templates, lost_characters, new_message_id
from intake.replies.examples import AGENCY, letters
from intake.resources import shipped_templates

BOOK = load_templates([shipped_templates()])
NOW = datetime(2026, 4, 1, 1, 23, 45, tzinfo=UTC)
ID = new_message_id(Keyring(bytes(range(32))), "agency.example", "a1b2")
THREAD = Thread("<parent@example.jp>", ("<first@example.jp>",))
HEADERS = [
    "Date", "From", "To", "Message-ID", "In-Reply-To", "References", "Subject", "Auto-Submitted",
    "X-Auto-Response-Suppress", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
]  # fmt: skip
LINK = {"link_url": "https://agency.example/c/abc", "link_expires_at": NOW + timedelta(hours=72)}
# Text as hostile as a CSV of the register, or a record changed by somebody, could hold it.
HOSTILE = st.text(
    st.one_of(st.sampled_from("\r\n\t\0\v\f\x1c\x85\u2028\u2029\u202e=?<>@:,;\"' "), st.characters()), max_size=300
) | st.sampled_from(
    ["\r\nBcc: x@example.jp", "=?utf-8?B?DQpCY2M6?=", "=?iso-2022-jp?Q?=0D=0ABcc:?=", "\r\n\r\n<b>", "{{7*7}}"]
)


def write(letter: Letter, **changes: object) -> Mail:
    given_: dict[str, object] = {
        "to": "hanako@example.jp", "from_": "tetsuzuki@agency.example", "now": NOW, "message_id": ID, "mail_from": "",
        "thread": THREAD,
    }  # fmt: skip
    return compose(BOOK, letter, **(given_ | changes))  # type: ignore[arg-type]


def receipt(**changes: object) -> Letter:
    part = Part("withdrawal", "receipt_withdrawal", "C-000012", **{**LINK, **changes})  # type: ignore[arg-type]
    return Letter("見本 花子", (part,), False, AGENCY)


def headers_by_hand(data: bytes) -> list[str]:
    """A third reader, written after RFC 5322 §2.2 and nothing else."""
    head = data.split(b"\r\n\r\n", 1)[0]
    return [line.split(b":")[0].decode() for line in head.split(b"\r\n") if not line.startswith((b" ", b"\t"))]


def read(mail: Mail) -> EmailMessage:
    return message_from_bytes(mail.data, policy=policy.default)  # type: ignore[return-value]


@pytest.mark.parametrize("template", BOOK.names())
@pytest.mark.parametrize("charset", ["utf-8", "iso-2022-jp"])
def test_every_mail_is_read_back_by_three_readers(template: str, charset: str) -> None:
    for letter in letters(template).values():
        mail = write(letter, charset=charset)
        old, new = message_from_bytes(mail.data), read(mail)
        assert old.keys() == new.keys() == headers_by_hand(mail.data) == HEADERS
        assert not old.defects
        assert not new.defects
        assert all(not new[name].defects for name in HEADERS)
        assert new["Subject"] == mail.subject == str(make_header(decode_header(old["Subject"])))
        assert new["From"].addresses[0].display_name == AGENCY.name
        assert new["From"].addresses[0].addr_spec == "tetsuzuki@agency.example"
        assert new["To"] == "hanako@example.jp"
        assert new["Date"].datetime == NOW
        assert new.get_content().replace("\r\n", "\n") == mail.text
        assert new.get_content_charset() == charset
        head, body = mail.data.split(b"\r\n\r\n", 1)
        assert max(map(len, head.split(b"\r\n"))) <= 78
        assert max(map(len, body.split(b"\r\n"))) <= 120  # 7bit Japanese has its escapes beside its 72 columns
        assert mail.data.isascii()
        assert b"\n" not in mail.data.replace(b"\r\n", b"")


@pytest.mark.parametrize("template", BOOK.names())
def test_iso_2022_jp_passes_a_strict_decoder(template: str) -> None:
    for letter in letters(template).values():
        mail = write(letter, charset="iso-2022-jp")
        raw = mail.data.split(b"\r\n\r\n", 1)[1]
        assert raw.decode("iso-2022-jp", "strict").replace("\r\n", "\n") == mail.text
        for line in raw.split(b"\r\n"):  # RFC 1468: each line ends in ASCII
            line.decode("iso-2022-jp", "strict")
            escapes = re.findall(rb"\x1b[$(][A-Z]", line)
            assert not escapes or escapes[-1] == b"\x1b(B"
            assert set(escapes) <= {b"\x1b$B", b"\x1b(B", b"\x1b(J", b"\x1b$@"}
        for word in re.findall(rb"=\?iso-2022-jp\?B\?[^?]*\?=", mail.data):
            assert len(word) <= 75


def test_a_character_that_iso_2022_jp_lacks_is_not_lost() -> None:
    mail = write(replace(receipt(), to_name="髙見 ①郎"), charset="iso-2022-jp")
    assert read(mail).get_content_charset() == "utf-8"
    assert "髙見 ①郎 様" in read(mail).get_content()
    assert lost_characters("髙見①郎", "iso-2022-jp") == "髙①"
    assert lost_characters("髙見①郎", "utf-8") == ""


def test_the_wave_and_its_twin_are_one_sign() -> None:
    assert lost_characters("9:00〜18:00 9:00～18:00 −－—―", "iso-2022-jp") == ""
    assert "ｱ" in lost_characters("ｱ", "iso-2022-jp")  # half-width kana are not in it


@settings(max_examples=150, deadline=None)
@given(
    name=HOSTILE,
    company=HOSTILE,
    number=HOSTILE,
    way=HOSTILE,
    parent=HOSTILE,
    charset=st.sampled_from(["utf-8", "iso-2022-jp"]),
)
def test_nothing_can_add_a_header_or_a_part(
    name: str, company: str, number: str, way: str, parent: str, charset: str
) -> None:
    running = (("見本" + company, Stage.APPLIED),)
    letter = replace(receipt(applications=running, gentle_way=way + "。"), to_name=name)
    letter = replace(letter, parts=(replace(letter.parts[0], case_number=number),))
    try:
        mail = write(letter, thread=Thread(parent, (parent, "<first@example.jp>")), charset=charset)
    except (TemplateError, BadInput):
        return  # held for staff: never a mail with something missing
    thread = [h for h in HEADERS if h != "In-Reply-To"]
    assert headers_by_hand(mail.data) in (thread, HEADERS)
    assert message_from_bytes(mail.data).keys() == headers_by_hand(mail.data)
    assert not message_from_bytes(mail.data).is_multipart()
    assert "bcc" not in {h.lower() for h in read(mail)}
    assert not set(mail.subject) & set("\r\n\0\u2028\u2029\u202e")


@pytest.mark.parametrize("field", ["to", "from_", "message_id"])
@pytest.mark.parametrize(
    "value", ["a@example.jp\r\nBcc: b@example.jp", "a@example.jp\nX: y", "<a@example.jp>\0", "", "x"]
)
def test_an_address_or_id_that_is_none_is_refused(field: str, value: str) -> None:
    with pytest.raises(BadInput):
        write(receipt(), **{field: value})


def test_several_parts_make_one_mail_with_each_link_in_its_place() -> None:
    parts = (
        Part("deletion", "receipt_deletion", "C-1", link_url="https://agency.example/c/one", link_expires_at=NOW),
        Part("withdrawal", "receipt_withdrawal", "C-2", link_url="https://agency.example/c/two", link_expires_at=NOW),
    )
    mail = write(Letter("見本 花子", parts, False, AGENCY))
    first, second = mail.text.index("c/one"), mail.text.index("c/two")
    assert mail.text.index("■ 1. 個人情報の削除") < first < mail.text.index("■ 2. 退会のお申し出") < second
    assert mail.text.count("お世話になっております") == 1
    assert mail.template == "receipt_several"
    assert "C-1、C-2" in mail.subject
    assert mail.mail_class is MailClass.AGAIN


def test_the_same_case_number_stands_once() -> None:
    parts = tuple(Part("question", "receipt_question", "C-1") for _ in range(2))
    assert write(Letter(None, parts, False, AGENCY)).subject.count("C-1") == 1


@pytest.mark.parametrize(("part", "wanted"), [
    (Part("question", "receipt_question", "C-1"), MailClass.ONCE),
    (Part("withdrawal", "done_withdrawal", "C-1"), MailClass.ONCE),
    (Part("withdrawal", "receipt_withdrawal", "C-1", **LINK), MailClass.AGAIN),  # type: ignore[arg-type]
    (Part("deletion", "deletion_scheduled", "C-1", erase_on=NOW.date()), MailClass.AGAIN),
    (Part("deletion", "deletion_final", "C-1"), MailClass.AGAIN),
])  # fmt: skip
def test_links_and_erasure_notices_may_go_again_nothing_else(part: Part, wanted: MailClass) -> None:
    assert write(Letter(None, (part,), False, AGENCY)).mail_class is wanted


def test_a_neutral_letter_tells_nothing_and_links_nowhere() -> None:
    letter = replace(receipt(applications=(("見本商事株式会社", Stage.OFFERED),)), neutral=True)
    mail = write(letter)
    assert mail.template == "receipt_neutral"
    assert mail.mail_class is MailClass.ONCE
    for secret in ("花子", "見本商事", "/c/abc", "退会"):
        assert secret not in mail.text + mail.subject


def test_a_neutral_letter_may_hold_a_fixed_answer_and_nothing_else() -> None:
    part = Part("question", "answer", "C-1", answer_text="退会はフォームから承ります。", reasons=("family",), **LINK)  # type: ignore[arg-type]
    mail = write(Letter("見本 花子", (part,), True, AGENCY))
    assert mail.template == "answer"
    assert mail.mail_class is MailClass.ONCE
    assert "退会はフォームから承ります。" in mail.text
    assert "花子" not in mail.text
    assert "/c/abc" not in mail.text


def test_a_persons_own_answer_is_not_marked_as_a_robots() -> None:
    letter = Letter(
        None, (Part("question", "staff_answer", "C-1", staff_text="承知しました。\r\n\r\n.\r\nFrom x"),), False, AGENCY
    )
    mail = write(letter, automatic=False)
    assert set(read(mail).keys()) == set(HEADERS) - {"Auto-Submitted", "X-Auto-Response-Suppress"}
    assert "\n.\nFrom x\n" in mail.text


def test_ours_is_marked_as_an_automatic_answer() -> None:
    mail = read(write(receipt()))
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert "Precedence" not in mail


def test_the_thread_is_held_by_headers_and_absent_without_a_parent() -> None:
    assert read(write(receipt()))["References"] == "<first@example.jp> <parent@example.jp>"
    assert "References" not in read(write(receipt(), thread=Thread()))
    long = Thread("<p@example.jp>", tuple(f"<{'x' * 150}{i}@example.jp>" for i in range(9)))
    mail = write(receipt(), thread=long)
    assert read(mail)["References"].split()[-1] == "<p@example.jp>"
    assert max(map(len, mail.data.split(b"\r\n"))) <= 998


def test_a_letter_without_parts_is_refused() -> None:
    with pytest.raises(BadInput):
        write(Letter(None, (), False, AGENCY))


def test_the_version_is_kept_and_tells_all_templates_of_a_combined_mail() -> None:
    one = write(receipt())
    assert one.template_version == BOOK.version("receipt_withdrawal")
    parts = (*receipt().parts, Part("question", "receipt_question", "C-2"))
    assert write(Letter(None, parts, False, AGENCY)).template_version not in map(BOOK.version, BOOK.names())
