"""Lines that say "what follows is somebody's earlier mail", in the words of each program and language.

All patterns look at one line (or a few short ones joined) of at most 400 characters, so that no text can be slow.
"""

from __future__ import annotations

import re

MAX_LINE = 400

_VERB = (
    r"wrote|writes|written|a écrit|a ecrit|escribió|escribio|schrieb|ha scritto|scrisse|schreef|skrev|escreveu"
    r"|napisał(?:\(?a\)?)?|napsal(?:\(?a\)?)?|napísal|kirjoitti|написал(?:\(?а\)?)?|пишет"
    r"|a scris|írta|yazdı|έγραψε"
    r"|viết|写道|寫道|님이 작성|작성|says|said|sent|skrifaði|het volgende geschreven|geschrieben"
    r"|schrieben sie|đã viết"
    r"|nous a dit|pisze|пише|je napisao|va escriure|"
    r"書きました|書いた|書きます|さんは|のメール|のメッセージ|からのメール|からのメッセージ|wrote in message"
)
_ENDS_WITH_VERB = re.compile(rf"(?:{_VERB})[\s　。.]{{0,3}}(?::|：|…|\.\.\.)?[\s\u200e]{{0,3}}$", re.IGNORECASE)
_HINT = re.compile(r"[:：@<\d]|wrote|書きました|さん|様|^[\s>-]{0,6}(?:On|At|In|Le|El|Am|Il|Op|Den|W dniu|Dnia|Em)\b")
_NAMED_ADDR = re.compile(r"<[^<>\s]{1,200}@[^<>\s]{1,200}>")
_VERB_INSIDE = re.compile(
    r"\b(?:schrieb(?:en)?|skrev|schreef|wrote|napisał(?:\(a\))?|geschrieben|heeft|writes|a écrit|escribió"
    r"|escreveu|ha scritto|пишет|написал)\b",
    re.IGNORECASE,
)
_TRAIL = " \t　-–—.>*_\u200e"
_ENDS_WITH_ADDR = re.compile(r"<[^<>\s]{1,200}@[^<>\s]{1,200}>$")
_ENDS_WITH_COLON = re.compile(r"[:：][\s\u200e]{0,3}$")
_START = re.compile(
    r"^[\s>\-–—*_\"'「(（]{0,10}(?:On|Le|El|Am|Il|Op|Den|Em|Dne|Dňa|W dniu|Dnia|Pe|På|Vào|ma|Ti|Ma|Ke|To"
    r"|Fr|La|Lö|Su"
    r"|At|In|Il giorno|Na|V|Em|El día|Em seg|schrieb|在|於|Пн|Вт|Ср|Чт|Пт|Сб|Вс)\b"
)
_DATE = (
    r"(?:\d{4}\s?[年/.\-]\s?\d{1,2}\s?[月/.\-]\s?\d{1,2}\s?日?|\d{1,2}\s?月\s?\d{1,2}\s?日|令和\s?\d{1,2}年"
    r"|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{1,2}\s(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?,?\s\d{4}"
    r"|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,?\s)"
)
_FULL_DATE = re.compile(_DATE)
_DATE_START = re.compile(rf"^[\s　>(（「\[【\-–—*]{{0,6}}{_DATE}")
_HAS_DATE = re.compile(rf"{_DATE}|\d{{1,2}}:\d{{2}}")
_ADDR = re.compile(r"[^\s<>]@[^\s<>]|<[^<>\s]{3,}>|<mailto:")
_WHO = re.compile(r"(?:さん|様|氏|殿|さま)[\s　、,]*(?:は|が|から|より|の)?|(?:に|、|で)[^。]{0,60}(?:さん|様|<)")
_JA_END = re.compile(
    r"(?:(?:さん|様|氏|殿|さま)?(?:は|が)(?:次のように)?書きました|さん(?:から)?の(?:メール|メッセージ)"
    r"|(?:から)?の(?:メール|メッセージ)"
    r"|様からの(?:メール|ご連絡)|書きました|書いています|wrote)[\s　]{0,2}(?:[:：。]|\.\.\.|…)?[\s　]{0,2}$"
)
_INLINE = re.compile(
    r"(?:\s|-{2,}\s?)(On\s(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,?\s)?(?:\d{1,2}|\w{3,9})[\s/.,].{6,200}wrote:)\s*$"
)

