"""Signed webhooks (A22), their bodies (A11), the contact page, the telephone, forms that cannot sign."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.channels import app, contact, foreign, form, phone
from intake.channels.fields import _pairs
from intake.channels.standard_webhooks import BadBody, BadSignature, key_of, load_secrets, new_secret, sign, verify
from intake.errors import RuleError, SettingError
from intake.keyring import Keyring
from intake.model import Channel
from intake.resources import shipped_rules
from tests.unit.channels.fakes import NOW

SECRET = b"whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef")
OLD = b"whsec_" + base64.b64encode(b"another key of enough bytes, old")
STAMP = int(NOW.timestamp())
FORM = {"category": "その他のお問い合わせ", "name": "山田 太郎", "email": "taro@example.jp", "member_id": "M-1001",
        "phone": "090-0000-0001", "message": "退会を希望します。\r\nよろしくお願いいたします。"}  # fmt: skip
APP = {"member_id": "M-1001", "request": "withdrawal", "reason": "hired_elsewhere", "comment": "お世話になりました"}


def signed(body: bytes, secret: bytes = SECRET, webhook_id: str = "msg_1", stamp: int = STAMP) -> dict[str, str]:
    return {
        "Webhook-Id": webhook_id,
        "webhook-timestamp": str(stamp),
        "webhook-signature": sign(secret, webhook_id, stamp, body),
        "Content-Type": "application/json",
    }


def body_of(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def test_the_standards_own_vector() -> None:
    secret = b"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    got = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert got == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_right_signature_gives_the_id() -> None:
    headers = signed(b"{}")
    assert verify(headers, b"{}", [SECRET], NOW) == "msg_1"
    assert verify(headers, b"{}", [OLD, SECRET], NOW) == "msg_1"  # two keys while one is changed
    headers["webhook-signature"] = f"v1a,x {sign(OLD, 'msg_1', STAMP, b'{}')} {headers['webhook-signature']}"
    assert verify(headers, b"{}", [SECRET], NOW) == "msg_1"


@pytest.mark.parametrize("change", [
    {"Webhook-Id": "msg_2"}, {"Webhook-Id": ""}, {"Webhook-Id": "x" * 300}, {"webhook-timestamp": str(STAMP + 1)},
    {"webhook-timestamp": "now"}, {"webhook-timestamp": "-1"}, {"webhook-timestamp": "１"}, {"webhook-signature": ""},
    {"webhook-signature": "v1,"}, {"webhook-signature": "v1,é"}, {"webhook-signature": "v2," + "A" * 43 + "="},
])  # fmt: skip
def test_a_changed_header_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        verify(signed(b"{}") | change, b"{}", [SECRET], NOW)


@given(st.integers(0, len(body_of(FORM)) * 8 - 1))
def test_any_flipped_bit_is_refused(bit: int) -> None:
    body = body_of(FORM)
    changed = bytearray(body)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(BadSignature):
        form.arrival_from_hook(signed(body), bytes(changed), [SECRET], NOW)


@pytest.mark.parametrize(("skew", "fits"), [(-301, False), (-300, True), (0, True), (300, True), (301, False)])
def test_five_minutes_either_way(skew: int, fits: bool) -> None:
    headers = signed(b"{}", stamp=STAMP + skew)
    if fits:
        assert verify(headers, b"{}", [SECRET], NOW)
    else:
        with pytest.raises(BadSignature):
            verify(headers, b"{}", [SECRET], NOW)


def test_without_a_secret_nothing_is_right(tmp_path: Path) -> None:
    with pytest.raises(BadSignature):
        verify(signed(b"{}"), b"{}", [], NOW)
    (tmp_path / "empty").write_text("# none\n\n")
    (tmp_path / "short").write_text("whsec_" + base64.b64encode(b"short").decode())
    (tmp_path / "bad").write_text("whsec_***")
    for name in ("empty", "short", "bad", "missing"):
        with pytest.raises(SettingError):
            load_secrets(tmp_path / name)
    (tmp_path / "two").write_text(f"# new\n{new_secret()}\n{SECRET.decode()}\n")
    assert load_secrets(tmp_path / "two")[1] == key_of(SECRET)
    assert verify(signed(b"{}"), b"{}", load_secrets(tmp_path / "two"), NOW) == "msg_1"


@pytest.mark.parametrize("key", [b"\n" + b"k" * 31, b"k" * 31 + b" ", b" " * 32, b"\t" + b"k" * 22 + b"\r"])
def test_a_key_that_ends_in_a_blank_is_the_senders_key_too(key: bytes, tmp_path: Path) -> None:
    """Signed by somebody else's hand, as the form's server does it: our own ``sign`` would cut off what we cut off."""
    (tmp_path / "secret").write_bytes(b"  whsec_" + base64.b64encode(key) + b" \r\n")
    mac = base64.b64encode(hmac.digest(key, f"msg_1.{STAMP}.{{}}".encode(), "sha256")).decode()
    headers = signed(b"{}") | {"webhook-signature": f"v1,{mac}"}
    assert verify(headers, b"{}", load_secrets(tmp_path / "secret"), NOW) == "msg_1"
    assert sign(load_secrets(tmp_path / "secret")[0], "msg_1", STAMP, b"{}") == f"v1,{mac}"


def test_a_form_is_kept_as_it_was_signed() -> None:
    body = json.dumps(FORM, ensure_ascii=True, indent=3).encode()
    got = form.arrival_from_hook(signed(body), body, [SECRET], NOW)
    assert got.envelope.raw == body
    assert got.idempotency == ("form", "msg_1")
    assert (got.envelope.channel, got.envelope.via, got.envelope.content_type) == (
        Channel.FORM, "webhook", "application/json",
    )  # fmt: skip
    assert got.envelope.app_member is None


def test_form_fields_work_like_json() -> None:
    kind = "application/x-www-form-urlencoded; charset=UTF-8"
    body = urlencode(FORM).encode()
    got = form.arrival_from_hook(signed(body) | {"Content-Type": kind}, body, [SECRET], NOW)
    assert (got.envelope.raw, got.envelope.content_type) == (body, kind)
    assert form.arrival_from_hook(signed(body) | {"Content-Type": ""}, body, [SECRET], NOW)


def test_form_fields_are_utf_8_and_given_once() -> None:
    body = b"&".join(f"{k}={quote_plus(v, encoding='cp932')}".encode() for k, v in FORM.items())
    for charset in ("UTF-8", "Shift_JIS"):  # what cannot be read later is not taken now
        headers = signed(body) | {"Content-Type": f"application/x-www-form-urlencoded; charset={charset}"}
        with pytest.raises(BadBody, match=r"^body"):
            form.arrival_from_hook(headers, body, [SECRET], NOW)
    body = urlencode([*FORM.items(), ("name", "second")]).encode()
    with pytest.raises(BadBody, match=r"^name"):
        form.arrival_from_hook(
            signed(body) | {"Content-Type": "application/x-www-form-urlencoded"}, body, [SECRET], NOW
        )


@pytest.mark.parametrize(("change", "field"), [
    ({"message": ""}, "message"), ({"message": " \n"}, "message"), ({"message": None}, "message"),
    ({"message": 5}, "message"), ({"email": ""}, "email"), ({"email": "taro"}, "email"),
    ({"email": "taro@example.jp\r\nBcc: x@example.com"}, "email"), ({"name": "太郎\r\nBcc: x"}, "name"),
    ({"name": "a\x00b"}, "name"), ({"phone": "\x1b[2J"}, "phone"), ({"category": ["x"]}, "category"),
    ({"member_id": {"x": 1}}, "member_id"), ({"member_id": True}, "member_id"), ({"message": "a\x00b"}, "message"),
    ({"message": "\ud800"}, "message"), ({"name": "x" * 1001}, "name"), ({"message": "x" * 100_001}, "message"),
    ({"name": "a\u2028b"}, "name"), ({"email": "x" * 310 + "@example.jp"}, "email"),
])  # fmt: skip
def test_a_bad_form_names_its_field(change: dict[str, Any], field: str) -> None:
    body = json.dumps(FORM | change).encode()
    with pytest.raises(BadBody) as e:
        form.arrival_from_hook(signed(body), body, [SECRET], NOW)
    assert e.value.field == field


@pytest.mark.parametrize("body", [
    b"", b"[]", b"null", b"{", b'"x"', b"\xff", b"[" * 100_000, b'{"a":' * 50_000, b"name=x", b"1" * 10_000,
])  # fmt: skip
def test_a_body_that_is_none(body: bytes) -> None:
    for hook in (form.arrival_from_hook, app.arrival_from_hook):
        with pytest.raises(BadBody) as e:
            hook(signed(body), body, [SECRET], NOW)
        assert e.value.field == "body"


def test_the_signature_comes_before_the_body() -> None:
    with pytest.raises(BadSignature):
        form.arrival_from_hook(signed(b"{") | {"webhook-signature": "v1,x"}, b"{", [SECRET], NOW)


@pytest.mark.parametrize("change", [
    {"name": None}, {"category": ""}, {"member_id": 1001}, {"email": ".a..b@docomo.ne.jp"}, {"extra": {"a": [1]}},
    {"phone": "０９０ー００００ー０００１"}, {"message": "改行\r\n\tタブ\n"},
])  # fmt: skip
def test_a_form_may_be_sparse_and_odd(change: dict[str, Any]) -> None:
    body = body_of(FORM | change)
    assert form.arrival_from_hook(signed(body), body, [SECRET], NOW).envelope.raw == body
    body = body_of({"email": "a@example.jp", "message": "x"})
    assert form.arrival_from_hook(signed(body), body, [SECRET], NOW)


def test_the_app_speaks_for_its_member() -> None:
    body = body_of(APP | {"member_id": " M-1001 "})
    got = app.arrival_from_hook(signed(body), body, [SECRET], NOW)
    assert got.envelope.app_member == "M-1001"
    assert got.envelope.channel is Channel.APP
    assert got.idempotency == ("app", "msg_1")
    assert got.envelope.raw == body


@pytest.mark.parametrize(("change", "field"), [
    ({"member_id": ""}, "member_id"), ({"member_id": "M\n1"}, "member_id"), ({"request": "退会"}, "request"),
    ({"request": None}, "request"), ({"reason": ["x"]}, "reason"), ({"comment": "\x00"}, "comment"),
])  # fmt: skip
def test_a_bad_app_body_names_its_field(change: dict[str, Any], field: str) -> None:
    body = body_of(APP | change)
    with pytest.raises(BadBody) as e:
        app.arrival_from_hook(signed(body), body, [SECRET], NOW)
    assert e.value.field == field


@pytest.mark.parametrize("reason", ["bogus", "Family"])
def test_a_reason_that_the_rules_do_not_know_is_named(reason: str) -> None:
    body = body_of(APP | {"reason": reason})
    with pytest.raises(BadBody) as e:
        app.arrival_from_hook(signed(body), body, [SECRET], NOW, {"family"}.__contains__)
    assert e.value.field == "reason"


@pytest.mark.parametrize("reason", ["family", " family ", "", None])
def test_a_reason_of_the_rules_or_none_is_taken(reason: str | None) -> None:
    body = body_of(APP | {"reason": reason})
    assert app.arrival_from_hook(signed(body), body, [SECRET], NOW, {"family"}.__contains__)


def test_the_contact_page_makes_the_same_form() -> None:
    got = contact.arrival(FORM | {"csrf": "x"}, NOW, "sending-1")
    assert json.loads(got.envelope.raw) == FORM
    assert (got.envelope.via, got.idempotency) == ("contact", ("contact", "sending-1"))
    with pytest.raises(BadBody, match=r"^email"):
        contact.arrival(FORM | {"email": "x"}, NOW, "sending-1")


def test_a_telephone_call() -> None:
    call = {"name": "山田太郎", "request": "withdrawal", "reason": "family", "message": "家族の介護のため"}
    got = phone.arrival(call, "佐藤", NOW + timedelta(hours=1)).envelope
    assert (got.channel, got.via, got.entered_by) == (Channel.PHONE, "phone", "佐藤")
    assert json.loads(got.raw) == call | {"member_id": "", "phone": "", "email": ""}
    for change, field in (
        ({"request": "", "message": " "}, "message"),
        ({"name": ""}, "name"),
        ({"request": "x"}, "request"),
    ):
        with pytest.raises(BadBody) as e:
            phone.arrival(call | change, "佐藤", NOW)
        assert e.value.field == field


# --- forms that cannot sign ------------------------------------------------------------------------------------------

GOOGLE = {
    "id": "2_ABC",
    "email": "taro@example.jp",
    "answers": {"お名前": "山田 太郎", "お問い合わせの種類": ["退会", "その他"], "お問い合わせ内容": "退会したいです",
                "ご希望の連絡方法": "メール", "会員番号": "M-1001\n"},
}  # fmt: skip
WORDPRESS = {
    "your-name": "山田 太郎",
    "your-email": "taro@example.jp",
    "your-subject": "退会",
    "your-message": "退会します",
}
SALESFORCE = {"orgid": "00D", "name": "山田 太郎", "email": "taro@example.jp", "subject": "退会の件",
              "description": "退会したいです", "00N000000000001": "M-1001"}  # fmt: skip


def shipped(name: str) -> foreign.ForeignForm:
    return foreign.load_forms([shipped_rules() / "forms"])[name]


def test_a_google_form() -> None:
    raw = body_of(GOOGLE)
    got = foreign.arrival(shipped("google-form"), "application/json", raw, NOW)
    fields = json.loads(got.envelope.raw)
    assert base64.b64decode(fields.pop("original")["body"]) == raw
    assert fields == {
        "category": "退会、その他", "name": "山田 太郎", "email": "taro@example.jp", "member_id": "M-1001", "phone": "",
        "message": "退会したいです\nご希望の連絡方法: メール",
    }  # fmt: skip
    assert got.idempotency == ("in:google-form", f"2_ABC {hashlib.sha256(raw).hexdigest()}")
    assert got.envelope.app_member is None


def test_a_wordpress_form_and_a_salesforce_form() -> None:
    got = foreign.arrival(shipped("wordpress-contact-form"), "application/json", body_of(WORDPRESS), NOW)
    assert json.loads(got.envelope.raw)["message"] == "退会します"
    assert got.idempotency is None
    raw = urlencode(SALESFORCE).encode()
    got = foreign.arrival(shipped("salesforce-web-to-case"), "application/x-www-form-urlencoded", raw, NOW)
    fields = json.loads(got.envelope.raw)
    assert (fields["member_id"], fields["message"]) == ("M-1001", "退会したいです\n件名: 退会の件")


def test_a_foreign_form_in_shift_jis_with_several_boxes_ticked() -> None:
    pairs = [("your-message", "退会します"), ("your-subject", "退会"), ("your-subject", "その他")]
    raw = b"&".join(f"{k}={quote_plus(v, encoding='cp932')}".encode() for k, v in pairs)
    kind = "application/x-www-form-urlencoded; charset=Shift_JIS"
    fields = json.loads(foreign.arrival(shipped("wordpress-contact-form"), kind, raw, NOW).envelope.raw)
    assert (fields["message"], fields["category"]) == ("退会します", "退会、その他")


def test_a_mistyped_address_does_not_lose_the_message() -> None:
    raw = body_of(WORDPRESS | {"your-email": "taro at example"})
    fields = json.loads(foreign.arrival(shipped("wordpress-contact-form"), "application/json", raw, NOW).envelope.raw)
    assert fields["email"] == ""
    assert "taro at example" in fields["message"]


def test_an_empty_foreign_form_is_refused() -> None:
    with pytest.raises(BadBody) as e:
        foreign.arrival(shipped("wordpress-contact-form"), "application/json", b"{}", NOW)
    assert e.value.field == "message"


def test_the_address_of_a_foreign_form_holds_its_secret() -> None:
    keyring = Keyring(bytes(range(32)))
    secret = foreign.secret_for(keyring, "google-form")
    assert foreign.is_secret(keyring, "google-form", secret)
    assert not foreign.is_secret(keyring, "wordpress-contact-form", secret)
    assert not foreign.is_secret(keyring, "google-form", "é")


@pytest.mark.parametrize(("text", "says"), [
    ("x = 1", "no such key"), ("[fields]\nname='a'", "message"), ("[fields]\nmessage=5", "fields.message"),
    ("[fields]\nmessage='a'\nadress='b'", "adress"), ("fields = 3", "must be a table"), ("=", "cannot be read"),
])  # fmt: skip
def test_a_wrong_mapping_is_named(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "my-form.toml").write_text(text)
    with pytest.raises(RuleError, match=says):
        foreign.load_forms([tmp_path])


def test_the_homes_mapping_replaces_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "google-form.toml").write_text("[fields]\nmessage = 'text'")
    forms = foreign.load_forms([shipped_rules() / "forms", tmp_path])
    assert forms["google-form"].fields == {"message": ("text",)}
    assert "wordpress-contact-form" in forms
    (tmp_path / "google-form.toml").write_text("[fields]\nmessage = 'other text'")  # read again where it has changed
    assert foreign.load_forms([tmp_path])["google-form"].fields == {"message": ("other text",)}
    (tmp_path / "Bad_Name.toml").write_text("[fields]\nmessage = 'text'")
    with pytest.raises(RuleError, match="file's name"):
        foreign.load_forms([tmp_path])


@pytest.mark.parametrize("codec", ["utf-8", "cp932", "euc_jp"])
def test_form_fields_are_read_as_the_standard_library_reads_them(codec: str) -> None:
    dice = random.Random(7)
    bits = [b"%", b"&", b"=", b"+", b"a", b";", b"0", b"f", b"%E3%81%82", b"%8e", b"%82%a0", b"%a4%a2", b"%2", b"%zz",
            b"%00", b" ", b"%26", b"%3D", b"%2B", b"%25", b"\xe3"]  # fmt: skip
    bodies = [b"".join(dice.choices(bits, k=dice.randrange(12))) for _ in range(4000)]
    for raw in [*bodies, b"&".join([b"a=1"] * 200), b"&" * 200]:
        try:
            right = parse_qsl(
                raw.decode("ascii"), keep_blank_values=True, encoding=codec, errors="strict", max_num_fields=200
            )
        except ValueError:
            with pytest.raises(ValueError):
                list(_pairs(raw, codec))
        else:
            assert list(_pairs(raw, codec)) == right
