"""Who is speaking: a person, or a bounce, an auto-reply, a list; and why a machine must not answer (RFC 3834).

By structure first (RFC 3464, 3798), then by header, then by the wording of the programs, Japanese ones among them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from intake.model import Kind
from intake.parsing import bounces
from intake.parsing.headers import Headers
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
_AUTO_SUBJECT = re.compile(
    r"^\s*(?:\[|【|\(|＜|<|■|◆)?\s*(?:re\s*[:：]\s*)?(?:\[|【)?\s*(?:auto(?:matic|mated|matische"
    r"|matisch)?[\s:-]*(?:reply|response|re|antwort|svar|antwoord|respond\w*|generated|ack\w*)|auto:"
    r"|out[ -]of[ -](?:the[ -])?office|ooo\b|away from (?:my )?(?:mail|office|e-?mail|desk)|vacation|i am (?:out"
    r"|away|currently)|on (?:vacation|leave|holiday)|abwesen|réponse automatique|respuesta automática"
    r"|risposta automatica|resposta automática|自动回复|自動回覆|absence|afwezig|automatisk svar|autosvar"
    r"|automaattinen"
    r"|autoreply)"
    r"|(?:\[|【|＜|<|《|\(|（|^|[\s　]|[:：])自動(?:返信|応答|送信|配信|回答|返答|通知)|不在(?:通知"
    r"|のお知らせ|の?ご?案内|メッセージ|応答|連絡|です)|(?:休業|休暇"
    r"|休館|休診|お休み|冬季休業|夏季休業|年末年始)[^\n]{0,8}(?:のお知らせ|の?ご?案内|のご連絡|中です|につき)"
    r"|(?:開封|既読|受信)(?:確認|通知|済み)|^read:|^(?:not read|read receipt|return receipt|disposition notification"
    r"|delivery receipt|delivered|開封済み)\s*[:：]?|受付(?:完了|確認)?(?:の)?(?:自動|お知らせ)"
    r"|退職のお知らせ\(自動", re.IGNORECASE,
)  # fmt: skip
_AUTO_BODY = re.compile(
    r"(?:このメール|本メール|このメッセージ|本メッセージ|こちら(?:のメール)?|当メール|このmail"
    r"|この返信)[はもが]、?[^。\n]{0,40}(?:自動(?:的に)?(?:で)?(?:送信|返信"
    r"|配信|応答|生成|発信|作成|で|に)|システム(?:から|より|が)自動|送信専用|機械的に)"
    r"|自動(?:返信|応答|送信|配信)(?:メール|メッセージ|機能|システム|専用)?(?:です|となります|になります"
    r"|でございます|により|にて(?:お送り|送信|返信|配信)|でお送り|をお送り|を?設定)"
    r"|(?:このメール|本メール|当メール)(?:に|へ|宛に)(?:ご)?返信(?:を)?"
    r"(?:いただ|頂|され|下さ|し)[^。\n]{0,12}(?:も|場合|でも)[^。\n]{0,30}(?:でき|いたしかね|致しかね|出来|届き)"
    r"|(?:自動的に|自動で)(?:返信|送信|配信|応答|お送り)(?:して(?:おり|い)|され|いた|し)"
    r"|this is an? (?:automat|auto[- ]?(?:generated|reply|response))|automat(?:ed"
    r"|ic(?:ally)?)[- ](?:generated )?(?:response|reply|message|e-?mail|generated|acknowledg)|auto-?(?:generated"
    r"|reply|response)|do not reply to this (?:e-?mail|message)|generated automatically", re.IGNORECASE,
)  # fmt: skip
_AWAY_STATE = re.compile(
    r"(?:ただ(?:いま|今)|只今|現在|本日|(?:\d{1,2}(?:月|/)\d{1,2}日?[^。\n]{0,30})|下記(?:の)?(?:期間|日程)"
    r"|以下の(?:期間|日程)|誠に勝手ながら"
    r"|休暇(?:取得)?中|出張(?:中|のため)|夏季|冬季|年末年始|ＧＷ|GW|ゴールデンウィーク|お盆|期間中|育児"
    r"|産休)[^。]{0,60}"
    r"(?:不在|休暇|休業|お休み|席を外し|出張|休みを(?:いただ|頂)|留守|休職|休館|休診)|(?:不在|休業)(?:に|と"
    r"|を)?(?:して|致して|いたして|させて)|(?:不在|休業)(?:期間"
    r"|とさせ|といたし)|メール(?:の|を)(?:確認|返信|返事|閲覧)[^。\n]{0,20}(?:でき(?:ません|ない)|遅れ|難し)"
    r"|(?:I(?:'m| am)|I will be|will be) (?:currently )?(?:out of|away|on (?:vacation|leave|holiday|parental))"
    r"|out of (?:the )?office|on (?:annual leave|vacation|maternity leave)|limited access to (?:my )?e-?mail",
    re.IGNORECASE,
)  # fmt: skip
_AWAY_PROMISE = re.compile(
    r"(?:戻り(?:次第|ましたら|ました後)|休み明け|休暇明け|出社(?:後|次第)|翌営業日|営業(?:開始|再開)|再開後"
    r"|復帰後|帰国後|順次|改めて|後日|後ほど)[^。]{0,40}(?:返信|返事"
    r"|返答|連絡|対応|回答|確認|ご案内)"
    r"|(?:お急ぎ|緊急|至急)の(?:場合|方|際|ご?用件|ご?連絡|お問)[^。]{0,60}|(?:ご)?(?:迷惑|不便)(?:を)?(?:お"
    r"|を)?(?:かけ|掛け)[^。]{0,40}|代わり(?:に"
    r"|の者)|代理の?者|(?:ご)?了承(?:ください|下さい|願い|のほど|の程)"
    r"|(?:when|upon|on|after) (?:I|my) return|as soon as (?:I|possible)|for (?:urgent|immediate)|in my absence"
    r"|if (?:it is|this is|you need|you require)[^.\n]{0,20}urgent|please contact", re.IGNORECASE,
)  # fmt: skip
_NEWSLETTER = re.compile(
    r"(?:配信|購読|メルマガ|メールマガジン|ニュースレター|お知らせメール)(?:の|を)?(?:停止|解除|登録解除"
    r"|中止|ご?希望(?:さ|し|で)れ?ない)[^\n]{0,30}(?:こちら|URL|ＵＲＬ"
    r"|下記|以下|ページ|手続|https?)|(?:配信停止|購読解除|登録解除|メルマガ解除|配信解除)(?:は|の(?:方"
    r"|お手続き|手続き)は|URL|はこちら|：|:)|メールマガジン(?:を"
    r"|の)?(?:発行|vol|Vol|第\d+号)|unsubscribe (?:here|from|at|link|by|:)|to unsubscribe"
    r"|manage your (?:e-?mail )?(?:preferences|subscription)|you (?:are )?receiv(?:ed|ing) this (?:e-?mail"
    r"|newsletter|message) because", re.IGNORECASE,
)  # fmt: skip
_NEWSLETTER_GATE = re.compile("配信|購読|マガ|ニュースレター|解除|ubscri|receiv", re.IGNORECASE)
_ISSUE = re.compile(
    r"(?:vol\.?\s?\d+|第\s?\d+\s?号|【?PR】|メルマガ|メールマガジン|ニュースレター|newsletter|\bnews\b"
    r"|通信\s?\d|号】)",
    re.IGNORECASE,
)
_PADDED_COUNTER = re.compile(r"^\s*(?:re:\s*)?[\[(][A-Za-z][\w.@-]{1,40}[:： ,]\s?0\d{2,6}[\])]", re.IGNORECASE)
_LIST_SUBJECT = re.compile(r"^\s*(?:re:\s*)?[\[(][\w.@-]{2,40}[:： ,]\s?0*\d{1,7}[\])]", re.IGNORECASE)
_MACHINE_LOCAL = re.compile(r"mail|system|admin|bounce|error|daemon|postmaster|smtp|server|no-?_?reply|notif|delivery")
_NO_REPLY_LOCAL = re.compile(
    r"^(?:no-?_?\.?reply|do-?_?not-?_?reply|donotreply|noreply.*|no-?response|nobody|unattended|send-?only"
    r"|sendonly|notifications?"
    r"|owner-.*|.*-owner|.*-request|.*-bounces?|bounces?[+-].*|listserv|majordomo|mailman|mailer|news-?letter"
    r"|mailmag.*)$"
)
_LIST_HEADERS = tuple(
    """
    list-id list-unsubscribe list-post list-help mailing-list x-mailing-list
    x-ml-name x-mailman-version x-ml-count x-mlserver x-ml-info x-mlname x-list list-subscribe
    x-mailer-magazine x-mag2id x-beenthere list-archive
    """.split()
)
_AUTO_HEADERS = tuple(
    """
    x-autoreply x-autorespond x-auto-reply x-autoresponder x-autogenerated x-autoreply-from
    x-mail-autoreply auto-reply x-auto-reply-from x-vacation delivered-by-the-graham-autoresponder x-fc-autoreply
    x-autoresponse x-auto-response x-facebook-notify
    """.split()
)
_SILENT_HEADERS = ("list-id", "list-unsubscribe", "list-post", "list-help", "mailing-list", "x-auto-response-suppress",
                   "x-loop", *_AUTO_HEADERS)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Speaker:
    """The kind, its reason in a code, why not to answer, and the addresses that a bounce names."""

    kind: Kind
    reason: str
    no_reply: str
    bounced: tuple[str, ...] = ()


def speaker(
    root: Part, subject: str, sender: str, sender_name: str, text: str, new: str, null_return: bool, raw: bytes
) -> Speaker:
    """Who is speaking. ``null_return``: the reverse path is known to be empty."""
    headers = root.headers
    no_reply = _no_reply(headers, sender, null_return)
    report = bounces.report(root)
    if report is not None:
        kind = Kind.BOUNCE if report.failed else Kind.AUTO_REPLY
        return Speaker(kind, report.reason, no_reply or report.reason, report.addresses)
    bounce = _bounce(root, subject, sender, sender_name, text, null_return, raw)
    if bounce is not None:
        return bounce
    list_ = _list(headers, subject, new)
    auto = _auto(root, subject, sender, text, new)
    if auto and not (list_ and auto.endswith("auto-generated")):
        return Speaker(Kind.AUTO_REPLY, auto, no_reply or auto)
    if list_:
        return Speaker(Kind.LIST, list_, no_reply or list_)
    return Speaker(Kind.MESSAGE, "", no_reply)


def is_daemon(sender: str, name: str = "") -> bool:
    """A sender that is a mail system."""
    local = sender.rpartition("@")[0] or sender
    return bool(_DAEMON.match(local.strip("\"' ").lower())) or bool(_DAEMON_NAME.search(name))


def _bounce(
    root: Part, subject: str, sender: str, name: str, text: str, null_return: bool, raw: bytes
) -> Speaker | None:
    failed = root.headers.first("x-failed-recipients")
    if failed is not None:
        found = tuple(item.strip() for item in failed.decode("ascii", "replace").split(",") if "@" in item)
        return Speaker(Kind.BOUNCE, "header X-Failed-Recipients", "bounce", found)
    daemon = is_daemon(sender, name)
    machine = bool(_MACHINE_LOCAL.search(sender.rpartition("@")[0].lower()))
    says = bool(_BOUNCE_GATE.search(subject[:300]) and _BOUNCE_SUBJECT.search(subject[:300]))
    head = text[:20_000]
    if daemon and (says or _BOUNCE_BODY.search(head)):
        return Speaker(Kind.BOUNCE, "daemon sender and wording", "bounce", bounces.named(text, sender))
    if null_return and (says or _BOUNCE_BODY.search(head)) and not _AUTO_SUBJECT.search(subject[:300]):
        return Speaker(Kind.BOUNCE, "null return path and wording", "bounce", bounces.named(text, sender))
    if says and machine and _BOUNCE_BODY.search(head):
        return Speaker(Kind.BOUNCE, "machine sender and wording", "bounce", bounces.named(text, sender))
    answered = bool(_IS_ANSWER.match(subject))
    if says and not answered and _BOUNCE_BODY.search(head) and bounces.encloses_mail(root, text):
        return Speaker(Kind.BOUNCE, "subject and returned mail", "bounce", bounces.named(text, sender))
    if daemon or null_return or (says and not answered):
        found = bounces.by_format(raw)
        if found:
            return Speaker(Kind.BOUNCE, "daemon sender, known bounce format", "bounce", found)
    return None


def _auto(root: Part, subject: str, sender: str, text: str, new: str) -> str:
    headers = root.headers
    word = headers.word("auto-submitted")
    if word and not word.startswith("no"):
        return f"header Auto-Submitted: {word.split(';')[0].strip()[:40]}"
    name = headers.any_of(_AUTO_HEADERS)
    if name and headers.word(name) not in ("no", "false", "0"):
        return f"header {name}"
    if headers.word("precedence") in ("auto_reply", "auto-reply"):
        return "header Precedence: auto_reply"
    if _is_calendar_reply(root):
        return "calendar reply"
    head = new[:3_000] or text[:3_000]
    if _is_auto_subject(subject[:300], head) and not _IS_ANSWER.match(subject):  # a person may answer our own receipt
        return "subject wording"
    if _AUTO_GATE.search(head) and _says_automatic(head):
        return "body wording: automatic"
    if (
        len(head) < 1_200
        and _AWAY_GATE.search(head)
        and _AWAY_STATE.search(head)
        and _AWAY_PROMISE.search(head)
        and not _ASKS.search(head)
    ):
        return "body wording: away"
    if "後任" in head and _SUCCESSOR.search(head[:600]) and not _ASKS.search(head):
        return "body wording: left the company"
    return ""


_AUTO_GATE = re.compile("自動|専用|返信いただ|返信頂|返信され|返信して|機械的|[Aa]uto|AUTO|o not reply")
_AWAY_GATE = re.compile(
    "不在|休|出張|席を|留守|メール[の をが]|[Oo]ut of|away|on (?:leave|holi|vacat|annual|mater)"
    "|limited access|[Vv]acation",
)
_SUCCESSOR = re.compile(
    r"退職(?:いた|致)?し(?:まし|ており)[^。]{0,40}。[^。]{0,60}後任|後任[^。]{0,60}退職|(?:は|もちまして|もって)退職[^。]{0,40}後任"
)
_ASKS = re.compile(
    r"退会|解約|登録(?:を|の)?(?:解除|抹消|削除)|辞退|担当(?:者)?(?:を|の)?変更|転職|求人|応募|面談|面接"
    r"|選考|削除して|希望|求職"
)
_REPORTED = re.compile(
    r"自動(?:返信|送信|応答|配信)[^。\n]{0,20}(?:届|来|受け取|もら|頂|いただ|しか|ばかり|では|が何|が(?:毎"
    r"|多)|を止|を停止|をやめ)"
    r"|(?:送信専用|配信専用|自動(?:返信|送信|応答|配信))[^。\n]{0,8}と(?:書|あり|の(?:こと|記載)|記|表示|言|い[うっ])"
)


_ABOUT_AUTO = re.compile(
    r"自動(?:返信|応答|送信|配信)(?:の)?(?:メール|メッセージ|通知)?(?:が|は|の(?:件|こと|内容|停止|解除|設定|変更|配信)|について|に関"
    r"|を|に(?:対|つ)|への|って|も)"
    r"|(?:お知らせ|ご?案内|通知|確認)(?:の|が|は|を|に)(?:ご?依頼|お願い|要求|設定|希望|件|つい|届|来|受|確認|返|お?礼|質問|お?問)"
)
_HOLIDAY = re.compile(r"休業|休暇|休館|休診|お休み|年末年始")
_REQUEST = re.compile(
    r"(?:いただけ|頂け|もらえ|でき|願え)(?:ます|ません|ない)?(?:で?しょう)?(?:か|でしょうか)|[?？]|(?:を|で|お)希望|(?:を|で)お願い(?:いた|致|し)"
)


def _is_auto_subject(subject: str, text: str) -> bool:
    """The subject names an automatic mail; not where it speaks about one, nor where a notice of a person's or an
    office's days off goes on to ask for something."""
    if not _AUTO_SUBJECT.search(subject) or _ABOUT_AUTO.search(subject):
        return False
    return not (_HOLIDAY.search(subject) and "自動" not in subject and _REQUEST.search(text))


