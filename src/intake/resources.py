"""Where the shipped rules and templates lie: in the checkout, or inside an installed wheel."""

from __future__ import annotations

from pathlib import Path

from intake.errors import RuleError, SettingError

_PACKAGE = Path(__file__).resolve().parent
_PLACES = (_PACKAGE / "_data", _PACKAGE.parent.parent)  # a wheel's own data; else the checkout's top level


def shipped_rules() -> Path:
    """The folder of the shipped rules; SettingError where the installation lacks it."""
    return _shipped("rules")


def shipped_templates() -> Path:
    """The folder of the shipped templates; SettingError where the installation lacks it."""
    return _shipped("templates")


def read_rule(path: Path) -> str:
    """The text of a file that people edit, with or without the mark that Windows editors put before UTF-8. Raises
    RuleError, which names the file, where it cannot be read or is in another encoding."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as e:
        raise RuleError(f"{path}: not UTF-8 ({e.reason} at byte {e.start}); save it as UTF-8") from None
    except OSError as e:
        raise RuleError(f"{path}: cannot be read: {e.strerror}") from None


def _shipped(name: str) -> Path:
    for place in _PLACES:
        if (place / name).is_dir():
            return place / name
    raise SettingError(f"{name}/ is missing from this installation; install intake again")
