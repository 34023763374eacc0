"""Nobody but our own border says who a mail is from (reliability.md A3)."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from intake.bootstrap.toolbox import parse_options
from intake.config import load
from intake.errors import SettingError
from intake.model import AuthVerdict
from intake.parsing import ParseOptions
from tests.unit.parsing.mails import read

OURS = ParseOptions(authserv_id="mx.agency.example")
PASS = "Authentication-Results: {who}; dmarc=pass header.from=example.jp"
FROM = "From: taro@example.jp"


def verdict(*lines: str, options: ParseOptions = OURS) -> AuthVerdict:
    return read("\r\n".join((*lines, "", "x")).encode(), options).auth.verdict


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ("dmarc=pass header.from=example.jp", AuthVerdict.PASS),
        ("dmarc=pass (p=none) header.from=example.jp", AuthVerdict.PASS),
        ("dmarc=pass header.from=other.example", AuthVerdict.FAIL),
        ("dmarc=none header.from=other.example", AuthVerdict.FAIL),
        ("dmarc=pass header.from=other.example; dkim=pass header.d=example.jp", AuthVerdict.FAIL),
        ("dmarc=none header.from=example.jp; dkim=pass header.d=example.jp", AuthVerdict.PASS),
        ("dmarc=pass header.from=mail.example.jp", AuthVerdict.NONE),
        ("dmarc=pass header.from=Example.JP.", AuthVerdict.PASS),
        ("dmarc=none header.from=none", AuthVerdict.NONE),
        ("dmarc=fail header.from=example.jp", AuthVerdict.FAIL),
        ("dmarc=fail header.from=example.jp; spf=pass smtp.mailfrom=example.jp", AuthVerdict.FAIL),
        ("dkim=pass header.d=example.jp", AuthVerdict.PASS),
        ("dkim=pass header.i=@mail.example.jp", AuthVerdict.PASS),
        ("dkim=pass header.d=evil.example", AuthVerdict.NONE),
        ("dkim=fail header.d=example.jp", AuthVerdict.NONE),
        ("spf=pass smtp.mailfrom=taro@example.jp", AuthVerdict.PASS),
        ("spf=pass smtp.mailfrom=bounce@evil.example", AuthVerdict.NONE),
        ("spf=softfail smtp.mailfrom=example.jp", AuthVerdict.NONE),
        ("none", AuthVerdict.NONE),
        ("spf=neutral (dmarc=pass header.from=example.jp; dkim=pass header.d=example.jp)", AuthVerdict.NONE),
    ],
)
def test_our_word(result: str, expected: AuthVerdict) -> None:
    assert verdict(f"Authentication-Results: mx.agency.example; {result}", "Received: by mx", FROM) is expected
    assert verdict(f"Authentication-Results: mx.agency.example;\r\n\t{result}", "Received: by mx", FROM) is expected


FORGED = (
    PASS.format(who="evil.example"),
    PASS.format(who="mx.agency.example"),
    "Authentication-Results:\r\n mx.agency.example;\r\n dmarc=pass\r\n header.from=example.jp",
)


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_forgeries_count_for_nothing_in_any_order(order: tuple[int, ...]) -> None:
    """What the sender wrote lies below a Received header, whatever else stands around it."""
    extra = [*FORGED, "X-Other: 1"]
    assert verdict("Received: by mx", *(extra[at] for at in order), FROM) is AuthVerdict.NONE


@pytest.mark.parametrize("forged", FORGED)
def test_our_id_below_a_received_counts_for_nothing(forged: str) -> None:
    assert verdict("Received: by mx", forged, FROM) is AuthVerdict.NONE
    assert verdict("Received: by mx", FROM, forged) is AuthVerdict.NONE
    assert verdict("X-Spam: no", "Received: by mx", forged, "Received: by other", FROM) is AuthVerdict.NONE


def test_two_headers_of_ours_make_both_doubtful() -> None:
    assert verdict(FORGED[1], FORGED[1].replace("pass", "fail"), "Received: by mx", FROM) is AuthVerdict.NONE


def test_another_id_on_top_hides_ours() -> None:
    assert verdict(FORGED[0], FORGED[1], "Received: by mx", FROM) is AuthVerdict.NONE


def test_without_an_id_of_ours_nothing_is_trusted() -> None:
    assert verdict(FORGED[1], FROM, options=ParseOptions()) is AuthVerdict.NONE


@pytest.mark.parametrize(
    "lines", [("From: taro@example.jp, hanako@example.jp",), ("From: taro@example.jp", "From: taro@example.jp")]
)
def test_an_ambiguous_from_is_a_failure_wherever_a_border_looks(lines: tuple[str, ...]) -> None:
    """A forger who writes two must not be better off than one who writes one and fails."""
    assert verdict(FORGED[1], "Received: by mx", *lines) is AuthVerdict.FAIL
    assert verdict(FORGED[1], *lines, options=ParseOptions()) is AuthVerdict.NONE


@pytest.mark.parametrize("lines", [("From: <>",), ()])
def test_no_from_is_nobody(lines: tuple[str, ...]) -> None:
    assert verdict(FORGED[1], "Received: by mx", *lines) is AuthVerdict.NONE


def test_the_organisation_of_a_japanese_domain_has_three_labels() -> None:
    header = "Authentication-Results: mx.agency.example; dkim=pass header.d=evil.ne.jp"
    assert verdict(header, "Received: by mx", "From: a@docomo.ne.jp") is AuthVerdict.NONE


BELOW = ParseOptions(authserv_id="mx.agency.example", authserv_below=True)
BORDER = "Received: from mail.example.jp (mail.example.jp [192.0.2.7])\r\n\tby mx.agency.example (Postfix) with ESMTPS"
LOOP = "Received: from localhost (localhost [127.0.0.1])\r\n\tby mx.agency.example (Postfix) with ESMTP id 4Sy"
AMAVIS = "Received: from mx.agency.example ([127.0.0.1])\r\n\tby localhost (mx.agency.example [127.0.0.1]) (amavis)"
OURS_PASS = PASS.format(who="mx.agency.example")


@pytest.mark.parametrize(
    "above",
    [
        (BORDER,),
        (LOOP, AMAVIS, BORDER),
        ("Return-Path: <taro@example.jp>", BORDER, "Received-SPF: pass"),
        ("Delivered-To: a@agency.example", "Received: by 2002:a05:6504:1 with SMTP id q7", BORDER),
    ],
)
def test_a_border_may_write_beneath_its_own_received(above: tuple[str, ...]) -> None:
    rest = ("DKIM-Signature: v=1", "Received: from home by mail.example.jp", FROM)
    assert verdict(*above, OURS_PASS, *rest, options=BELOW) is AuthVerdict.PASS
    assert verdict(*above, OURS_PASS, *rest) is AuthVerdict.NONE  # unless the agency says so, only the top counts


FAKE = BORDER.replace("192.0.2.7", "198.51.100.1")


@pytest.mark.parametrize(
    "lines",
    [
        (BORDER, FAKE, OURS_PASS),  # the sender's own "by our border" further down
        (BORDER, "Received: from a by mail.example.jp", OURS_PASS),
        (BORDER, OURS_PASS, OURS_PASS),  # ours and the sender's: nobody can tell which
        (BORDER, OURS_PASS.replace("pass", "fail"), "Received: from a by b", OURS_PASS),
        (BORDER, PASS.format(who="evil.example"), OURS_PASS),
        ("Received: from a (a [192.0.2.7]) by other.example", FAKE, OURS_PASS),
        ("Received: from a (a [192.0.2.7]) by mx1.agency.example", FAKE, OURS_PASS),  # the border's other name
        ("Received: from a (a [192.0.2.7]) by localhost (Postfix)", FAKE, OURS_PASS),
        # a sender that calls itself loopback, as each server writes it down
        (BORDER.replace("from mail.example.jp", "from [127.0.0.1]"), FAKE, OURS_PASS),
        ("Received: from unknown (HELO [127.0.0.1]) (192.0.2.7) by mx.agency.example", FAKE, OURS_PASS),
        ("Received: from unknown (HELO [127.0.0.1]) by mx.agency.example with SMTP", FAKE, OURS_PASS),
        (LOOP, OURS_PASS, "Received: from a by other.example"),  # no border's line above it
        ("Received: from [192.0.2.7] (helo=[127.0.0.1]) by mx.agency.example with esmtp", FAKE, OURS_PASS),
        ("Received: from a ([192.0.2.7] helo=[127.0.0.1]) by mx.agency.example with esmtp", FAKE, OURS_PASS),
        ("Received: from x(by (a [192.0.2.7]) by other.example (by mx.agency.example)", OURS_PASS),
        ("Received: from a by mx.agency.example by other.example", OURS_PASS),
        ("Received: from a for b", OURS_PASS),
        ("X-Received: by mx.agency.example", "Received: from a by other.example", OURS_PASS),
        (OURS_PASS.replace("mx.agency", "MX.evil"), BORDER, OURS_PASS),
    ],
)
def test_what_a_sender_writes_beneath_counts_for_nothing(lines: tuple[str, ...]) -> None:
    assert verdict(*lines, FROM, options=BELOW) is AuthVerdict.NONE


def test_a_result_on_top_counts_also_for_a_border_that_writes_beneath() -> None:
    assert verdict(OURS_PASS, "Received: by mx", FROM, options=BELOW) is AuthVerdict.PASS


def test_the_place_is_a_setting_of_two_words(tmp_path: Path) -> None:
    for word, below in (("top", False), ("below", True)):
        settings = load(tmp_path, {"INTAKE_AUTHSERV_ID": "mx.agency.example", "INTAKE_AUTHSERV_PLACE": word}).settings
        assert parse_options(settings).authserv_below is below
    with pytest.raises(SettingError, match="INTAKE_AUTHSERV_PLACE: 'bottom' is not top or below"):
        load(tmp_path, {"INTAKE_AUTHSERV_PLACE": "bottom"})


@pytest.mark.parametrize(
    "written",
    [
        "x@evil.example (<taro@example.jp>)",
        '"taro@example.jp": x@evil.example;',
        '"taro@example.jp" @evil.example',
        "x@evil.example <taro@example.jp>",  # two readings: the border took the other
    ],
)
def test_a_pass_of_somebody_else_is_no_pass_of_whom_the_line_looks_like(written: str) -> None:
    header = "Authentication-Results: mx.agency.example; dmarc=pass header.from=evil.example"
    message = read("\r\n".join((header, f"From: {written}", "", "x")).encode(), OURS)
    failed = message.auth.verdict is AuthVerdict.FAIL
    assert failed or message.sender.canonical.endswith("@evil.example")


def test_a_domain_in_japanese_letters_is_the_same_in_ascii() -> None:
    for said in ("例え.jp", "xn--r8jz45g.jp"):
        header = f"Authentication-Results: mx.agency.example; dmarc=pass header.from={said}"
        assert verdict(header, "From: taro@例え.jp") is AuthVerdict.PASS


RELAYS = ParseOptions(authserv_id="mx.agency.example", trusted_relays=("192.0.2.25", "2001:db8:1::/64"))
THE_PASS = "\r\n".join((FORGED[1], FROM, "", "x")).encode()


@pytest.mark.parametrize(
    ("via", "peer", "believed"),
    [
        ("smtp", "127.0.0.1", True),
        ("smtp", "127.8.9.1", True),
        ("smtp", "::1", True),
        ("smtp", "::ffff:127.0.0.1", True),
        ("smtp", "192.0.2.25", True),
        ("smtp", "::ffff:192.0.2.25", True),
        ("smtp", "2001:db8:1::7", True),
        ("smtp", "192.0.2.26", False),
        ("smtp", "2001:db8:2::7", False),
        ("smtp", "10.0.0.1", False),
        ("smtp", "", False),
        ("lmtp", "192.0.2.26", True),
        ("imap", "mail.agency.example", True),
        ("file", "", True),
    ],
)
def test_over_smtp_only_this_machine_and_our_relays_bring_the_word_of_our_border(
    via: str, peer: str, believed: bool
) -> None:
    """Whoever else reaches the port writes above his mail what our border would (reliability.md A3)."""
    expected = AuthVerdict.PASS if believed else AuthVerdict.NONE
    assert read(THE_PASS, RELAYS, via=via, peer=peer).auth.verdict is expected
    failed = read(THE_PASS.replace(b"=pass", b"=fail"), RELAYS, via=via, peer=peer).auth.verdict
    assert failed is (AuthVerdict.FAIL if believed else AuthVerdict.NONE)


def test_a_relay_that_is_no_address_is_refused_before_any_mail(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="INTAKE_TRUSTED_RELAYS"):
        parse_options(load(tmp_path, {"INTAKE_TRUSTED_RELAYS": "relay.example.jp"}).settings)
    settings = load(tmp_path, {"INTAKE_TRUSTED_RELAYS": "192.0.2.25, 10.0.0.0/8"}).settings
    assert parse_options(settings).trusted_relays == ("192.0.2.25", "10.0.0.0/8")
