"""What is wrong with the service, in Japanese: the probes of machines are told the same in English (``/healthz``)."""

from __future__ import annotations

import re

_PARTS = {
    "the worker": "連絡の処理", "the sender": "メールの送信", "the keeper": "消去の処理", "erasures": "消去",
    "webhooks": "外部システムへの連携", "the sender of webhooks": "外部システムへの連携", "rules": "ルールとひな形",
    "the disk": "保存先のディスク", "the clock": "サーバーの時計", "the way into the inbox": "受信の入口",
    "smtp": "受信の入口(SMTP)", "lmtp": "受信の入口(LMTP)",
}  # fmt: skip
_NAMED = (("mailbox ", "受信箱 "), ("the thread ", "内部の処理 "))
_SENTENCES = (
    (r"(.+) has shown no sign of life for (\d+) seconds", "{0}が{1}秒のあいだ動いていません。"),
    (r"the database does not answer.*", "データベースが応答しません。"),
    (r"the look at ourselves broke.*", "稼働状況を調べられませんでした。"),
    (r"(\d+) messages wait to be read, the oldest for (\d+) minutes",
     "読み取りを待つ連絡が{0}件あります。最も古いものは{1}分待っています。"),
    (r"(\d+) mails wait to leave, the oldest for (\d+) minutes",
     "送信を待つメールが{0}件あります。最も古いものは{1}分待っています。"),
    (r"(\d+) mails may or may not have left.*",
     "送れたかどうか分からないメールが{0}件あります。「メール」の一覧をご確認ください。"),
    (r"([^:]+): fails again and again, for (\d+) seconds.*", "{0}が{1}秒のあいだ失敗を繰り返しています。"),
    (r"([^:]+): cannot be asked.*", "{0}の状態を確かめられません。"),
    (r"([^:]+): ended by itself.*", "{0}が途中で止まり、自動で再開しました。"),
    (r"webhooks: (\d+) could not be delivered.*", "外部システムへ届けられなかった連携が{0}件あります。"),
    (r"([^:]+): does not listen", "{0}が止まっています。"),
    (r"([^:]+): .*", "{0}に問題があります。"),
)  # fmt: skip
OTHER = "次の点を確認してください。"


def in_words(issue: str) -> str:
    """A sentence for people; the page shows the words themselves beside it."""
    for pattern, words in _SENTENCES:
        found = re.fullmatch(pattern, issue, re.DOTALL)
        if found:
            return words.format(*map(_part, found.groups()))
    return OTHER


def _part(name: str) -> str:
    for english, japanese in _NAMED:
        if name.startswith(english):
            return japanese + name.removeprefix(english)
    return _PARTS.get(name, name)
