"""Makes tests/corpus/mail/generated.jsonl: mails with one mechanical fault each and what a person would read in them.

Run it after a change: ``python tests/corpus/generate_mail.py``. The result is committed; the same input gives the same
bytes. Every person and address is invented. The words that matter stand in the hand-written files beside it.
"""

from __future__ import annotations

import base64
import json
import quopri
import struct
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

OUT = Path(__file__).parent / "mail" / "generated.jsonl"
BODY = "お世話になっております。山田です。\n一身上の都合により、退会の手続きをお願いいたします。\nどうぞよろしくお願いいたします。"  # noqa: E501
VENDOR = "㈱テストの髙橋﨑子です。\n①求人紹介の停止 ②№12の件、Ⅲ月末までに℡ください。"
KANA = "ﾔﾏﾀﾞ ﾀﾛｳです。ﾒｰﾙの配信を止めてください。"
SUBJECT = "退会のお願い"
NAME = "山田太郎"
ADDR = "taro@example.jp"
Case = tuple[str, bytes, dict[str, object]]


def jis(text: str) -> bytes:
    """ISO-2022-JP as Windows mailers write it: vendor rows and half-width kana included."""
    out = bytearray()
    state = b"\x1b(B"
    for char in text:
        raw = char.encode("cp932")
        if len(raw) == 2:
            want, code = b"\x1b$B", to_jis(raw)
        elif raw[0] >= 0xA1:
            want, code = b"\x1b(I", bytes((raw[0] & 0x7F,))
        else:
            want, code = b"\x1b(B", raw
        if want != state:
            out += want
            state = want
        out += code
    return bytes(out) + (b"" if state == b"\x1b(B" else b"\x1b(B")


def to_jis(pair: bytes) -> bytes:
    """A Shift_JIS pair as JIS; the IBM extensions by way of the NEC copies of them."""
    lead, trail = pair
    if lead >= 0xFA:
        lead, trail = _nec_copy(pair)
    row = (lead - (0x81 if lead < 0xA0 else 0xC1)) * 2 + 0x21
    if trail >= 0x9F:
        return bytes((row + 1, trail - 0x7E))
    return bytes((row, trail - (0x1F if trail < 0x7F else 0x20)))


def _nec_copy(pair: bytes) -> bytes:
    char = pair.decode("cp932")
    for lead in (0xED, 0xEE):
        for trail in (*range(0x40, 0x7F), *range(0x80, 0xFD)):
            try:
                if bytes((lead, trail)).decode("cp932") == char:
                    return bytes((lead, trail))
            except UnicodeDecodeError:
                continue
    raise ValueError(char)


def euc(text: str) -> bytes:
    """eucJP-ms, vendor rows included."""
    out = bytearray()
    for char in text:
        raw = char.encode("cp932")
        if len(raw) == 2:
            out += bytes(code | 0x80 for code in to_jis(raw))
        elif raw[0] >= 0xA1:
            out += b"\x8e" + raw
        else:
            out += raw
    return bytes(out)


def sjis(text: str) -> bytes:
    return text.encode("cp932")


def utf8(text: str) -> bytes:
    return text.encode("utf-8")


def word(text: str, charset: str = "UTF-8", raw: bytes | None = None, how: str = "B") -> bytes:
    """One encoded word."""
    raw = text.encode(charset) if raw is None else raw
    body = base64.b64encode(raw) if how == "B" else quopri.encodestring(raw, header=True).replace(b"=\n", b"")
    return f"=?{charset}?{how}?".encode() + body + b"?="


def mail(body: bytes, ctype: bytes = b"", cte: bytes = b"", subject: bytes | None = None, sender: bytes | None = None,
         extra: bytes = b"") -> bytes:  # fmt: skip
    """A mail of ordinary headers around ``body``."""
    head = b"From: " + (sender if sender is not None else word(NAME) + b" <" + ADDR.encode() + b">") + b"\r\n"
    head += b"To: leave@agency.example.com\r\nSubject: " + (word(SUBJECT) if subject is None else subject) + b"\r\n"
    head += b"Date: Fri, 05 Jan 2024 10:00:00 +0900\r\nMessage-ID: <1@mail.example.jp>\r\nMIME-Version: 1.0\r\n"
    if ctype:
        head += b"Content-Type: " + ctype + b"\r\n"
    if cte:
        head += b"Content-Transfer-Encoding: " + cte + b"\r\n"
    return head + extra + b"\r\n" + body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") + b"\r\n"


def multipart(
    kind: bytes, *parts: bytes, boundary: bytes = b"=_b1", end: bool = True, declared: bytes | None = None
) -> bytes:
    lines = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    ctype = b"multipart/" + kind + b'; boundary="' + (boundary if declared is None else declared) + b'"'
    return mail(lines + (b"--" + boundary + b"--" if end else b""), ctype)


def part(body: bytes, ctype: bytes, cte: bytes = b"8bit", disposition: bytes = b"") -> bytes:
    head = b"Content-Type: " + ctype + b"\r\nContent-Transfer-Encoding: " + cte + b"\r\n"
    if disposition:
        head += b"Content-Disposition: " + disposition + b"\r\n"
    return head + b"\r\n" + body


