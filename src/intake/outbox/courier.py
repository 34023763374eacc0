"""From INTAKE_RELAY_URL to a courier."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from intake.errors import SettingError
from intake.oauth import token_source
from intake.outbox.dkim import signed
from intake.outbox.folder import DEFAULT_NAME, FolderCourier
from intake.outbox.smtp import Relay, SmtpCourier
from intake.ports import Courier

_PORTS = {"smtp": 25, "smtps": 465}
_OPTIONS = {"ca", "auth", "name", "starttls"}


def open_courier(url: str, home: Path, password: str | None = None) -> Courier:
    """A courier for ``folder:[PATH]``, ``smtp://[user@]host[:port]`` or ``smtps://…``; nothing is connected yet.

    Options after ``?``: ``ca=FILE`` (trust this authority), ``auth=xoauth2`` (the password file holds an access
    token), ``name=HOST`` (what we call ourselves), ``starttls=required``. A password file with JSON says how tokens
    are got (intake.oauth). With a key in ``HOME/dkim`` mails are signed. Raises SettingError.
    """
    folder = caught_in(url, home)
    courier = FolderCourier(folder) if folder is not None else SmtpCourier(relay_of(url, password))
    return signed(courier, home)


def caught_in(url: str, home: Path) -> Path | None:
    """The folder that ``folder:`` catches mails in; None for a real relay."""
    scheme, _, rest = url.partition(":")
    if scheme != "folder":
        return None
    return home / (unquote(rest) or DEFAULT_NAME)


def relay_of(url: str, password: str | None) -> Relay:
    """The relay that a URL names. Raises SettingError without repeating what may be a secret."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname or parts.path not in ("", "/"):
        raise SettingError("INTAKE_RELAY_URL: write folder:, smtp://[user@]host[:port] or smtps://[user@]host[:port]")
    if parts.password:
        raise SettingError("INTAKE_RELAY_URL: the password goes into a file, named by INTAKE_RELAY_PASSWORD_FILE")
    if parts.username and not password:
        raise SettingError("INTAKE_RELAY_PASSWORD_FILE: the relay has a user, so the password is needed")
    options = _options(parts)
    tokens = token_source(password or "", "INTAKE_RELAY_PASSWORD_FILE")
    return Relay(
        host=parts.hostname,
        port=_port(parts),
        tls_from_start=parts.scheme == "smtps",
        user=unquote(parts.username or ""),
        password=password or "",
        ca_file=options.get("ca", ""),
        auth="xoauth2" if tokens else options.get("auth", "password"),
        tokens=tokens,
        own_name=options.get("name", ""),
        starttls_required=options.get("starttls") == "required",
    )


def _port(parts: SplitResult) -> int:
    try:
        return parts.port or _PORTS[parts.scheme]
    except ValueError as e:
        raise SettingError("INTAKE_RELAY_URL: the port is not a number up to 65535") from e


def _options(parts: SplitResult) -> dict[str, str]:
    given = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    unknown = set(given) - _OPTIONS
    if unknown:
        raise SettingError(f"INTAKE_RELAY_URL: unknown option {', '.join(sorted(unknown))}")
    if given.get("auth", "password") not in ("password", "xoauth2"):
        raise SettingError("INTAKE_RELAY_URL: auth is password or xoauth2")
    if given.get("starttls", "offered") not in ("offered", "required"):
        raise SettingError("INTAKE_RELAY_URL: starttls is offered or required")
    if given.get("ca") and not Path(given["ca"]).is_file():
        raise SettingError("INTAKE_RELAY_URL: ca names no file")
    return given
