"""No answer to machines, to ourselves, or too often."""

from __future__ import annotations

import pytest

from intake.model import Address, Channel, Kind, Message
from intake.replies import Limits, Sent, budget_spent, is_robot_address, may_answer

OWN = {"tetsuzuki@agency.example"}


def message(addr: str = "hanako@example.jp", **changes: object) -> Message:
    given: dict[str, object] = {"channel": Channel.EMAIL, "sender": Address("花子", addr, addr.lower())}
    return Message(**(given | changes))  # type: ignore[arg-type]


def test_a_person_is_answered() -> None:
    for via, path in (("smtp", "hanako@example.jp"), ("imap", ""), ("file", "")):
        assert may_answer(message(), path, via, OWN) is None
    assert may_answer(message("", channel=Channel.APP), "", "webhook", OWN) is None
    assert may_answer(message(channel=Channel.FORM), "", "contact", OWN) is None


@pytest.mark.parametrize(("changes", "path", "reason"), [
    ({"kind": Kind.BOUNCE}, "hanako@example.jp", "machine:bounce"),
    ({"kind": Kind.AUTO_REPLY}, "hanako@example.jp", "machine:auto_reply"),
    ({"kind": Kind.LIST}, "hanako@example.jp", "machine:list"),
    ({"no_reply": "precedence"}, "hanako@example.jp", "machine:precedence"),
    ({}, "", "null_return_path"),
    ({}, "MAILER-DAEMON@example.jp", "robot_return_path"),
    ({}, "members-bounces+hanako=example.jp@lists.example.jp", "robot_return_path"),
    ({"addr": "no-reply@example.jp"}, "x@example.jp", "robot_address"),
    ({"addr": "Tetsuzuki@Agency.Example"}, "x@example.jp", "own_address"),
    ({"reply_to": Address("", "tetsuzuki@agency.example", "")}, "x@example.jp", "own_address"),
    ({"addr": ""}, "x@example.jp", "no_sender"),
])  # fmt: skip
def test_a_machine_is_not(changes: dict[str, object], path: str, reason: str) -> None:
    addr = str(changes.pop("addr", "hanako@example.jp"))
    assert may_answer(message(addr, **changes), path, "smtp", OWN) == reason


@pytest.mark.parametrize("local", [
    "MAILER-DAEMON", "mailer-daemon", "postmaster", "no-reply", "noreply", "No_Reply", "do-not-reply", "donotreply",
    "noreply-jobs", "agency.noreply", "owner-members", "members-owner", "members-request", "members-bounces",
    "bounces+123-abc", "bounce", "auto-reply", "autoresponder", "listserv", "majordomo", "no.reply+x",
])  # fmt: skip
def test_robots_by_name(local: str) -> None:
    assert is_robot_address(f"{local}@example.jp")
    assert is_robot_address(local)


@pytest.mark.parametrize("local", [
    "hanako", "norie", "yoshino.reply", "nore", "tanaka-reply", "bouncer", "owner", "request", "nobu-replyco",
    "ono-repl", "autumn", "daemon.tanaka", "kono",
])  # fmt: skip
def test_people_whose_names_look_alike(local: str) -> None:
    assert not is_robot_address(f"{local}@example.jp")


def test_a_hostile_address_is_judged_at_once() -> None:
    assert not is_robot_address("-" * 100_000 + "@example.jp")


@pytest.mark.parametrize(("sent", "spent"), [
    (Sent(0, 0, 19, 99, 499, 999), None),
    (Sent(address_day=1), "budget"), (Sent(thread_day=2), "budget_thread"), (Sent(domain_hour=20), "budget_domain"),
    (Sent(domain_day=100), "budget_domain"), (Sent(total_hour=500), "budget_total"),
    (Sent(total_day=1000), "budget_total"),
])  # fmt: skip
def test_each_budget_ends_with_its_limit(sent: Sent, spent: str | None) -> None:
    limits = Limits(per_thread_day=2, per_domain_hour=20, per_domain_day=100, total_hour=500, total_day=1000)
    assert budget_spent(sent, limits, 1) == spent


def test_a_retraction_is_heard_after_todays_receipt_but_not_twice_and_not_past_the_total() -> None:
    limits = Limits(total_hour=500)
    assert budget_spent(Sent(address_day=1, thread_day=1), limits, 1, extra=1) is None
    assert budget_spent(Sent(address_day=2, thread_day=1), limits, 1, extra=1) == "budget"
    assert budget_spent(Sent(total_hour=500), limits, 1, extra=1) == "budget_total"
