"""A telephone's own line ("iPhoneから送信") and the closing of a Western mail with the name below it."""

from __future__ import annotations

import re

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
_SENT_JA = re.compile(
    r"^(?:[^。、!！?？]{0,30}(?:スマートフォン|スマホ|携帯(?:電話)?|タブレット|端末|iPhone|iPad|Android"
    r"|Galaxy|Xperia|AQUOS|Windows"
    r"|Outlook|モバイル|メール(?:アプリ)?|[Mm]ail)"
    r"[^。、!！?？]{0,12}(?:から|より)(?:の)?(?:送信|返信)(?:です|しました|しています|しております"
    r"|されました)?[。.]?|[A-Za-z][\w .!™®]{1,30}(?:から"
    r"|より)送信(?:されました)?[。.]?)(?:[^。]{0,30}(?:誤字|脱字|乱文|短文|ご容赦|お許し)[^。]{0,30}[。.]?)?$"
)
_TALKING = re.compile(r"\b(?:is|are|was|were|because|but|so|which|that)\b|です|ます(?!。?$)", re.IGNORECASE)


def closing_start(lines: list[str], start: int, stop: int) -> int | None:
    """A closing on a line of its own and the name below it."""
    for at in range(max(start, stop - 9), stop):
        if lines[at].lstrip()[:1] < "\u2e80" and len(lines[at]) < 60 and _REGARDS.match(lines[at]):
            after = [line for line in lines[at + 1 : stop] if line.strip()]
            return at if len(after) <= 8 and all(len(line) <= 70 for line in after) else None
    return None


def is_device(line: str) -> bool:
    """A telephone's own line; "Sent from my desk, which is ..." is somebody talking."""
    text = line[:300].strip().strip("<>()[]＜＞（）【】「」★☆※＊*◆◇■□●○♪・-–—~～ 　")
    if len(text) <= 60 and ("送信" in text or "返信" in text) and _SENT_JA.match(text):
        return True
    return bool(_DEVICE.match(text)) and not _TALKING.search(text)
