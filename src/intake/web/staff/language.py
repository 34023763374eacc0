"""Japanese first; English where a short word does. What has no English is shown in Japanese."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request

from intake.model import Stage
from intake.web import labels
from intake.web.staff.english import ENGLISH

DONE = {
    "approve": "承認しました", "correct": "依頼の種類を直しました", "hold": "保留にしました",
    "refuse": "お断りにしました", "close": "対応済みにしました", "lapse": "終了にしました",
    "assign": "対応者を変えました", "note": "メモを残しました", "reply": "返信を送信待ちに入れました",
    "phone": "電話での確認を記録しました", "link": "確認リンクを送ります", "receipt": "受付の連絡を送ります",
    "reread": "文字コードを変えて読み直しました",
    "seeker": "求職者を選びました", "undo": "メールの送信を取りやめました",
    "edited": "メールを書き直しました", "task": "作業を完了にしました",
    "task_over": "この作業は、すでに終わっています",
    "person": "スタッフを登録しました", "password": "パスワードを変えました",
    "linked": "社内アカウントとつなぎました", "unlinked": "社内アカウントを切り離しました",
    "passkey": "パスキーを登録しました", "passkey_removed": "パスキーを削除しました",
    "passkey_failed": "パスキーを登録できませんでした", "codes_off": "認証アプリをやめました",
    "factors": "二段階認証を外しました", "placed": "役割と不在を変えました",
    "signed_out": "サインアウトさせました", "closed": "アカウントを停止しました",
    "view": "検索を保存しました", "view_removed": "保存した検索を削除しました",
    "legal_hold": "法的保全の対象にしました", "legal_hold_lifted": "法的保全を解除しました",
    "opened": "アカウントを再開しました", "bulk": "まとめて処理しました",
    "again": "もう一度試します。終わると一覧から消えます", "by_hand": "手で案件にしました",
    "read_again": "もう一度開き、読めるようになりました",
    "call": "お電話の内容を登録しました。まもなく一覧に並びます",
}  # fmt: skip


def of(request: Request) -> str:
    """``ja`` or ``en``: what was chosen, else what the browser prefers."""
    wish = request.query_params.get("lang") or request.cookies.get("lang") or _preferred(request)
    return "en" if wish == "en" else "ja"


def chosen(request: Request) -> bool:
    """True where this very request changes the language."""
    return request.query_params.get("lang") in ("ja", "en")


def switch(request: Request) -> str:
    """The same page in the other language: what was searched for stays, what was done is not said again.

    "" on the answer to a form: its address can seldom be opened, and what was typed would be gone.
    """
    if request.method not in ("GET", "HEAD"):
        return ""
    asked = [(k, v) for k, v in request.query_params.multi_items() if k not in ("lang", "done")]
    return "?" + urlencode([*asked, ("lang", "ja" if of(request) == "en" else "en")])


def _preferred(request: Request) -> str:
    first = request.headers.get("accept-language", "ja").split(",")[0].strip().lower()
    return "en" if first.startswith("en") else "ja"


def words(lang: str) -> dict[str, Any]:
    """What templates speak with: ``t`` for what they say, ``label`` for codes."""
    t: Callable[[str], str] = (lambda text: ENGLISH.get(text, text)) if lang == "en" else (lambda text: text)
    label = _english_label if lang == "en" else labels.label
    stage_name = (lambda stage: Stage(stage).name.lower().replace("_", " ")) if lang == "en" else labels.stage_name
    done = {code: t(text) for code, text in DONE.items()}
    return {"lang": lang, "t": t, "label": label, "stage_name": stage_name, "done_words": done}


def _english_label(code: object) -> str:
    """Codes are English words already; those that say too little stand in english.toml as ``code:…``."""
    return ENGLISH.get(f"code:{code}", str(code).replace("_", " ")) if code is not None else ""
