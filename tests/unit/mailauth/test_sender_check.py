"""Our own look at DKIM, SPF and DMARC, asked of a DNS that belongs to the test."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from intake.mailauth import Resolver, SenderCheck, check
from intake.mailauth.signatures import MOST_SIGNATURES
from intake.model import AuthVerdict, Channel, Envelope, Message
from intake.parsing import ParseOptions, parse
from tests.unit.mailauth.zone import Zone

PUBLIC = "203.0.114.9"  # an address of the open network
PLAIN = ParseOptions()
MAIL = (
    b"From: =?utf-8?b?5bGx55Sw?= <yamada@example.jp>\r\nTo: support@agency.example.jp\r\nSubject: x\r\n"
    b"Message-ID: <1@example.jp>\r\n\r\nhello\r\nworld\r\n"
)


@cache
def keys(bits: int = 2048) -> tuple[bytes, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return pem, base64.b64encode(der).decode()


def txt(text: str) -> list[str]:
    return [" ".join(f'"{text[i : i + 200]}"' for i in range(0, len(text), 200))]


def signed(mail: bytes = MAIL, domain: bytes = b"example.jp", bits: int = 2048, **more: object) -> bytes:
    header = dkim.sign(mail, b"s1", domain, keys(bits)[0], include_headers=[b"from", b"subject", b"message-id"], **more)
    return header + mail


def key_record(domain: str = "example.jp", bits: int = 2048, extra: str = "") -> dict[tuple[str, str], list[str]]:
    return {(f"s1._domainkey.{domain}", "TXT"): txt(f"v=DKIM1; {extra}k=rsa; p={keys(bits)[1]}")}


Judge = Callable[..., tuple[AuthVerdict, str]]


@pytest.fixture
def judge() -> Iterator[Judge]:
    zones = []

    def ask(
        raw: bytes,
        records: dict[tuple[str, str], list[str]],
        *,
        silent: tuple[str, ...] = (),
        peer: str = PUBLIC,
        mail_from: str = "",
        via: str = "smtp",
        relays: tuple[str, ...] = (),
        options: ParseOptions = PLAIN,
    ) -> tuple[AuthVerdict, str]:
        zones.append(Zone(records, silent))
        envelope = Envelope(Channel.EMAIL, via, raw, datetime(2026, 11, 22, tzinfo=UTC), mail_from=mail_from, peer=peer)
        message: Message = parse(envelope, options)
        found = SenderCheck(Resolver(zones[-1].server), relays)(message, envelope)
        return found.auth.verdict, found.auth.how

    yield ask
    for zone in zones:
        zone.close()


REJECT = {("_dmarc.example.jp", "TXT"): txt("v=DMARC1; p=reject")}
SPF = {("example.jp", "TXT"): txt(f"v=spf1 ip4:{PUBLIC} -all")}
PASS, FAIL, NONE = AuthVerdict.PASS, AuthVerdict.FAIL, AuthVerdict.NONE


def test_a_signature_of_the_from_domain_passes(judge: Judge) -> None:
    assert judge(signed(), key_record() | REJECT) == (PASS, "dkim")


def test_a_signature_of_a_subdomain_passes_unless_the_owner_is_strict(judge: Judge) -> None:
    raw, record = signed(domain=b"mail.example.jp"), key_record("mail.example.jp")
    assert judge(raw, record | REJECT) == (PASS, "dkim")
    strict = {("_dmarc.example.jp", "TXT"): txt("v=DMARC1; p=reject; adkim=s")}
    assert judge(raw, record | strict) == (FAIL, "dmarc")


def test_neighbours_below_a_public_suffix_are_strangers(judge: Judge) -> None:
    raw = MAIL.replace(b"yamada@example.jp", b"yamada@victim.co.jp")
    assert judge(signed(raw, domain=b"attacker.co.jp"), key_record("attacker.co.jp"))[0] is NONE
    hosted = MAIL.replace(b"yamada@example.jp", b"yamada@victim.github.io")
    assert judge(signed(hosted, domain=b"attacker.github.io"), key_record("attacker.github.io"))[0] is NONE


def test_a_changed_body_fails_where_the_owner_asks_for_checks_and_is_nothing_elsewhere(judge: Judge) -> None:
    changed = signed().replace(b"world", b"w0rld")
    assert judge(changed, key_record() | REJECT) == (FAIL, "dmarc")
    assert judge(changed, key_record()) == (NONE, "")


def test_what_vouches_for_part_of_the_mail_or_is_a_trial_vouches_for_nothing(judge: Judge) -> None:
    assert judge(signed(length=True) + b"added\r\n", key_record())[0] is NONE
    assert judge(signed(), key_record(extra="t=y; "))[0] is NONE
    assert judge(signed(), key_record(extra="t=s; "))[0] is PASS
    without_from = signed().replace(b"h=from :", b"h=date :").replace(b"h=from:", b"h=date:")
    assert judge(without_from, key_record())[0] is NONE


def test_two_from_lines_are_never_believed(judge: Judge) -> None:
    """Nor are they nothing: where the owner asks for checks, a second From line is no way around a failure."""
    two = b"From: boss@example.jp\r\n" + signed()
    assert judge(two, key_record() | REJECT) == (FAIL, "dmarc")
    assert judge(two, key_record())[0] is NONE


def test_two_authors_in_one_line_are_never_believed(judge: Judge) -> None:
    """Their provider signs what one of its users wrote: the first address may be another user's."""
    raw = MAIL.replace(b"From: ", b"From: victim@example.jp, ")
    assert judge(signed(raw), key_record() | REJECT) == (FAIL, "dmarc")
    assert judge(signed(raw), key_record())[0] is NONE


