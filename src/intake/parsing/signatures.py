"""Where the words end and the signature, the telephone's own line or the legal notice begins."""

from __future__ import annotations

import re

_DELIMITER = re.compile(r"^[\s　]{0,3}(?:--|__|—|――|ーー)[\s　]{0,3}$")
_DASHES = frozenset("-_—―ー")
_DRAWING = frozenset(
    "/／\\―–—￣ー-‐－─━═＝=*＊_＿~～〜+＋#＃・･.…‥☆★◇◆□■○●◎▽▼△▲♪♦┏┓┗┛┣┫┌┐└┘┠┨┯┷┿╋┼│┃"
    "|｜°∞∴∵≡≪≫╂┝┥┬┴┰┸╋〓✿❀✩✧♡♥❤◈※╭╮╰╯╔╗╚╝║╠╣▬▪▫◤◢◣◥✂❖✦"
)
_NOT_DRAWN = frozenset("!！?？。、,")
_DEVICE = re.compile(
    r"^[\s　>\-–—*_]{0,6}(?:"
    r"(?:my |私の)?[A-Za-z0-9 .+!&'’\-]{0,40}(?:iPhone|iPad|iOS|Android|アンドロイド|スマートフォン|スマホ"
    r"|携帯(?:電話)?|Galaxy|Xperia"
    r"|AQUOS|BlackBerry"
    r"|Windows ?Phone|Surface|タブレット|ドコモメール|auメール|ソフトバンク|Yahoo!メール|Yahoo!?ﾒｰﾙ|Gmail"
    r"|Outlook|ガラケー|らくらくホン)[^。\n]{0,40}"
    r"(?:から|より)(?:の)?(?:送信|送付|メール|返信)[^。\n]{0,20}[。.]?"
    r"|sent (?:from|via|using|with|by) .{1,80}|from my .{1,24}|\w{1,20} from mobile"
    r"|diese nachricht wurde von .{1,60} gesendet|verstuurd vanaf .{1,60}|verzonden met .{1,60}"
    r"|télécharger outlook pour .{1,60}|hent outlook til .{1,60}|odesláno z .{1,60}|내 .{1,30}에서 보냄"
    r"|从我的.{1,30}发送"
    r"|sent .{0,20}from my .{1,60}"
    r"|get outlook for .{1,40}|outlook for (?:ios|android|mac)[^。\n]{0,20}(?:を入手|をダウンロード)?"
    r"|(?:ios|android|mac|windows) ?(?:用|版|向け)(?:の)? ?outlook ?(?:<[^<>]{0,120}>)?(?:を|の)?"
    r"(?:入手|取得|ダウンロード|手に入れる)?"
    r"|envoyé (?:de"
    r"|depuis) m.{1,60}|von meine[mr] .{1,60}gesendet"
    r"|gesendet (?:von|mit) .{1,60}|enviado (?:desde|do) .{1,60}|inviato da .{1,60}|verzonden vanaf .{1,60}"
    r"|skickat från .{1,60}"
    r"|sendt fra .{1,60}|lähetetty .{1,40}|wysłane z .{1,60}|отправлено с .{1,60}"
    r"|发自我的.{1,30}|從我的.{1,30}傳送"
    r")[\s　]*$",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"(?:TEL|Tel|tel|ＴＥＬ|℡|☎|FAX|Fax|ＦＡＸ|電話|携帯|Mobile|mobile|MOBILE|Phone|phone|〒|E-?mail"
    r"|e-?mail|E-?MAIL|Mail"
    r"|MAIL|mail|メール|ﾒｰﾙ|住所|URL|HP|Web|LINE|Instagram|Twitter|Facebook|LinkedIn|TikTok)\s{0,3}[:：/／.）)]?"
    r"|[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9.\-]{3,}|https?://|www\.|0\d{1,4}[-‐－(（ ]\d{1,4}[-‐－)） ]\d{3,4}"
    r"|０[０-９]{1,4}[-－]|\b0[789]0\d{8}\b"
    r"|〒?\d{3}-\d{4}|[都道府県市区町村]\S{0,20}\d+-\d+|株式会社|有限会社|合同会社|大学|学部|部\s|課\s"
)
_FIELD = re.compile(
    r"^[\s　・■●◆○◇□▼※*\-【\[「]{0,4}(?:お?名前|氏名|ご?氏名|会員(?:番号|ID|No)|登録(?:番号|ID|名"
    r"|メール|アドレス|電話|住所)|求職者|受付番号|生年月日|ID"
    r"|フリガナ|ふりがな|カナ|希望|理由|退会|件名|お問い?合わせ)"
)
_SENTENCE = re.compile(
    r"(?:です|ます|ません|ました|ください|下さい|でした|ましょう|ですか|ますか|\S{3}たい|\S{3}ない|お願い"
    r"|致し|いたし|ほしい|欲しい|\S{4}だ"
    r"|\S{4}ん)[。．.！!？?♪…\s　]*$|。|[？?]\s*$|してください|退会|削除",
)
_CLOSING = re.compile(r"^[\s　]*(?:以上|敬具|草々|かしこ|よろしく|宜しく)")
_ENGLISH_SENTENCE = re.compile(
    r"\b(?:I|you|we|please|is|are|will|would|have|the)\b.*\s\w+\s\w+\s\w+.*[.?!]\s*$",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"(?:本|この|当)(?:電子)?(?:e-?)?(?:メール|mail|ﾒｰﾙ|通信)(?:に|は|および|及び|（|\("
    r"|の)[^\n]{0,80}(?:機密|秘密|宛先|名宛人|意図|特定の|誤って|誤送信"
    r"|第三者|守秘|個人情報)"
    r"|誤(?:って|送信)[^\n]{0,40}(?:受信|お受け取り|届いた|場合)[^\n]{0,60}(?:破棄|削除|連絡)"
    r"|confidential(?:ity)?\b[^\n]{0,160}(?:intended|recipient|e-?mail|message|notice|information|privileged)"
    r"|(?:this|the) (?:e-?mail|message|communication|transmission)[^\n]{0,120}(?:confidential|intended (?:only "
    r"|solely )?(?:for|recipient)|privileged)"
    r"|intended (?:only |solely )?for the (?:use|individual|person|addressee|named)"
    r"|(?:if you (?:are not|have received)[^\n]{0,60}(?:intended recipient|in error|mistake))"
    r"|ウイルスフリー|virus-free\.? www\.avast|avast[^\n]{0,40}(?:ウイルス|virus)|ウイルス(?:スキャン"
    r"|チェック|に感染)[^\n]{0,40}(?:済み|ソフト"
    r"|ません|検査|avast|アバスト)"
    r"|(?:このメール|本メール)は[^\n]{0,30}ウイルス|(?:印刷|プリント)(?:する|される)?(?:前に|際は)[^\n]{0,30}環境"
    r"|please consider the environment before printing"
    r"|diese e-?mail enthält vertrauliche"
    r"|ce message[^\n]{0,60}confidentiel|este (?:mensaje|correo)[^\n]{0,80}confidencial"
    r"|(?:社外|外部)(?:から|の送信者|の?アドレス)[^\n]{0,40}(?:メール|送信)[^\n]{0,40}(?:注意|ご注意)|\[?(?:external"
    r"|caution)\]?:? ?(?:this )?e-?mail (?:originated|from)",
    re.IGNORECASE,
)
_NOTICE_HEAD = re.compile(
    r"^[\s　*＊【\[<＜■□●※─━=＝\-]{0,12}(?:confidentiality notice|disclaimer|privacy notice"
    r"|legal notice|ご注意|注意事項"
    r"|免責事項|機密(?:保持|情報)|秘密保持"
    r"|守秘義務|重要なお知らせ|important notice|notice of confidentiality|CONFIDENTIAL)",
    re.IGNORECASE,
)
_NOTICE_GATE = re.compile(
    "[Cc]onfid|CONFID|ntended|rivileged|機密|秘密|誤|ウイルス|[Vv]irus|宛先|名宛|破棄|外部|社外|第三者|守秘"
    "|免責|注意|isclaimer|DISCLAIMER"
    "|otice|NOTICE"
    "|avast|environment|環境|vertraul|重要な|個人情報|EXTERNAL|CAUTION"
)
_LIST_FOOTER = re.compile(
    r"mailing list|メーリングリスト|mailman/(?:listinfo|options)|unsubscribe|配信(?:停止|解除)|google groups"
    r"|グループに(?:登録|参加)",
    re.IGNORECASE,
)
_FREE_MAIL = re.compile(
    r"Do You Yahoo|Yahoo! (?:BB|JAPAN|Mail|ボーナス|オークション)|hotmail|\bMSN\b"
    r"|無料(?:メール|ブログ|電子メール)|フリーメール"
    r"|infoseek|\bexcite\b|livedoor|\bgoo\b|Windows Live|楽天|GET YOUR FREE",
    re.IGNORECASE,
)
_UNDERLINES = re.compile(r"^_{20,}\s*$|^-{40,}\s*$|^--\s?$")
MAX_SIGNATURE_LINES = 16


