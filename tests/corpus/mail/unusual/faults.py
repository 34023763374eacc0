"""Unusual mails whose bytes are the matter: charsets, headers, transfer, structure, names of files."""
# ruff: noqa: E501

from __future__ import annotations

from tools import ASK, BODY, b64, case, jis, mail, pair, parts, tnef, word

SUBJ = f"Subject: {word(ASK)}\n"
TEXT8 = "Content-Transfer-Encoding: 8bit\nContent-Type: text/plain; charset="
VENDOR = "①㈱髙橋商事の髙橋です。№１２、Ⅲ期、㍻３０年。\n﨑山様、㈲山田、〜∥−の件、退会します。\n"
KANA = "ﾔﾏﾀﾞ ﾀﾛｳです。退会ｵﾈｶﾞｲします。ｺｰﾄﾞはA-12。\n"


def body(name: str, text: str, raw: bytes, head: str, **more: object) -> None:
    case(
        f"charset/{name}",
        mail(SUBJ + head, raw),
        **{"subject": ASK, "text": text, "kind": "message", "attachments": [], **more},
    )


def charsets() -> None:
    plain = 'Content-Type: text/plain; charset="%s"\nContent-Transfer-Encoding: %s\n'
    vendor = VENDOR.replace("〜∥−", "～∥－")
    body("jis-vendor", vendor, jis(vendor), plain % ("ISO-2022-JP", "7bit"))
    body("jis-vendor-base64", vendor, b64(jis(vendor)).encode(), plain % ("iso-2022-jp", "base64"))
    body("cp50221", KANA, jis(KANA), plain % ("ISO-2022-JP", "7bit"))
    body("cp50222-so-si", KANA, jis(KANA, "S"), plain % ("cp50222", "7bit"))
    body("cp50222-so-si-as-jis", KANA, jis(KANA, "S"), plain % ("iso-2022-jp", "7bit"))
    body("jis8-raw-kana", KANA, jis(KANA, "8"), plain % ("iso-2022-jp", "8bit"))
    body("jis-1978-roman", BODY, jis(BODY, two=b"\x1b$@", one=b"\x1b(J"), plain % ("iso-2022-jp", "7bit"))
    body("jis-escape-h", BODY, jis(BODY, one=b"\x1b(H"), plain % ("iso-2022-jp", "7bit"))
    body(
        "jis-state-over-lines",
        "退会をお願い\nいたします。\n理由は転職です。\n",
        jis("退会をお願い\nいたします。\n理由は転職です。\n", keep=True),
        plain % ("iso-2022-jp", "7bit"),
    )
    body(
        "jis-no-return-before-newline",
        "退会です。\nYamada\nよろしく。\n",
        jis("退会です。").removesuffix(b"\x1b(B") + b"\nYamada\n" + jis("よろしく。\n"),
        plain % ("iso-2022-jp", "7bit"),
    )
    body(
        "jis-1990-supplement",
        "鷗外の退会です。\n",
        "鷗外の退会です。\n".encode("iso2022_jp_1"),
        plain % ("iso-2022-jp", "7bit"),
    )
    body(
        "jis-2004",
        "俱楽部で𠮟られた件です。\n",
        "俱楽部で𠮟られた件です。\n".encode("iso2022_jp_2004"),
        plain % ("iso-2022-jp-2004", "7bit"),
    )
    body(
        "jis-2-korean",
        "退会します。감사합니다。\n",
        "退会します。감사합니다。\n".encode("iso2022_jp_2"),
        plain % ("iso-2022-jp-2", "7bit"),
    )
    body("jis-escapes-stripped", BODY, jis(BODY).replace(b"\x1b", b""), plain % ("iso-2022-jp", "7bit"))
    body("jis-escapes-stripped-no-label", BODY, jis(BODY).replace(b"\x1b", b""), "")
    body("jis-no-mime", BODY, jis(BODY), "")
    for label in ("us-ascii", "utf-8", "iso-8859-1", "shift_jis", "windows-1252", "euc-jp"):
        body(f"jis-as-{label}", VENDOR.replace("〜∥−", ""), jis(VENDOR.replace("〜∥−", "")), plain % (label, "7bit"))
    for label in ("us-ascii", "utf-8", "iso-8859-1", "windows-1252", "euc-jp", "iso-2022-jp", "gb2312"):
        body(f"cp932-as-{label}", vendor + BODY, (vendor + BODY).encode("cp932"), plain % (label, "8bit"))
    for label in ("us-ascii", "utf-8", "iso-8859-1", "shift_jis", "iso-2022-jp"):
        body(f"euc-as-{label}", BODY, BODY.encode("euc_jp"), plain % (label, "8bit"))
    for label in ("us-ascii", "iso-8859-1", "shift_jis", "iso-2022-jp", "euc-jp", "windows-1252", "gb2312"):
        body(f"utf8-as-{label}", BODY + "髙橋😊\n", (BODY + "髙橋😊\n").encode(), plain % (label, "8bit"))
    body("cp932-short-no-label", "退会希望\n", "退会希望\n".encode("cp932"), "")
    body("euc-short-no-label", "退会します。\n", "退会します。\n".encode("euc_jp"), "")
    body("cp932-halfwidth-no-label", "ﾀｲｶｲしたいです。ﾔﾏﾀﾞ\n", "ﾀｲｶｲしたいです。ﾔﾏﾀﾞ\n".encode("cp932"), "")
    body(
        "euc-ms-vendor",
        "①㈱山田商事、№5です。退会します。\n",
        b"".join(
            bytes(b | 0x80 for b in pair(c)) if len(c.encode("cp932")) == 2 else c.encode()
            for c in "①㈱山田商事、№5です。退会します。\n"
        ),
        plain % ("euc-jp", "8bit"),
    )
    body(
        "euc-halfwidth",
        "ﾔﾏﾀﾞです。退会します。\n",
        "ﾔﾏﾀﾞです。退会します。\n".encode("euc_jp"),
        plain % ("euc-jp", "8bit"),
    )
    for label, codec in (("x-sjis", "cp932"), ("MS_Kanji", "cp932"), ("windows-31j", "cp932"), ("cp-932", "cp932"), ("ms932", "cp932"), ("SJIS-win", "cp932"),
                         ("Shift-JIS", "cp932"), ("sjis", "cp932"), ("x-ms-cp932", "cp932"), ("eucJP-win", "euc_jp"), ("eucJP-ms", "euc_jp"), ("CP51932", "euc_jp"), ("x-euc-jp", "euc_jp"),
                         ("x-euc", "euc_jp"), ("utf8", "utf-8"), ("UTF-8N", "utf-8"), ("unicode-1-1-utf-8", "utf-8"), ("utf-8;", "utf-8"), ("unknown-8bit", "utf-8"), ("x-user-defined", "cp932"), ("default", "cp932"),
                         ("ja_JP.UTF-8", "utf-8"), ("Japanese", "cp932"), ("", "cp932"), ("ISO_2022_JP", "jis"), ("ISO-2022-JP-MS", "jis"), ("csISO2022JP", "jis"), ("x-iso-2022-jp", "jis"), ("jis", "jis"), ("CP50220", "jis"), ("_iso-2022-jp$ESC", "jis")):  # fmt: skip
        body(
            f"label-{label or 'empty'}",
            BODY,
            jis(BODY) if codec == "jis" else BODY.encode(codec),
            plain % (label, "8bit"),
        )
    body("utf7", BODY, BODY.encode("utf-7"), plain % ("utf-7", "7bit"))
    body("utf7-unicode-label", BODY, BODY.encode("utf-7"), plain % ("unicode-1-1-utf-7", "7bit"))
    body("utf16-le-bom", BODY, b64(BODY.encode("utf-16")).encode(), plain % ("utf-16", "base64"))
    body("utf16-be-no-bom", BODY, b64(BODY.encode("utf-16-be")).encode(), plain % ("utf-16", "base64"))
    body("utf16-le-labelled-utf8", BODY, b64(BODY.encode("utf-16")).encode(), plain % ("utf-8", "base64"))
    body("utf8-bom", BODY, b"\xef\xbb\xbf" + BODY.encode(), plain % ("utf-8", "8bit"))
    body(
        "utf8-cesu-emoji",
        "よろしく😊です。\n",
        "よろしく".encode() + "\ud83d\ude0a".encode("utf-8", "surrogatepass") + "です。\n".encode(),
        plain % ("utf-8", "8bit"),
    )
    body("utf8-twice-latin1", BODY, BODY.encode().decode("latin-1").encode(), plain % ("utf-8", "8bit"))
    body(
        "gb18030-as-gb2312",
        "您好，我叫朱镕，想退出服务，谢谢。\n",
        "您好，我叫朱镕，想退出服务，谢谢。\n".encode("gb18030"),
        plain % ("gb2312", "8bit"),
    )
    body(
        "gb18030-four-bytes",
        "𠮷田です。退会をお願いします。\n",
        "𠮷田です。退会をお願いします。\n".encode("gb18030"),
        plain % ("gb18030", "8bit"),
    )
    body(
        "gb2312-japanese",
        "退会をお願いします。山田です。ありがとうございました。\n",
        "退会をお願いします。山田です。ありがとうございました。\n".encode("gb18030"),
        plain % ("gb2312", "8bit"),
    )
    body(
        "big5",
        "您好，我想退出會員服務，謝謝您。\n",
        "您好，我想退出會員服務，謝謝您。\n".encode("big5"),
        plain % ("big5", "8bit"),
    )
    body(
        "cp949-as-ks",
        "안녕하세요. 뷁 탈퇴하고 싶습니다.\n",
        "안녕하세요. 뷁 탈퇴하고 싶습니다.\n".encode("cp949"),
        plain % ("ks_c_5601-1987", "8bit"),
    )
    body(
        "koi8",
        "Прошу удалить мою регистрацию.\n",
        "Прошу удалить мою регистрацию.\n".encode("koi8-r"),
        plain % ("koi8-r", "8bit"),
    )
    body("hz", "我想退出服务。\n", "我想退出服务。\n".encode("hz"), plain % ("hz-gb-2312", "7bit"))
    mixed = "退会をお願いいたします。山田です。\n"
    foot = "このメールはウイルス検査済みです。社内システム部\n"
    body("utf8-with-jis-footer", mixed + foot, mixed.encode() + jis(foot), plain % ("utf-8", "8bit"), new_text=None)
    body(
        "jis-with-cp932-footer",
        mixed + foot,
        jis(mixed) + foot.encode("cp932"),
        plain % ("iso-2022-jp", "8bit"),
        new_text=None,
    )
    body(
        "jis-with-utf8-footer", mixed + foot, jis(mixed) + foot.encode(), plain % ("iso-2022-jp", "8bit"), new_text=None
    )
    body(
        "cp932-backslash-second",
        "ソフト表示の予定、十構能貼。退会します。\n",
        "ソフト表示の予定、十構能貼。退会します。\n".encode("cp932"),
        plain % ("shift_jis", "8bit"),
    )
    body(
        "jis-wrapped-at-76",
        "転職先が決まりましたので退会をお願いいたします。" * 4 + "\n",
        wrapped(jis("転職先が決まりましたので退会をお願いいたします。" * 4 + "\n")),
        plain % ("iso-2022-jp", "7bit"),
    )
    body(
        "html-meta-jis",
        "退会をお願いします。\n",
        b'<html><head><meta http-equiv="Content-Type" content="text/html; charset=iso-2022-jp"></head><body>'
        + jis("退会をお願いします。")
        + b"</body></html>",
        "Content-Type: text/html\n",
    )
    body(
        "html-meta-euc",
        "退会をお願いします。\n",
        b'<meta charset="euc-jp"><p>' + "退会をお願いします。".encode("euc_jp"),
        "Content-Type: text/html\n",
    )
    body(
        "html-meta-lies",
        "退会をお願いします。\n",
        b'<meta charset="shift_jis"><p>' + "退会をお願いします。".encode(),
        "Content-Type: text/html; charset=utf-8\n",
    )
    body(
        "html-utf8-meta-jis-after-gateway",
        "退会をお願いします。\n",
        b'<html><head><meta charset="iso-2022-jp"></head><body><p>'
        + "退会をお願いします。".encode()
        + b"</p></body></html>",
        "Content-Type: text/html\n",
    )
    body(
        "html-entities-jis",
        "①退会・山田 & 佐藤\n",
        b"<p>&#9312;&#36864;&#20250;&#x30fb;&#23665;&#30000;&nbsp;&amp; " + jis("佐藤") + b"</p>",
        "Content-Type: text/html; charset=iso-2022-jp\n",
    )


