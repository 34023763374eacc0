"""Bounces told by their wording alone: mail systems that send no report in the form of RFC 3464."""

from __future__ import annotations

import re

from intake.parsing import bounces
from intake.parsing.away import AUTO_SUBJECT, IS_ANSWER
from intake.parsing.mime import Part

_DAEMON = re.compile(
    r"^(?:mailer-?daemon|mail-?daemon|postmaster|mdaemon|mailerdaemon|mmdf|mail-?system|mailadmin|smtp-?daemon"
    r"|uucp|root"
    r"|smtpd?|autodaemon|mailsystem|bounce[sd]?|mail-delivery.*|maildelivery.*|microsoftexchange[0-9a-f]{8,})$"
)
_DAEMON_NAME = re.compile(
    r"mail(?:er)?[ -]?(?:delivery|daemon)|delivery (?:subsystem|system|service|agent)|system administrator"
    r"|mail administrator"
    r"|mail system|postmaster|メール(?:配信|送信|システム|デーモン)",
    re.IGNORECASE,
)
_BOUNCE_SUBJECT = re.compile(
    r"undeliver|returned mail|return(?:ed|ing) (?:to sender|message)|delivery (?:status notification|failure"
    r"|failed|error|problem|has failed|report|notification|unsuccessful|delayed)"
    r"|failure notice|mail (?:delivery|system) (?:fail|error|problem|subsystem)|mail could not be delivered"
    r"|(?:message|mail) (?:was )?not delivered|non-?delivery|mail failure|user unknown|could not send message"
    r"|nondeliverable|failed mail|delivery failure|unknown user|(?:message|mail)[^\n]{0,20}(?:undelivered"
    r"|returned|rejected|status - |delivery)|warning: (?:could not send|message)|unzustellbar|mislukt|retourn"
    r"|no se ha podido|não entregue|échec|notification d'état|undelivered|permanent error|dsn: failed"
    r"|配信(?:不能|不可|エラー|失敗|できません|状況)|配送(?:不能|エラー|失敗)|送信(?:エラー|失敗|できません"
    r"|不能)|不達|未達|宛先不明|宛先(?:が)?(?:不明|存在)|戻りメール"
    r"|(?:配信|配送|送信)(?:の)?(?:遅延|遅れ)|エラーメール|エラー通知|メール(?:を)?(?:配信|送信|配送|お届け)(?:することが)?でき|届きません"
    r"|届けられませんでした|返送"
    r"|(?:配信|配送|送信|転送)に失敗|受信者へ(?:の配信|配信)|mail system error|メールシステムエラー", re.IGNORECASE,
)  # fmt: skip
_BOUNCE_GATE = re.compile("[A-Za-zé]{5}|[配送達宛戻エ届返未]")
_BOUNCE_BODY = re.compile(
    r"user unknown|unknown user|no such (?:user|mailbox|recipient)|mailbox (?:unavailable|not found|full|is full"
    r"|exceeded)|recipient (?:address )?rejected|undeliver(?:able|ed)|could not be delivered|(?:550|551|552|553"
    r"|554)[ -]\d?|5\.\d\.\d|permanent(?: fatal)? (?:error|failure)|over quota|host unknown"
    r"|address(?:es)? (?:had|failed)|deliver(?:y|ed)[^\n]{0,40}(?:fail|not)|does not exist|not our customer"
    r"|(?:配信|配送|送信|お届け)(?:すること(?:が|は))?でき(?:ません|ず|なかった)"
    r"|宛先(?:の)?(?:メール)?アドレスが?(?:見つかり|存在|不明)|存在しない(?:アドレス|宛先"
    r"|ユーザ)|届けることができ|エラー(?:に|と)?より|メールボックス(?:が|の)(?:容量|いっぱい|一杯)"
    r"|(?:配信|配送|送信|転送)に失敗|受け取れません|受信(?:する(?:こと)?が)?できません|受信を?拒否"
    r"|(?:配信|配送|送信)が(?:遅れ|遅延)|再送(?:信)?を(?:試み|行|続け)"
    r"|メールボックスが(?:満杯|いっぱい|容量)|ドメイン指定受信|受信拒否|戻ってきました", re.IGNORECASE,
)  # fmt: skip
_MACHINE_LOCAL = re.compile(r"mail|system|admin|bounce|error|daemon|postmaster|smtp|server|no-?_?reply|notif|delivery")


def sounds_like_one(sender: str) -> bool:
    """An address that a mail system might have; some people's, too."""
    return bool(_MACHINE_LOCAL.search(sender.rpartition("@")[0].lower()))


def is_daemon(sender: str, name: str = "") -> bool:
    """A sender that is a mail system."""
    local = sender.rpartition("@")[0] or sender
    return bool(_DAEMON.match(local.strip("\"' ").lower())) or bool(_DAEMON_NAME.search(name))


def by_wording(
    root: Part, subject: str, sender: str, name: str, text: str, null_return: bool, raw: bytes
) -> tuple[str, tuple[str, ...]] | None:
    """Why this is a bounce, and the addresses that it names; None where it is not."""
    failed = root.headers.first("x-failed-recipients")
    if failed is not None:
        found = tuple(item.strip() for item in failed.decode("ascii", "replace").split(",") if "@" in item)
        return "header X-Failed-Recipients", found
    daemon = is_daemon(sender, name)
    machine = sounds_like_one(sender)
    says = bool(_BOUNCE_GATE.search(subject[:300]) and _BOUNCE_SUBJECT.search(subject[:300]))
    head = text[:20_000]
    if daemon and (says or _BOUNCE_BODY.search(head)):
        return "daemon sender and wording", bounces.named(text, sender)
    if null_return and (says or _BOUNCE_BODY.search(head)) and not AUTO_SUBJECT.search(subject[:300]):
        return "null return path and wording", bounces.named(text, sender)
    if says and machine and _BOUNCE_BODY.search(head):
        return "machine sender and wording", bounces.named(text, sender)
    answered = bool(IS_ANSWER.match(subject))
    if says and not answered and _BOUNCE_BODY.search(head) and bounces.encloses_mail(root, text):
        return "subject and returned mail", bounces.named(text, sender)
    if daemon or null_return or (says and not answered):
        found = bounces.by_format(raw)
        if found:
            return "daemon sender, known bounce format", found
    return None