PLAIN = b"text/plain; charset=UTF-8"
HTML = b"text/html; charset=UTF-8"


def ok(text: str = BODY, **more: object) -> dict[str, object]:
    """What is expected of a mail that has the usual subject and sender."""
    return {"subject": SUBJECT, "from_addr": ADDR, "from_name": NAME, "text": text, "kind": "message", **more}


def charsets() -> Iterator[Case]:
    """Bodies: what is declared against what is there."""
    texts = {"plain": BODY, "vendor": VENDOR, "kana": KANA, "short": "退会希望です。"}
    codings: dict[str, tuple[Callable[[str], bytes], tuple[bytes, ...]]] = {
        "jis": (jis, (b"ISO-2022-JP", b"iso-2022-jp-ms", b"CP50221", b"cp50220", b"csISO2022JP", b"UTF-8", b"us-ascii",
                      b"Shift_JIS", b"iso-8859-1", b"")),
        "sjis": (sjis, (b"Shift_JIS", b"shift-jis", b"x-sjis", b"Windows-31J", b"CP932", b"UTF-8", b"us-ascii",
                        b"ISO-2022-JP", b"EUC-JP", b"iso-8859-1", b"")),
        "euc": (euc, (b"EUC-JP", b"eucJP-ms", b"CP51932", b"x-euc-jp", b"UTF-8", b"us-ascii", b"Shift_JIS", b"")),
        "utf8": (utf8, (b"UTF-8", b"utf8", b"\"utf-8\"", b"us-ascii", b"iso-8859-1", b"Shift_JIS", b"ISO-2022-JP", b"EUC-JP",  # noqa: E501
                        b"unknown-8bit", b"x-unknown", b"gb2312", b"")),
    }  # fmt: skip
    for text_name, text in texts.items():
        for coding, (encode, labels) in codings.items():
            if text_name == "kana" and coding == "euc":
                labels = labels[:4]
            if text_name == "short" and coding in ("sjis", "euc"):
                labels = (*labels[:2], b"", b"us-ascii")
            for label in labels:
                ctype = b"text/plain" + (b"; charset=" + label if label else b"")
                name = f"charset/{text_name}-{coding}-as-{label.decode().strip(chr(34)) or 'nothing'}"
                yield name, mail(encode(text), ctype, b"8bit"), ok(text)