_RULE_CHARS = r"\-_=*~─━―ー–—＝＊＿－‐◇◆■□＃#+"
_DRAWN = frozenset("-_=*~─━―ー–—＝＊＿－‐◇◆■□＃#+[【<＜(")
_BARE_BEGINS = frozenset("bBfFoOdDaAiIvVнН転元")  # first letters of _ORIGINAL_BARE
_ORIGINAL_WORDS = (
    r"original message|original (?:e-?)?mail|forwarded (?:message|by|mail)|begin forwarded|reply message"
    r"|message d'origine"
    r"|message original|message transféré|mensaje original|mensaje reenviado|mensagem original|mensagem encaminhada"
    r"|messaggio originale|messaggio inoltrato|ursprüngliche nachricht|original-?nachricht|weitergeleitete nachricht"
    r"|oprindelig (?:meddelelse|besked)|opprinnelig melding|ursprungligt meddelande|originalmeddelande"
    r"|vidarebefordrat"
    r"|oorspronkelijk bericht|doorgestuurd bericht|alkuperäinen viesti|välitetty viesti|wiadomość oryginalna"
    r"|oryginalna wiadomość|původní zpráva|исходное сообщение"
    r"|пересылаемое сообщение|orijinal mesaj|eredeti üzenet"
    r"|antwort nachricht|originalnachricht|oprindelig besked|原始邮件|原始郵件|原邮件|转发的?邮件|轉寄郵件"
    r"|원본 메시지|original appointment"
    r"|(?:ここから|以下|これより(?:下)?)?(?:は|、)?元の(?:メッセージ|メール)|もとの(?:メッセージ|メール)"
    r"|オリジナル(?:メッセージ|メール)|転送(?:メッセージ|メール|された|元|開始)"
    r"|フォワード|返信元|(?:ここから)?引用(?:元|開始|ここから|メッセージ|文)?"
    r"|(?:ここから(?:下)?|これより(?:下)?)(?:は|、|が)?(?:引用|転送|返信元|元の|前回)"
    r"|以下(?:、|は)?(?:引用|転送|元の)|受信メール|前回のメール"
)
_ORIGINAL = re.compile(
    rf"^[\s>　|]{{0,8}}(?:[{_RULE_CHARS}]{{1,60}}|\[|【|<|＜|\()"
    rf"(?:[\s　]{{0,4}}|&nbsp;)(?:{_ORIGINAL_WORDS})[^。]{{0,60}}$",
    re.IGNORECASE,
)
_BETWEEN_RULES = re.compile(  # 「── 窓口さんのメッセージ ──」
    rf"^[\s>　]{{0,4}}[{_RULE_CHARS}]{{2,60}}[\s　]?"
    rf"(?:転送|引用|返信|[^。{_RULE_CHARS}]{{1,60}}(?:さん|様|氏)(?:は|が)書きました"
    rf"|[^。{_RULE_CHARS}]{{1,40}}の(?:メッセージ|メール|投稿)[^。{_RULE_CHARS}]{{0,40}})"
    rf"[\s　]?[{_RULE_CHARS}]{{2,60}}[\s　]*$"
)
_REPLY_ABOVE = re.compile(  # the line that help desks draw
    r"^[\s　\W_]{0,40}(?:[^。\n]{0,24}(?:この|本|下の|こちらの)(?:行|線|ライン)(?:より|から|の)?上(?:に|へ|部)"
    r"[^\n]{0,20}(?:返信|記入|入力|書|記載)"
    r"|(?:please )?(?:type|write|enter)? ?(?:your )?repl(?:y|ies) above this line|reply above this line)[^\n]{0,60}$",
    re.IGNORECASE,
)
_ORIGINAL_BARE = re.compile(
    r"^[\s>　]{0,8}(?:begin forwarded message|forwarded message|original message|転送されたメッセージ"
    r"|元のメッセージ|元のメール"
    r"|転送メッセージ|転送メール|début du message (?:réexpédié|transféré)"
    r"|anfang der weitergeleiteten (?:nachricht|e-mail)"
    r"|inicio del mensaje reenviado|inizio messaggio inoltrato|início da mensagem (?:encaminhada|reenviada)"
    r"|vidarebefordrat brev|begin doorgestuurd bericht"
    r"|начало переадресованного сообщения)[\s　]{0,2}[:：]?[\s　]{0,3}$",
    re.IGNORECASE,
)
_ORIGINAL_END = re.compile(
    rf"^[\s>　]{{0,8}}[{_RULE_CHARS}\[【<＜]{{1,60}}[\s　]{{0,4}}"
    rf"(?:元の|引用|転送)?(?:メール|メッセージ|文)?(?:ここまで|終わり|おわり|終了)"
    rf"(?:引用|元のメール)?[\s　]{{0,4}}[{_RULE_CHARS}\]】>＞]{{0,60}}[\s　]*$"
)
_FORWARD = re.compile(
    r"forward|transf|reenvi|inoltrat|weitergeleitet|encaminh|転送|フォワード|转发|轉寄|doorgestuurd",
    re.IGNORECASE,
)

