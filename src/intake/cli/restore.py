"""restore: a backup in the place of the data, without anybody who was erased since it was made."""

from __future__ import annotations

import json
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from intake.bootstrap.home import wrapping_of
from intake.bootstrap.presence import alone
from intake.cli.app import app, say, settings, utf8_out
from intake.config import Settings, listen_pair
from intake.errors import BadInput
from intake.keyring import load_keyring


@app.command()
def restore(
    file: Path,
    force: Annotated[bool, typer.Option("--force", help="although another intake answers on our web port")] = False,
) -> None:
    """Put FILE in the place of the data. The keys stay as they are; who was erased since then stays erased."""
    from intake.store import restore as run

    utf8_out()
    s = settings()
    _refuse_without_secret(s)
    s.home.mkdir(parents=True, exist_ok=True)
    with alone(s.home) as is_alone:
        _refuse_beside_another(s, is_alone, force)
        keyring = load_keyring(s.secret_path)
        erased = run(file, s.store_url, keyring, s.keys_url or None, wrapping_of(s, keyring))
    print(say(f"{file} から戻しました。消去済みの {erased} 人は戻していません。",
              f"restored from {file}; {erased} people who were erased since then stay erased"))  # fmt: skip


def _refuse_without_secret(s: Settings) -> None:
    """A new secret would open nothing of it: `init`, which makes one, is no help here."""
    if not s.secret_path.exists():
        raise BadInput(
            say(
                f"{s.secret_path} がありません。バックアップを取った環境の secret.key(あれば wrapping.keys も)を"
                "先に置いてください。",
                f"{s.secret_path} is not there; first put secret.key (and wrapping.keys, if there is one) of the home "
                "that made the backup in its place",
            )
        )


def _refuse_beside_another(s: Settings, is_alone: bool, force: bool) -> None:
    """What runs goes on writing to the file that is taken away: what it answered 250 for would be lost."""
    if not is_alone:
        raise BadInput(
            say(
                f"{s.home} で intake が動いています。止めてから実行してください(届いたメールが失われます)。",
                f"intake is running on {s.home}; stop it first (mail that arrives meanwhile would be lost)",
            )
        )
    if not force and _is_running(s):
        raise BadInput(
            say(
                "Web ポートで intake が応答しています。止めてから実行してください(別の intake なら --force)。",
                "intake answers on our web port; stop it first (--force if it is another one)",
            )
        )


def _is_running(s: Settings) -> bool:
    """True where the web port of this home answers as intake does."""
    pair = listen_pair("INTAKE_HTTP_LISTEN", s.http_listen)
    if pair is None:
        return False
    host = "127.0.0.1" if pair[0] in ("0.0.0.0", "::", "") else pair[0]  # noqa: S104
    with suppress(OSError, ValueError), urllib.request.urlopen(f"http://{host}:{pair[1]}/healthz", timeout=2) as answer:
        return "healthy" in json.loads(answer.read(100_000))
    return False