def transfers() -> Iterator[Case]:
    """Transfer encodings and their damage."""
    b64 = base64.encodebytes(utf8(BODY))
    one = base64.b64encode(utf8(BODY))
    qp = quopri.encodestring(utf8(BODY))
    yield "transfer/base64", mail(b64, PLAIN, b"base64"), ok()
    yield "transfer/base64-one-line", mail(one, PLAIN, b"BASE64"), ok()
    yield "transfer/base64-no-padding", mail(one.rstrip(b"="), PLAIN, b"base64"), ok()
    yield (
        "transfer/base64-in-pieces",
        mail(base64.b64encode(utf8(BODY)[:40]) + b"\n" + base64.b64encode(utf8(BODY)[40:]), PLAIN, b"base64"),
        ok(),
    )
    footer = b"\n_______________________________________________\nseekers mailing list\nseekers@example.com\n"
    yield "transfer/base64-list-footer", mail(b64 + footer, PLAIN, b"base64"), ok()
    yield "transfer/base64-label-plain-text", mail(utf8(BODY), PLAIN, b"base64"), ok()
    yield (
        "transfer/base64-label-ascii",
        mail(b"Please close my account.\nThank you.", PLAIN, b"base64"),
        ok("Please close my account.\nThank you."),
    )
    yield "transfer/base64-undeclared", mail(b64, PLAIN, b""), ok()
    yield "transfer/qp", mail(qp, PLAIN, b"quoted-printable"), ok()
    yield "transfer/qp-lower-case", mail(qp, PLAIN, b"Quoted-Printable; x=y"), ok()
    yield "transfer/qp-undeclared", mail(qp, PLAIN, b"7bit"), ok()
    yield (
        "transfer/qp-jis",
        mail(quopri.encodestring(jis(VENDOR)), b"text/plain; charset=iso-2022-jp", b"quoted-printable"),
        ok(VENDOR),
    )
    yield "transfer/8bit-unknown-encoding", mail(utf8(BODY), PLAIN, b"x-strange"), ok()
    stripped = jis(BODY).replace(b"\x1b", b"")
    yield "transfer/jis-escapes-stripped", mail(stripped, b"text/plain; charset=iso-2022-jp", b"7bit"), ok()
    yield "transfer/jis-escapes-stripped-no-label", mail(stripped, b"text/plain", b"7bit"), ok()
    long_line = "これは長い一行です。" * 12 + "退会いたします。"
    for column in (70, 72, 76, 77, 78, 79, 80, 131):
        raw = jis(long_line)
        cut = b"\n".join(raw[i : i + column] for i in range(0, len(raw), column))
        yield f"transfer/jis-wrapped-at-{column}", mail(cut, b"text/plain; charset=iso-2022-jp", b"7bit"), ok(long_line)
    so = b"\x0e" + bytes(code & 0x7F for code in "ﾔﾏﾀﾞﾀﾛｳ".encode("cp932")) + b"\x0f"
    yield (
        "transfer/jis-so-si-kana",
        mail(so + jis("です。退会します。"), b"text/plain; charset=iso-2022-jp", b"7bit"),
        ok("ﾔﾏﾀﾞﾀﾛｳです。退会します。"),
    )
    korean = "안녕하세요"
    mixed = b"\x1b$(C" + bytes(code & 0x7F for code in korean.encode("euc-kr")) + b"\x1b(B" + jis("、退会します。")
    yield (
        "transfer/iso-2022-jp-2-korean",
        mail(mixed, b"text/plain; charset=iso-2022-jp-2", b"7bit"),
        ok(korean + "、退会します。"),
    )
    yield "transfer/utf8-twice", mail(utf8(BODY).decode("latin-1").encode(), PLAIN, b"8bit"), ok()
    yield (
        "transfer/utf8-twice-cp1252",
        mail(utf8("退会します。よろしくお願いします。").decode("cp1252", "latin1_holes").encode(), PLAIN, b"8bit"),
        ok("退会します。よろしくお願いします。"),
    )
    yield "transfer/utf7", mail(BODY.encode("utf-7"), b"text/plain; charset=utf-7", b"7bit"), ok()
    chinese = "您好，我想注销账户。谢谢。镕"
    yield (
        "transfer/gb18030-as-gb2312",
        mail(chinese.encode("gb18030"), b"text/plain; charset=gb2312", b"8bit"),
        ok(chinese),
    )
    yield (
        "transfer/big5",
        mail("您好，我想註銷帳戶。".encode("cp950"), b"text/plain; charset=big5", b"8bit"),
        ok("您好，我想註銷帳戶。"),
    )
    yield (
        "transfer/ks",
        mail("탈퇴하고 싶습니다.".encode("cp949"), b"text/plain; charset=ks_c_5601-1987", b"8bit"),
        ok("탈퇴하고 싶습니다."),
    )
    yield (
        "transfer/iso-2022-kr",
        mail("탈퇴하고 싶습니다.".encode("iso2022_kr"), b"text/plain; charset=iso-2022-kr", b"7bit"),
        ok("탈퇴하고 싶습니다."),
    )
    yield (
        "transfer/latin1",
        mail("Réponse à votre café".encode("latin-1"), b"text/plain; charset=iso-8859-1", b"8bit"),
        ok("Réponse à votre café"),
    )
    yield (
        "transfer/cp1252-as-latin1",
        mail("It\u2019s \u201cdone\u201d".encode("cp1252"), b"text/plain; charset=iso-8859-1", b"8bit"),
        ok("It\u2019s \u201cdone\u201d"),
    )
    long_euc = "退会の手続きをお願いいたします。" * 70
    raw = euc(long_euc)
    cut = raw[:997] + b"\n" + raw[997:1994] + b"\n" + raw[1994:]
    yield "transfer/euc-cut-at-998", mail(cut, b"text/plain; charset=euc-jp", b"8bit"), ok(long_euc)
    yield (
        "transfer/utf16",
        mail(base64.encodebytes(BODY.encode("utf-16")), b"text/plain; charset=utf-16", b"base64"),
        ok(),
    )
    flowed = "これは とても長い文章なので \nここで折り返されています。 \n退会します。\n"
    yield (
        "transfer/flowed",
        mail(
            utf8("I would like to leave the service \nas soon as possible.\nThanks"),
            b"text/plain; charset=utf-8; format=flowed",
            b"8bit",
        ),
        ok("I would like to leave the service as soon as possible.\nThanks"),
    )
    yield (
        "transfer/flowed-delsp",
        mail(utf8(flowed), b"text/plain; charset=utf-8; format=flowed; delsp=yes", b"8bit"),
        ok("これは とても長い文章なのでここで折り返されています。退会します。"),
    )
    enriched = "<bold>退会</bold>を<color><param>red</param>お願い</color>します。<<大事>"
    yield (
        "transfer/enriched",
        mail(utf8(enriched), b"text/enriched; charset=utf-8", b"8bit"),
        ok("退会をお願いします。<大事>"),
    )
    uu = b"begin 644 memo.txt\n" + _uu(b"hello world, this is a file") + b"`\nend\n"
    yield (
        "transfer/uuencode-inline",
        mail(utf8("資料を送ります。\n") + uu, PLAIN, b"8bit"),
        ok("資料を送ります。", attachments=["memo.txt"]),
    )
    yield (
        "transfer/references",
        mail(utf8("&#39641;橋です。退会します。"), PLAIN, b"8bit"),
        ok("髙橋です。退会します。"),
    )
    yield "transfer/nul-bytes", mail(utf8("退会\0します。"), PLAIN, b"8bit"), ok("退会します。")
    yield "transfer/only-cr", mail(utf8(BODY), PLAIN, b"8bit").replace(b"\r\n", b"\r"), ok()
    yield "transfer/only-lf", mail(utf8(BODY), PLAIN, b"8bit").replace(b"\r\n", b"\n"), ok()
    yield (
        "transfer/crcrlf",
        mail(utf8(BODY), PLAIN, b"8bit").replace(b"\r\n", b"\r\r\n"),
        {**ok(), "text": None, "text_has": "退会の手続き"},
    )


