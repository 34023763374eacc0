"""A home opened: settings, store, tools, the way into the inbox."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from intake.bootstrap.disk import Disk, Doors
from intake.bootstrap.home import connect
from intake.bootstrap.toolbox import Toolbox
from intake.channels.inbox import InboxWriter
from intake.channels.standard_webhooks import SecretFile
from intake.config import Settings
from intake.errors import SettingError
from intake.outbox.courier import open_courier
from intake.parsing.child import ParserPool
from intake.ports import Courier, Store


@dataclass
class House:
    """The joined parts of one process. Close it when done."""

    settings: Settings
    store: Store
    tools: Toolbox
    _writer: InboxWriter | None = None
    _parser: ParserPool | None = None
    problems: list[str] = field(default_factory=list)
    disk: Disk = field(init=False)
    _hook_keys: SecretFile = field(init=False)
    _app_keys: SecretFile = field(init=False)

    def __post_init__(self) -> None:
        self._hook_keys = SecretFile(self.settings.webhook_secret_path)
        self._app_keys = SecretFile(self.settings.app_webhook_secret_path)
        self.disk = Disk(self.settings.home, keeps_data=self.settings.store_url.startswith("sqlite"))

    @property
    def doors(self) -> Store:
        """The store for the ways in: closed while the disk has nothing but its reserve."""
        return cast(Store, Doors(self.store, self.disk))

    @property
    def writer(self) -> InboxWriter:
        """The group-committing way into the inbox; started at first use."""
        if self._writer is None:
            self._writer = InboxWriter(self.doors)
            self._writer.start()
        return self._writer

    @property
    def parser(self) -> ParserPool:
        """The limited child that opens mail; started at first use."""
        if self._parser is None:
            self._parser = ParserPool()
        return self._parser

    @property
    def courier(self) -> Courier:
        """A new connection to the relay of the settings."""
        return open_courier(self.settings.relay_url, self.settings.home, read_secret(self.settings.relay_password_file))

    def webhook_secrets(self) -> list[bytes]:
        """The keys that sign webhooks, newest first. Raises SettingError; a remark in the file is no key."""
        return list(self._hook_keys.secrets())

    def app_webhook_secrets(self) -> list[bytes]:
        """The keys that sign what the app posts: its own where it has any. Raises SettingError."""
        return list(self._app_keys.secrets())

    def close(self) -> None:
        """Finish what was accepted, then let go."""
        if self._writer is not None:
            self._writer.stop()
        if self._parser is not None:
            self._parser.close()
        self.store.close()


def read_secret(path: str) -> str | None:
    """The first line of a password file, or all of it where it is JSON (intake.oauth); None where none is set."""
    if not path:
        return None
    try:
        text = Path(path).read_text("utf-8").strip()
        return text if text.startswith("{") else text.splitlines()[0].strip()
    except (OSError, IndexError, UnicodeDecodeError) as e:
        raise SettingError(f"{path}: holds no password") from e


def open_house(settings: Settings) -> House:
    """Open a home that ``init`` made. Raises SettingError saying what to do."""
    return House(settings, connect(settings), Toolbox(settings))
