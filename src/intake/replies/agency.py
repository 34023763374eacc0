"""Who writes: the agency's own lines under every mail, and its figures, from ``rules/agency.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from intake.errors import RuleError
from intake.replies.budget import Limits
from intake.resources import read_rule

FILE_NAME = "agency.toml"
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")
]
Mailbox = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[!-?A-~]+@[!-?A-~]+$")]
Page = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^https?://[!-~]+$")]


class Timing(BaseModel):
    """When mails leave that nobody waits for; hours of Asia/Tokyo."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    quiet_from: int = Field(default=21, ge=0, le=24)
    quiet_until: int = Field(default=8, ge=0, le=24)
    in_office_hours: Annotated[tuple[str, ...], Field(strict=False)] = ("reminder",)


class Agency(BaseModel):
    """The signature of every mail. Single lines without control characters, so that nothing can break a header."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: Line
    office: Line
    telephone: Line
    hours: Line
    address: Line
    privacy_page: Page
    sign_off: Line
    mail_from: Mailbox  # where INTAKE_MAIL_FROM is not set
    charset: Literal["utf-8", "iso-2022-jp"] = "utf-8"
    html: bool = False  # a second view beside the text
    limits: Limits = Limits()
    timing: Timing = Timing()


def load_agency(rules_dirs: Sequence[Path]) -> Agency:
    """Read ``agency.toml``; the last folder that has one wins (shipped rules first, the home's own last).

    Raises RuleError, which names the file and the field, when no folder has one or a value is wrong.
    """
    found = [folder / FILE_NAME for folder in rules_dirs if (folder / FILE_NAME).is_file()]
    if not found:
        raise RuleError(f"{FILE_NAME} is missing; `intake init` writes one")
    return parse_agency(read_rule(found[-1]), str(found[-1]))


def parse_agency(text: str, where: str = FILE_NAME) -> Agency:
    """The same from a text. Raises RuleError."""
    try:
        return Agency.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as e:
        raise RuleError(f"{where}: {e}") from e
    except ValidationError as e:
        first = e.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise RuleError(f"{where}: {field}: {first['msg']}") from e