def _uu(data: bytes) -> bytes:
    import binascii

    return b"".join(binascii.b2a_uu(data[i : i + 45]) for i in range(0, len(data), 45))


def subjects() -> Iterator[Case]:
    """Header text."""
    body = utf8(BODY)

    def one(name: str, value: bytes, want: str = SUBJECT) -> Case:
        return f"subject/{name}", mail(body, PLAIN, b"8bit", subject=value), ok(subject=want)

    long = "【重要】退会手続きと個人情報の削除に関するお願い（会員番号：A-12345）"
    yield one("utf8-b", word(SUBJECT))
    yield one("utf8-q", word(SUBJECT, how="Q"))
    yield one("lower-case-marks", word(SUBJECT).replace(b"?B?", b"?b?"))
    yield one("jis-vendor", word("", "ISO-2022-JP", jis("㈱髙﨑①の退会")), "㈱髙﨑①の退会")
    yield one("jis-kana", word("", "ISO-2022-JP", jis("ﾀｲｶｲ希望")), "ﾀｲｶｲ希望")
    yield one("cp932-vendor", word("", "Shift_JIS", sjis("№①髙﨑")), "№①髙﨑")
    yield one("euc-vendor", word("", "EUC-JP", euc("№①髙﨑")), "№①髙﨑")
    yield one("label-jis-content-sjis", word("", "ISO-2022-JP", sjis(SUBJECT)))
    yield one("label-utf8-content-jis", word("", "UTF-8", jis(SUBJECT)))
    yield one("label-utf8-content-sjis", word("", "UTF-8", sjis(long)), long)
    yield one("label-unknown", word("", "x-unknown", utf8(SUBJECT)))
    yield one("language-suffix", word(SUBJECT).replace(b"?B?", b"*ja?B?"))
    raw = utf8(long)
    pieces = [raw[i : i + 20] for i in range(0, len(raw), 20)]  # 20 is no multiple of 3: characters are cut
    yield one("split-inside-character", b"\r\n ".join(word("", "UTF-8", piece) for piece in pieces), long)
    yield one("split-inside-character-q", b"\r\n ".join(word("", "UTF-8", piece, "Q") for piece in pieces), long)
    b64 = base64.b64encode(raw)
    cut = b"\r\n ".join(b"=?UTF-8?B?" + b64[i : i + 30] + b"?=" for i in range(0, len(b64), 30))
    yield one("base64-cut-mid-quantum", cut, long)
    yield one("fold-inside-word", b"=?UTF-8?B?" + b64[:40] + b"\r\n " + b64[40:] + b"?=", long)
    joined = jis(long)
    body_part = joined[3:-3]
    halves = (joined[:23], joined[23:])
    yield one("jis-state-carried-over", b"\r\n ".join(word("", "ISO-2022-JP", half) for half in halves), long)
    assert body_part
    yield one("no-space-between-words", word("退会の") + word("お願い"))
    yield one("plain-between-words", word("退会") + b" Re: " + word("お願い"), "退会 Re: お願い")
    yield one("text-glued-to-word", b"Re:" + word(SUBJECT), "Re:" + SUBJECT)
    yield one("quoted-word", b'"' + word(SUBJECT) + b'"', f'"{SUBJECT}"')
    yield one("unclosed-word", word(SUBJECT)[:-2])
    yield one("q-with-spaces", b"=?UTF-8?Q?" + b"=E9=80=80=E4=BC=9A =E3=81=AE=E4=BB=B6" + b"?=", "退会 の件")
    yield one("q-underscore", b"=?UTF-8?Q?close_my_account?=", "close my account")
    yield one("raw-utf8", utf8(SUBJECT))
    yield one("raw-jis", jis(SUBJECT))
    yield one("raw-jis-vendor", jis("㈱髙橋①"), "㈱髙橋①")
    yield one("raw-sjis", sjis("退会手続きのお願いについて"), "退会手続きのお願いについて")
    yield one("raw-euc", euc("退会手続きのお願いについて"), "退会手続きのお願いについて")
    folded = jis(long)
    yield one("raw-jis-folded", folded[:41] + b"\r\n " + folded[41:], long)
    yield one("raw-jis-folded-unindented", folded[:41] + b"\r\n" + folded[41:], long)
    yield one("folded-ascii", b"Please close\r\n my account", "Please close my account")
    yield one("empty", b"", "")
    yield one("gb", word("", "GB2312", "关于注销".encode("gb18030")), "关于注销")
    yield one("utf7", b"=?UTF-7?Q?" + SUBJECT.encode("utf-7") + b"?=")
    yield one("reference", b"&#39641;" + word("橋"), "髙橋")
    yield one("tab-fold", word("退会の") + b"\r\n\t" + word("お願い"))
    yield one("not-a-word", b"=?not a word?=", "=?not a word?=")
    yield one("emoji", word("退会😊"), "退会😊")


