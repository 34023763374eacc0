"""What the server breaks off at is known by its folder: the look back after a restore goes through two more."""

from __future__ import annotations

from intake.channels.imap.suspects import AGAIN_SECONDS, Suspects
from intake.ports import ImapPlace

INBOX, FAILED = ImapPlace("a", "INBOX", 1), ImapPlace("a", "failed", 2)


def test_another_folder_forgets_nothing() -> None:
    now = [0.0]
    suspects = Suspects(lambda: now[0])
    suspects.at(FAILED)
    suspects.broke([7, 8])
    suspects.broke([7])
    suspects.at(INBOX)
    assert not suspects.is_suspect(7)
    suspects.at(FAILED)
    suspects.broke([7])
    assert suspects.rests(7) and suspects.is_suspect(8) and not suspects.rests(8)
    suspects.came(8)
    assert not suspects.is_suspect(8)
    now[0] = AGAIN_SECONDS + 1
    assert not suspects.rests(7) and suspects.is_suspect(7)
