"""The second set's mails whose bytes are the matter."""

from __future__ import annotations

from tools import b64, case, jis, mail, parts, tnef, word

SAY = "高橋です。①登録の抹消、②個人情報の削除をお願いします。\n㈱例商事は退職済みです。\n"
PLAIN = "高橋です。登録の抹消をお願いします。担当の佐藤さんにもよろしくお伝えください。\n"
SUBJECT = "登録抹消の依頼（髙橋）"
S = f"Subject: {word(SUBJECT)}\n"
U8 = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit"


def fresh(name: str, head: str | bytes, body: bytes, **more: object) -> None:
    text = more.pop("text", PLAIN)
    start = (
        S.encode()
        if b"ubject" not in (head if isinstance(head, bytes) else head.encode("utf-8", "surrogateescape"))
        else b""
    )
    joined = start + (head if isinstance(head, bytes) else head.encode("utf-8", "surrogateescape"))
    sender = "" if b"From:" in joined else "From: taro@example.jp\n"
    case(
        f"fault/{name}",
        mail(joined, body, sender=sender),
        **{"subject": SUBJECT, "text": text, "kind": "message", **more},
    )


def build_all() -> None:
    t = "Content-Type: text/plain; charset=%s\nContent-Transfer-Encoding: %s\n"
    fresh(
        "jis-vendor-qp",
        t % ("ISO-2022-JP", "quoted-printable"),
        b"".join(b"=%02X" % c if c in b"=\x1b" or c > 126 else bytes([c]) for c in jis(SAY)),
        text=SAY,
    )
    fresh("jis-no-label-html", "Content-Type: text/html\n", b"<p>" + jis(PLAIN.strip()) + b"</p>")
    fresh("jis-as-iso-8859-15", t % ("iso-8859-15", "7bit"), jis(PLAIN))
    fresh("jis-only-kana-si", t % ("iso-2022-jp", "7bit"), jis("ﾀｶﾊｼﾃﾞｽ\n", "S"), text="ﾀｶﾊｼﾃﾞｽ\n")
    fresh("jis-base64-no-label", "Content-Transfer-Encoding: base64\n", b64(jis(PLAIN)).encode())
    fresh("cp932-base64-as-utf8", t % ("utf-8", "base64"), b64(SAY.encode("cp932")).encode(), text=SAY)
    fresh(
        "cp932-qp-as-ascii",
        t % ("us-ascii", "quoted-printable"),
        b"".join(b"\n" if c == 10 else b"=%02X" % c for c in PLAIN.encode("cp932")),
    )
    fresh("euc-as-windows-1252", t % ("windows-1252", "8bit"), PLAIN.encode("euc_jp"))
    fresh("euc-as-gb2312", t % ("gb2312", "8bit"), PLAIN.encode("euc_jp"))
    fresh("cp932-as-big5", t % ("big5", "8bit"), PLAIN.encode("cp932"))
    fresh("utf8-as-ks", t % ("ks_c_5601-1987", "8bit"), PLAIN.encode())
    fresh("utf8-as-koi8", t % ("koi8-r", "8bit"), PLAIN.encode())
    fresh(
        "utf8-cp1252-twice",
        t % ("utf-8", "8bit"),
        PLAIN.encode().decode("latin-1").encode(),
    )
    fresh(
        "utf8-one-bad-byte",
        t % ("utf-8", "8bit"),
        PLAIN.encode() + b"\xe3\x81 end\n",
        text=None,
        text_has="登録の抹消をお願いします。",
    )
    fresh("utf16le-text-8bit", t % ("utf-16le", "base64"), b64(PLAIN.encode("utf-16-le")).encode())
    fresh("utf32", t % ("utf-32", "base64"), b64(PLAIN.encode("utf-32")).encode())
    fresh(
        "gbk-japanese-names",
        t % ("gbk", "8bit"),
        "我是高桥，想取消注册，谢谢。\n".encode("gbk"),
        text="我是高桥，想取消注册，谢谢。\n",
    )
    fresh(
        "half-kana-cp932-as-jis",
        t % ("iso-2022-jp", "8bit"),
        "ﾀｶﾊｼです。退会します。\n".encode("cp932"),
        text="ﾀｶﾊｼです。退会します。\n",
    )
    fresh(
        "three-charsets-in-parts",
        *(lambda made: (made[0], made[1]))(
            parts(
                (t % ("iso-2022-jp", "7bit"), jis("一つ目です。\n")),
                (t % ("euc-jp", "8bit"), "二つ目です。\n".encode("euc_jp")),
                (t % ("shift_jis", "8bit"), "三つ目です。\n".encode("cp932")),
            )
        ),
        text="一つ目です。\n二つ目です。\n三つ目です。\n",
    )
    fresh(
        "yen-and-tilde",
        t % ("shift_jis", "8bit"),
        "年収は５００万円～６００万円、－の件です。\n".encode("cp932"),
        text="年収は５００万円～６００万円、－の件です。\n",
    )
    data = SUBJECT.encode()
    fresh(
        "subject-bytes-split",
        "Subject: " + "\n ".join(word("", raw=data[i : i + 7]) for i in range(0, len(data), 7)) + "\n" + U8,
        PLAIN.encode(),
    )
    fresh(
        "subject-qp-jis",
        f"Subject: =?ISO-2022-JP?Q?={jis(SUBJECT).hex('=').upper()}?=\n{U8}",
        PLAIN.encode(),
    )
    fresh(
        "subject-label-cp932-bytes-euc",
        f"Subject: {word('', 'Shift_JIS', raw='登録の抹消をお願いします'.encode('euc_jp'))}\n{U8}",
        PLAIN.encode(),
        subject="登録の抹消をお願いします",
    )
    fresh(
        "subject-word-in-word-text",
        f"Subject: Re: Re: FW: {word('登録')}{word('抹消')} (2)\n{U8}",
        PLAIN.encode(),
        subject="Re: Re: FW: 登録抹消 (2)",
    )
    fresh("subject-lowercase-header", f"SUBJECT: {word(SUBJECT)}\n{U8}", PLAIN.encode())
    fresh("subject-tab", f"Subject:\t{word(SUBJECT)}\n{U8}", PLAIN.encode())
    fresh("subject-next-line", f"Subject:\n {word(SUBJECT)}\n{U8}", PLAIN.encode())
    fresh(
        "subject-raw-cp932-no-mime",
        b"Subject: " + "登録抹消の依頼".encode("cp932") + b"\n",
        PLAIN.encode("cp932"),
        subject="登録抹消の依頼",
    )
    fresh(
        "subject-halfkana-raw",
        b"Subject: " + "ﾀｲｶｲ希望です".encode("cp932") + b"\n",
        PLAIN.encode("cp932"),
        subject="ﾀｲｶｲ希望です",
    )
    fresh("subject-space-in-b64", f"Subject: =?utf-8?B?{b64(data)[:12]} {b64(data)[12:]}?=\n{U8}", PLAIN.encode())
    fresh("subject-emoji", f"Subject: {word('🙏登録抹消')}\n{U8}", PLAIN.encode(), subject="🙏登録抹消")
    for name, value, addr, shown in (
        ("from-jis-dots", f"{word('髙橋', 'iso-2022-jp')} <k...t@docomo.ne.jp>", "k...t@docomo.ne.jp", "髙橋"),
        ("from-trailing-dot", "ken.@ezweb.ne.jp", "ken.@ezweb.ne.jp", ""),
        ("from-hyphen-start", "<-ken-@docomo.ne.jp>", "-ken-@docomo.ne.jp", ""),
        ("from-jp-parens", f"{word('高橋（転職希望）')} <ken@example.jp>", "ken@example.jp", "高橋（転職希望）"),
        ("from-raw-quotes", '"高橋 "健"" <ken@example.jp>', "ken@example.jp", None),
        ("from-angle-name", f'"<{word("高橋")}>" <ken@example.jp>', "ken@example.jp", None),
        ("from-idn", "ken@例え.jp", "ken@例え.jp", ""),
        ("from-two-lines", f"{word('高橋')}\n {word('健')}\n <ken@example.jp>", "ken@example.jp", "高橋健"),
        ("from-empty-name", '"" <ken@example.jp>', "ken@example.jp", ""),
        ("from-addr-as-word", f"{word('ken@example.jp')} <ken@example.jp>", "ken@example.jp", "ken@example.jp"),
        ("from-colon-name", f"{word('担当:高橋')} <ken@example.jp>", "ken@example.jp", "担当:高橋"),
        ("from-semicolon-name", "高橋;健 <ken@example.jp>", "ken@example.jp", None),
    ):
        more = {} if shown is None else {"from_name": shown}
        fresh(name, f"From: {value}\n{S}{U8}", PLAIN.encode(), from_addr=addr, **more)
    pdf = "Content-Transfer-Encoding: base64\nContent-Type: application/octet-stream\nContent-Disposition: attachment; "
    want = "職務経歴書（髙橋）.docx"
    pct = "".join(f"%{b:02x}" for b in want.encode())
    for name, header, result in (
        (
            "name-2231-three",
            f"filename*0*=UTF-8''{pct[:40]};\n filename*1*={pct[40:80]};\n filename*2*={pct[80:]}",
            want,
        ),
        ("name-2231-lower-hex", f"filename*=utf-8''{pct}", want),
        (
            "name-2231-eucjp",
            "filename*=euc-jp''" + "".join(f"%{b:02X}" for b in "職務経歴書.docx".encode("euc_jp")),
            "職務経歴書.docx",
        ),
        ("name-2231-wrong-label", "filename*=us-ascii''" + pct, want),
        ("name-2231-star-zero-no-charset", f"filename*0*={pct[:40]};\n filename*1*={pct[40:]}", want),
        (
            "name-words-split-mid",
            'filename="' + word("", raw=want.encode()[:10]) + "\n " + word("", raw=want.encode()[10:]) + '"',
            want,
        ),
        ("name-word-no-quotes-space", f"filename={word('職務 経歴書.docx')}", "職務 経歴書.docx"),
        ("name-sjis-word", f'filename="{word("十能表.docx", "shift_jis")}"', "十能表.docx"),
        ("name-both-differ", f"filename=\"=?utf-8?B?{b64(want.encode())}?=\"; filename*=utf-8''{pct}", want),
        ("name-trailing-semicolon", f'filename="{word(want)}";', want),
        ("name-slash", 'filename="写真/高橋.jpg"', None),
    ):
        made = parts((U8, PLAIN.encode()), (pdf + header, b"AAAA"))
        fresh(name, made[0], made[1], **({"attachments": [result]} if result else {}))
    html = "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit"
    rich = f"<html><body><div>{PLAIN.strip()}</div></body></html>".encode()
    for name, plain in (
        ("p1", "[image: logo]\n"),
        ("p2", "HTMLメールを表示できる環境でご覧ください。\n"),
        ("p3", "※このメールはHTML形式です\n"),
        ("p4", "Your email client does not support HTML messages\n"),
        ("p5", "●●●\n"),
        ("p6", "http://example.jp/m?x=1\n\n"),
    ):
        made = parts((U8, plain.encode()), (html, rich), kind="alternative")
        fresh(f"alternative-{name}", made[0], made[1])
    made = parts(
        (html, rich),
        (
            "Content-Type: text/plain; charset=utf-8; name=log.txt\nContent-Disposition: attachment; filename=log.txt",
            b"log",
        ),
    )
    fresh("text-file-attached", made[0], made[1], attachments=["log.txt"])
    made = parts(
        (U8, PLAIN.encode()),
        (
            "Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64",
            b64(tnef([("証明書.pdf".encode("cp932"), b"x")])).encode(),
        ),
    )
    fresh("winmail-one", made[0], made[1], attachments=["証明書.pdf"])
    inner = mail(f"Subject: {word('面談のご案内')}\n{U8}", "面談のご案内です。\n".encode()).replace(b"\r\n", b"\n")
    made = parts(
        (U8, "この面談を取りやめます。\n".encode()), ('Content-Type: message/rfc822; name="面談のご案内.eml"', inner)
    )
    fresh("forward-attached-named", made[0], made[1], text=None, new_text="この面談を取りやめます。\n")
    for name, source, text in (
        (
            "html-br-variants",
            "高橋です。<br/>登録の<BR />抹消<br clear=all>をお願いします。",
            "高橋です。\n登録の\n抹消\nをお願いします。\n",
        ),
        (
            "html-table-layout",
            "<table><tbody><tr><td><table><tr><td>高橋です。</td></tr><tr><td>抹消をお願いします。</td></tr></table></td></tr></tbody></table>",
            "高橋です。\n抹消をお願いします。\n",
        ),
        ("html-zero-width", "抹&#8203;消をお願い&zwnj;します。", None),
        (
            "html-hidden-px",
            '<div style="max-height:0px;overflow:hidden">隠し</div><p>抹消をお願いします。</p>',
            "抹消をお願いします。\n",
        ),
        (
            "html-white-visibility",
            '<p style="visibility:hidden">隠し</p><p>抹消をお願いします。</p>',
            "抹消をお願いします。\n",
        ),
        ("html-headings", "<h1>依頼</h1><p>抹消をお願いします。</p><hr><p>高橋</p>", None),
        (
            "html-nbsp-indent",
            "&nbsp;&nbsp;高橋です。<p>&nbsp;</p>抹消をお願いします。",
            "高橋です。\n抹消をお願いします。\n",
        ),
        (
            "html-link",
            '<a href="https://example.jp/x">こちら</a>の登録を抹消してください。',
            "こちらの登録を抹消してください。\n",
        ),
        ("html-image-alt-none", '<img src="cid:1"><p>抹消をお願いします。</p>', "抹消をお願いします。\n"),
        ("html-definition", "<dl><dt>氏名</dt><dd>高橋健</dd></dl>", "氏名\n高橋健\n"),
        ("html-select", "<p>抹消をお願いします。</p><input type=hidden value=x>", "抹消をお願いします。\n"),
        ("html-newline-in-source", "<p>抹消を\nお願いします。</p>", None),
    ):
        fresh(
            name,
            html,
            f"<html><body>{source}</body></html>".encode(),
            text=text,
            **({} if text else {"text_has": "お願い"}),
        )
