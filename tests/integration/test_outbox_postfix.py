"""Through a real relay: what Postfix takes from us it delivers, unchanged, signed, in the thread it answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import dkim
import pytest

from intake.model import Mail, MailClass, MailState
from intake.outbox.courier import open_courier
from intake.outbox.dkim_keys import make_key
from intake.replies import Thread, compose, load_templates, new_message_id
from intake.replies.examples import letters
from intake.resources import shipped_templates
from intake.store import open_store
from tests.integration.outbox_parts import KEYS, NOW, World, mail, prepared, queue
from tests.integration.postfix import Postfix

BOOK = load_templates([shipped_templates()])


@pytest.fixture(scope="module")
def postfix() -> Iterator[Postfix]:
    relay = Postfix()
    yield relay
    relay.stop()


@pytest.fixture
def world(postfix: Postfix, sqlite: object, tmp_path: Path) -> Iterator[World]:
    store = open_store(prepared(sqlite), KEYS)
    (tmp_path / "record").write_text(make_key(tmp_path, "202604"))
    courier = open_courier(postfix.url, tmp_path)
    yield World(store, courier)
    courier.close()
    store.close()


def written(template: str, number: int) -> Mail:
    letter = next(iter(letters(template).values()))
    unique = f"p{number}"
    return compose(
        BOOK, letter, to=".hana..ko@phone.example.jp" if number % 2 else "hanako@example.jp",
        from_="tetsuzuki@agency.example", now=NOW, message_id=new_message_id(KEYS, "agency.example", unique),
        mail_from="", thread=Thread("<p@example.jp>"), charset="iso-2022-jp" if number % 3 else "utf-8",
    )  # fmt: skip


def test_every_template_is_taken_and_delivered_as_it_was(world: World, postfix: Postfix, tmp_path: Path) -> None:
    mails = [written(template, number) for number, template in enumerate(BOOK.names())]
    items = queue(world.store, *mails)
    while world.sender().run_once():
        pass
    assert {world.state(i) for i in items} == {MailState.SENT}
    by_id = {}
    for raw in postfix.delivered(len(mails)):
        read: EmailMessage = message_from_bytes(raw, policy=policy.default)  # type: ignore[assignment]
        by_id[read["Message-ID"]] = (raw, read)
    assert set(by_id) == {m.message_id for m in mails}
    record = (tmp_path / "record").read_bytes()
    for sent in mails:
        raw, read = by_id[sent.message_id]
        assert read["Subject"] == sent.subject
        assert read.get_content().replace("\r\n", "\n").rstrip("\n") == sent.text.rstrip("\n")
        assert read["In-Reply-To"] == "<p@example.jp>"
        assert read["Return-Path"] == "<>"
        assert dkim.verify(raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"), dnsfunc=lambda *_, **__: record)


def test_whom_postfix_does_not_know_staff_hear_of(world: World, postfix: Postfix) -> None:
    unknown, known = queue(
        world.store, mail(901, to="nobody@example.jp"), mail(902, MailClass.AGAIN, to="somebody@example.jp")
    )
    world.sender().run_once()
    assert (world.state(unknown), world.state(known)) == (MailState.FAILED, MailState.SENT)
    assert world.item(unknown).error == "rcpt: 550 5.1.1"
    assert world.told == [(unknown, MailState.FAILED), (known, MailState.SENT)]


def test_a_relay_that_comes_back_gets_what_waited(sqlite: object, tmp_path: Path) -> None:
    relay = Postfix()
    url = relay.url
    relay.stop()
    store = open_store(prepared(sqlite), KEYS)
    world = World(store, open_courier(url, tmp_path))
    [item] = queue(store, mail(1))
    world.sender().run_once()
    assert world.state(item) is MailState.QUEUED
    again = Postfix()
    world.courier = open_courier(again.url, tmp_path)
    world.now += timedelta(minutes=31)
    world.sender().run_once()
    assert world.state(item) is MailState.SENT
    assert len(again.delivered(1)) == 1
    world.courier.close()
    again.stop()
    store.close()
