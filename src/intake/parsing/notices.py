"""Legal notices, lists' footers and the warnings of gateways: words that nobody wrote for this mail."""

from __future__ import annotations

import re

from intake.parsing.linekinds import SENTENCE, is_rule
from intake.parsing.wishes import wishes

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
_STANDARD = re.compile(
    r"confid|intended|privileged|機密|秘密|誤|ウイルス|virus|宛先|名宛|破棄|第三者|守秘|免責|転送|開示|disclaimer",
    re.IGNORECASE,
)  # what a head (ご注意, 重要なお知らせ) must have below it: people begin a paragraph so as well
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
_BANNER = re.compile(
    r"^[\s　]*(?:[\[【(（＊*※!！]{1,3}\s*)?(?:外部(?:メール|からのメール|送信者)"
    r"|社外(?:メール|から(?:の|送信))|EXTERNAL|CAUTION|WARNING"
    r"|このメールは(?:社外|外部|組織外)|This (?:e-?mail|message) (?:originated|was sent) from outside)",
    re.IGNORECASE,
)


def notice_start(lines: list[str], start: int, stop: int) -> int | None:
    """Where a legal notice or a list's footer begins, if the last paragraphs are one; never the line ``start - 1``."""
    footer = _footer_start(lines, start, stop)
    return _legal_start(lines, start, stop) if footer is None else footer


def _footer_start(lines: list[str], start: int, stop: int) -> int | None:
    for at in range(max(start, stop - 25), stop):
        if lines[at][:1] not in ("_", "-") or not _UNDERLINES.match(lines[at]):
            continue
        below = "\n".join(lines[at : min(stop, at + 8)])[:2_000]
        free = at >= stop - 6 and ("http" in below or "Do You" in below) and _FREE_MAIL.search(below)
        if free or _LIST_FOOTER.search(below):
            return at
    return None


def _legal_start(lines: list[str], start: int, stop: int) -> int | None:
    begin = stop
    while begin > start and lines[begin - 1].strip():
        begin -= 1
    text = "\n".join(line[:600] for line in lines[begin : min(stop, begin + 30)])
    if not _NOTICE_GATE.search(text):
        return None
    flat = text.replace("\n", " " if text.isascii() else "")[:4_000]
    if not (_NOTICE.search(flat) or (_NOTICE_HEAD.match(text) and _STANDARD.search(flat))):
        return None
    while start < begin < stop and is_rule(lines[begin - 1]):
        begin -= 1
    inner = next((at for at in range(begin, stop) if _says_notice(lines[at])), begin)
    if inner > begin and is_rule(lines[inner - 1]):
        inner -= 1
    words_above = any(SENTENCE.search(line[:300]) for line in lines[begin:inner])
    return inner if words_above or inner - begin >= 2 else begin


def _says_notice(line: str) -> bool:
    return bool(_NOTICE.search(line[:600]) or _NOTICE_HEAD.match(line))


def mark_banner(lines: list[str], kinds: list[str], start: int, end: int) -> None:
    """The warning that a company's gateway puts above mail from outside: its paragraph, where words follow."""
    first = next((at for at in range(start, end) if lines[at].strip()), end)
    stop = first
    while stop < end and lines[stop].strip() and kinds[stop] == "new":
        stop += 1
    follows = any(lines[at].strip() and kinds[at] == "new" for at in range(stop, end))
    if wishes("\n".join(lines[first:stop])):
        return
    if follows and stop - first <= 4 and _BANNER.match(lines[first][:200]):
        for at in range(first, stop):
            kinds[at] = "notice"
