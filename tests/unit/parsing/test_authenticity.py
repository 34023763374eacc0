"""Nobody but our own border says who a mail is from (reliability.md A3)."""

from __future__ import annotations

from itertools import permutations

import pytest

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
        ("dmarc=pass header.from=other.example", AuthVerdict.NONE),
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
    "lines",
    [
        ("From: taro@example.jp, hanako@example.jp",),
        ("From: taro@example.jp", "From: taro@example.jp"),
        ("From: <>",),
        (),
    ],
)
def test_an_ambiguous_from_is_nobody(lines: tuple[str, ...]) -> None:
    assert verdict(FORGED[1], "Received: by mx", *lines) is AuthVerdict.NONE


def test_the_organisation_of_a_japanese_domain_has_three_labels() -> None:
    header = "Authentication-Results: mx.agency.example; dkim=pass header.d=evil.ne.jp"
    assert verdict(header, "Received: by mx", "From: a@docomo.ne.jp") is AuthVerdict.NONE
