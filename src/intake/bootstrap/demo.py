"""The whole product on one machine with invented people; nothing leaves it (reliability.md A31)."""

from __future__ import annotations

import os
import secrets
import shlex
import shutil
import sys
from dataclasses import replace

from intake.bootstrap.folders import rules_dirs
from intake.bootstrap.home import init_home
from intake.bootstrap.house import House, open_house
from intake.bootstrap.samples import DATA, MAIL_FROM, arrivals
from intake.bootstrap.sending import make_sender
from intake.bootstrap.services import Services, run_services
from intake.bootstrap.working import make_worker
from intake.config import Settings
from intake.errors import SettingError
from intake.model import Role
from intake.pipeline.roster import import_applications, import_seekers
from intake.pipeline.roster_words import load_roster_words
from intake.web.passwords import hash_password
from intake.worker import utc_now

STAFF = (
    ("佐藤 美咲", Role.REVIEWER),
    ("田中 直樹", Role.REVIEWER),
    ("山本 玲子", Role.LEAD),
    ("staff", Role.LEAD),
    ("privacy", Role.PRIVACY_OFFICER),
    ("admin", Role.ADMIN),
)
SIGN_IN = ("staff", "privacy", "admin")


def run_demo(settings: Settings, port: int, smtp_port: int) -> None:
    """Prepare the home once, say where to look, run until Ctrl-C."""
    settings = demo_settings(settings, port, smtp_port)
    init_home(settings)
    house = open_house(settings)
    password = secrets.token_urlsafe(9)
    with house.store.write() as tx:
        fresh = tx.meta.get("demo") is None
        for name, role in STAFF:
            if tx.staff.by_name(name) is None:
                tx.staff.add(name, role, None, lead="山本 玲子" if role is Role.REVIEWER else None)
        for name in SIGN_IN:
            tx.staff.set_password(name, hash_password(password))
        tx.meta.put("demo", "1")
    if fresh:
        fill(house)
    run_services(Services(house, demo=True), ready=lambda: say_where(settings, password))


def demo_settings(settings: Settings, port: int, smtp_port: int) -> Settings:
    """Loopback only, mail caught in a folder. A relay that really sends is refused."""
    if not settings.relay_url.startswith("folder:"):
        raise SettingError("INTAKE_RELAY_URL: the demo sends nothing; use `intake run` with a real relay")
    return replace(
        settings,
        smtp_listen=f"127.0.0.1:{smtp_port}",
        lmtp_listen="",
        trusted_relays=settings.trusted_relays or "127.0.0.1",  # scripts send bare newlines
        imap_url="",
        http_listen=f"127.0.0.1:{port}",
        public_url=f"http://127.0.0.1:{port}",
        recipients=settings.recipients or MAIL_FROM,
        mail_from=settings.mail_from or MAIL_FROM,
    )


def fill(house: House) -> None:
    """Invented seekers, their applications, and two dozen messages of all kinds, handled and answered.

    All before the services start, so that what say_where prints is the last that stands on the terminal.
    """
    now, words = utc_now(), load_roster_words(rules_dirs(house.settings))
    for name, run in (("seekers.csv", import_seekers), ("applications.csv", import_applications)):
        run(house.store, (DATA / name).read_bytes(), name, now, words, dry_run=False)
    for arrival in arrivals(house.webhook_secrets()[0]):
        house.writer.accept(arrival)
    worker, sender = make_worker(house), make_sender(house)
    while worker.run_once() or sender.run_once(utc_now()):
        pass


def say_where(settings: Settings, password: str) -> None:
    """The prompt: where to look, how to sign in, how to send a message."""
    smtp = settings.smtp_listen.rpartition(":")[2]
    sys.stdout.write(
        f"""
intake を起動しました / intake is running   (Ctrl-C で終了 / to end)

  画面 / staff pages     {settings.public_url}/staff/
  サインイン / sign in   staff  /  {password}   (privacy, admin も同じ / the same)
  送信メール / mails     {settings.public_url}/staff/mails   (外には送られません / caught, nothing leaves)
  お問い合わせ / contact {settings.public_url}/contact

  メールを送ってみる / send a message:
    {_command()} send-sample --smtp-port {smtp}
"""
    )
    sys.stdout.flush()


def _command() -> str:
    """How this shell can call us again: by name where it is on the path, else by the path that started us."""
    if shutil.which("intake"):
        return "intake"
    asked = os.path.relpath(sys.argv[0])
    return f"{shlex.quote(os.path.relpath(sys.executable))} -m intake" if asked.endswith(".py") else shlex.quote(asked)
