"""Caps that hold before anything is parsed (reliability.md A16), and the list of what they cut off."""

from __future__ import annotations

from dataclasses import dataclass, field

RAW_BYTES = 64 * 1024 * 1024
HEADER_BLOCK_BYTES = 256 * 1024
HEADER_BYTES = 64 * 1024  # one free-text header
STRUCTURED_BYTES = 8 * 1024  # one header with grammar: Content-Type, From, Received ...
HEADER_COUNT = 2_000
DEPTH = 30
PARTS = 500
TEXT_CHARS = 1_000_000
TEXT_LINES = 50_000
HTML_BYTES = 2_000_000
ADDRESSES = 500
NAME_CHARS = 1_000


@dataclass(slots=True)
class Notes:
    """What is said about one mail while it is read: rungs of the charset ladder, what could not be read, and why the
    words found may not be the sender's own."""

    steps: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    def step(self, where: str, how: str) -> None:
        """Record which rung read which place; each once."""
        line = f"{where}: {how}"
        if line not in self.steps and len(self.steps) < 100:
            self.steps.append(line)

    def fault(self, what: str) -> None:
        """Record that something could not be read; each once."""
        if what not in self.faults and len(self.faults) < 20:
            self.faults.append(what)

    def doubt(self, code: str) -> None:
        """Record why the words that are read may not be what the sender says; each once."""
        if code not in self.doubts:
            self.doubts.append(code)

    @property
    def error(self) -> str | None:
        """Why only part could be read, or None."""
        return "; ".join(self.faults) or None
