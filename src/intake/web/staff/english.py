"""What the staff pages say in English: ``templates/staff/english.toml``."""

from __future__ import annotations

import tomllib

from intake import resources


def _load() -> dict[str, str]:
    text = (resources.shipped_templates() / "staff" / "english.toml").read_text(encoding="utf-8")
    return {str(japanese): str(english) for japanese, english in tomllib.loads(text).items()}


ENGLISH = _load()
