"""What the labels of charsets in mails stand for: the codec that reads what is sent under that name."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

JIS = "iso-2022-jp"
_ALIASES = {
    "utf8": "utf-8", "unicode11utf8": "utf-8", "utf8mb4": "utf-8", "cp65001": "utf-8", "unicode20utf8": "utf-8",
    "utf8bom": "utf-8", "xunicode20utf8": "utf-8", "utf7": "utf-7", "unicode11utf7": "utf-7", "csutf7": "utf-7",
    "xunicode20utf7": "utf-7", "cp65000": "utf-7",
    "iso2022jp": JIS, "iso2022jpms": JIS, "iso2022jp1": JIS, "iso2022jp2": JIS, "iso2022jp3": JIS,
    "iso2022jp2004": JIS, "iso2022jpext": JIS, "csiso2022jp": JIS, "csiso2022jp2": JIS, "jis": JIS,
    "cp50220": JIS, "cp50221": JIS, "cp50222": JIS, "xjis": JIS, "xiso2022jp": JIS, "jis7": JIS,
    "isoir87": JIS, "jisencoding": JIS, "csjisencoding": JIS, "windows50220": JIS, "windows50221": JIS,
    "shiftjis": "cp932", "sjis": "cp932", "xsjis": "cp932", "mskanji": "cp932", "windows31j": "cp932",
    "cp932": "cp932", "ms932": "cp932", "csshiftjis": "cp932", "cswindows31j": "cp932", "xmscp932": "cp932",
    "windows932": "cp932", "sjiswin": "cp932", "shiftjis2004": "cp932", "shiftjisx0213": "cp932", "shift": "cp932",
    "cp943": "cp932", "ibm943": "cp932", "xshiftjis": "cp932", "sjisopen": "cp932", "ibm932": "cp932",
    "eucjp": "euc-jp", "xeucjp": "euc-jp", "ujis": "euc-jp", "eucjpms": "euc-jp", "eucjpwin": "euc-jp",
    "cp51932": "euc-jp", "cseucpkdfmtjapanese": "euc-jp", "eucj": "euc-jp", "euc": "euc-jp", "eucjis2004": "euc-jp",
    "extendedunixcodepackedformatforjapanese": "euc-jp", "xeuc": "euc-jp", "eucjapan": "euc-jp",
    "gb2312": "gb18030", "gb231280": "gb18030", "gbk": "gb18030", "xgbk": "gb18030", "cp936": "gb18030",
    "windows936": "gb18030", "euccn": "gb18030", "gb18030": "gb18030", "csgb2312": "gb18030", "ms936": "gb18030",
    "chinesegb": "gb18030", "hzgb2312": "hz", "hz": "hz",
    "big5": "cp950", "xbig5": "cp950", "cnbig5": "cp950", "cp950": "cp950", "big5eten": "cp950",
    "big5hkscs": "big5hkscs", "euckr": "cp949", "ksc56011987": "cp949", "ksc5601": "cp949", "cp949": "cp949",
    "uhc": "cp949", "windows949": "cp949", "xwindows949": "cp949", "iso2022kr": "iso2022_kr",
    "iso88591": "cp1252", "latin1": "cp1252", "ansi": "cp1252", "cp1252": "cp1252", "windows1252": "cp1252",
    "iso88591windows30latin1": "cp1252", "iso88598i": "iso8859-8", "iso88598e": "iso8859-8",
    "iso88599": "cp1254", "windows874": "cp874", "tis620": "cp874", "iso885911": "cp874", "macintosh": "mac-roman",
    "xmacroman": "mac-roman", "macjapanese": "cp932", "xmacjapanese": "cp932", "koi8": "koi8-r",
    "usascii": "ascii", "ascii": "ascii", "ansix341968": "ascii", "iso646us": "ascii", "ansix34": "ascii",
}  # fmt: skip
_KEEP_OUT = frozenset({"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "mbcs", "oem"})
_NOT_LABEL = re.compile(r"[^a-z0-9]")


@lru_cache(maxsize=512)
def codec_of(label: str) -> str | None:
    """The codec that a label stands for (whitelisted text codecs only); None if it says nothing useful."""
    label = label.strip().strip("\"'").lower()
    short = _NOT_LABEL.sub("", label)[:60]
    if short in _ALIASES:
        return _ALIASES[short]
    try:
        info = codecs.lookup(label[:60].replace("_", "-"))
    except (LookupError, ValueError):
        return None
    if not getattr(info, "_is_text_encoding", True) or info.name.replace("_", "-") in _KEEP_OUT:
        return None
    return info.name