def test_a_name_that_looks_like_an_address_is_no_author() -> None:
    """The provider quotes what its user calls himself; DKIM and DMARC pass for such a mail."""
    for name in (rb'"a\", victim@example.jp, x"', rb'"x, victim@example.jp, a\\"', rb'"a\\\", victim@example.jp, x"',
                 rb'"\"" =?utf-8?q?a=22=2C_victim=40example=2Ejp=2C?='):  # fmt: skip
        raw = MAIL.replace(b"=?utf-8?b?5bGx55Sw?=", name)
        envelope = Envelope(Channel.EMAIL, "smtp", raw, datetime(2026, 11, 22, tzinfo=UTC))
        assert parse(envelope, PLAIN).sender.addr == "yamada@example.jp", name


def test_a_forger_cannot_make_the_failure_silent(judge: Judge) -> None:
    """By a signature or a return path whose DNS never answers, or a name that the DNS cannot have."""
    one = signed().removesuffix(MAIL)
    foreign = one.replace(b"d=example.jp", b"d=evil.example.com")
    unheard = judge(foreign + MAIL, REJECT, silent=("s1._domainkey.evil.example.com",))
    assert unheard == (FAIL, "dmarc")
    assert judge(MAIL, REJECT, silent=("evil.example.com",), mail_from="a@evil.example.com") == (FAIL, "dmarc")
    for selector in (b"s" * 70, b"a..b", b"\xe3\x81\x82"):
        assert judge(one.replace(b"s=s1;", b"s=" + selector + b";") + MAIL, REJECT) == (FAIL, "dmarc"), selector


def test_only_the_owner_of_the_from_line_is_asked() -> None:
    one = signed().removesuffix(MAIL)
    junk = b"".join(one.replace(b"d=example.jp", b"d=v%d.example.com" % n) for n in range(40))
    zone = Zone({("example.jp", "TXT"): txt("nothing")})
    envelope = Envelope(Channel.EMAIL, "smtp", junk + MAIL, datetime(2026, 11, 22, tzinfo=UTC),
                        mail_from="a@slow.example.com", peer=PUBLIC)  # fmt: skip
    SenderCheck(Resolver(zone.server))(parse(envelope, PLAIN), envelope)
    zone.close()
    assert zone.asked == 1


def test_a_domain_that_never_answers_costs_its_seconds_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "MAIL_SECONDS", 0.4)
    zone = Zone({}, silent=("_dmarc.example.jp", "_dmarc.a.example.jp"))
    ours, began = SenderCheck(Resolver(zone.server)), time.monotonic()
    for n in range(20):
        raw = MAIL.replace(b"yamada@", b"yamada@a.") if n % 2 else MAIL
        envelope = Envelope(Channel.EMAIL, "smtp", raw, datetime(2026, 11, 22, tzinfo=UTC))
        assert ours(parse(envelope, PLAIN), envelope).auth.verdict is NONE
    zone.close()
    assert time.monotonic() - began < 2


def test_a_path_that_the_owner_permits_passes_by_spf(judge: Judge) -> None:
    assert judge(MAIL, SPF | REJECT, mail_from="<bounce@example.jp>") == (PASS, "spf")
    assert judge(MAIL, SPF | REJECT, mail_from="bounce@example.jp", peer="198.41.0.4") == (FAIL, "dmarc")


def test_a_permitted_path_of_somebody_else_says_nothing_of_the_from_line(judge: Judge) -> None:
    theirs = {("other.example.com", "TXT"): txt(f"v=spf1 ip4:{PUBLIC} -all")}
    assert judge(MAIL, theirs | REJECT, mail_from="x@other.example.com") == (FAIL, "dmarc")


def test_spf_follows_include_a_mx_and_ipv6(judge: Judge) -> None:
    records = {
        ("example.jp", "TXT"): txt("v=spf1 include:send.example.com mx ip6:2001:4860::/32 -all"),
        ("send.example.com", "TXT"): txt("v=spf1 a:out.example.com -all"),
        ("out.example.com", "A"): [PUBLIC],
        ("example.jp", "MX"): ["10 mx.example.jp."],
        ("mx.example.jp", "A"): ["198.41.0.5"],
    }
    assert judge(MAIL, records, mail_from="a@example.jp") == (PASS, "spf")
    assert judge(MAIL, records, mail_from="a@example.jp", peer="198.41.0.5") == (PASS, "spf")
    assert judge(MAIL, records, mail_from="a@example.jp", peer="2001:4860::5") == (PASS, "spf")
    assert judge(MAIL, records, mail_from="a@example.jp", peer="198.41.0.6")[0] is NONE


