"""How long data are kept: rows of a profile. No row says less than the law asks by itself; counsel confirms."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator


class Table(BaseModel):
    """A table of the file: unknown names are refused, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


SINCE = {
    "withdrawn_on": "退会から",
    "invalid_on": "登録が無効になってから",
    "completed_on": "お手続きの完了から",
}


HeldField = Literal["氏名", "会員番号", "フリガナ", "連絡先", "応募先と選考の結果"]


class Retention(Table):
    """How long a class of data is kept, from when, on what ground; what may not go before, nor stay after."""

    data: Literal["resume", "career", "personal", "messages", "mails", "cases", "register", "audit"]
    label: str
    years: Annotated[int, Field(ge=0, le=30)]
    months: Annotated[int, Field(ge=0, le=11)] = 0
    days: Annotated[int, Field(ge=0, le=366)] = 0
    since: Literal["withdrawn_on", "invalid_on", "completed_on"]
    else_since: Literal["withdrawn_on", "invalid_on"] | None = None  # where the first day never came
    floor_years: Annotated[int, Field(ge=0, le=30)] = 0  # kept that long whoever asks
    ceiling_years: Annotated[int, Field(ge=0, le=30)] | None = None  # gone by then whatever still runs
    at_end: Literal["erase", "keep"] = "erase"
    told: bool = True  # named in the closing mail
    ground: str
    fields: tuple[HeldField, ...] = ()  # register: what of a person a duty keeps

    @field_validator("ground")
    @classmethod
    def _quotes_no_law(cls, value: str) -> str:
        if re.search(r"第?[\d一二三四五六七八九十百]+条", value):
            raise ValueError("a ground is said in plain words, without article numbers")
        return value

    @model_validator(mode="after")
    def _is_in_order(self) -> Retention:
        if self.floor_years > self.years + (self.months > 0 or self.days > 0):
            raise ValueError(f"retention.{self.data}: the floor lies beyond the term")
        if self.ceiling_years is not None and self.ceiling_years < self.years:
            raise ValueError(f"retention.{self.data}: the ceiling lies before the term")
        return self

    @property
    def what(self) -> str:
        """The data, as mails name it."""
        return self.label

    @property
    def how_long(self) -> str:
        """「退会から3年間」."""
        terms = ((self.years, "年"), (self.months, "か月"), (self.days, "日"))
        term = "".join(f"{count}{unit}" for count, unit in terms if count)
        return f"{SINCE[self.since]}{term}間" if term else "退会と同時に消去"

    @property
    def why(self) -> str:
        """The ground in plain words."""
        return self.ground


class Notice(Table):
    """Whether somebody hears of it before their data go because their time is over; 0: nobody is told."""

    days_before: Annotated[int, Field(ge=0, le=365)] = 0