def senders() -> Iterator[Case]:
    """From lines."""
    body = utf8(BODY)

    def one(name: str, value: bytes, addr: str = ADDR, shown: str = NAME) -> Case:
        return f"sender/{name}", mail(body, PLAIN, b"8bit", sender=value), ok(from_addr=addr, from_name=shown)

    a = ADDR.encode()
    yield one("word-angle", word(NAME) + b" <" + a + b">")
    yield one("word-glued", word(NAME) + b"<" + a + b">")
    yield one("quoted-word", b'"' + word(NAME) + b'" <' + a + b">")
    yield one("bare", a, shown="")
    yield one("comment", a + b" (" + word(NAME) + b")")
    yield one("angle-only", b"<" + a + b">", shown="")
    yield one("whole-in-word", word(f"{NAME} <{ADDR}>"))
    yield one("whole-in-jis-word", word("", "ISO-2022-JP", jis(f"{NAME} <{ADDR}>")))
    yield one("unbalanced-quote", b'"' + word(NAME) + b" <" + a + b">")
    yield one("unbalanced-quote-end", word(NAME) + b'" <' + a + b">")
    yield one("raw-utf8", utf8(NAME) + b" <" + a + b">")
    yield one("raw-jis", jis(NAME) + b" <" + a + b">")
    yield one("raw-jis-quoted", b'"' + jis("㈱髙﨑") + b'" <' + a + b">", shown="㈱髙﨑")
    yield one("raw-sjis", sjis("表示山田太郎") + b" <" + a + b">", shown="表示山田太郎")
    yield one("raw-euc", euc("山田太郎さん") + b" <" + a + b">", shown="山田太郎さん")
    yield one("comma-in-name", "山田, 太郎".encode() + b" <" + a + b">", shown="山田, 太郎")
    yield one("comma-in-word", word("山田, 太郎") + b" <" + a + b">", shown="山田, 太郎")
    yield one("wide-angle", "山田太郎 ＜taro@example.jp＞".encode())
    yield one("mailto", word(NAME) + b" <mailto:" + a + b">")
    for local in ("a..b.", ".a.", "a.b..", "-abc-", "a--b", "a/b", "a?b", "a+b"):
        domain = "@docomo.ne.jp" if "+" not in local else "@example.jp"
        addr = local + domain
        yield one(f"docomo-bare-{local}", addr.encode(), addr, "")
        yield one(f"docomo-angle-{local}", b"<" + addr.encode() + b">", addr, "")
        yield one(f"docomo-named-{local}", word(NAME) + b" <" + addr.encode() + b">", addr)
    yield one("docomo-quoted", b'"a..b."@docomo.ne.jp', '"a..b."@docomo.ne.jp', "")
    yield one("docomo-quoted-angle", word(NAME) + b' <"a..b."@docomo.ne.jp>', '"a..b."@docomo.ne.jp')
    yield one("two-froms-in-one", word(NAME) + b" <" + a + b">, hanako@example.jp")
    yield one("name-is-address", b'"hanako@example.jp" <' + a + b">", shown="hanako@example.jp")
    yield one("daemon-without-at", b"MAILER-DAEMON (Mail System)", "MAILER-DAEMON", "Mail System")
    yield one("empty", b"", "", "")
    yield one("null", b"<>", "", "")
    yield one("folded", word("山田") + b"\r\n " + word("太郎") + b"\r\n <" + a + b">")
    yield one("escaped-quote", b'"Taro \\"Ta\\" Yamada" <' + a + b">", shown='Taro "Ta" Yamada')
    yield one("single-quotes", b"'Taro Yamada' <" + a + b">", shown="Taro Yamada")
    yield one("group", b"undisclosed-recipients:;", "", "")
    yield one("route", word(NAME) + b" <@relay.example.com:" + a + b">")
    yield one("idn", word(NAME) + " <taro@例え.jp>".encode(), "taro@例え.jp")