def wrapped(data: bytes) -> bytes:
    """An MTA that breaks at 60 bytes, whatever stands there."""
    return b"\n".join(data[i : i + 61] for i in range(0, len(data), 61))


def head(name: str, headers: str | bytes, **expected: object) -> None:
    data = headers if isinstance(headers, bytes) else headers.encode("utf-8", "surrogateescape")
    raw = mail(data, BODY.encode(), sender="" if b"From:" in data else "From: taro@example.jp\n")
    case(f"header/{name}", raw, **{"text": BODY, "kind": "message", "attachments": [], **expected})


LONG = "【至急】面談の日程変更と退会手続きについてのお願い（山田太郎）"
UT = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"


def headers() -> None:
    data = LONG.encode()
    cut = [data[i : i + 20] for i in range(0, len(data), 20)]
    head("b64-split-in-char", "Subject: " + "\n ".join(word("", raw=piece) for piece in cut) + "\n" + UT, subject=LONG)
    qp = ["".join(f"={byte:02X}" for byte in piece) for piece in cut]
    head(
        "qp-split-in-char", "Subject: " + "\n\t".join(f"=?UTF-8?Q?{piece}?=" for piece in qp) + "\n" + UT, subject=LONG
    )
    j = jis("面談の日程変更と退会手続きについて")
    head(
        "jis-state-carried",
        f"Subject: =?ISO-2022-JP?B?{b64(j[:24])}?=\n =?ISO-2022-JP?B?{b64(j[24:])}?=\n" + UT,
        subject="面談の日程変更と退会手続きについて",
    )
    head(
        "jis-cut-in-pair",
        f"Subject: =?ISO-2022-JP?B?{b64(j[:22])}?=\n =?ISO-2022-JP?B?{b64(j[22:])}?=\n" + UT,
        subject="面談の日程変更と退会手続きについて",
    )
    k = b64(data)
    head(
        "b64-mid-quantum",
        f"Subject: =?UTF-8?B?{k[:30]}?=\n =?UTF-8?B?{k[30:62]}?=\n =?UTF-8?B?{k[62:]}?=\n" + UT,
        subject=LONG,
    )
    head("b64-folded-inside-word", f"Subject: =?UTF-8?B?{k[:40]}\n {k[40:]}?=\n" + UT, subject=LONG)
    head(
        "jis-unfinished-words",
        f"Subject: {word('', 'ISO-2022-JP', raw=jis('退会の')[:-3])}\n {word('', 'ISO-2022-JP', raw=jis('お願い')[:-3])}\n"
        + UT,
        subject=ASK,
    )
    head("vendor-jis", f"Subject: {word('①㈱髙橋の退会', 'ISO-2022-JP')}\n" + UT, subject="①㈱髙橋の退会")
    head("kana-jis", f"Subject: {word('ﾀｲｶｲのお願い', 'ISO-2022-JP')}\n" + UT, subject="ﾀｲｶｲのお願い")
    head("words-touch", f"Subject: {word('退会')}{word('のお願い')}\n" + UT, subject=ASK)
    head("re-touches-word", f"Subject: Re:{word(ASK)}\n" + UT, subject="Re:" + ASK)
    head("word-touches-ascii", f"Subject: [No.12]{word(ASK)}(1/2)\n" + UT, subject=f"[No.12]{ASK}(1/2)")
    head("no-end-mark", f"Subject: =?UTF-8?B?{b64(ASK.encode())}\n" + UT, subject=ASK)
    head("no-padding", f"Subject: =?utf-8?b?{b64(('退会願い1').encode()).rstrip('=')}?=\n" + UT, subject="退会願い1")
    head(
        "joined-base64",
        f"Subject: =?utf-8?B?{b64('退会の'.encode() + b'1')}{b64('お願い'.encode())}?=\n" + UT,
        subject="退会の1お願い",
    )
    head("language-suffix", f"Subject: =?utf-8*ja?B?{b64(ASK.encode())}?=\n" + UT, subject=ASK)
    head(
        "q-raw-spaces",
        "Subject: =?utf-8?Q?Re: " + "".join(f"={b:02x}" for b in ASK.encode()) + " please?=\n" + UT,
        subject=f"Re: {ASK} please",
    )
    head("q-raw-8bit", "Subject: =?utf-8?Q?退会のお願い?=\n" + UT, subject=ASK)
    head("label-sjis-bytes-utf8", f"Subject: {word('', 'Shift_JIS', raw=ASK.encode())}\n" + UT, subject=ASK)
    head("label-utf8-bytes-jis", f"Subject: {word('', 'UTF-8', raw=jis(ASK))}\n" + UT, subject=ASK)
    head("label-utf8-bytes-cp932", f"Subject: {word('', 'UTF-8', raw=ASK.encode('cp932'))}\n" + UT, subject=ASK)
    head("label-latin1-bytes-cp932", f"Subject: {word('', 'iso-8859-1', raw=ASK.encode('cp932'))}\n" + UT, subject=ASK)
    head("label-unknown", f"Subject: {word('', 'x-unknown', raw=ASK.encode('cp932'))}\n" + UT, subject=ASK)
    head("empty-word", f"Subject: =?utf-8?B??= {word(ASK)}\n" + UT, subject=ASK)
    head("encoded-twice", f"Subject: {word(word(ASK))}\n" + UT, subject=ASK)
    head(
        "three-charsets",
        f"Subject: {word('退会', 'ISO-2022-JP')} {word('の', 'Shift_JIS')}\n {word('お願い')}\n" + UT,
        subject=ASK,
    )
    head("utf7-word", "Subject: =?UTF-7?Q?" + ASK.encode("utf-7").decode() + "?=\n" + UT, subject=ASK)
    head("in-quotes", f'Subject: "{word(ASK)}"\n' + UT, subject=f'"{ASK}"')
    head("space-after-fold", f"Subject: {word('退会の')}\n \n {word('お願い')}\n" + UT, subject=ASK)
    head(
        "raw-utf8",
        f"Subject: {ASK}\nFrom: 山田太郎 <taro@example.jp>\n" + UT,
        subject=ASK,
        from_addr="taro@example.jp",
        from_name="山田太郎",
    )
    for codec in ("cp932", "euc_jp"):
        head(
            f"raw-{codec}",
            b"Subject: "
            + "【ソフト】退会の表示について".encode(codec)
            + b'\nFrom: "'
            + "十河 能表".encode(codec)
            + b'" <taro@example.jp>\n'
            + UT.encode(),
            subject="【ソフト】退会の表示について",
            from_addr="taro@example.jp",
            from_name="十河 能表",
        )
    head(
        "raw-jis",
        b"Subject: " + jis(ASK) + b"\nFrom: " + jis("山田太郎") + b" <taro@example.jp>\n" + UT.encode(),
        subject=ASK,
        from_addr="taro@example.jp",
        from_name="山田太郎",
    )
    head(
        "raw-jis-folded",
        b"Subject: " + jis("面談の日程変更と", one=b"") + b"\n " + jis("退会手続き") + b"\n" + UT.encode(),
        subject="面談の日程変更と退会手続き",
    )
    head("raw-and-word-mixed", f"Subject: Fw: {word('退会')} のお願い\n" + UT, subject="Fw: 退会 のお願い")
    head("raw-utf8-long-folded", "Subject: 面談の日程変更と\n 退会手続き\n" + UT, subject="面談の日程変更と 退会手続き")
    head("no-subject", UT, subject="")
    head("empty-subject", "Subject:\n" + UT, subject="")
    head("space-before-colon", f"Subject : {word(ASK)}\n" + UT, subject=ASK)
    head("lower-case-names", f"subject: {word(ASK)}\n" + UT.lower(), subject=ASK)
    head("junk-line", f"Subject: {word(ASK)}\nこれは壊れた行です\n" + UT, subject=ASK)
    head("junk-line-before", f"X-A: 1\nbroken line without colon\nSubject: {word(ASK)}\n" + UT, subject=ASK)

    def sender(name: str, value: str, addr: str, shown: str | None = None) -> None:
        head(
            f"from-{name}",
            f"From: {value}\nSubject: {word(ASK)}\n" + UT,
            subject=ASK,
            from_addr=addr,
            from_name=shown if shown is not None else "",
        )

    w = word("山田太郎")
    sender("whole-in-word", word("山田太郎 <taro@example.jp>"), "taro@example.jp", "山田太郎")
    sender("word-in-quotes", f'"{w}" <taro@example.jp>', "taro@example.jp", "山田太郎")
    sender("word-touches-angle", f"{w}<taro@example.jp>", "taro@example.jp", "山田太郎")
    sender("no-angle", f"{w} taro@example.jp", "taro@example.jp", "山田太郎")
    sender("unclosed-angle", f"{w} <taro@example.jp", "taro@example.jp", "山田太郎")
    sender("double-angle", f"{w} <<taro@example.jp>>", "taro@example.jp", "山田太郎")
    sender("unclosed-quote", '"Yamada Taro <taro@example.jp>', "taro@example.jp", "Yamada Taro")
    sender("comma-unquoted", "Yamada, Taro <taro@example.jp>", "taro@example.jp", "Yamada, Taro")
    sender("comma-in-word", f"{word('山田, 太郎')} <taro@example.jp>", "taro@example.jp", "山田, 太郎")
    sender("paren-comment", f"taro@example.jp ({w})", "taro@example.jp", "山田太郎")
    sender("at-in-name", '"taro@example.jp" <taro@example.jp>', "taro@example.jp", "taro@example.jp")
    sender("other-at-in-name", '"info@example.com" <taro@example.jp>', "taro@example.jp", "info@example.com")
    sender("name-with-at-word", f"{word('山田＠退会希望')} <taro@example.jp>", "taro@example.jp", "山田＠退会希望")
    sender("docomo-dots", "a..b.@docomo.ne.jp", "a..b.@docomo.ne.jp")
    sender("docomo-first-dot", "<.taro.-x@docomo.ne.jp>", ".taro.-x@docomo.ne.jp")
    sender("docomo-named", f"{w} <taro..x@ezweb.ne.jp>", "taro..x@ezweb.ne.jp", "山田太郎")
    sender("docomo-quoted", f'{w} <"a..b."@docomo.ne.jp>', '"a..b."@docomo.ne.jp', "山田太郎")  # as it is written
    sender("slash-plus", f"{w} <ta/ro+x_y-z?@ezweb.ne.jp>", "ta/ro+x_y-z?@ezweb.ne.jp", "山田太郎")
    sender("upper-case", "TARO@Example.JP", "TARO@Example.JP", "")  # as it is written
    sender("mailto", "<mailto:taro@example.jp>", "taro@example.jp")
    sender("spaces-inside", f"{w} < taro@example.jp >", "taro@example.jp", "山田太郎")
    sender("full-width-at", "山田 <taro＠example.jp>", "taro@example.jp", "山田")
    sender("group", f"{word('家族')}: taro@example.jp, hanako@example.jp;", "taro@example.jp", "")
    sender("several", f"{w} <taro@example.jp>, hanako@example.jp", "taro@example.jp", "山田太郎")
    sender("semicolon-end", f"{w} <taro@example.jp>;", "taro@example.jp", "山田太郎")
    sender("escaped-quotes", r'"山田 \"太郎\"" <taro@example.jp>', "taro@example.jp", '山田 "太郎"')
    sender("jis-name-vendor", f"{word('髙橋㈱', 'ISO-2022-JP')} <taro@example.jp>", "taro@example.jp", "髙橋㈱")
    sender("route", f"{w} <@relay.example.com:taro@example.jp>", "taro@example.jp", "山田太郎")
    sender("two-words-name", f"{word('山田')} {word('太郎')} <taro@example.jp>", "taro@example.jp", "山田太郎")
    sender("word-ascii-word", f"{word('山田')} Taro <taro@example.jp>", "taro@example.jp", "山田 Taro")
    sender("single-quotes", f"'{word('山田')}' <taro@example.jp>", "taro@example.jp", "'山田'")
    sender("square", "山田太郎 [taro@example.jp]", "taro@example.jp", "山田太郎")


