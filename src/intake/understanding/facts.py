"""What a message states of its sender: name, member number, telephone, dates, the concierge named."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from intake.model import Facts
from intake.understanding.concierge import find_concierge
from intake.understanding.fields import Field, blanked
from intake.understanding.names import find_name
from intake.understanding.numbers import find_member_id
from intake.understanding.reading import Reading
from intake.understanding.resumption import first_day, last_day
from intake.understanding.telephones import find_phone, numbers

_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_HOLDS = frozenset(("pause", "resume"))  # requests that may name the day of a new start


@dataclass(frozen=True, slots=True)
class Known:
    """Facts for the model, and the last day of a pause."""

    facts: Facts
    pause_until: date | None


def of_reading(
    reading: Reading, requests: Sequence[str], today: date | None, given: Mapping[str, str], sender: str = ""
) -> Known:
    """Facts of a message: what form or app state beats what the text states; quoted history, subject and From line
    state nothing. ``today``: the day of receipt in Japan; without it only days with their year count. ``sender``: the
    From line, which only helps to recognise a name that the text states."""
    text = reading.stated
    answers = _answers(text, reading.fields)
    asked = [(field.value_start, field.value_end) for field in reading.fields if field.kind == "phone"]
    phone = given.get("phone") or find_phone(text, asked)
    phones = frozenset(one.digits for one in numbers(text)) | {re.sub(r"\D", "", phone or "")}
    holds = not _HOLDS.isdisjoint(requests)
    start = first_day(text, today) if holds else None
    name = given.get("name") or find_name(_free_text(text, reading.fields), answers.get("name", ""), sender)
    facts = Facts(
        name=name,
        member_id=given.get("member_id") or find_member_id(answers.get("member_id", ""), text, phones, name),
        phone=phone,
        resume_on=start.on if start and (start.stated or today) else None,
        concierge=find_concierge(text),
        addresses=tuple(dict.fromkeys(_ADDRESS.findall(text))) if "@" in text else (),
    )
    return Known(facts, last_day(text, today) if holds else None)


def _answers(text: str, found: Sequence[Field]) -> dict[str, str]:
    """The first answer of each kind that is not empty."""
    answers: dict[str, str] = {}
    for field in found:
        value = field.value(text)
        if value and field.label in ("姓", "名"):
            answers["name"] = f"{answers.get('name', '')} {value}".strip()
        elif value and not answers.get(field.kind) and not _NICKNAME.search(field.label):
            answers[field.kind] = value
    return answers


# 「お名前(ニックネーム可)」 asks for a name.
_NICKNAME = re.compile("^(?!.*(?:氏名|名前)).*ニックネーム")
_NOT_NAMED_IN = frozenset(("address", "category", "email", "kana", "phone", "name"))


def _free_text(text: str, found: Sequence[Field]) -> str:
    """The text without form lines in which no name stands."""
    spans = (
        (field.start, field.value_start if field.kind == "text" else field.value_end)
        for field in found
        if field.kind == "text" or field.kind in _NOT_NAMED_IN
    )
    return blanked(text, spans)
