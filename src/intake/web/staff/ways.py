"""What stands in the way of mail, in words that say what to look at: the relay and the mailboxes."""

from __future__ import annotations

import re

from intake.channels.imap import Knock

SIGN_IN = (
    "送信サーバーにサインインできません。"
    "ユーザー名(INTAKE_RELAY_URL)とパスワード(INTAKE_RELAY_PASSWORD_FILE)をご確認ください"
)
TLS_NAME = "送信サーバーの証明書の名前が、INTAKE_RELAY_URL のサーバー名と違います。サーバー名をご確認ください"
TLS = "送信サーバーとの通信を暗号化できないか、証明書を確かめられません。INTAKE_RELAY_URL をご確認ください"
NO_HOST = "送信サーバーの名前が見つかりません。INTAKE_RELAY_URL のサーバー名をご確認ください"
CLOSED = "送信サーバーに接続を断られました。INTAKE_RELAY_URL のサーバー名とポートをご確認ください"
SILENT = "送信サーバーから応答がありません。サーバー名とポート、ファイアウォールをご確認ください"
ADDRESS = "送信サーバーが、差出人か宛先を断りました。INTAKE_MAIL_FROM と、送信サーバーの許可の設定をご確認ください"
_SENDING = (
    (r"^auth\b", SIGN_IN),
    (r"SSLCertVerificationError 6[24]\b", TLS_NAME),  # X509_V_ERR_HOSTNAME_MISMATCH, …_IP_ADDRESS_MISMATCH
    (r"SSL|^starttls\b", TLS),
    (r"gaierror", NO_HOST),
    (r"ConnectionRefusedError", CLOSED),
    (r"TimeoutError|timeout", SILENT),
    (r"^(mail|rcpt): 5", ADDRESS),
)
MAILBOX = {
    Knock.OPEN: "受信箱にサインインできました",
    Knock.PASSWORD: "受信箱にサインインできません。"
    "ユーザー名(INTAKE_IMAP_URL)とパスワード(INTAKE_IMAP_PASSWORD_FILE)をご確認ください",
    Knock.TLS_NAME: "受信サーバーの証明書の名前が、INTAKE_IMAP_URL のサーバー名と違います。サーバー名をご確認ください",
    Knock.TLS: "受信サーバーとの通信を暗号化できないか、証明書を確かめられません。INTAKE_IMAP_URL をご確認ください",
    Knock.NO_HOST: "受信サーバーの名前が見つかりません。INTAKE_IMAP_URL のサーバー名をご確認ください",
    Knock.CLOSED: "受信サーバーに接続を断られました。INTAKE_IMAP_URL のサーバー名とポートをご確認ください",
    Knock.SILENT: "受信サーバーから応答がありません。サーバー名とポート、ファイアウォールをご確認ください",
    Knock.FOLDER: "受信箱のフォルダーを開けません。INTAKE_IMAP_URL のフォルダー名をご確認ください",
    Knock.BROKEN: "受信サーバーとのやり取りが途中で切れました。しばらくして、もう一度お試しください",
}
WORDS = (SIGN_IN, TLS_NAME, TLS, NO_HOST, CLOSED, SILENT, ADDRESS, *MAILBOX.values())


def of_sending(error: str) -> str:
    """What to look at for a failure that the sender wrote down (``auth: 535 …``); "" where there is no word for it."""
    return next((words for pattern, words in _SENDING if re.search(pattern, error)), "")


def of_mailbox(code: str) -> str:
    """The same for a mailbox that was tried; "" for what is no word of ours."""
    return MAILBOX[Knock(code)] if code in set(Knock) else ""