def is_rule(line: str) -> bool:
    """A line drawn with signs: rules of ─━＝*-_ and the ornaments around them."""
    text = line.strip()
    if not 4 <= len(text) <= 200 or (text[0].isalnum() and text[0] not in "ーﾟo"):
        return False
    signs = set(text)
    if len(signs) > 12 or len(signs) == len(text) or not signs & _DRAWING:
        return False
    return all(not char.isalnum() or char in "ーﾟo〇" for char in signs) and not signs <= _NOT_DRAWN


def mark_tail(lines: list[str], kinds: list[str], start: int, end: int, whole: bool = False) -> None:
    """Within ``lines[start:end]`` (new words up to a quotation or the end), mark what stands at the end and is
    no longer anybody's words. Marks the whole region only where ``whole`` says that there are other new words."""
    first = next((at for at in range(start, end) if lines[at].strip()), end)
    words_end = _above_postscript(lines, first, end)
    _mark_region(lines, kinds, first, words_end, whole)
    if words_end < end:
        _mark_region(lines, kinds, words_end, end, False)


def _mark_region(lines: list[str], kinds: list[str], first: int, stop: int, whole: bool) -> None:
    start = first
    for _ in range(40):
        while stop > start and not lines[stop - 1].strip():
            stop -= 1
        found = _tail(lines, first, stop)
        if found is None or (found[0] <= first and not whole):
            break
        begin, kind = found
        for at in range(begin, stop):
            kinds[at] = kind
        stop = begin


