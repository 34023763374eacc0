"""A home made, and its store opened alone. Apart from the rest, as most commands need no reader."""

from __future__ import annotations

import secrets
from base64 import b64encode
from pathlib import Path

from intake import durable
from intake.config import Settings
from intake.errors import SettingError
from intake.keyring import Keyring, load_keyring, make_secret
from intake.matching import KeyMaker
from intake.parsing.addresses import canonical
from intake.store import (
    CommandWrapping,
    FileWrapping,
    SqlStore,
    Wrapping,
    holds_data,
    is_current,
    migrate,
    open_store,
    refuse_lost_keys,
)
from intake.store.wrapping import FILE as WRAPPING_FILE


def init_home(settings: Settings) -> list[str]:
    """Make what is missing: folders, keys, database at the newest schema. Harmless twice. Says what it made.

    Raises SettingError where secret or keys of stored data are lost: new ones would make them unreadable for good.
    """
    _refuse_lost_secret(settings)
    refuse_lost_keys(settings.store_url, settings.keys_url or None)
    settings.home.mkdir(parents=True, exist_ok=True)
    hooks = (settings.webhook_secret_path, settings.app_webhook_secret_path, settings.webhooks_out_secret_path)
    made = [str(path) for path in dict.fromkeys((settings.secret_path, *hooks)) if not path.exists()]
    make_secret(settings.secret_path)
    for path in dict.fromkeys(hooks):
        _make_webhook_secret(path)
    settings.rules_override.mkdir(exist_ok=True)
    settings.templates_override.mkdir(exist_ok=True)
    migrate(settings.store_url, settings.keys_url or None)
    return made


def _refuse_lost_secret(settings: Settings) -> None:
    if settings.secret_path.exists() or not holds_data(settings.store_url):
        return
    raise SettingError(
        f"{settings.secret_path}: the secret of the stored data is not there, and without it nothing can be read; "
        "put it back from your copy (a new one is made only for an empty database)"
    )


def _make_webhook_secret(path: Path) -> None:
    durable.make(path, b"whsec_" + b64encode(secrets.token_bytes(32)) + b"\n")


def key_maker() -> KeyMaker:
    """How seekers and messages are made comparable: one function for both sides."""
    return KeyMaker(canonical)


def wrapping_of(settings: Settings, keyring: Keyring) -> Wrapping:
    """Where the keys that wrap the data keys come from: a program of the operator's, else a file beside the secret."""
    if settings.keys_command:
        return CommandWrapping(settings.keys_command)
    return FileWrapping(keyring, settings.secret_path.with_name(WRAPPING_FILE))


def needed_files(settings: Settings) -> list[Path]:
    """What a backup is worth nothing without, as far as it lies in files: the secret, and the wrapping keys."""
    wrapping = settings.secret_path.with_name(WRAPPING_FILE)
    is_in_use = not settings.keys_command and wrapping.exists()
    return [settings.secret_path, wrapping] if is_in_use else [settings.secret_path]


def connect(settings: Settings) -> SqlStore:
    """The store alone, for commands that need no rules."""
    keyring = load_keyring(settings.secret_path)
    keys_url = settings.keys_url or None
    if not is_current(settings.store_url, keys_url):
        refuse_lost_keys(settings.store_url, keys_url)
        raise SettingError("the database is not at the newest schema; run `intake init` or `intake migrate`")
    store = open_store(settings.store_url, keyring, keys_url, keymaker=key_maker(),
                       wrapping=wrapping_of(settings, keyring))  # fmt: skip
    if not settings.keys_command:
        store.keys.prove()
    store.seal_register()
    store.bury_again()  # whoever is erased stays so, whatever backup has come back
    return store
