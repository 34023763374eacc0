"""Where rules and templates are read from. Apart from the rest, as reading needs neither database nor web."""

from __future__ import annotations

from pathlib import Path

from intake import resources
from intake.config import Settings


def rules_dirs(settings: Settings) -> list[Path]:
    """Shipped rules first, the home's last: a file there replaces the shipped one of the same name."""
    return [resources.shipped_rules(), settings.rules_override]


def template_dirs(settings: Settings) -> list[Path]:
    """Shipped templates first, the home's last."""
    return [resources.shipped_templates(), settings.templates_override]