_POSTSCRIPT = re.compile(r"^[\s　]*(?:追伸|追記|P\.?\s?S\.?[\s:：　])", re.IGNORECASE)


def _above_postscript(lines: list[str], start: int, end: int) -> int:
    """Where the text without its postscript ends: words, though they stand below the signature."""
    for at in range(end - 1, max(start, end - 12), -1):
        if _POSTSCRIPT.match(lines[at][:20]) and not lines[at - 1].strip():
            return at
    return end


def _tail(lines: list[str], start: int, stop: int) -> tuple[int, str] | None:
    """The last thing in the region that is not the writer's words: where it begins and what it is."""
    if stop <= start:
        return None
    if _is_device(lines[stop - 1]):
        return stop - 1, "signature"
    if is_rule(lines[stop - 1]) and not _between_rules(lines, start, stop):
        return stop - 1, "signature"
    if (begin := _notice(lines, start, stop)) is not None:
        return begin, "notice"
    if (begin := _delimited(lines, start, stop)) is not None:
        return begin, "signature"
    if (begin := _ruled(lines, start, stop)) is not None:
        return begin, "signature"
    if (begin := _contact_block(lines, start, stop)) is not None:
        return begin, "signature"
    if (begin := _western(lines, start, stop)) is not None:
        return begin, "signature"
    return None


_REGARDS = re.compile(
    r"^\s*(?:(?:(?:with|many|best|kind|warm|kindest|warmest|my)\s)*(?:and\s\w+\s)?regards|best wishes"
    r"|sincerely(?: yours)?|yours (?:sincerely|truly|faithfully)"
    r"|cheers|mit freundlichen grüßen|(?:viele|beste|liebe|freundliche) grüße|mvh|kh|dbh|(?:med )?(?:venlig"
    r"|vänlig|bedste|de bedste)\w* (?:hilsen|hilsner|hälsning(?:ar)?)"
    r"|hilsen|(?:bien |très )?cordialement|bien à vous|cordiali saluti|saludos(?: cordiales)?|atentamente"
    r"|pozdrawiam|z poważaniem|z powazaniem|s pozdravem"
    r"|met vriendelijke groet(?:en)?|hartelijke groeten|üdvözlettel|с уважением|vänliga hälsningar"
    r"|bästa hälsningar|terveisin|ystävällisin terveisin)[\s,.!！:]*$",
    re.IGNORECASE,
)


def _western(lines: list[str], start: int, stop: int) -> int | None:
    """A closing on a line of its own and the name below it."""
    for at in range(max(start, stop - 9), stop):
        if lines[at].lstrip()[:1] < "\u2e80" and len(lines[at]) < 60 and _REGARDS.match(lines[at]):
            after = [line for line in lines[at + 1 : stop] if line.strip()]
            return at if len(after) <= 8 and all(len(line) <= 70 for line in after) else None
    return None


