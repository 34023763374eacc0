"""Form, app and telephone; what staff forwarded; attachments; content for duplicates; the wire."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import pytest

from intake.model import Attachment, AuthVerdict, Channel, Kind, Message
from intake.parsing import ParseOptions, attachment_bytes, normalised_content, parse_file_record, wire
from tests.unit.parsing.mails import mail, read


def entry(channel: Channel, raw: bytes, content_type: str = "application/json", **more: object) -> Message:
    return read(raw, channel=channel, via="webhook", content_type=content_type, **more)


def test_a_form_as_json_and_as_fields_is_the_same_message() -> None:
    fields = {"category": "その他のお問い合わせ", "name": "山田太郎", "email": "taro@example.jp", "member_id": "A-1",
              "phone": "090-0000-0001", "message": "退会します。\r\nお願いします。"}  # fmt: skip
    from urllib.parse import urlencode

    as_json = entry(Channel.FORM, json.dumps(fields).encode())
    as_form = entry(Channel.FORM, urlencode(fields).encode(), "application/x-www-form-urlencoded")
    assert as_json == as_form
    assert as_json.text == "退会します。\nお願いします。"
    assert [item.kind for item in as_json.segments] == ["new"]
    assert as_json.sender.addr == "taro@example.jp"
    assert as_json.stated == {key: fields[key] for key in ("name", "member_id", "phone", "category")}


def test_the_app_gives_codes_and_the_signed_member() -> None:
    raw = json.dumps({"member_id": "B-9", "request": "withdrawal", "reason": "busy", "comment": "忙しくて"}).encode()
    message = entry(Channel.APP, raw, app_member="A-1")
    assert (message.request_code, message.reason_code, message.new_text) == ("withdrawal", "busy", "忙しくて")
    assert message.stated["member_id"] == "A-1"


def test_the_telephone() -> None:
    raw = json.dumps({"name": "山田", "request": "pause", "message": "しばらく止めたい", "entered_by": "佐藤"}).encode()
    message = entry(Channel.PHONE, raw, entered_by="佐藤")
    assert (message.request_code, message.text, message.stated["name"]) == ("pause", "しばらく止めたい", "山田")


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[1]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"message": {"a": 1}}', b"a=1&a=2"]
)
def test_no_entry_raises(raw: bytes) -> None:
    for channel in (Channel.FORM, Channel.APP, Channel.PHONE):
        assert entry(channel, raw, "").kind is Kind.MESSAGE


STAFF = ParseOptions(staff_addresses=("Sato@agency.example",), authserv_id="mx.agency.example")
AUTH = {"Authentication_Results": "mx.agency.example; dmarc=pass header.from=agency.example"}


def test_what_staff_forward_in_the_text_is_the_seekers_mail() -> None:
    body = ("転送します。\n\n---------- Forwarded message ---------\nFrom: 山田太郎 <taro@example.jp>\n"
            "Date: 2024年1月5日(金) 10:00\nSubject: 退会の件\nTo: <info@agency.example>\n\n退会をお願いします。\n山田\n")  # fmt: skip  # noqa: E501
    message = read(mail(body, **AUTH, From="sato@agency.example", Subject="Fwd: 退会の件"), STAFF)
    assert message.sender.addr == "taro@example.jp"
    assert message.forwarded_by == "sato@agency.example"
    assert (message.subject, message.new_text) == ("退会の件", "退会をお願いします。\n山田")
    assert (message.auth.verdict, message.forward_passed) == (AuthVerdict.NONE, True)
    assert "".join(message.text[item.start : item.end] for item in message.segments) == message.text


def test_the_first_block_decides_whose_mail_was_forwarded() -> None:
    """Outlook shows a contact without an address; below it in the thread stands somebody else's older mail."""
    older = "差出人: 鈴木 <hanako@example.jp>\n送信日時: 2026年11月18日\n件名: お休み\n\n求人の連絡を止めてください。"
    body = (
        f"転送します。\n\n差出人: 山田太郎\n送信日時: 2026年11月19日\n件名: 退会の件\n\n退会をお願いします。\n\n{older}"
    )
    message = read(mail(body, **AUTH, From="sato@agency.example", Subject="FW: 退会の件"), STAFF)
    assert (message.sender.name, message.sender.addr) == ("山田太郎", "")
    assert (message.subject, message.new_text) == ("退会の件", "退会をお願いします。")