_IS_ANSWER = re.compile(r"^\s*(?:re|aw|sv|返信|回复|fwd?|転送|tr|wg)\s*(?:\[\d+\])?\s*[:：]", re.IGNORECASE)
_IS_REPLY = re.compile(r"^\s*(?:re|aw|sv|返信|回复)\s*(?:\[\d+\])?\s*[:：]", re.IGNORECASE)
_ASKING = re.compile(r"ですか|でしょうか|ますか|ませんか|[?？]")


def _says_automatic(text: str) -> bool:
    """The text calls itself automatic; a person who speaks of automatic mails, or asks, does not count."""
    match = _AUTO_BODY.search(text)
    if match is None or _REPORTED.search(text):
        return False
    rest = text[match.start() : match.end() + 60]
    sentence = re.split(r"[。\n]", rest, maxsplit=1)[0]
    return not _ASKING.search(sentence)


def _is_calendar_reply(root: Part) -> bool:
    for part in root.walk():
        if part.media_type == "text/calendar":
            method = next((value for key, value in part.params if key == "method"), b"").strip().upper()
            return method == b"REPLY" or (not method and b"METHOD:REPLY" in part.body[:2_000])
    return False


def _list(headers: Headers, subject: str, new: str) -> str:
    name = headers.any_of(_LIST_HEADERS)
    if name:
        return f"header {name}"
    if headers.word("precedence") in ("bulk", "list", "junk"):
        return f"header Precedence: {headers.word('precedence')}"
    if _PADDED_COUNTER.match(subject[:100]):
        return "subject counter"
    if _LIST_SUBJECT.match(subject[:100]) and (headers.has("errors-to") or headers.has("x-sequence")):
        return "subject counter"
    tail = new[-3_000:]
    if (
        len(new) > 60
        and _NEWSLETTER_GATE.search(tail)
        and _NEWSLETTER.search(tail)
        and ("http" in tail or _ISSUE.search(subject[:200]))
    ):
        return "newsletter wording"
    return ""


def _no_reply(headers: Headers, sender: str, null_return: bool) -> str:
    """RFC 3834 §2 and reliability.md A7: the first ground not to answer; "" if there is none."""
    if null_return:
        return "null return path"
    word = headers.word("auto-submitted")
    if word and not word.startswith("no"):
        return "Auto-Submitted"
    if headers.word("precedence") in ("bulk", "list", "junk", "auto_reply", "auto-reply"):
        return "Precedence"
    name = headers.any_of(_SILENT_HEADERS)
    if name and headers.word(name) not in ("none", "no"):
        return name
    local = sender.rpartition("@")[0].strip('"').lower()
    if not sender or "@" not in sender:
        return "no address to answer"
    if is_daemon(sender) or _NO_REPLY_LOCAL.match(local):
        return "machine address"
    return ""