def structures() -> Iterator[Case]:
    """Header blocks and parts put together wrongly."""
    good = mail(utf8(BODY), PLAIN, b"8bit")
    yield "structure/good", good, ok()
    yield "structure/bom", b"\xef\xbb\xbf" + good, ok()
    yield "structure/blank-first-line", b"\r\n" + good, ok()
    yield "structure/mbox-line", b"From taro@example.jp Fri Jan  5 10:00:00 2024\r\n" + good, ok()
    yield "structure/junk-line", good.replace(b"Subject:", b"this is not a header\r\nSubject:"), ok()
    yield "structure/junk-first", b"*** virus scanned ***\r\n" + good, ok()
    yield "structure/space-before-colon", good.replace(b"Subject:", b"Subject :").replace(b"From:", b"From :"), ok()
    yield (
        "structure/lower-case-names",
        good.replace(b"Subject:", b"SUBJECT:").replace(b"Content-Type", b"content-TYPE"),
        ok(),
    )
    yield "structure/no-mime-version", good.replace(b"MIME-Version: 1.0\r\n", b""), ok()
    yield "structure/no-content-type", mail(utf8(BODY)), ok()
    yield "structure/content-type-text", mail(utf8(BODY), b"text"), ok()
    yield "structure/content-type-junk", mail(utf8(BODY), b"; charset=utf-8"), ok()
    yield "structure/no-headers", utf8(BODY), {"text": BODY, "subject": "", "from_addr": ""}
    two = (
        part(utf8(BODY), PLAIN),
        part(b"%PDF-1.4 x", b'application/pdf; name="cv.pdf"', b"7bit", b"attachment; filename=cv.pdf"),
    )
    yield "structure/mixed", multipart(b"mixed", *two), ok(attachments=["cv.pdf"])
    yield "structure/no-end", multipart(b"mixed", *two, end=False), ok(attachments=["cv.pdf"])
    yield "structure/boundary-wrong", multipart(b"mixed", *two, declared=b"other"), ok(attachments=["cv.pdf"])
    yield "structure/boundary-empty", multipart(b"mixed", *two, declared=b""), ok(attachments=["cv.pdf"])
    missing = multipart(b"mixed", *two).replace(b'; boundary="=_b1"', b"")
    yield "structure/boundary-missing", missing, ok(attachments=["cv.pdf"])
    yield "structure/plain-under-multipart", mail(utf8(BODY), b"multipart/mixed; boundary=xyz"), ok()
    nested = (
        b"--in\r\n" + part(utf8(BODY), PLAIN) + b"\r\n--in\r\n" + part(utf8(f"<p>{BODY}</p>"), HTML) + b"\r\n--in--"
    )
    inner = b"Content-Type: multipart/alternative; boundary=in\r\n\r\n" + nested
    yield "structure/nested", multipart(b"mixed", inner, two[1]), ok(attachments=["cv.pdf"])
    yield (
        "structure/nested-same-boundary",
        multipart(b"mixed", inner.replace(b"--in", b"--=_b1").replace(b"=in", b"==_b1"), two[1]),
        ok(text=None, text_has="退会の手続き"),
    )
    attached = part(utf8(BODY), PLAIN, b"8bit", b"attachment")
    yield "structure/nameless-attached-body", multipart(b"mixed", attached), ok(attachments=[])
    yield (
        "structure/nameless-attached-body-alone",
        good.replace(b"MIME-Version: 1.0", b"Content-Disposition: attachment"),
        ok(),
    )
    rfc822 = b"Content-Type: message/rfc822\r\n\r\n" + mail(utf8("前のメールの本文です。"), PLAIN, b"8bit")
    yield (
        "structure/enclosed-mail",
        multipart(b"mixed", part(utf8(BODY), PLAIN), rfc822),
        ok(text=None, text_has="前のメールの本文です。", new_text=BODY),
    )
    yield "structure/enclosed-mail-alone", multipart(b"mixed", rfc822), ok("前のメールの本文です。")
    signed = b'Content-Type: application/pgp-signature; name="signature.asc"\r\n\r\n-----BEGIN PGP SIGNATURE-----\r\nx\r\n-----END PGP SIGNATURE-----'  # noqa: E501
    yield (
        "structure/pgp-signed",
        multipart(b"signed", part(utf8(BODY), PLAIN), signed),
        ok(attachments=["signature.asc"]),
    )
    yield (
        "structure/pgp-encrypted",
        multipart(
            b"encrypted",
            b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1",
            b"Content-Type: application/octet-stream\r\n\r\n-----BEGIN PGP MESSAGE-----",
        ),
        ok("", error_has="PGP"),
    )
    yield (
        "structure/smime",
        mail(
            base64.b64encode(b"0\x82"),
            b'application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"',
            b"base64",
        ),
        ok("", error_has="S/MIME", attachments=["smime.p7m"]),
    )
    calendar = "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:面談のご案内\nDTSTART:20240110T100000\nLOCATION:本社\nEND:VEVENT\nEND:VCALENDAR"  # noqa: E501
    yield (
        "structure/calendar-only",
        mail(utf8(calendar), b"text/calendar; charset=utf-8; method=REQUEST", b"8bit"),
        ok(text=None, text_has="面談のご案内"),
    )
    yield (
        "structure/calendar-reply",
        mail(utf8(calendar.replace("REQUEST", "REPLY")), b"text/calendar; charset=utf-8; method=REPLY", b"8bit"),
        ok(text=None, kind="auto_reply"),
    )
    yield "structure/empty-file", b"", {"text": "", "subject": "", "error_has": "empty"}
    yield "structure/headers-only", good.split(b"\r\n\r\n")[0], ok("")
    digest = multipart(
        b"digest", b"\r\n" + mail(utf8("一つ目"), PLAIN, b"8bit"), b"\r\n" + mail(utf8("二つ目"), PLAIN, b"8bit")
    )
    yield "structure/digest", digest, ok(text=None, text_has="二つ目")