def _is_device(line: str) -> bool:
    """A telephone's own line; "Sent from my desk, which is ..." is somebody talking."""
    text = line[:300].strip().strip("<>()[]＜＞（）【】「」★☆※＊*◆◇■□●○♪・-–—~～ 　")
    if len(text) <= 60 and ("送信" in text or "返信" in text) and _SENT_JA.match(text):
        return True
    return bool(_DEVICE.match(text)) and not _TALKING.search(text)


_SENT_JA = re.compile(
    r"^(?:[^。、!！?？]{0,30}(?:スマートフォン|スマホ|携帯(?:電話)?|タブレット|端末|iPhone|iPad|Android"
    r"|Galaxy|Xperia|AQUOS|Windows"
    r"|Outlook|モバイル|メール(?:アプリ)?|[Mm]ail)"
    r"[^。、!！?？]{0,12}(?:から|より)(?:の)?(?:送信|返信)(?:です|しました|しています|しております"
    r"|されました)?[。.]?|[A-Za-z][\w .!™®]{1,30}(?:から"
    r"|より)送信(?:されました)?[。.]?)(?:[^。]{0,30}(?:誤字|脱字|乱文|短文|ご容赦|お許し)[^。]{0,30}[。.]?)?$"
)


_TALKING = re.compile(r"\b(?:is|are|was|were|because|but|so|which|that)\b|です|ます(?!。?$)", re.IGNORECASE)


def _between_rules(lines: list[str], start: int, stop: int) -> bool:
    return any(is_rule(lines[at]) for at in range(max(start, stop - MAX_SIGNATURE_LINES), stop - 1))


def _notice(lines: list[str], start: int, stop: int) -> int | None:
    """A legal notice or a list's footer: the last paragraphs, if they say so."""
    for at in range(max(start, stop - 25), stop):
        if lines[at][:1] not in ("_", "-") or not _UNDERLINES.match(lines[at]):
            continue
        below = "\n".join(lines[at : min(stop, at + 8)])[:2_000]
        if _LIST_FOOTER.search(below) or (
            at >= stop - 6 and ("http" in below or "Do You" in below) and _FREE_MAIL.search(below)
        ):
            return at
    begin = stop
    while begin > start and lines[begin - 1].strip():
        begin -= 1
    text = "\n".join(line[:600] for line in lines[begin : min(stop, begin + 30)])
    if not _NOTICE_GATE.search(text):
        return None
    flat = text.replace("\n", " " if text.isascii() else "")[:4_000]
    if _NOTICE.search(flat) or _NOTICE_HEAD.match(text):
        while begin < stop and begin > start and is_rule(lines[begin - 1]):
            begin -= 1
        inner = next(
            (at for at in range(begin, stop) if _NOTICE.search(lines[at][:600]) or _NOTICE_HEAD.match(lines[at])), begin
        )
        if inner > begin and is_rule(lines[inner - 1]):
            inner -= 1
        return (
            begin
            if all(not _SENTENCE.search(line[:300]) for line in lines[begin:inner]) and inner - begin < 2
            else inner
        )
    return None


def _delimited(lines: list[str], start: int, stop: int) -> int | None:
    """The mark of RFC 3676 (``-- ``), also without its blank."""
    for at in range(stop - 1, max(start, stop - 30) - 1, -1):
        if (
            at >= stop - 6
            and lines[at][:1] in _DASHES
            and _NAMED_DELIMITER.match(lines[at])
            and _is_named(lines[at:stop])
        ):
            return at
        if lines[at].lstrip()[:1] in _DASHES and _DELIMITER.match(lines[at]):
            after = [line for line in lines[at + 1 : stop] if line.strip()]
            if lines[at].startswith("-- "):
                return at if len(after) <= 25 else None
            if lines[at] == "--" and not any(_JAPANESE_SENTENCE.search(line) for line in after):
                return at if len(after) <= 25 else None
            return at if _is_signature(after) else None
    return None


_JAPANESE_SENTENCE = re.compile(r"(?:です|ます|ました|ません|ください|下さい)[。！!]?\s*$")


_NAMED_DELIMITER = re.compile(r"^(?:--|――|ーー|—)[ 　]\S.{0,70}$")