def cut(name: str, headers: str, data: bytes, text: str | None = BODY, **more: object) -> None:
    case(
        f"transfer/{name}",
        mail(SUBJ + headers, data),
        **{"subject": ASK, "text": text, "kind": "message", "attachments": [], **more},
    )


def qp(text: str, codec: str = "utf-8") -> bytes:
    return b"".join(b"\n" if c == "\n" else b"".join(b"=%02X" % b for b in c.encode(codec)) for c in text)


def transfer() -> None:
    u8 = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: "
    raw = BODY.encode()
    enc = b64(raw)
    lines = "\n".join(enc[i : i + 60] for i in range(0, len(enc), 60))
    cut(
        "b64-footer",
        u8 + "base64\n",
        f"{lines}\n\n-- \n_______________________________________________\nML mailing list\n".encode(),
        None,
        text_has=BODY.strip().split("\n")[1],
    )
    cut("b64-no-padding", u8 + "base64\n", b64((BODY + "a").encode()).rstrip("=").encode(), BODY + "a")
    cut("b64-spaces-in-lines", u8 + "base64\n", lines.replace("\n", " \n\t").encode())
    cut("b64-bang-lines", u8 + "base64\n", "!\n ".join(enc[i : i + 60] for i in range(0, len(enc), 60)).encode())
    cut("b64-over-plain", u8 + "base64\n", raw)
    cut("b64-quoted-printable-swapped", u8 + "base64\n", qp(BODY))
    cut("b64-unsaid", 'Content-Type: text/plain; charset="utf-8"\n', lines.encode())
    cut("b64-urlsafe", u8 + "base64\n", enc.replace("+", "-").replace("/", "_").encode())
    cut(
        "b64-two-runs",
        u8 + "base64\n",
        (b64("退会をお願いします。\n1".encode()) + "\n" + b64("山田です。\n".encode())).encode(),
        "退会をお願いします。\n1山田です。\n",
    )
    cut("b64-one-long-line", u8 + "base64\n", b64((BODY * 30).encode()).encode(), BODY * 30)
    cut("qp-lower-hex", u8 + "quoted-printable\n", qp(BODY).lower())
    cut(
        "qp-trailing-space-break",
        u8 + "quoted-printable\n",
        qp("退会を").rstrip() + b"=  \n" + qp("お願いします。\n"),
        "退会をお願いします。\n",
    )
    cut(
        "qp-bare-equals",
        u8 + "quoted-printable\n",
        qp("年収=")[:-3] + b"= 500 " + qp("退会します。\n") + b"a=b\n",
        "年収= 500 退会します。\na=b\n",
    )
    cut("qp-raw-8bit", u8 + "quoted-printable\n", raw)
    cut(
        "qp-split-over-soft-break",
        u8 + "quoted-printable\n",
        qp("退会")[:-6] + b"=\n" + qp("会")[3:] + qp("します。\n"),
        "退会します。\n",
    )
    cut(
        "qp-jis",
        "Content-Type: text/plain; charset=iso-2022-jp\nContent-Transfer-Encoding: quoted-printable\n",
        jis(BODY).replace(b"=", b"=3D").replace(b"\x1b", b"=1B"),
    )
    cut(
        "qp-unsaid",
        'Content-Type: text/plain; charset="utf-8"\n',
        b"=\n".join(
            qp("転職先が決まりましたので、退会をお願いいたします。").rstrip()[i : i + 72] for i in range(0, 240, 72)
        ),
        "転職先が決まりましたので、退会をお願いいたします。",
    )
    for label in ("8-bit", "8 bit", "none", "utf-8", "7-bit", "binary;", '"8bit"', "8bits"):
        cut(f"cte-{label}", u8 + label + "\n", raw)
    for label, data in (
        ("Quoted_Printable", qp(BODY)),
        ("quoted-printable;", qp(BODY)),
        ("base64;", lines.encode()),
        ("x-base64", lines.encode()),
        ("BASE-64", lines.encode()),
    ):
        cut(f"cte-{label}", u8 + label + "\n", data)
    cut("cte-twice", u8 + "base64\nContent-Transfer-Encoding: base64\n", lines.encode())
    cut("type-bare-text", "Content-Type: text\n", raw)
    cut("type-no-semicolon", "Content-Type: text/plain charset=iso-2022-jp\n", jis(BODY))
    cut("type-quoted-all", 'Content-Type: "text/plain; charset=shift_jis"\n', BODY.encode("cp932"))
    cut("type-spaces", "Content-Type: text / plain ; charset = utf-8\n", raw)
    cut("type-single-quotes", "Content-Type: text/plain; charset='iso-2022-jp'\n", jis(BODY))
    cut("type-two-charsets", "Content-Type: text/plain; charset=us-ascii; charset=iso-2022-jp\n", jis(BODY))
    cut("type-empty", "Content-Type:\n", raw)
    cut("type-comment", "Content-Type: text/plain (本文); charset=utf-8 (utf)\n", raw)
    cut(
        "flowed",
        "Content-Type: text/plain; charset=us-ascii; format=flowed\n",
        b"Please remove \nmy registration. \nThank you.\n\n> old text that \n> goes on\n",
        "Please remove my registration. Thank you.\n\n> old text that goes on\n",
        new_text="Please remove my registration. Thank you.",
    )
    cut(
        "flowed-delsp",
        "Content-Type: text/plain; charset=iso-2022-jp; format=flowed; delsp=yes\n",
        jis("転職先が決まりましたので、 \n退会をお願いします。\nよろしくお願いします。\n"),
        "転職先が決まりましたので、退会をお願いします。\nよろしくお願いします。\n",
    )
    case(
        "transfer/cr-only",
        mail(SUBJ + u8 + "8bit\n", raw).replace(b"\r\n", b"\r"),
        subject=ASK,
        text=BODY,
        kind="message",
    )
    case(
        "transfer/lf-only",
        mail(SUBJ + u8 + "8bit\n", raw).replace(b"\r\n", b"\n"),
        subject=ASK,
        text=BODY,
        kind="message",
    )
    case(
        "transfer/crcrlf",
        mail(SUBJ + u8 + "8bit\n", raw).replace(b"\r\n", b"\r\r\n"),
        subject=ASK,
        text=BODY,
        kind="message",
    )
    case(
        "transfer/mbox-from",
        b"From taro@example.jp Fri Jan  5 10:00:00 2024\r\n" + mail(SUBJ + u8 + "8bit\n", raw),
        subject=ASK,
        text=BODY,
        kind="message",
    )
    case(
        "transfer/quoted-mbox-from",
        b">From taro@example.jp Fri Jan  5 10:00:00 2024\r\n" + mail(SUBJ + u8 + "8bit\n", raw),
        subject=ASK,
        text=BODY,
        kind="message",
    )
    case("transfer/blank-first", b"\r\n\r\n" + mail(SUBJ + u8 + "8bit\n", raw), subject=ASK, text=BODY, kind="message")
    case(
        "transfer/bom-first", b"\xef\xbb\xbf" + mail(SUBJ + u8 + "8bit\n", raw), subject=ASK, text=BODY, kind="message"
    )
    case(
        "transfer/nul-bytes",
        mail(SUBJ + u8 + "8bit\n", raw.replace(b"\n", b"\0\n")),
        subject=ASK,
        text=BODY,
        kind="message",
    )
    case(
        "transfer/no-blank-line",
        mail(SUBJ, b"").rstrip() + b"\r\n" + BODY.replace("\n", "\r\n").encode(),
        subject=ASK,
        text=BODY,
        kind="message",
    )
    case(
        "transfer/uuencode",
        mail(
            SUBJ + u8 + "8bit\n", "履歴書を送ります。退会はしません。\n\nbegin 644 rireki.txt\n#86)C\n`\nend\n".encode()
        ),
        subject=ASK,
        text="履歴書を送ります。退会はしません。\n",
        kind="message",
        attachments=["rireki.txt"],
    )
    case(
        "transfer/uuencode-jis-name",
        mail(SUBJ, jis("送ります。\n\n") + b"begin 666 " + jis("履歴書.txt") + b"\n#86)C\n`\nend\n"),
        subject=ASK,
        text="送ります。\n",
        kind="message",
        attachments=["履歴書.txt"],
    )
    case(
        "transfer/uuencode-whole-body",
        mail(
            SUBJ + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: x-uuencode\n",
            b"begin 644 x\n" + uu(raw) + b"`\nend\n",
        ),
        subject=ASK,
        text=BODY,
        kind="message",
    )
    case(
        "transfer/begin-as-word",
        mail(SUBJ + u8 + "8bit\n", "begin 2024 with a new job.\n退会します。\n".encode()),
        subject=ASK,
        text="begin 2024 with a new job.\n退会します。\n",
        kind="message",
        attachments=[],
    )