_FROM = (
    r"From|Frm|Fm|差出人|送信者|送信元|発信者|発信元|De|Von|Da|Van|Od|От|Från|Fra|Lähettäjä|Kimden|Feladó|发件人"
    r"|寄件者|寄件人"
    r"|보낸 ?사람|De la|Від|FROM"
)
_OTHER = (
    r"To|Cc|Sub|Title|CC|Bcc|Sent|Date|Subject|Reply-To|Sent at|Envoyé|À|A|Objet|Date d'envoi|Gesendet|An|Betreff|Datum"
    r"|Enviado(?: el| em)?|Para|Asunto|Fecha"
    r"|Inviato|Oggetto|Data|Verzonden|Aan|Onderwerp|Wysłano|Do|Temat|Отправлено|Кому|Тема"
    r"|Дата|Skickat|Till|Ämne"
    r"|Sendt|Til"
    r"|Emne|Lähetetty|Vastaanottaja|Aihe|Gönderilme|Kime|Konu|Odesláno|Komu|Předmět|发送时间|收件人|主题"
    r"|寄件日期|收件者|主旨"
    r"|보낸 ?날짜|받는 ?사람|제목|Importance|重要度|Kopie|Copie|Cópia|Kopio|抄送|Attachments|添付"
    r"|送信日時|受信日時|送信日|日時|日付|作成日|宛先|宛て先|受信者|送信先|ＣＣ|件名|題名|タイトル|Ｓｕｂｊｅｃｔ"
)
_FROM_LINE = re.compile(rf"^[\s>　*|]{{0,8}}\**(?:{_FROM})\**[\s　]{{0,6}}[:：]", re.IGNORECASE)
_OTHER_LINE = re.compile(rf"^[\s>　*|]{{0,8}}\**(?:{_OTHER})\**[\s　]{{0,6}}[:：]", re.IGNORECASE)
_SURE_HEADER = re.compile(rf"@|{_DATE}|\d{{1,2}}[:：]\d{{2}}")
_DATE_LINE = re.compile(r"^[\s>*]{0,8}(?:Date|Sent|送信日時)\**:\**\s.{0,80}\d{1,2}:\d{2}")
_PLAIN_RULE = re.compile(rf"^[\s　>]{{0,4}}[{_RULE_CHARS}]{{3,120}}[\s　]*$")


