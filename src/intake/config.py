"""Settings: from the environment (``INTAKE_…``) or ``HOME/intake.toml``, the environment first.

Names, defaults and meaning are those of the README. Unknown names in the file are refused, unknown ``INTAKE_…``
variables are warned about; ``INTAKE_TEST_…`` and ``INTAKE_FAIL_…`` are reserved for tests.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from intake.errors import SettingError

PREFIX = "INTAKE_"
RESERVED = ("INTAKE_TEST_", "INTAKE_FAIL_", "INTAKE_FUZZ_")
NOT_HERE = ("INTAKE_HOME", "INTAKE_LANG")  # read before the others
SECRET_URLS = ("database_url", "keys_url", "relay_url", "imap_url", "webhooks_out")
SECRET_IN_QUERY = re.compile(r"((?:^|[?&])(?:pass|[a-z_]*password|secret|token|key|sslkey)=)[^&;]*", re.IGNORECASE)
PROFILES = ("agency", "public-office")


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with its default. Lists are separated by commas or blanks, URLs by ``;``."""

    home: Path = Path("var")
    profile: str = "agency"
    database_url: str = ""  # "" is SQLite in the home
    keys_url: str = ""  # "" is keys.db beside a SQLite file, a schema of their own on PostgreSQL
    keys_command: str = ""  # a program that gives out the keys that wrap the data keys (store/wrapping.py)
    smtp_listen: str = "127.0.0.1:8025"
    lmtp_listen: str = ""
    http_listen: str = "127.0.0.1:8080"
    recipients: str = ""  # "" takes mail for the address of mail_from only
    imap_url: str = ""
    imap_password_file: str = ""
    old_mail: str = "archive"
    relay_url: str = "folder:"
    relay_password_file: str = ""
    mail_from: str = ""  # "" is the address of rules/agency.toml
    public_url: str = "http://127.0.0.1:8080"
    webhook_secret_file: str = ""
    app_webhook_secret_file: str = ""  # "" lets the app sign with the form's key
    webhooks_out: str = ""  # URL, then the secret's file if it is not HOME/webhooks-out.secret
    webhooks_out_allow: str = ""  # private networks that webhooks may call
    secret_file: str = ""
    authserv_id: str = ""
    authserv_place: str = "top"  # "below": our border writes its results beneath its own Received
    check_sender: str = "off"  # "dns": our own DKIM, SPF and DMARC check
    dns_server: str = ""  # host:port; "" is the system's resolver
    staff_addresses: str = ""
    trusted_relays: str = ""
    proxies: str = ""  # load balancers that speak the PROXY protocol
    mails_per_minute: str = "6000"  # of one client, "0" is without limit
    oidc_issuer: str = ""  # the agency's own sign-in (OpenID Connect), "" is off
    oidc_client_id: str = ""
    oidc_secret_file: str = ""
    oidc_claim: str = ""  # the claim whose value is the name of the account, "" links by hand only
    tls_cert_file: str = ""
    tls_key_file: str = ""
    log: str = "text"

    @property
    def store_url(self) -> str:
        """The database in use."""
        return self.database_url or f"sqlite:///{self.home / 'intake.db'}"

    @property
    def secret_path(self) -> Path:
        """Where the master secret lies."""
        return Path(self.secret_file) if self.secret_file else self.home / "secret.key"

    @property
    def webhook_secret_path(self) -> Path:
        """Where the secrets of the webhooks lie, one ``whsec_…`` a line."""
        return Path(self.webhook_secret_file) if self.webhook_secret_file else self.home / "webhook.secret"

    @property
    def app_webhook_secret_path(self) -> Path:
        """The same for the app alone, which is believed about who is logged in; the form's where it has none."""
        return Path(self.app_webhook_secret_file) if self.app_webhook_secret_file else self.webhook_secret_path

    @property
    def webhooks_out_url(self) -> str:
        """Where the agency's own system listens; "" if nothing is told to anybody."""
        return self.webhooks_out.split()[0] if self.webhooks_out.strip() else ""

    @property
    def webhooks_out_secret_path(self) -> Path:
        """Where the secret lies that signs what goes out, one ``whsec_…`` a line, the newest first."""
        parts = self.webhooks_out.split(maxsplit=1)
        return Path(parts[1].strip()) if len(parts) > 1 else self.home / "webhooks-out.secret"

    @property
    def rules_override(self) -> Path:
        """Files here replace the shipped rules of the same name."""
        return self.home / "rules"

    @property
    def templates_override(self) -> Path:
        """Files here replace the shipped templates of the same name."""
        return self.home / "templates"


