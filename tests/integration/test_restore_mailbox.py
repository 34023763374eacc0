"""An older backup beside a newer mailbox: what was taken in since then comes in again, wherever we have put it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from intake.channels.imap import Mailbox, parse_accounts
from intake.store import open_store, restore
from tests.integration.test_imap_dovecot import append, folder_of, mail
from tests.unit.channels.stores import KEYRING, real_store


@pytest.mark.parametrize("query", ["", "?after=nothing", "?after=move&done=kept&failed=large"])
def test_what_came_after_the_backup_is_taken_in_again(query: str, dovecot: Any, tmp_path: Path) -> None:
    user = dovecot.new_user()
    (account,) = parse_accounts(dovecot.url(user) + query, dovecot.password_file)

    def sweep(store: Any) -> int:
        return Mailbox(account, store, max_bytes=5000).sweep()

    with real_store(tmp_path) as store:
        sweep(store)
        append(dovecot, user, mail(1))
        assert sweep(store) == 1
        store.backup(tmp_path / "backup")
        append(dovecot, user, mail(2), mail(3, size=6000))
        assert sweep(store) == 2
        url = str(store.url)
        store.close()
        restore(tmp_path / "backup", url, KEYRING)
        again = open_store(url, KEYRING)
        sweep(again)
        kept = _kept(again)
        assert kept[:2] == [mail(1), mail(2)]
        assert len(kept) == 3 and mail(3, size=6000).startswith(kept[2])
        assert (sweep(again), len(_kept(again))) == (0, 3)
        again.close()
    if "move" in query:
        assert sorted(folder_of(dovecot, user, "kept")) == [mail(1), mail(2)], "what we moved stays where it is"


def _kept(store: Any) -> list[bytes]:
    with store.read() as tx:
        return [tx.inbox.envelope(n).raw for n in tx.inbox.without_end()]
