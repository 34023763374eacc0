"""What an erasure asks of the outside: the relay, the mailboxes, the caught mails, every file of the home."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from intake.bootstrap.disk import NAME as RESERVE_FILE
from intake.bootstrap.house import House
from intake.bootstrap.leases import holder
from intake.bootstrap.scan import Needles, files_under
from intake.channels.imap import parse_accounts
from intake.channels.imap.erase import delete_copies
from intake.errors import IntakeError
from intake.journal import journal
from intake.model import Actor, Mail
from intake.outbox.courier import caught_in
from intake.outbox.folder import forget
from intake.pipeline.erasing import Eraser
from intake.pipeline.erasing.begin import KEEPER
from intake.ports.erasing import MailboxCopy, Scan
from intake.store import SqlStore
from intake.worker import utc_now

log = journal("erasure")


class HouseOutside:
    """Outside."""

    def __init__(self, house: House) -> None:
        self._house = house

    def post(self, mail: Mail) -> str:
        """Once; whatever the relay says, the erasure goes on."""
        try:
            courier = self._house.courier
            try:
                courier.deliver(mail)
            finally:
                courier.close()
        except IntakeError as e:
            return type(e).__name__
        except Exception as e:  # noqa: BLE001 - a relay that breaks keeps nobody's data alive
            log.error("the courier broke", error=e)
            return type(e).__name__
        return "sent"

    def delete_copies(self, copies: Sequence[MailboxCopy]) -> tuple[MailboxCopy, ...]:
        """By account; a server that is away, or that is not ours any more, leaves its mails to people."""
        s = self._house.settings
        accounts = {a.name: a for a in parse_accounts(s.imap_url, s.imap_password_file or None)} if s.imap_url else {}
        left: list[MailboxCopy] = []
        for name in dict.fromkeys(c.account for c in copies):
            theirs = [c for c in copies if c.account == name]
            try:
                left += delete_copies(accounts[name], theirs) if name in accounts else theirs
            except Exception as e:  # noqa: BLE001 - whatever a server does, people are told and the rest goes on
                log.warning("copies not deleted", account=name, count=len(theirs), error=e)
                left += theirs
        return tuple(left)

    def forget_caught(self, message_ids: Sequence[str], spellings: Sequence[bytes]) -> int:
        """Caught mails of ours, by their ids and by what they say."""
        folder = self._caught
        if folder is None:
            return 0
        needles = Needles(spellings)
        return forget(folder, message_ids, lambda path: needles.are_in(path)[0])

    def scan(self, spellings: Sequence[Sequence[bytes]]) -> list[Scan]:
        """Database, keys, logs and caught mails are ours and must hold nothing; other files are only named."""
        home, needles = self._house.settings.home, Needles(of_each=spellings)
        reserve = (home / RESERVE_FILE).resolve()  # blocks without content
        files = [p for p in files_under([home]) if p != reserve]
        files += [p for p in self._database_files() if p not in files]
        read = 0
        ours: list[list[str]] = [[] for _ in spellings]
        elsewhere: list[list[str]] = [[] for _ in spellings]
        for path in files:
            try:
                whose, size = needles.whose_are_in(path)
            except OSError:
                continue  # gone while we looked, or a socket of somebody's
            read += size
            lists = ours if whose and self._is_ours(path) else elsewhere
            for owner in whose:
                lists[owner].append(_named(path, home))
        return [Scan(len(files), read, tuple(o), tuple(e)) for o, e in zip(ours, elsewhere, strict=True)]

    @property
    def _caught(self) -> Path | None:
        return caught_in(self._house.settings.relay_url, self._house.settings.home)

    def _database_files(self) -> list[Path]:
        store = self._house.store
        return [p.resolve() for p in store.files()] if isinstance(store, SqlStore) else []

    def _is_ours(self, path: Path) -> bool:
        caught = self._caught
        return path in self._database_files() or (caught is not None and caught.resolve() in path.parents)


def _named(path: Path, home: Path) -> str:
    try:
        return str(path.relative_to(home.resolve()))
    except ValueError:
        return path.name


def make_eraser(house: House, actor: Actor = KEEPER, clock: Callable[[], datetime] = utc_now) -> Eraser:
    """An eraser of this process."""
    return Eraser(house.store, HouseOutside(house), clock, name=holder(), actor=actor)
