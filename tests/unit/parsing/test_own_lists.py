"""A group or a relay in front of the desk makes nobody a machine: the mail is read, and no machine answers it."""

from __future__ import annotations

import pytest

from intake.model import Kind
from intake.parsing import ParseOptions
from tests.unit.parsing.mails import mail, read

OURS = ParseOptions(own_addresses=("Support@agency.example.jp", "contact@agency.example.jp"))
GROUP = {
    "List_ID": "<support.agency.example.jp>",
    "List_Unsubscribe": "<mailto:x@groups.example>",
    "List_Post": "<https://groups.example/a/agency.example.jp/group/support/post>, <mailto:support@agency.example.jp>",
    "Precedence": "list",
    "Mailing_List": "list support@agency.example.jp; contact support+owners@agency.example.jp",
    "X_BeenThere": "support@agency.example.jp",
}


@pytest.mark.parametrize(
    "headers",
    [
        GROUP,
        {"List_Id": "=?utf-8?B?5Y+X5LuY?= <contact.agency.example.jp>"},
        {"List_Post": "<mailto:support@agency.example.jp>", "Precedence": "bulk"},
        {"Precedence": "bulk"},
        {"Precedence": "list"},
    ],
    ids=str,
)
def test_a_person_behind_our_own_list_or_a_relay_is_read_and_not_answered(headers: dict[str, str]) -> None:
    message = read(mail(**headers), OURS)
    assert (message.kind, message.kind_reason) == (Kind.MESSAGE, "")
    assert message.no_reply, "reliability.md A7: no automatic answer where a list is named"


@pytest.mark.parametrize(
    "headers",
    [
        {"List_Id": "<members.example.com>"},
        {"List_Id": "<xsupport.agency.example.jp>"},
        {"List_Id": "<members.example.com>", "List_Post": "<mailto:support@agency.example.jp>"},
        {"List_Id": "<members.example.com>", "List_Unsubscribe": "<mailto:support@agency.example.jp>"},
        {"List_Unsubscribe": "<mailto:support@agency.example.jp>"},
        {"Precedence": "junk"},
        {"Precedence": "bulk", "From": "news@example.com"},
        {"Precedence": "bulk", "From": "info@example.com"},
        {"Precedence": "bulk", "List_Unsubscribe": "<https://example.com/u>"},
    ],
    ids=str,
)
def test_other_lists_stay_machines(headers: dict[str, str]) -> None:
    assert read(mail(**headers), OURS).kind is Kind.LIST


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated"},
        {"X_Autoreply": "yes"},
        {"Subject": "【自動返信】お問い合わせありがとうございます"},
        {"Subject": "away from my mail"},
    ],
    ids=str,
)
def test_a_robot_behind_our_own_list_stays_one(headers: dict[str, str]) -> None:
    for more in (GROUP, {"Precedence": "bulk"}):
        message = read(mail(**headers, **more), OURS)
        assert message.kind is Kind.AUTO_REPLY
        assert message.no_reply


def test_whose_list_it_is_only_the_settings_say() -> None:
    assert read(mail(**GROUP)).kind is Kind.LIST