def test_an_answer_of_staff_with_the_desk_in_copy_is_no_forward() -> None:
    body = (
        "ご再考ください。\n\n差出人: 山田太郎 <taro@example.jp>\n送信日時: 2026年11月19日\n件名: 退会\n\n退会します。"
    )
    message = read(mail(body, **AUTH, From="sato@agency.example", Subject="Re: 退会"), STAFF)
    assert (message.forwarded_by, message.new_text) == (None, "ご再考ください。")


def test_what_staff_forward_as_an_attachment_is_the_seekers_mail() -> None:
    inner = mail("退会をお願いします。", From="taro@example.jp", Subject="pause", Message_ID="<in@example.jp>").decode()
    note = "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n転送します\r\n"
    body = f"{note}--b\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--b--"
    message = read(mail(body, From="sato@agency.example", Content_Type="multipart/mixed; boundary=b"), STAFF)
    assert (message.sender.addr, message.forwarded_by) == ("taro@example.jp", "sato@agency.example")
    assert (message.text, message.message_id) == ("退会をお願いします。", "<in@example.jp>")


@pytest.mark.parametrize(
    "result", ["dmarc=fail header.from=agency.example", "dmarc=pass header.from=evil.example", "dmarc=permerror"]
)
@pytest.mark.parametrize("enclosed", [True, False])
def test_what_fails_at_our_border_is_not_forwarded_by_staff(result: str, enclosed: bool) -> None:
    """Else a forger who fails as the seeker writes as staff, and the seeker within."""
    forged = {"Authentication_Results": f"mx.agency.example; {result}", "From": "sato@agency.example"}
    body = "From: taro@example.jp\r\nSubject: x\r\n\r\n退会をお願いします。"
    if enclosed:
        raw = mail(body, **forged, Content_Type="message/rfc822")
    else:
        raw = mail(f"---------- Forwarded message ---------\r\n{body}", **forged)
    message = read(raw, STAFF)
    assert (message.sender.addr, message.forwarded_by) == ("sato@agency.example", None)
    assert message.auth.verdict is AuthVerdict.FAIL


def test_what_others_forward_stays_theirs() -> None:
    body = "見てください\n\n---------- Forwarded message ---------\nFrom: taro@example.jp\nSubject: x\n\n退会します"
    message = read(mail(body, From="hanako@example.jp"), STAFF)
    assert (message.sender.addr, message.forwarded_by, message.new_text) == ("hanako@example.jp", None, "見てください")


