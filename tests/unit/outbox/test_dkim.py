"""Our signatures, verified by dkimpy, which had no part in making them."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import dkim
import pytest

from intake.errors import SettingError
from intake.keyring import Keyring
from intake.model import Mail, MailClass
from intake.outbox.courier import open_courier
from intake.outbox.dkim import load_signer
from intake.outbox.dkim_keys import key_in_use, keys_of, make_key, use_key
from intake.replies import Thread, compose, load_templates, new_message_id
from intake.replies.examples import letters
from intake.resources import shipped_templates

NOW = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)
BOOK = load_templates([shipped_templates()])
ID = new_message_id(Keyring(bytes(range(32))), "agency.example", "a1")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    (home / "record").write_text(make_key(home, "202604"))
    return home


def written(template: str, charset: str = "utf-8") -> bytes:
    letter = next(iter(letters(template).values()))
    return compose(
        BOOK, letter, to="hanako@example.jp", from_="tetsuzuki@agency.example", now=NOW, message_id=ID, mail_from="",
        thread=Thread("<p@example.jp>", tuple(f"<{'x' * 60}{i}@example.jp>" for i in range(9))), charset=charset,
    ).data  # fmt: skip


def dns(home: Path) -> Callable[..., bytes]:
    def look_up(name: bytes, timeout: int = 5) -> bytes:
        return (home / "record").read_bytes() if name.startswith(b"202604._domainkey.agency.example") else b""

    return look_up


@pytest.mark.parametrize("charset", ["utf-8", "iso-2022-jp"])
@pytest.mark.parametrize("template", BOOK.names())
def test_another_library_accepts_every_mail(home: Path, template: str, charset: str) -> None:
    signer = load_signer(home)
    assert signer is not None
    data = signer.sign(written(template, charset), NOW)
    assert dkim.verify(data, dnsfunc=dns(home))
    assert max(map(len, data.split(b"\r\n"))) <= 120
    assert data.isascii()


@pytest.mark.parametrize("change", [
    lambda d: d.replace(b"hanako", b"taro.."), lambda d: d[:-20] + b"AAAA" + d[-16:],
    lambda d: d.replace(b"\r\nSubject:", b"\r\nSubject: x\r\nSubject:", 1),
    lambda d: d.replace(b"\r\nFrom:", b"\r\nFrom: <x@example.jp>\r\nFrom:", 1),
    lambda d: d.replace(b"\r\nMIME-Version:", b"\r\nReply-To: x@example.jp\r\nMIME-Version:", 1),
    lambda d: d.replace(b"auto-replied", b"no"),
])  # fmt: skip
def test_a_changed_mail_is_not(home: Path, change: Callable[[bytes], bytes]) -> None:
    signer = load_signer(home)
    assert signer is not None
    data = signer.sign(written("receipt_other"), NOW)
    assert change(data) != data
    assert not dkim.verify(change(data), dnsfunc=dns(home))


def test_relays_may_change_blanks_and_the_end(home: Path) -> None:
    signer = load_signer(home)
    assert signer is not None
    data = signer.sign(b"From: <a@agency.example>\r\nSubject: a  b\r\n\r\nx  y \r\n\r\n\r\n", NOW)
    changed = data.replace(b"Subject: a  b", b"Subject:  a b").replace(b"x  y \r\n\r\n\r\n", b"x y\r\n")
    assert dkim.verify(changed, dnsfunc=dns(home))


def selector_of(home: Path) -> str | None:
    key = key_in_use(home)
    return key.selector if key else None


def test_the_first_key_signs_and_a_later_one_waits_for_its_record(tmp_path: Path) -> None:
    assert selector_of(tmp_path) is None
    make_key(tmp_path, "202610")
    assert selector_of(tmp_path) == "202610"
    make_key(tmp_path, "202704")
    make_key(tmp_path, "202604")
    assert selector_of(tmp_path) == "202610"
    use_key(tmp_path, "202704")
    assert [(k.selector, k.signs) for k in keys_of(tmp_path)] == [
        ("202604", False), ("202610", False), ("202704", True)
    ]  # fmt: skip
    assert stat.S_IMODE((tmp_path / "dkim" / "202610.pem").stat().st_mode) == 0o600
    with pytest.raises(SettingError, match="already"):
        make_key(tmp_path, "202610")
    with pytest.raises(SettingError, match=r"none\.pem"):
        use_key(tmp_path, "none")
    assert selector_of(tmp_path) == "202704"


def test_keys_put_there_by_hand_sign_by_their_name_and_a_lost_one_is_named(tmp_path: Path) -> None:
    for name in ("a", "b"):
        make_key(tmp_path, name)
    (tmp_path / "dkim" / "signing").unlink()
    assert selector_of(tmp_path) == "b"
    use_key(tmp_path, "a")
    (tmp_path / "dkim" / "a.pem").unlink()
    with pytest.raises(SettingError, match=r"a\.pem"):
        key_in_use(tmp_path)


def test_a_zone_line_holds_the_record_in_strings_that_dns_takes(tmp_path: Path) -> None:
    record = make_key(tmp_path, "s1")
    [key] = keys_of(tmp_path)
    line = key.zone_line("agency.example")
    strings = re.findall(r'"([^"]*)"', line)
    assert line.startswith("s1._domainkey.agency.example. IN TXT (")
    assert "".join(strings) == record
    assert max(map(len, strings)) <= 255


def test_a_running_courier_takes_up_the_key_that_is_chosen(tmp_path: Path) -> None:
    courier = open_courier("folder:", tmp_path)

    def selector_of_next() -> str | None:
        courier.deliver(mail_of(written("receipt_other")))
        newest = max((tmp_path / "mails").glob("*.eml"), key=lambda p: p.stat().st_mtime_ns)
        found = re.search(rb"DKIM-Signature:[^;]*;[^;]*;[^;]*;[^;]*; s=([^;]+);", newest.read_bytes())
        return found.group(1).decode() if found else None

    assert selector_of_next() is None
    make_key(tmp_path, "s1")
    assert selector_of_next() == "s1"
    make_key(tmp_path, "s2")
    assert selector_of_next() == "s1"
    use_key(tmp_path, "s2")
    assert selector_of_next() == "s2"
    (tmp_path / "dkim" / "s2.pem").write_text("broken")
    assert selector_of_next() == "s2"


def mail_of(data: bytes) -> Mail:
    return Mail("hanako@example.jp", "", ID, "s", "t", "v", data, "x", MailClass.ONCE)


@pytest.mark.parametrize("selector", ["", "A", "a b", "../x", "a;", "a" * 64])
def test_a_strange_selector_is_refused(tmp_path: Path, selector: str) -> None:
    with pytest.raises(SettingError):
        make_key(tmp_path, selector)


def test_a_broken_key_is_named_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "dkim").mkdir()
    (tmp_path / "dkim" / "x.pem").write_text("no key")
    with pytest.raises(SettingError, match=r"x\.pem"):
        open_courier("folder:", tmp_path)