def _is_named(block: list[str]) -> bool:
    """``-- 山田太郎 / 090-...``: the delimiter and the name on one line."""
    inside = [block[0].lstrip("-―ー— 　"), *(line for line in block[1:] if line.strip())]
    if any(_is_sentence(line) or _FIELD.match(line) for line in inside):
        return False
    return len(inside[0]) <= 16 or any(_CONTACT.search(line) for line in inside)


_BANNER = re.compile(
    r"^[\s　]*(?:[\[【(（＊*※!！]{1,3}\s*)?(?:外部(?:メール|からのメール|送信者)"
    r"|社外(?:メール|から(?:の|送信))|EXTERNAL|CAUTION|WARNING"
    r"|このメールは(?:社外|外部|組織外)|This (?:e-?mail|message) (?:originated|was sent) from outside)",
    re.IGNORECASE,
)


def mark_banner(lines: list[str], kinds: list[str], start: int, end: int) -> None:
    """The warning that a company's gateway puts above mail from outside: its paragraph, where words follow."""
    first = next((at for at in range(start, end) if lines[at].strip()), end)
    stop = first
    while stop < end and lines[stop].strip() and kinds[stop] == "new":
        stop += 1
    follows = any(lines[at].strip() and kinds[at] == "new" for at in range(stop, end))
    if follows and stop - first <= 4 and _BANNER.match(lines[first][:200]):
        for at in range(first, stop):
            kinds[at] = "notice"


def _ruled(lines: list[str], start: int, stop: int) -> int | None:
    """The topmost rule below which there is only a signature."""
    for at in range(max(start, stop - MAX_SIGNATURE_LINES - 2), stop):
        if is_rule(lines[at]):
            inside = [line for line in lines[at + 1 : stop] if line.strip() and not is_rule(line)]
            if inside and _is_signature(inside):
                return at - 1 if at - 1 > start and _is_name_above(lines, at - 1) else at
        elif _SHORT_RULE.match(lines[at]):
            inside = [line for line in lines[at + 1 : stop] if line.strip()]
            if any(_CONTACT.search(line) for line in inside) and _is_signature(inside):
                return at
    return None


_SHORT_RULE = re.compile(r"^\s{0,3}([*=_~+#])\1{1,2}\s*$")


def _is_name_above(lines: list[str], at: int) -> bool:
    """A name that stands directly on the rule of a signature, apart from the text."""
    name = lines[at].strip()
    return 0 < len(name) <= 16 and not lines[at - 1].strip() and not _is_sentence(name) and not _FIELD.match(name)


def _is_signature(block: list[str]) -> bool:
    """Names, addresses, numbers: short lines, no sentences."""
    if len(block) > MAX_SIGNATURE_LINES:
        return False
    if any(len(line) > 90 or _FIELD.match(line) for line in block):
        return False
    cues = sum(1 for line in block if _CONTACT.search(line))
    sentences = sum(1 for line in block if _is_sentence(line) and not _CONTACT.search(line))
    if sentences == 0:
        return cues > 0 or (len(block) <= 4 and all(len(line.strip()) <= 24 for line in block))
    return cues >= 2 and sentences * 4 <= len(block) and not any("退会" in line or "削除" in line for line in block)


def _is_sentence(line: str) -> bool:
    return bool(_SENTENCE.search(line) or _ENGLISH_SENTENCE.search(line[:200]) or _CLOSING.match(line))


_ONLY_REACH = re.compile(
    r"^\s*(?:(?:TEL|Tel|携帯|Mail|E-?mail)\s?[:：]?\s?)?(?:[\w.+-]+@[\w.-]+|[\d０-９()（）-]{10,16})\s*$"
)
_REACH = re.compile(r"(?:TEL|電話|携帯|メール|E-?mail|Mail|FAX|☎|℡|〒?\d|0\d|[\w.+-]+@|https?:)", re.IGNORECASE)


def _contact_block(lines: list[str], start: int, stop: int) -> int | None:
    """A last paragraph without any rule: a name and at least two ways to reach its bearer."""
    begin = stop
    while begin > start and lines[begin - 1].strip():
        begin -= 1
    block = lines[begin:stop]
    if len(block) < 2 or len(block) > 10 or any(_is_sentence(line) or _FIELD.match(line) for line in block):
        return None
    cues = sum(1 for line in block if _CONTACT.search(line))
    if cues == 1 and len(block) == 2 and _is_name_above(lines, begin) and _ONLY_REACH.match(block[1]):
        return begin
    if cues < 2 or any(len(line) > 70 for line in block) or _REACH.match(block[0].strip()):
        return None
    return begin
