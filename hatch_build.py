"""What the wheel holds beside the package: the rules and templates that people outside the code write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ShippedData(BuildHookInterface):  # type: ignore[type-arg]
    """Puts ``rules/`` and ``templates/`` into ``intake/_data`` of a real wheel.

    An editable install gets nothing: there ``intake.resources`` finds the folders of the checkout, so that an edited
    rule counts at once. A wheel without them is never built.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before a build; ``version`` is ``standard`` or ``editable``."""
        if version == "editable":
            return
        for name in ("rules", "templates"):
            folder = Path(self.root) / name
            if not folder.is_dir():
                raise FileNotFoundError(f"{name}/ is missing: a wheel without it cannot work")
            build_data["force_include"][str(folder)] = f"intake/_data/{name}"
