"""What changed between two versions of a template, for the page where people look before they trust a new wording."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import unified_diff


def differences(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[str, ...]:
    """Lines of a unified diff over the files of a template (``TemplateBook.source`` then and now); empty if equal."""
    lines: list[str] = []
    for file in sorted({*old, *new}):
        before, after = old.get(file, "").splitlines(), new.get(file, "").splitlines()
        lines += unified_diff(before, after, f"{file} (before)", f"{file} (now)", lineterm="", n=1)
    return tuple(lines)
