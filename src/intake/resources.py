"""Where the shipped rules and templates lie: in the checkout, or inside an installed wheel."""

from __future__ import annotations

from pathlib import Path

from intake.errors import SettingError

_PACKAGE = Path(__file__).resolve().parent
_PLACES = (_PACKAGE / "_data", _PACKAGE.parent.parent)  # a wheel's own data; else the checkout's top level


def shipped_rules() -> Path:
    """The folder of the shipped rules; SettingError where the installation lacks it."""
    return _shipped("rules")


def shipped_templates() -> Path:
    """The folder of the shipped templates; SettingError where the installation lacks it."""
    return _shipped("templates")


def _shipped(name: str) -> Path:
    for place in _PLACES:
        if (place / name).is_dir():
            return place / name
    raise SettingError(f"{name}/ is missing from this installation; install intake again")
