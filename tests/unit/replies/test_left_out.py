"""An agency's own words that forget what a mail is for are refused when they are loaded, not found by a seeker."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake.errors import TemplateError
from intake.replies import load_templates
from intake.resources import shipped_templates

FRAME = '{{% extends "_base/body.txt" %}}{{% block main %}}{}{{% endblock %}}'


@pytest.mark.parametrize(
    ("template", "body", "said"),
    [
        ("receipt_withdrawal", "退会のお申し出を承りました。", "block main"),
        (
            "receipt_concierge_change",
            '{% extends "_base/body.txt" %}{% block mian %}承りました。{% endblock %}',
            "block main",
        ),
        ("receipt_withdrawal", FRAME.format("退会のお申し出を承りました。"), "link"),
        ("return_key", FRAME.format("認証キーをお送りします。"), "key"),
        ("answer", FRAME.format("お問い合わせありがとうございます。"), "answer_text"),
        ("refusal", FRAME.format("承れませんでした。"), "refusal_text"),
    ],
)
def test_what_a_mail_is_for_must_stand_in_it(tmp_path: Path, template: str, body: str, said: str) -> None:
    folder = tmp_path / "replies" / template
    folder.mkdir(parents=True)
    (folder / "body.txt").write_text(body, "utf-8")
    with pytest.raises(TemplateError, match=f"replies/{template}/body.txt: .*{said}"):
        load_templates([shipped_templates(), tmp_path])


def test_a_frame_without_the_agency_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "replies" / "_base"
    folder.mkdir(parents=True)
    (folder / "body.txt").write_text("{% block opening %}{% endblock %}{% block main %}{% endblock %}", "utf-8")
    with pytest.raises(TemplateError, match="is not written anywhere"):
        load_templates([shipped_templates(), tmp_path])