def test_attachments_are_found_again() -> None:
    pdf = base64.b64encode(b"%PDF-1.4").decode()
    body = ("--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n資料です\r\nbegin 644 memo.txt\r\n#86)C\r\n`\r\nend\r\n"  # noqa: E501
            "--b\r\nContent-Type: application/pdf; name=cv.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + pdf + "\r\n--b--")  # fmt: skip  # noqa: E501
    raw = mail(body, Content_Type="multipart/mixed; boundary=b")
    attachments = {item.name: item for item in read(raw).attachments}
    assert attachment_bytes(raw, attachments["cv.pdf"].part) == ("cv.pdf", "application/pdf", b"%PDF-1.4")
    assert attachments["cv.pdf"].size == 8
    assert attachment_bytes(raw, attachments["memo.txt"].part)[2] == b"abc"
    with pytest.raises(KeyError):
        attachment_bytes(raw, 77)


def test_duplicates_by_content_do_not_mind_the_route() -> None:
    one = read(mail("退会します。\r\nよろしくお願いします。ＡＢＣ", Subject="Re: x"))
    other = read(mail("退会します。よろしく\r\nお願いします。abc", Subject="Re:  x"))
    assert normalised_content(one) == normalised_content(other)
    assert normalised_content(one) != normalised_content(
        read(mail("退会しません。よろしくお願いします。ABC", Subject="Re: x"))
    )


def test_files_of_one_name_and_fields_of_forms_are_content_where_no_id_tells_sendings_apart() -> None:
    def sent(file: bytes, **headers: str) -> str:
        coded = base64.b64encode(file).decode()
        body = (
            "--b\r\nContent-Type: text/plain\r\n\r\ncv\r\n--b\r\nContent-Type: application/pdf; name=cv.pdf\r\n"
            f"Content-Transfer-Encoding: base64\r\n\r\n{coded}\r\n--b--"
        )
        return normalised_content(read(mail(body, Content_Type="multipart/mixed; boundary=b", **headers)))

    def filled(name: str) -> str:
        return normalised_content(entry(Channel.FORM, json.dumps({"message": "退会します", "name": name}).encode()))

    assert sent(b"first", Message_ID="") == sent(b"first", Message_ID="")
    assert sent(b"first", Message_ID="") != sent(b"again", Message_ID="")
    assert sent(b"first", Message_ID="<a@b>") == sent(b"again", Message_ID="<a@b>")
    assert filled("山田 太郎") == filled("山田　太郎") != filled("山田 花子")


def test_how_lines_are_broken_makes_no_other_file() -> None:
    def digests(coded: str) -> list[str]:
        body = (
            "--b\r\nContent-Type: text/plain\r\n\r\nmemo\r\nbegin 644 m.txt\r\n#86)C\r\n`\r\nend\r\n--b\r\n"
            f"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n{coded}\r\n--b--"
        )
        return [item.digest for item in read(mail(body, Content_Type="multipart/mixed; boundary=b")).attachments]

    assert digests("QUJD\r\nREVG") == digests("QUJDREVG") != digests("QUJDREVH")
    assert [len(found) for found in digests("QUJD")] == [32, 32]


def test_a_message_crosses_the_wire_unchanged() -> None:
    raw = mail(
        "退会します。\n\n-- \n山田",
        Date="Fri, 05 Jan 2024 10:00:00 +0900",
        Reply_To="b@example.jp",
        References="<a@b> <c@d>",
    )
    message = replace(
        read(raw), attachments=(Attachment("a", "b/c", 1, 2, True, "0f"),), stated={"name": "山田"}, bounced=("x@y",)
    )
    assert wire.from_dict(json.loads(json.dumps(wire.to_dict(message)))) == message


def test_a_message_of_another_version_is_still_read() -> None:
    found = wire.to_dict(read(mail()))
    found["invented_later"] = 1
    del found["bounced"]
    assert wire.from_dict(found).text == "退会します。"


def test_the_file_record_has_the_keys_of_the_contract() -> None:
    assert list(parse_file_record("a.eml", mail())) == [
        "file", "subject", "from_addr", "from_name", "text", "new_text", "attachments", "kind", "charset_steps", "error",  # noqa: E501
    ]  # fmt: skip


def test_no_header_of_a_mail_controls_anything() -> None:
    """reliability.md A36: over SMTP the envelope speaks, not what the sender wrote above the mail."""
    forged = {"Return_Path": "<>", "Delivered_To": "x@y", "X_Intake_Kind": "bounce", "X_Original_To": "x@y"}
    assert read(mail(**forged)) == read(mail())


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({}, ""),
        ({"Auto_Submitted": "auto-replied"}, "Auto-Submitted"),
        ({"Auto_Submitted": "no"}, ""),
        ({"Precedence": "bulk"}, "Precedence"),
        ({"List_Id": "<a.example>"}, "list-id"),
        ({"X_Auto_Response_Suppress": "All"}, "x-auto-response-suppress"),
        ({"From": "no-reply@example.com"}, "machine address"),
        ({"From": "owner-seekers@example.com"}, "machine address"),
        ({"From": "MAILER-DAEMON@example.com"}, "machine address"),
        ({"From": "MAILER-DAEMON"}, "no address to answer"),
    ],
)
def test_why_a_machine_reader_must_not_answer(headers: dict[str, str], reason: str) -> None:
    assert read(mail(**headers)).no_reply == reason


def test_the_null_sender_is_never_answered() -> None:
    assert read(mail(), mail_from="").no_reply == "null return path"
