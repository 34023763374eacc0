"""The folder that catches mail: whole files, one for each Message-ID, repeats in sight."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from pathlib import Path

import pytest

from intake.errors import RelayTemporary
from intake.model import Mail, MailClass
from intake.outbox.folder import FolderCourier

MAIL = Mail(
    "hanako@example.jp", "", "<a@agency.example>", "s", "t", "v", b"Subject: s\r\n\r\nx\r\n", "x", MailClass.ONCE
)


def test_a_mail_becomes_a_file_with_its_return_path(tmp_path: Path) -> None:
    FolderCourier(tmp_path / "new").deliver(replace(MAIL, mail_from="b+1@agency.example"))
    [path] = (tmp_path / "new").iterdir()
    assert path.suffix == ".eml"
    assert path.read_bytes() == b"Return-Path: <b+1@agency.example>\r\n" + MAIL.data
    assert message_from_bytes(path.read_bytes())["Subject"] == "s"


def test_a_link_that_goes_again_replaces_itself_a_receipt_that_does_is_seen_twice(tmp_path: Path) -> None:
    courier = FolderCourier(tmp_path)
    again = replace(MAIL, mail_class=MailClass.AGAIN)
    assert courier.deliver(again).detail == "250 caught"
    assert courier.deliver(again).detail == "250 caught again"
    assert len(list(tmp_path.iterdir())) == 1
    once = replace(MAIL, message_id="<b@agency.example>")
    courier.deliver(once)
    courier.deliver(once)
    assert len(list(tmp_path.glob("*.eml"))) == 3


def test_no_half_file_and_no_part_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", refuse)
    with pytest.raises(RelayTemporary, match="No space left"):
        FolderCourier(tmp_path).deliver(MAIL)
    assert list(tmp_path.iterdir()) == []


def test_the_message_id_never_names_a_path(tmp_path: Path) -> None:
    FolderCourier(tmp_path).deliver(replace(MAIL, message_id="<../../x@agency.example>"))
    assert [p.parent for p in tmp_path.rglob("*.eml")] == [tmp_path]