def uu(data: bytes) -> bytes:
    import binascii

    return b"".join(binascii.b2a_uu(data[i : i + 45]) for i in range(0, len(data), 45))


def build(name: str, made: tuple[str, bytes], **expected: object) -> None:
    case(f"structure/{name}", mail(SUBJ + made[0], made[1]), **{"subject": ASK, "kind": "message", **expected})


TP = ("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit", BODY.encode())


def html(text: str) -> tuple[str, bytes]:
    return "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit", text.encode()


def structure() -> None:
    rich = html(
        "<html><body><p>お世話になっております。山田です。<br>転職先が決まりましたので、退会をお願いいたします。</p></body></html>"
    )

    def text(content: str) -> tuple[str, bytes]:
        return TP[0], content.encode()

    for name, plain in (("placeholder", "このメールはHTML形式で送信されています。HTMLメールに対応したソフトでご覧ください。\n"), ("placeholder-en", "This message contains HTML. Please use an HTML compatible mail reader.\n"),
                        ("empty", "\n"), ("question-marks", "???????????????????????????????\n????????????????????????\n"), ("cut", "お世話になっております。山\n"), ("bare-url", "https://mail.example.jp/view?id=12345\n"), ("nbsp-only", "\u00a0\n\u3000\n")):  # fmt: skip
        build(
            f"alternative-{name}",
            parts(text(plain), rich, kind="alternative"),
            text=BODY,
            new_text=BODY,
            attachments=[],
        )
    build("alternative-html-first", parts(rich, TP, kind="alternative"), text=BODY, attachments=[])
    build(
        "alternative-html-empty",
        parts(TP, html("<html><body><div><br></div></body></html>"), kind="alternative"),
        text=BODY,
        attachments=[],
    )
    build(
        "alternative-garbled-plain",
        parts((TP[0].replace("utf-8", "us-ascii"), "?退?お?".encode()), rich, kind="alternative"),
        text=BODY,
        attachments=[],
    )
    build("related-in-alternative", parts(TP, related(rich), kind="alternative", boundary="outer"), text=BODY)
    build(
        "boundary-missing", ("Content-Type: multipart/mixed\n", parts(TP, rich)[1]), text_has="退会をお願いいたします。"
    )
    build("boundary-mismatch", ('Content-Type: multipart/mixed; boundary="other"\n', parts(TP)[1]), text=BODY)
    build("boundary-case", ('Content-Type: multipart/mixed; boundary="=_B1"\n', parts(TP)[1]), text=BODY)
    build("boundary-not-closed", parts(TP, end=False), text=BODY)
    build("boundary-trailing-space", (parts(TP)[0], parts(TP)[1].replace(b"--=_b1\n", b"--=_b1  \n")), text=BODY)
    build(
        "multipart-plain-body",
        ('Content-Type: multipart/mixed; boundary="x"\n', BODY.encode()),
        text=BODY,
        attachments=[],
    )
    build("multipart-base64-label", ("Content-Transfer-Encoding: base64\n" + parts(TP)[0], parts(TP)[1]), text=BODY)
    build(
        "preamble",
        (parts(TP)[0], b"This is a multi-part message in MIME format.\n" + parts(TP)[1]),
        text=BODY,
        attachments=[],
    )
    build(
        "epilogue",
        (parts(TP)[0], parts(TP)[1] + "\nウイルスチェック済み\n".encode()),
        text_has="退会をお願いいたします。",
    )
    build(
        "two-texts",
        parts(text("退会をお願いします。\n"), text("理由は転職です。\n")),
        text="退会をお願いします。\n理由は転職です。\n",
        attachments=[],
    )
    build(
        "text-then-html",
        parts(text("退会をお願いします。\n"), html("<p>-- <br>ML の案内</p>")),
        text_has="退会をお願いします。",
    )
    build("text-attachment-nameless", parts((TP[0] + "\nContent-Disposition: attachment", BODY.encode())), text=BODY)
    build(
        "text-inline-named", parts((TP[0] + '; name="body.txt"\nContent-Disposition: inline', BODY.encode())), text=BODY
    )
    build(
        "enriched",
        (
            "Content-Type: text/enriched; charset=utf-8\n",
            "<bold>退会</bold>を<color><param>red</param>お願い</color>します。\n".encode(),
        ),
        text="退会をお願いします。\n",
        attachments=[],
    )
    build(
        "calendar-only",
        (
            "Content-Type: text/calendar; charset=utf-8; method=REQUEST\n",
            "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:面談のお願い\nDESCRIPTION:退会前に面談を\n お願いします\\n山田\nDTSTART:20240110T010000Z\nORGANIZER:mailto:taro@example.jp\nEND:VEVENT\nEND:VCALENDAR\n".encode(),
        ),
        text_has="退会前に面談をお願いします",
    )
    opened = tnef([("履歴書.doc".encode("cp932"), b"abc"), ("職務表.xls".encode("cp932"), b"d")])
    dat = 'Content-Type: application/ms-tnef; name="winmail.dat"\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename="winmail.dat"'
    build("winmail", parts(TP, (dat, b64(opened).encode())), text=BODY, attachments=["履歴書.doc", "職務表.xls"])
    build(
        "winmail-body-only",
        parts((dat, b64(tnef([(b"a.txt", b"1")], BODY.encode("cp932"))).encode())),
        text=BODY,
        attachments=["a.txt"],
    )
    build(
        "winmail-octet-stream",
        parts(TP, (dat.replace("application/ms-tnef", "application/octet-stream"), b64(opened).encode())),
        text=BODY,
        attachments=["履歴書.doc", "職務表.xls"],
    )
    build("winmail-damaged", parts(TP, (dat, b64(opened[:40]).encode())), text=BODY, attachments=["winmail.dat"])
    inner = mail(
        f"Subject: {word('求人のご案内')}\n" + UT,
        "営業職の求人をご案内いたします。\n".encode(),
        sender="From: agency@example.com\n",
    )
    build(
        "forward-attached",
        parts(
            text("添付のメールは不要です。退会します。\n"),
            ("Content-Type: message/rfc822", inner.replace(b"\r\n", b"\n")),
        ),
        new_text="添付のメールは不要です。退会します。\n",
    )
    build(
        "forward-attached-alone",
        parts(("Content-Type: message/rfc822", inner.replace(b"\r\n", b"\n"))),
        text_has="営業職の求人をご案内いたします。",
    )
    build(
        "rfc822-top",
        ("Content-Type: message/rfc822\n", inner.replace(b"\r\n", b"\n")),
        text_has="営業職の求人をご案内いたします。",
    )
    build(
        "rfc822-base64",
        parts(
            text("退会します。\n"),
            ("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64", b64(inner).encode()),
        ),
        new_text="退会します。\n",
    )
    build(
        "rfc822-as-octet",
        parts(
            text("退会します。\n"),
            (
                'Content-Type: application/octet-stream; name="old.eml"\nContent-Disposition: attachment; filename="old.eml"',
                inner.replace(b"\r\n", b"\n"),
            ),
        ),
        text="退会します。\n",
        attachments=["old.eml"],
    )
    build(
        "digest",
        parts(("", inner.replace(b"\r\n", b"\n")), kind="digest"),
        text_has="営業職の求人をご案内いたします。",
        kind=None,
    )
    build(
        "signed-smime",
        parts(
            TP,
            (
                'Content-Type: application/pkcs7-signature; name="smime.p7s"\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename="smime.p7s"',
                b"MIIB",
            ),
            kind="signed",
        ),
        text=BODY,
        attachments=["smime.p7s"],
    )
    build(
        "signed-smime-opaque",
        (
            'Content-Type: application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename="smime.p7m"\n',
            b64(opaque()).encode(),
        ),
        text=BODY,
    )
    build(
        "enveloped",
        (
            'Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename="smime.p7m"\n',
            b"MIIBAAYJKoZIhvcNAQcDoAA=",
        ),
        attachments=["smime.p7m"],
        error_has="S/MIME",
    )
    build(
        "pgp-mime-encrypted",
        parts(
            ("Content-Type: application/pgp-encrypted", b"Version: 1\n"),
            (
                'Content-Type: application/octet-stream; name="encrypted.asc"',
                b"-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n",
            ),
            kind="encrypted",
        ),
        error_has="PGP",
    )
    build(
        "pgp-mime-signed",
        parts(
            TP,
            (
                'Content-Type: application/pgp-signature; name="signature.asc"',
                b"-----BEGIN PGP SIGNATURE-----\n\niQ\n-----END PGP SIGNATURE-----\n",
            ),
            kind="signed",
        ),
        text=BODY,
        attachments=["signature.asc"],
    )
    build(
        "pgp-inline-signed",
        (
            "Content-Type: text/plain; charset=utf-8\n",
            f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{BODY}-----BEGIN PGP SIGNATURE-----\n\niQEzBAEBCAAdFiEE\n=abcd\n-----END PGP SIGNATURE-----\n".encode(),
        ),
        new_text=BODY,
    )
    build(
        "pgp-inline-encrypted",
        (
            "Content-Type: text/plain; charset=utf-8\n",
            b"-----BEGIN PGP MESSAGE-----\n\nhQEMA5\n=abcd\n-----END PGP MESSAGE-----\n",
        ),
        error_has="PGP",
    )
    for name, source, want in (
        (
            "hidden",
            '<div style="display:none">見えない前置き</div><p>退会をお願いします。</p><span style="font-size:0">x</span>',
            "退会をお願いします。\n",
        ),
        ("hidden-attribute", "<p hidden>見えない</p><p>退会します。</p>", "退会します。\n"),
        ("inline-bold", "<p>退<b>会</b>を<font color=red>お願い</font>します。</p>", "退会をお願いします。\n"),
        (
            "mso",
            "<!--[if mso]><p>Outlook だけ</p><![endif]--><div>退会します。</div><o:p>&nbsp;</o:p>",
            "退会します。\n",
        ),
        (
            "style-script",
            "<style>p{color:red}</style><script>alert('x')</script><title>題</title><p>退会します。",
            "退会します。\n",
        ),
        (
            "table",
            "<table><tr><td>氏名</td><td>山田太郎</td></tr><tr><td>要件</td><td>退会</td></tr></table>",
            "氏名 山田太郎\n要件 退会\n",
        ),
        ("list", "<ul><li>退会</li><li>削除</li></ul>", "• 退会\n• 削除\n"),
        ("divs", "<div>山田です。</div><div><br></div><div>退会します。</div>", "山田です。\n\n退会します。\n"),
        ("uppercase-broken", "<P>山田です。<BR>退会します。</TD></DIV><P>以上", "山田です。\n退会します。\n以上\n"),
        ("pre", "<pre>山田です。\n退会します。</pre>", "山田です。\n退会します。\n"),
        ("wrapped-source", "<p>転職先が決まりましたので、\r\n退会をお願いいたします。</p>", None),
        ("textarea", "<p>内容</p><textarea>退会します。</textarea>", "内容\n退会します。\n"),
        ("ruby", "<p><ruby>退会<rt>たいかい</rt></ruby>します。</p>", None),
        ("nested-deep", "<div>" * 3000 + "退会します。" + "</div>" * 3000, "退会します。\n"),
        ("comment-unclosed", "<p>退会します。</p><!-- 未完", "退会します。\n"),
        ("less-than", "<p>年収 < 500 万円なら退会します。</p>", "年収 < 500 万円なら退会します。\n"),
    ):
        expected: dict[str, object] = (
            {"text": want} if want else {"text_has": "します。" if name == "ruby" else "退会をお願いいたします。"}
        )
        build(f"html-{name}", html(f"<html><body>{source}</body></html>"), attachments=[], **expected)
    build(
        "html-labelled-plain",
        (
            "Content-Type: text/plain; charset=utf-8\n",
            "<html><body><p>退会を<br>お願いします。</p></body></html>".encode(),
        ),
        text="退会を\nお願いします。\n",
    )
    build(
        "plain-labelled-html",
        ("Content-Type: text/html; charset=utf-8\n", "山田です。\n\n退会します。\n".encode()),
        text_has="退会します。",
    )


