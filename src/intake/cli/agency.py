"""Asks once who the agency is: these lines stand under every mail (decisions.md, Mails)."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import typer

from intake import resources
from intake.cli.app import say
from intake.replies import load_agency

QUESTIONS = {
    "name": ("社名", "name of the agency"),
    "office": ("窓口の名前", "name of the office"),
    "telephone": ("電話番号", "telephone"),
    "hours": ("受付時間", "office hours"),
    "address": ("所在地", "postal address"),
    "privacy_page": ("個人情報の取り扱いのページ", "page about privacy"),
    "mail_from": ("メールの差出人アドレス", "address that mails come from"),
}


def write_agency(home: Path) -> Path | None:
    """Make HOME/rules/agency.toml: asked on a terminal, else a copy of the shipped one to be edited.

    Gives the path, or None where the file is there already; what stands in it is never touched. Raises RuleError
    where an answer cannot stand in a mail, and then leaves no file.
    """
    path = home / "rules" / "agency.toml"
    if path.exists():
        return None
    text = (resources.shipped_rules() / "agency.toml").read_text(encoding="utf-8")
    if sys.stdin.isatty():
        print(say("どのメールにも付く署名です。Enter で見本のまま進みます。",
                  "These lines stand under every mail. Enter keeps the sample."), file=sys.stderr)  # fmt: skip
        text = _asked(text)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    try:
        load_agency([path.parent])
    except Exception:
        path.unlink()
        raise
    return path


def _asked(text: str) -> str:
    for key, (ja, en) in QUESTIONS.items():
        line = re.compile(rf'^{key} = (".*")$', re.M)
        found = line.search(text)
        assert found is not None, f"{key} is missing from the shipped agency.toml"
        answer = typer.prompt(say(ja, en), default=json.loads(found[1]), err=True)
        new = f"{key} = {json.dumps(answer, ensure_ascii=False)}"
        text = line.sub(lambda _, new=new: new, text, count=1)  # type: ignore[misc]
    return text
