"""Does mail leave, and does it arrive? A mail to ourselves, step by step in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from starlette.responses import Response

from intake.channels.imap import Account, Knock, knock, parse_accounts
from intake.config import Settings
from intake.errors import NotFound
from intake.model import MailState, OutboxItem
from intake.pipeline import desk, probe
from intake.web.staff import language
from intake.web.staff.visit import Visit
from intake.web.staff.ways import of_mailbox, of_sending

NOT_SENT = "送信できませんでした。送信先のサーバーの設定をご確認ください"
LONG = timedelta(minutes=2)
TOO_LONG = timedelta(minutes=10)
LEFT = frozenset({MailState.SENT, MailState.UNKNOWN})
BAD = frozenset({MailState.FAILED, MailState.STALE, MailState.CANCELLED})


@dataclass(frozen=True, slots=True)
class Step:
    """``how`` is done, waits, failed, later, or again (it failed and is tried again by itself).

    ``what`` says it in words, ``detail`` what a server answered.
    """

    how: str
    what: str
    detail: str = ""


def show(visit: Visit) -> Response:
    """How mails go and come, and how the last test goes."""
    wanted = visit.asked("test")
    steps: list[Step] = []
    if wanted.isdecimal() and len(wanted) < 16:
        steps = _steps(visit, int(wanted))
    return visit.page(
        "connections.html",
        settings=ways(visit.context.settings),
        steps=steps,
        waits=any(s.how in ("waits", "again") for s in steps),
        test=wanted + (f"&in={tried}" if (tried := visit.asked("in")) else ""),
        words="",
    )


def start(visit: Visit) -> Response:
    """Send it."""
    with visit.context.store.write() as tx:
        item = probe.send(desk.act_of(tx, visit.staff, visit.now), visit.tools)
    tried = ",".join(knock(account).value for account in _mailboxes(visit.context.settings))
    return visit.back_to(f"/staff/connections?test={item.id}" + (f"&in={tried}" if tried else ""))


def _mailboxes(settings: Settings) -> tuple[Account, ...]:
    return parse_accounts(settings.imap_url, settings.imap_password_file or None) if settings.imap_url else ()


def ways(settings: Settings) -> list[tuple[str, str]]:
    """Out and in, without users and passwords."""
    found = [("送信", _place(settings.relay_url))]
    found += [("受信 SMTP", settings.smtp_listen)] if settings.smtp_listen else []
    found += [("受信 LMTP", settings.lmtp_listen)] if settings.lmtp_listen else []
    found += [("受信 IMAP", _place(settings.imap_url))] if settings.imap_url else []
    return found


def _place(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme == "folder":
        return "フォルダーに保存(外へは送りません)"
    return f"{parts.scheme}://{parts.hostname or ''}" + (f":{parts.port}" if parts.port else "")


def _steps(visit: Visit, item_id: int) -> list[Step]:
    with visit.context.store.read() as tx:
        item = tx.outbox.get(item_id)
        if item.case_ids or item.mail.template != probe.TEMPLATE:
            raise NotFound()
        back = probe.arrived(tx, item)
    steps = [Step("done", "自分あてのメールを用意しました"), *_tried(visit), _leaving(visit, item)]
    if item.state in BAD:
        return steps
    if back is not None:
        t = language.words(language.of(visit.request))["t"]
        seconds = max(0, round((back.at - item.created_at).total_seconds()))
        door = {"smtp": "SMTP", "lmtp": "LMTP", "imap": "IMAP"}.get(back.via, back.via)
        steps.append(Step("done", "届きました", f"{door}・{seconds}{t('秒')}"))
        return [*steps, Step("done", "読み取りました。返信はしません")]
    return [*steps, _waiting(visit, item)]


def _tried(visit: Visit) -> list[Step]:
    """The mailboxes as they were when the test began, in the order of their addresses."""
    codes = [code for code in visit.asked("in").split(",") if of_mailbox(code)]
    return [
        Step("done" if code == Knock.OPEN else "failed", of_mailbox(code), account.host)
        for code, account in zip(codes, _mailboxes(visit.context.settings) if codes else (), strict=False)
    ]


def _leaving(visit: Visit, item: OutboxItem) -> Step:
    if item.state in BAD:
        return Step("failed", of_sending(item.error) or NOT_SENT, item.error)
    if item.state in LEFT and visit.context.settings.relay_url.startswith("folder:"):
        return Step("done", "フォルダーに保存しました")
    if item.state in LEFT:
        return Step("done", "送信先のサーバーが受け取りました")
    if why := of_sending(item.error):
        return Step("again", why, item.error)
    late = visit.now - item.created_at > LONG
    words = "まだ送信できません。自動でやり直しています" if late else "送信の順番を待っています"
    return Step("waits", words, item.error)


def _waiting(visit: Visit, item: OutboxItem) -> Step:
    if visit.context.settings.relay_url.startswith("folder:"):
        return Step("failed" if item.state in LEFT else "later",
                    "外へは送らない設定のため、届きません。送信先のサーバーを設定してください")  # fmt: skip
    if item.state not in LEFT:
        return Step("later", "届くのを待ちます")
    waited = visit.now - (item.sent_at or item.created_at)
    if waited > TOO_LONG:
        return Step("failed", "10分たっても届きません。受信箱の転送と、受信の設定をご確認ください")
    return Step("waits", "届くのを待っています" if waited < LONG else "まだ届きません。あと数分お待ちください")