def related(inner: tuple[str, bytes]) -> tuple[str, bytes]:
    return parts(
        inner,
        ("Content-Type: image/png\nContent-ID: <a@b>\nContent-Transfer-Encoding: base64", b"iVBORw0KGgo="),
        kind="related",
        boundary="inner",
    )


def opaque() -> bytes:
    """An opaque signed S/MIME mail by a key made here (its bytes change each time: the signature is not looked at)."""
    import datetime

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import pkcs7
    from cryptography.x509.oid import NameOID

    key = ec.derive_private_key(7, ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Taro")])
    now = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
    cert = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    made = cert.not_valid_before(now).not_valid_after(now.replace(year=2034)).sign(key, hashes.SHA256())
    inside = (
        b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + b64(BODY.encode()).encode()
    )
    builder = pkcs7.PKCS7SignatureBuilder().set_data(inside).add_signer(made, key, hashes.SHA256())
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])


def names() -> None:
    want = "履歴書_山田太郎①.pdf"
    u = "".join(f"%{b:02X}" for b in want.encode())
    half = len("履歴".encode()) * 3 + 3  # inside a character
    s = "".join(f"%{b:02X}" for b in want.encode("cp932"))
    j = "".join(f"%{b:02X}" for b in jis(want))
    w = word(want)
    jw = word(want, "iso-2022-jp")
    d = "Content-Disposition: attachment; "
    for name, header, result in (
        ("2231", f"{d}filename*=utf-8''{u}", want), ("2231-quoted", f"{d}filename*=\"utf-8''{u}\"", want), ("2231-language", f"{d}filename*=UTF-8'ja'{u}", want),
        ("2231-no-charset", f"{d}filename*={u}", want), ("2231-sjis", f"{d}filename*=Shift_JIS'ja'{s}", want), ("2231-jis", f"{d}filename*=iso-2022-jp''{j}", want),
        ("2231-continued", f"{d}filename*0*=utf-8''{u[:half]};\n filename*1*={u[half:]}", want), ("2231-out-of-order", f"{d}filename*1*={u[half:]};\n filename*0*=utf-8''{u[:half]}", want),
        ("2231-mixed-plain", f"{d}filename*0*=utf-8''{u[:-12]};\n filename*1=\".pdf\"", want), ("2231-no-star", f"{d}filename=utf-8''{u}", want),
        ("2231-in-plain-segments", f"{d}filename*0=\"{w[:30]}\";\n filename*1=\"{w[30:]}\"", want), ("2231-and-ascii", f"{d}filename=\"rireki.pdf\"; filename*=utf-8''{u}", want),
        ("2231-raw-8bit", f"{d}filename*=utf-8''{want}", want), ("2231-word-inside", f"{d}filename*=utf-8''{w}", want),
        ("word-quoted", f'{d}filename="{w}"', want), ("word-bare", f"{d}filename={w}", want), ("word-jis-vendor", f'{d}filename="{jw}"', want),
        ("word-split", f'{d}filename="{word("履歴書_")}\n {word("山田太郎①.pdf")}"', want), ("word-then-ascii", f'{d}filename="{word("履歴書_山田太郎①")}.pdf"', want),
        ("raw-utf8", f'{d}filename="{want}"', want), ("raw-unquoted", f"{d}filename={want}", want), ("raw-space-unquoted", f"{d}filename=履歴書 山田.pdf", "履歴書 山田.pdf"),
        ("percent", f'{d}filename="{u}"', want), ("semicolon-inside", f'{d}filename="履歴;山田.pdf"', "履歴;山田.pdf"), ("path", f'{d}filename="C:\\\\Users\\\\taro\\\\履歴書.pdf"', "履歴書.pdf"),
        ("no-end-quote", f'{d}filename="履歴書.pdf', "履歴書.pdf"), ("single-quotes", f"{d}filename='履歴書.pdf'", "履歴書.pdf"), ("space-equals", f'{d}filename = "{w}"', want), ("upper", f'{d}FILENAME="{w}"', want),
        ("type-only", f'Content-Disposition: attachment\nContent-Type: application/pdf; name="{w}"', want), ("type-2231", f"Content-Type: application/pdf; name*=utf-8''{u}", want),
        ("quoted-pair", f'{d}filename="履歴\\"書\\".pdf"', '履歴"書".pdf'), ("entities", f'{d}filename="&#23653;&#27508;&#26360;.pdf"', "履歴書.pdf"),
    ):  # fmt: skip
        head_of = header if "Content-Type" in header else header + "\nContent-Type: application/pdf"
        build(
            f"name-{name}",
            parts(TP, (head_of + "\nContent-Transfer-Encoding: base64", b"JVBERi0=")),
            text=BODY,
            attachments=[result],
        )
    for name, data in (
        ("cp932", "十表ソ能.pdf".encode("cp932")),
        ("jis", jis("十表ソ能.pdf")),
        ("euc", "十表ソ能.pdf".encode("euc_jp")),
    ):
        content = parts(TP, ("X", b"JVBERi0="))
        body_bytes = content[1].replace(
            b"X\n\n", b'Content-Type: application/pdf\nContent-Disposition: attachment; filename="' + data + b'"\n\n'
        )
        build(f"name-raw-{name}", (content[0], body_bytes), text=BODY, attachments=["十表ソ能.pdf"])
    build(
        "name-none-image",
        parts(
            TP,
            (
                "Content-Type: image/jpeg; name=image0.jpeg\nContent-Disposition: inline; filename=image0.jpeg\nContent-Transfer-Encoding: base64",
                b"/9j/",
            ),
        ),
        text=BODY,
        attachments=["image0.jpeg"],
    )


def build_all() -> None:
    charsets()
    headers()
    transfer()
    structure()
    names()