def alternatives() -> Iterator[Case]:
    """Which of two texts is the message."""
    rich = "<html><body>" + "".join(f"<div>{line}</div>" for line in BODY.split("\n")) + "</body></html>"

    def one(name: str, plain: str, html: str = rich, want: str = BODY) -> Case:
        raw = multipart(b"alternative", part(utf8(plain), PLAIN), part(utf8(html), HTML))
        return f"alternative/{name}", raw, ok(want)

    yield one("both", BODY)
    for name, text in {
        "html-mail": "このメールはHTML形式で送信されています。",
        "not-supported": "お使いのメールソフトはHTMLメールに対応していません。",
        "view-in-browser": "HTMLメールが表示されない場合はブラウザでご覧ください。\nhttps://example.com/view/123",
        "english": "Your email client does not support HTML messages.",
        "english-2": "This is an HTML email. Please view it in an HTML capable mail program.",
        "empty": "",
        "blank": " \n　\n",
        "url": "https://example.com/m/abc123",
        "urls": "https://example.com/m/abc123\nhttps://example.com/m/def",
        "cut": BODY[: len(BODY) // 2],
        "cut-dots": BODY[:30] + "…",
        "cut-first-line": BODY.split("\n")[0],
        "garbled-question": "?????????????\n??????????????????????\n??????",
        "garbled-replacement": "\ufffd\ufffd\ufffdになっております\ufffd\n\ufffd\ufffd",
        "dots": "...",
        "one-word": "本文",
    }.items():
        yield one(f"plain-{name}", text)
    yield one("html-empty", BODY, "<html><body></body></html>")
    yield one("html-image-only", BODY, '<html><body><img src="cid:1"></body></html>')
    yield one("html-first-then-plain", BODY)
    only = "<div>退<b>会</b>を<font color=red>希望</font>します。<br>山田</div>"
    yield "alternative/html-only", mail(utf8(only), HTML, b"8bit"), ok("退会を希望します。\n山田")
    yield (
        "alternative/html-only-jis-meta",
        mail(
            jis(
                '<html><head><meta http-equiv="Content-Type" content="text/html; charset=iso-2022-jp"></head><body>㈱髙﨑です。</body></html>'  # noqa: E501
            ),
            b"text/html",
            b"7bit",
        ),
        ok("㈱髙﨑です。"),
    )
    yield (
        "alternative/html-only-euc-meta",
        mail(
            euc('<html><head><meta charset="euc-jp"></head><body>髙橋です。退会します。</body></html>'),
            b"text/html",
            b"8bit",
        ),
        ok("髙橋です。退会します。"),
    )
    yield (
        "alternative/html-only-sjis-meta",
        mail(
            sjis('<html><head><meta charset="Shift_JIS"></head><body>髙橋です。退会します。</body></html>'),
            b"text/html; charset=iso-8859-1",
            b"8bit",
        ),
        ok("髙橋です。退会します。"),
    )
    hidden = '<body><div style="display:none">プレビュー文字</div><p>退会します。</p><span style="font-size:0px">x</span><script>var a=1;</script><style>p{}</style><!-- 注 --></body>'  # noqa: E501
    yield "alternative/html-hidden", mail(utf8(hidden), HTML, b"8bit"), ok("退会します。")
    table = "<table><tr><td>氏名</td><td>山田太郎</td></tr><tr><td>用件</td><td>退会</td></tr></table>"
    yield "alternative/html-table", mail(utf8(table), HTML, b"8bit"), ok("氏名\t山田太郎\n用件\t退会")
    yield (
        "alternative/html-list",
        mail(utf8("<ul><li>退会</li><li>削除</li></ul>"), HTML, b"8bit"),
        ok(text=None, text_has="削除"),
    )
    yield (
        "alternative/html-entities",
        mail(utf8("<p>&lt;退会&gt;&nbsp;&amp;&#12354;&hellip;</p>"), HTML, b"8bit"),
        ok("<退会> &あ…"),
    )
    yield "alternative/html-unclosed", mail(utf8("<p>退会<p>します<b>。"), HTML, b"8bit"), ok("退会\n\nします。")
    yield (
        "alternative/html-comment-unclosed",
        mail(utf8("<p>退会します。</p><!-- 終わらない"), HTML, b"8bit"),
        ok(text=None, text_has="退会します。"),
    )
    yield "alternative/html-labelled-plain", mail(utf8(rich), PLAIN, b"8bit"), ok()
    yield "alternative/html-label-no-tags", mail(utf8(BODY), HTML, b"8bit"), ok()


def names() -> Iterator[Case]:
    """File names."""
    body = part(utf8(BODY), PLAIN)

    def one(name: str, disposition: bytes, want: str, ctype: bytes = b"application/pdf") -> Case:
        other = part(b"JVBERi0=", ctype, b"base64", disposition)
        return f"name/{name}", multipart(b"mixed", body, other), ok(attachments=[want])

    cv = "履歴書_山田太郎.pdf"
    percent = "".join(f"%{code:02X}" for code in utf8(cv)).encode()
    yield one("rfc2231", b"attachment; filename*=UTF-8''" + percent, cv)
    yield one(
        "rfc2231-parts", b"attachment; filename*0*=UTF-8''" + percent[:45] + b";\r\n filename*1*=" + percent[45:], cv
    )
    yield one(
        "rfc2231-parts-reversed",
        b"attachment; filename*1*=" + percent[45:] + b";\r\n filename*0*=UTF-8''" + percent[:45],
        cv,
    )
    yield one("rfc2231-mixed", b"attachment; filename*0*=UTF-8''" + percent[: -4 * 3] + b';\r\n filename*1=".pdf"', cv)
    jis_percent = "".join(f"%{code:02X}" for code in jis(cv)).encode()
    yield one("rfc2231-jis", b"attachment; filename*=ISO-2022-JP''" + jis_percent, cv)
    sjis_percent = "".join(f"%{code:02X}" for code in sjis(cv)).encode()
    yield one("rfc2231-sjis", b"attachment; filename*=Shift_JIS'ja'" + sjis_percent, cv)
    yield one("rfc2231-quoted", b"attachment; filename*=\"UTF-8''" + percent + b'"', cv)
    yield one("rfc2231-no-charset", b"attachment; filename*=" + percent, cv)
    yield one("rfc2231-in-plain", b"attachment; filename=\"UTF-8''" + percent + b'"', cv)
    yield one("percent-in-plain", b'attachment; filename="' + percent + b'"', cv)
    yield one("rfc2231-and-fallback", b"attachment; filename=\"rirekisho.pdf\"; filename*=UTF-8''" + percent, cv)
    yield one("word-in-quotes", b'attachment; filename="' + word(cv) + b'"', cv)
    yield one("word-bare", b"attachment; filename=" + word(cv), cv)
    yield one(
        "words-folded-in-quotes",
        b'attachment; filename="'
        + word("", "ISO-2022-JP", jis("履歴書_"))
        + b"\r\n "
        + word("", "ISO-2022-JP", jis("山田太郎.pdf"))
        + b'"',
        cv,
    )
    yield one("word-q", b'attachment; filename="' + word(cv, how="Q") + b'"', cv)
    yield one("raw-utf8", b'attachment; filename="' + utf8(cv) + b'"', cv)
    yield one("raw-sjis", b'attachment; filename="' + sjis(cv) + b'"', cv)
    yield one("raw-sjis-5c", b'attachment; filename="' + sjis("申込表.pdf") + b'"', "申込表.pdf")
    yield one("raw-sjis-5c-end", b'attachment; filename="' + sjis("予定表") + b'"', "予定表")
    yield one(
        "raw-sjis-semicolon", b"attachment; filename=" + sjis("ソ表;.pdf").replace(b";", b"") + b"; size=10", "ソ表.pdf"
    )
    yield one("raw-euc", b'attachment; filename="' + euc(cv) + b'"', cv)
    yield one("raw-jis", b'attachment; filename="' + jis(cv) + b'"', cv)
    yield one("raw-jis-bare", b"attachment; filename=" + jis(cv), cv)
    yield one("name-only", b"attachment", cv, b'application/pdf; name="' + word(cv) + b'"')
    yield one("name-only-inline", b"inline", cv, b'application/pdf; name="' + word(cv) + b'"')
    yield one("bare-spaces", b"attachment; filename=my resume 2024.pdf", "my resume 2024.pdf")
    yield one("escaped", b'attachment; filename="a \\"b\\".pdf"', 'a "b".pdf')
    yield one("windows-path", b'attachment; filename="C:\\Users\\taro\\cv.pdf"', "cv.pdf")
    yield one("vendor", b'attachment; filename="' + word("", "ISO-2022-JP", jis("㈱髙﨑①.pdf")) + b'"', "㈱髙﨑①.pdf")
    yield one("kana", b'attachment; filename="' + word("", "ISO-2022-JP", jis("ﾘﾚｷｼｮ.pdf")) + b'"', "ﾘﾚｷｼｮ.pdf")
    yield one("no-disposition-word", b"filename=cv.pdf", "cv.pdf")
    yield one("inline-image", b'inline; filename="photo.jpg"', "photo.jpg", b"image/jpeg")
    for name, title in (("ascii", b"memo.txt"), ("cp932", sjis("履歴書.doc"))):
        tnef = _tnef(title, b"hello")
        other = part(
            base64.encodebytes(tnef),
            b"application/ms-tnef; name=winmail.dat",
            b"base64",
            b"attachment; filename=winmail.dat",
        )
        yield f"name/winmail-{name}", multipart(b"mixed", body, other), ok(attachments=[title.decode("cp932")])


def _tnef(title: bytes, data: bytes) -> bytes:
    def attribute(level: int, key: int, value: bytes) -> bytes:
        return struct.pack("<BII", level, key, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)

    out = struct.pack("<IH", 0x223E9F78, 1)
    out += attribute(1, 0x00069007, struct.pack("<II", 932, 0))
    out += attribute(2, 0x00069002, b"\1\0" + b"\xff" * 4 + b"\0" * 8)
    return out + attribute(2, 0x00018010, title + b"\0") + attribute(2, 0x0006800F, data)


def main() -> None:
    """Write the file."""
    import codecs

    codecs.register_error(
        "latin1_holes", lambda error: (error.object[error.start : error.end].decode("latin-1"), error.end)
    )  # type: ignore[attr-defined]
    lines = []
    seen: set[str] = set()
    for group in (charsets, transfers, subjects, senders, structures, alternatives, names):
        for name, raw, expected in group():
            assert name not in seen, name
            seen.add(name)
            row = {"name": name, "expected": expected, "raw": base64.b64encode(raw).decode()}
            lines.append(json.dumps(row, ensure_ascii=False, sort_keys=True))
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else OUT
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(lines)} mails in {out.name}\n")


if __name__ == "__main__":
    main()