def is_rule(line: str) -> bool:
    """A line of nothing but rule characters."""
    return len(line) <= MAX_LINE and bool(_PLAIN_RULE.match(line))


def attribution_end(lines: list[str], at: int) -> int | None:
    """If an attribution ("On ... wrote:", 「2024年…:」) begins at this line: the index after its last line."""
    first = lines[at]
    if len(first) > MAX_LINE or not _HINT.search(first):
        return None
    if _is_attribution(first, lines, at + 1):
        return at + 1
    if not (_START.match(first) or _DATE_START.match(first) or _ADDR.search(first)):
        return None
    joined = first.strip()
    for end in range(at + 1, min(len(lines), at + 5)):
        line = lines[end].strip().lstrip("> ")
        if not line and end > at + 1:
            return None
        joined += " " + line
        if len(joined) > MAX_LINE:
            return None
        if line and _is_wrapped(joined):
            return end + 1
    return None


def _is_attribution(line: str, lines: list[str], after: int) -> bool:
    text = line.strip()
    if not _ENDS_WITH_ADDR.search(text):
        text = text.rstrip(_TRAIL) or text
    dated = bool(_HAS_DATE.search(text))
    if (dated or _ADDR.search(text)) and (_by_verb(text) or _by_date(text, dated)):
        return True
    if line.strip()[:2] in ("--", "—") and text.endswith(("wrote", "writes", "さん", "様")) and len(text) < 120:
        return True
    return _is_quoted_next(lines, after) and _by_context(text)


def _by_verb(text: str) -> bool:
    """ "On ... wrote:", "Am ... schrieb ...:", 「…さんは書きました:」, with a date or an address in it."""
    begins = bool(_START.match(text) or _DATE_START.match(text))
    closes = bool(_ENDS_WITH_VERB.search(text))
    if closes and (_START.match(text) or (_JA_END.search(text) and text[-1:] in ":：。")):
        return True
    return bool(_ENDS_WITH_COLON.search(text) and _VERB_INSIDE.search(text)) and (begins or closes or "<" in text)


def _by_date(text: str, dated: bool) -> bool:
    """「2024年1月5日(金) 10:00 山田 <a@b>:」 in whatever order, without a verb."""
    colon = bool(_ENDS_WITH_COLON.search(text))
    if _DATE_START.match(text):
        if colon and (_ADDR.search(text) or _WHO.search(text)):
            return True
        if _ENDS_WITH_VERB.search(text) and (text[-1:] in ":：" or "書きました" in text):
            return True
        return len(text) < 160 and bool(_ENDS_WITH_ADDR.search(text))
    return colon and dated and "。" not in text and bool(_NAMED_ADDR.search(text))


def _by_context(text: str) -> bool:
    """What needs the quotation below it to be believed."""
    if _ENDS_WITH_VERB.search(text) and (text[-1:] in ":：" or "書きました" in text):
        return True
    if len(text) >= 200 or not (_ADDR.search(text) or _FULL_DATE.search(text)):
        return False
    if _ENDS_WITH_COLON.search(text) or _ENDS_WITH_ADDR.search(text):
        return True
    return "。" not in text and bool(_WHO.search(text))


def _is_wrapped(joined: str) -> bool:
    """The same on several lines joined: here only what is unmistakable."""
    if not (
        _ENDS_WITH_COLON.search(joined)
        or joined.endswith(("書きました", "書きました。", "wrote", "wrote...", "wrote…", "geschreven", "]>"))
    ):
        return False
    if _START.match(joined) and (_ENDS_WITH_VERB.search(joined) or _VERB_INSIDE.search(joined)):
        return bool(_HAS_DATE.search(joined) or _ADDR.search(joined))
    if (
        _NAMED_ADDR.search(joined)
        and _HAS_DATE.search(joined)
        and "。" not in joined
        and _ENDS_WITH_COLON.search(joined)
    ):
        return True
    if _NAMED_ADDR.search(joined) and _JA_END.search(joined) and "。" not in joined[:-2]:
        return len(joined) < 200  # 「<id> の記事において / 誰々さんは書きました。」
    if _DATE_START.match(joined):
        return bool(_ADDR.search(joined) or _ENDS_WITH_VERB.search(joined))
    return False