def test_where_another_server_took_the_mail_a_missing_signature_is_no_failure(judge: Judge) -> None:
    """A mailbox, and a relay of ours, hide who brought it: SPF may have passed there."""
    assert judge(MAIL, REJECT, via="imap", peer="")[0] is NONE
    assert (
        judge(MAIL, SPF | REJECT, mail_from="a@example.jp", peer="203.0.114.200", relays=("203.0.114.0/24",))[0] is NONE
    )


def test_no_answer_from_the_dns_is_no_evidence(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "MAIL_SECONDS", 0.5)
    for name in ("_dmarc.example.jp", "s1._domainkey.example.jp", "example.jp"):
        unanswered = {k: v for k, v in (key_record() | REJECT | SPF).items() if k[0] != name}
        raw = signed() if name != "example.jp" else MAIL
        began = time.monotonic()
        assert judge(raw, unanswered, silent=(name,), mail_from="a@example.jp") == (NONE, ""), name
        assert time.monotonic() - began < 3


def test_what_our_border_said_stays(judge: Judge) -> None:
    raw = b"Authentication-Results: mx.agency.example.jp; dmarc=fail header.from=example.jp\r\n" + signed()
    options = ParseOptions(authserv_id="mx.agency.example.jp", trusted_relays=(PUBLIC,))
    assert judge(raw, key_record() | REJECT, options=options) == (FAIL, "dmarc")


FORWARD = (
    b"From: sato@agency.example.jp\r\nSubject: Fwd\r\nMessage-ID: <2@agency.example.jp>\r\n"
    b"Content-Type: message/rfc822\r\n\r\n" + MAIL
)
STAFF = ParseOptions("mx.agency.example.jp", ("sato@agency.example.jp",), trusted_relays=(PUBLIC,))
AGENCY = {("_dmarc.agency.example.jp", "TXT"): txt("v=DMARC1; p=reject")}


def test_of_a_forward_the_mail_of_staff_is_looked_at(judge: Judge) -> None:
    """It may fail; a pass says nothing of the seeker within."""
    signed_by_staff = signed(FORWARD, domain=b"agency.example.jp")
    assert judge(FORWARD, AGENCY, options=STAFF) == (FAIL, "dmarc")
    foreign = signed(FORWARD, domain=b"evil.example.com")
    assert judge(foreign, key_record("evil.example.com") | AGENCY, options=STAFF) == (FAIL, "dmarc")
    assert judge(signed_by_staff, key_record("agency.example.jp") | AGENCY, options=STAFF) == (NONE, "")
    assert judge(FORWARD, {}, options=STAFF) == (NONE, "")  # the agency's domain asks for no checks


def test_a_forward_that_passed_at_our_border_is_not_asked_again(judge: Judge) -> None:
    raw = b"Authentication-Results: mx.agency.example.jp; dmarc=pass header.from=agency.example.jp\r\n" + FORWARD
    assert judge(raw, AGENCY, options=STAFF) == (NONE, "")


def test_a_relay_on_our_own_network_is_no_path(judge: Judge) -> None:
    ours = {("example.jp", "TXT"): txt("v=spf1 ip4:127.0.0.1 ip4:10.0.0.0/8 -all")}
    for peer in ("127.0.0.1", "10.1.2.3"):
        assert judge(MAIL, ours, mail_from="a@example.jp", peer=peer)[0] is NONE


def test_many_signatures_cost_five_questions() -> None:
    one = signed().removesuffix(MAIL)
    junk = b"".join(one.replace(b"s=s1;", b"s=k%d;" % n) for n in range(40))
    zone = Zone({("example.jp", "TXT"): txt("nothing")})
    envelope = Envelope(Channel.EMAIL, "imap", junk + MAIL, datetime(2026, 11, 22, tzinfo=UTC))
    assert SenderCheck(Resolver(zone.server))(parse(envelope, PLAIN), envelope).auth.verdict is NONE
    zone.close()
    assert 1 < zone.asked <= MOST_SIGNATURES + 1  # and one for DMARC


@pytest.mark.parametrize("field", ["d", "s", "h", "a", "b", "bh", "i", "c", "q", "t", "x"])
def test_broken_signatures_sign_nothing_and_break_nothing(judge: Judge, field: str) -> None:
    for value in (b"", b"\xff\xfe", b"=" * 300, b"a.b\x00c", b"9" * 80, b"..", b"(((("):
        head = b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.jp; s=s1; h=from; bh=AAAA; b=AAAA; "
        raw = head + field.encode() + b"=" + value + b";\r\n" + MAIL
        assert judge(raw, key_record())[0] is NONE