NAMES = tuple(f.name for f in fields(Settings))


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, where each came from (``default``, ``environment``, a path), and warnings for the operator."""

    settings: Settings
    sources: Mapping[str, str]
    warnings: tuple[str, ...]


def listen_pair(setting: str, value: str) -> tuple[str, int] | None:
    """``host:port`` as a pair, None for an empty value. Raises SettingError naming the setting."""
    if not value.strip():
        return None
    host, sep, port = value.strip().rpartition(":")
    if not sep or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise SettingError(f"{setting}: {value!r} is not host:port, for example 127.0.0.1:8025")
    return host.strip("[]") or "127.0.0.1", int(port)


def words(value: str) -> tuple[str, ...]:
    """The items of a list setting."""
    return tuple(w for w in value.replace(",", " ").replace(";", " ").split() if w)


def load(home: str | Path | None, environ: Mapping[str, str]) -> Loaded:
    """Read all settings. ``home`` (``--home``) wins over INTAKE_HOME. Raises SettingError with file and name."""
    root = Path(home or environ.get("INTAKE_HOME") or "var").absolute()
    path = root / "intake.toml"
    values: dict[str, Any] = {"home": root}
    sources = dict.fromkeys(NAMES, "default") | {"home": "--home" if home else "environment"}
    for name, value in _file_values(path).items():
        values[name], sources[name] = value, str(path)
    warnings = []
    for variable, value in environ.items():
        if not variable.startswith(PREFIX) or variable.startswith(RESERVED) or variable in NOT_HERE:
            continue
        name = variable[len(PREFIX) :].lower()
        if name in NAMES:
            values[name], sources[name] = value, "environment"
        else:
            warnings.append(f"{variable}: no such setting, it is ignored")
    settings = Settings(**values)
    _check(settings)
    return Loaded(settings, sources, tuple(warnings))


def _file_values(path: Path) -> dict[str, str]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as e:
        raise SettingError(f"{path}: cannot be read: {e}") from e
    found: dict[str, str] = {}
    for key, value in table.items():
        name = key.lower().removeprefix("intake_")
        if name not in NAMES or name == "home":
            raise SettingError(f"{path}: {key}: no such setting; `intake config` lists them")
        if isinstance(value, list) and all(isinstance(v, str) for v in value):
            value = ";".join(value) if name == "imap_url" else ",".join(value)
        if not isinstance(value, str):
            raise SettingError(f"{path}: {key}: write the value in quotes")
        found[name] = value
    return found


_CHOICES = {
    "log": ("text", "json"),
    "old_mail": ("archive", "process"),
    "check_sender": ("off", "dns"),
    "authserv_place": ("top", "below"),
}
_PLAIN_ADDRESS = re.compile(r"[^\s<>()@,;:\"]*@[^\s<>()@,;:\"]+")


def _check(s: Settings) -> None:
    if s.profile not in PROFILES and not (s.rules_override / "profiles" / f"{s.profile}.toml").exists():
        raise SettingError(f"INTAKE_PROFILE: {s.profile!r} is not one of {', '.join(PROFILES)}")
    for name in ("smtp_listen", "lmtp_listen", "http_listen"):
        listen_pair(PREFIX + name.upper(), getattr(s, name))
    for name, words in _CHOICES.items():
        if getattr(s, name) not in words:
            raise SettingError(f"{PREFIX}{name.upper()}: {getattr(s, name)!r} is not {' or '.join(words)}")
    _check_addresses(s)
    if not s.mails_per_minute.isascii() or not s.mails_per_minute.isdigit():
        raise SettingError(f"INTAKE_MAILS_PER_MINUTE: {s.mails_per_minute!r} is not a number")
    if s.webhooks_out_url and _scheme("webhooks_out", s.webhooks_out_url) not in ("http", "https"):
        raise SettingError("INTAKE_WEBHOOKS_OUT: must be https://host/path, then the file of the secret")
    if _scheme("public_url", s.public_url) not in ("http", "https"):
        raise SettingError("INTAKE_PUBLIC_URL: must begin with https:// or http://")
    database = _scheme("database_url", s.database_url).partition("+")[0]
    if s.database_url and database not in ("sqlite", "postgresql", "postgres"):
        raise SettingError("INTAKE_DATABASE_URL: must begin with postgresql:// or sqlite:///")
    if _scheme("relay_url", s.relay_url) not in ("folder", "smtp", "smtps"):
        raise SettingError("INTAKE_RELAY_URL: must be folder:, smtp://host:port or smtps://host:port")


def _check_addresses(s: Settings) -> None:
    """「Desk <a@b.jp>」 would refuse all mail at the border, and let every receipt fail. @domain is a whole domain."""
    for name, given in (("MAIL_FROM", words(s.mail_from)), ("RECIPIENTS", words(s.recipients))):
        for address in given:
            if not _PLAIN_ADDRESS.fullmatch(address) or (name == "MAIL_FROM" and (address[0] == "@" or len(given) > 1)):
                raise SettingError(f"{PREFIX}{name}: {address!r} is no plain address like desk@agency.example")


def _scheme(name: str, url: str) -> str:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises where it is no number
    except ValueError:  # its words may hold a password
        where = PREFIX + name.upper()
        raise SettingError(f"{where}: not a URL: ports are numbers, an IPv6 address stands in [ ]") from None
    return parts.scheme


def shown(loaded: Loaded) -> list[tuple[str, str, str]]:
    """(INTAKE_NAME, value with passwords masked, source) of every setting."""
    rows = []
    for name in NAMES:
        value = str(getattr(loaded.settings, name))
        rows.append((PREFIX + name.upper(), _masked(value) if name in SECRET_URLS else value, loaded.sources[name]))
    return rows


def _masked(value: str) -> str:
    def one(url: str) -> str:
        parts = urlsplit(url)
        url = url.replace(f":{parts.password}@", ":***@") if parts.password else url
        return SECRET_IN_QUERY.sub(r"\1***", url)

    return ";".join(one(u) for u in value.split(";"))