def _is_quoted_next(lines: list[str], after: int) -> bool:
    for line in lines[after : after + 3]:
        if line.strip():
            return line.lstrip()[:1] in (">", "＞", "|")
    return False


def inline_attribution(line: str) -> int | None:
    """Where an attribution begins in a line that also holds the answer ("Yes. On Wed, ... wrote:")."""
    if len(line) > MAX_LINE or "wrote:" not in line:
        return None
    match = _INLINE.search(line)
    return match.start(1) if match and line[: match.start(1)].strip(" >") else None


def is_original(line: str) -> bool:
    """``-----Original Message-----`` and its kin."""
    if len(line) > MAX_LINE:
        return False
    first = line.lstrip(" \t\r>　|")[:1]
    if first in _DRAWN and (_ORIGINAL.match(line) or _BETWEEN_RULES.match(line)):
        return True
    if ("上" in line or "above" in line.lower()) and _REPLY_ABOVE.match(line):
        return True
    return first in _BARE_BEGINS and bool(_ORIGINAL_BARE.match(line))


def original_end(lines: list[str], at: int) -> int | None:
    """If the mark at ``at`` has a partner (引用ここまで): the index after that; what stands between is old."""
    if "引用" not in lines[at] and "ここから" not in lines[at]:
        return None
    for end in range(at + 1, min(len(lines), at + 400)):
        if len(lines[end]) <= MAX_LINE and _ORIGINAL_END.match(lines[end]):
            return end + 1
    return None


def is_forward(line: str) -> bool:
    """Of those: one that says "forwarded"."""
    return bool(_FORWARD.search(line))


def header_block_end(lines: list[str], at: int) -> int | None:
    """If a block of mail headers (差出人/送信日時/宛先/件名) begins here: the index after it."""
    line = lines[at]
    if len(line) > MAX_LINE or (":" not in line and "：" not in line):
        return None
    is_from = bool(_FROM_LINE.match(line))
    if not is_from and (not _OTHER_LINE.match(line) or (at and _OTHER_LINE.match(lines[at - 1][:MAX_LINE]))):
        return None
    end, has_from, others = _header_lines(lines, at, is_from)
    if is_from and others == 1:  # 「From: 東京 / To: 大阪」 is a wish, not a mail
        if not any(
            row.strip(" 　>") for row in lines[end:]
        ):  # and 「差出人：… 件名：…」 with no mail below tells of one
            return None
        block = "\n".join(row[:MAX_LINE] for row in lines[at:end])
        return end if _SURE_HEADER.search(block) else None
    if others < 2 or not (has_from or _DATE_LINE.match(line)):
        return None
    return end


def _header_lines(lines: list[str], at: int, has_from: bool) -> tuple[int, bool, int]:
    """Where the block ends, whether it names a sender, and how many other headers it has."""
    others, blanks, end = 0 if has_from else 1, 0, at + 1
    while end < min(len(lines), at + 16):
        kind = _header_kind(lines[end])
        if kind == "blank":
            blanks += 1
            if blanks > 1 or (has_from and others):
                break
        elif (kind == "from" and has_from) or (kind == "wrapped" and blanks) or kind == "text":
            break
        else:
            has_from = has_from or kind == "from"
            others += kind == "other"
            blanks = 0
        end += 1
    return end, has_from, others


def _header_kind(row: str) -> str:
    if not row.strip(" 　>"):
        return "blank"
    if len(row) <= 2_000 and _FROM_LINE.match(row[:MAX_LINE]):
        return "from"
    if len(row) <= 2_000 and _OTHER_LINE.match(row[:MAX_LINE]):
        return "other"
    return "wrapped" if row[:1] in " \t" or "@" in row[:MAX_LINE] else "text"
