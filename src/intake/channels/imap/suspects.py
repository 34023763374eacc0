"""Mails at which the server breaks off: each is asked for alone, after all others, so that one damaged file on the
server never stops the mailbox."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from intake.ports import ImapPlace

TIMES = 2  # alone; before that it was one of a batch, and any of them might have been it
AGAIN_SECONDS = 3600.0
Mail = tuple[ImapPlace | None, int]  # a UID and the folder that it is of


class Suspects:
    """What was under way when a FETCH failed. Lives as long as the mailbox's thread: a start asks anew."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._place: ImapPlace | None = None
        self._failures: dict[Mail, int] = {}  # how often its own FETCH failed
        self._rests: dict[Mail, float] = {}  # until when it is not asked for

    def at(self, place: ImapPlace) -> None:
        """The UIDs are of this folder from now on."""
        self._place = place

    def broke(self, uids: Sequence[int]) -> None:
        """A FETCH of these failed, whether by a refusal or by the end of the connection."""
        alone = len(uids) == 1
        for mail in [(self._place, uid) for uid in uids]:
            self._failures[mail] = self._failures.get(mail, 0) + alone
            if self._failures[mail] >= TIMES:
                self._rests[mail] = self._clock() + AGAIN_SECONDS

    def came(self, uid: int) -> None:
        """It could be fetched after all, or is gone."""
        self._failures.pop((self._place, uid), None)
        self._rests.pop((self._place, uid), None)

    def is_suspect(self, uid: int) -> bool:
        """It must be asked for alone."""
        return (self._place, uid) in self._failures

    def rests(self, uid: int) -> bool:
        """It is not asked for now: the server has broken off over it alone, within the hour."""
        return self._rests.get((self._place, uid), 0.0) > self._clock()
