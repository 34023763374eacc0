"""What takes longer than a page may: made in a thread beside it. The page waits a moment, then says that it comes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class _Job(Generic[T]):
    over: threading.Event = field(default_factory=threading.Event)
    made: T | None = None
    error: BaseException | None = None


class Beside(Generic[T]):
    """Results of this process by what was asked; the same is never made twice at a time."""

    def __init__(self, name: str, most: int = 20) -> None:
        self._name, self._most = name, most
        self._lock = threading.Lock()
        self._kept: dict[Hashable, T] = {}
        self._jobs: dict[Hashable, _Job[T]] = {}

    def get(self, key: Hashable, make: Callable[[], T], is_fresh: Callable[[T], bool], wait: float | None) -> T | None:
        """The kept result while it is fresh, else a new one where ``wait`` seconds (None: as long as it takes) are
        enough, else the old one; None where there is none yet. Raises what ``make`` raised."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and is_fresh(kept):
                return kept
            job = self._jobs.get(key)
            if job is None:
                job = self._jobs[key] = _Job()
                threading.Thread(target=self._run, args=(key, job, make), name=self._name, daemon=True).start()
        if not job.over.wait(wait):
            return kept
        if job.error is not None:
            raise job.error
        return job.made

    def clear(self) -> None:
        """Forget what is kept."""
        with self._lock:
            self._kept.clear()

    def _run(self, key: Hashable, job: _Job[T], make: Callable[[], T]) -> None:
        try:
            job.made = make()
        except BaseException as error:  # noqa: BLE001 - whoever waits gets it; nobody else would see it
            job.error = error
        with self._lock:
            self._jobs.pop(key, None)
            if job.made is not None:
                if len(self._kept) > self._most:
                    self._kept.clear()
                self._kept[key] = job.made
        job.over.set()
