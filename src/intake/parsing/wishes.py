"""Words that ask the agency for something: what holds them is never cut away as a notice, a banner or a signature."""

from __future__ import annotations

import re

# 再開発 and 営業停止 stand in the names of offices.
_WISH = re.compile(
    r"退会|解約|休会|辞退|(?<!営業)(?<!業務)停止|再開(?!発)|担当(?:者|の方)?(?:の|を)?変更|抹消|取り?消し(?:て|と|を)|進めないで"
    r"|(?:登録|個人情報|データ|履歴書|経歴書|情報)[^。\n]{0,16}(?:削除|消去|破棄)"
)
_PLAIN = re.compile(r"退会|解約|休会|辞退|担当(?:者|の方)?(?:の|を)?変更|進めないで")
# Who got a mail by mistake is asked to delete it, and told that it holds personal data.
_BY_MISTAKE = re.compile(
    r"誤(?:って|送信)[^。\n]{0,40}(?:受信|受け取|届|送付|配信)|名宛人|意図(?:し|され)|機密|intended|confidential",
    re.IGNORECASE,
)
# 「本メールに記載の個人情報は、利用目的の達成後、速やかに消去いたします」 stands below the mails of companies.
_CUSTOMARY = re.compile("目的(?:の)?達成|取り?扱い?に|本メールに(?:含|記載)")
_LIST = re.compile(
    r"mailing list|メーリングリスト|mailman/|google ?グループ|google groups|グループに(?:登録|参加)", re.IGNORECASE
)


def wishes(text: str) -> bool:
    """True where the writer may be asking for something here. Kept too much is read; cut away is lost."""
    if not _WISH.search(text) or _LIST.search(text):  # how to leave a mailing list stands below each of its mails
        return False
    return bool(_PLAIN.search(text)) or not (_BY_MISTAKE.search(text) or _CUSTOMARY.search(text))
