"""INTAKE_IMAP_URL: which mailboxes, and what is done to a mail there once it is kept."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from intake.channels.imap.credentials import Login, login_from
from intake.errors import SettingError

SETTING = "INTAKE_IMAP_URL"
PORTS = {"imap": 143, "imaps": 993}


class After(StrEnum):
    """What is done on the server after the commit."""

    FLAG = "flag"  # \\Seen, and a keyword where the server allows one
    MOVE = "move"  # into the folder ``done`` (or ``failed``), made if absent
    NOTHING = "nothing"  # the folder is opened for reading only


@dataclass(frozen=True, slots=True)
class Account:
    """One folder of one mailbox."""

    host: str
    port: int
    is_tls: bool
    user: str
    folder: str
    login: Login
    after: After = After.FLAG
    done: str = "intake-done"
    failed: str = "intake-failed"

    @property
    def name(self) -> str:
        """user@host, as the ledger and the log know it."""
        return f"{self.user}@{self.host}"

    @property
    def is_local(self) -> bool:
        """On this machine: nobody listens in between."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def parse_accounts(urls: str, password_file: str | Path | None) -> tuple[Account, ...]:
    """The accounts of ``imaps://user@host:port/FOLDER?after=move&done=処理済み``, several by ``;``.

    The password file holds one line for all of them or one line each, in their order; a line, or the whole file,
    may be JSON that says how to get an OAuth token. Raises SettingError naming the setting.
    """
    given = [u.strip() for u in urls.split(";") if u.strip()]
    if not given:
        return ()
    secrets = _secrets(password_file, len(given))
    again = [_anew(password_file, len(given), at) for at in range(len(given))]
    return tuple(_account(url, secret, read) for url, secret, read in zip(given, secrets, again, strict=True))


def _anew(password_file: str | Path | None, count: int, at: int) -> Callable[[], str]:
    """What the file says by now: a password that was put right, or changed at the provider, needs no restart."""
    return lambda: _secrets(password_file, count)[at]


def _account(url: str, secret: str, again: Callable[[], str]) -> Account:
    shown = url.partition("?")[0]
    parts = urlsplit(url)
    try:
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError as e:
        raise SettingError(f"{SETTING}: {shown}: the port is not a number") from e
    if parts.scheme not in PORTS or not parts.hostname or not parts.username:
        raise SettingError(f"{SETTING}: {shown} is not imaps://user@host/INBOX")
    if parts.password is not None:
        raise SettingError(f"{SETTING}: write the password into INTAKE_IMAP_PASSWORD_FILE, not into the address")
    options = dict(parse_qsl(parts.query))
    if unknown := set(options) - {"after", "done", "failed"}:
        raise SettingError(f"{SETTING}: {sorted(unknown)[0]}: there are after, done and failed")
    if options.get("after", After.FLAG) not in set(After):
        raise SettingError(f"{SETTING}: after: one of {', '.join(After)}")
    return Account(
        host=parts.hostname,
        port=port,
        is_tls=parts.scheme == "imaps",
        user=unquote(parts.username),
        folder=unquote(parts.path.strip("/")) or "INBOX",
        login=login_from(secret, again),
        after=After(options.get("after", After.FLAG)),
        done=options.get("done", "intake-done"),
        failed=options.get("failed", "intake-failed"),
    )


def _secrets(password_file: str | Path | None, count: int) -> list[str]:
    if not password_file:
        raise SettingError("INTAKE_IMAP_PASSWORD_FILE: say where the password of the mailbox lies")
    try:
        text = Path(password_file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as e:
        raise SettingError(f"INTAKE_IMAP_PASSWORD_FILE: {password_file} cannot be read") from e
    lines = [text] if text.startswith("{") and text.endswith("}") and "\n" in text else text.splitlines()
    lines = [line.strip() for line in lines if line.strip()]
    if len(lines) == 1:
        return lines * count
    if len(lines) != count:
        raise SettingError(f"INTAKE_IMAP_PASSWORD_FILE: needs one line, or {count} lines for {count} mailboxes")
    return lines
