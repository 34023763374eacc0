"""Lists in a quoted letter, and which of their entries an answer names: 「2番でお願いします」「AとDで」「後者です」."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_SERIES = ("123456789", "ABCDEFG", "abcdefg", "アイウエオカ", "あいうえおか", "一二三四五六")
_EVERY = "".join(_SERIES)
_MARK = re.compile(
    rf"(?m)(?:^|(?<=[\s(\[【〔>・,、?。]))[(\[【]?(?P<mark>[{_EVERY}])"
    rf"(?:(?P<close>[)\]】.:、,案]+)\s*|\s+|(?=[^\W0-9a-zA-Z])(?<=[1-9A-G]))(?![月日年時分件社名つ回通度万/:])"
)
_BULLET = re.compile(r"(?m)^[> \t]*[・●○◯■□◆◇*]\s*(\S[^\n]{0,60})$")
_QUOTED = re.compile(r"[「『]([^「」『』\n]{1,30})[」』]")
_EITHER = re.compile(r"どちら|いずれ|それとも")
_ORDINALS = (
    (0, r"(?:一|1)(?:番目|つ目|つめ)|(?:いち|一|1)番上|前者|最初の|左の?(?:ほう|方)|上の?(?:ほう|方)"),
    (1, r"(?:二|2)(?:番目|つ目|つめ)|真ん中"),
    (2, r"(?:三|3)(?:番目|つ目|つめ)"),
    (-1, r"(?:いち|一|1)番下|後者|最後の|右の?(?:ほう|方)|(?:下|後|後ろ)の?(?:ほう|方)(?:で|に|です|を)"),
)
_ALL = re.compile(r"両方|どちらも|どちらとも|いずれも|上も下も|全部")
_AFTER = r"(?:番目|番|ばん|つ目|つめ|案)?[)」』]?(?=[でをのにがともねか!。、,・「(]|です|だけ|のみ|希望|$)"
# 「3番だけは選びません」: what is named only to be refused is not chosen. 「2番を選んだ場合、…」 is not chosen yet.
_REFUSED = re.compile(
    r"[^。、\n]{0,8}(?:選び?ませ|選ばな|選ばず|以外|では?な[いく]|じゃな[いく]|では?ありませ|[はも]結構|不要|必要(?:は|も)?(?:あ|ご?ざ|な))"
)
_OPEN = re.compile(r"場合|としたら|選んだら|選ぶと|迷って(?:い|お)|揺れ|(?:でしょう|ます)か|いいえ")
_TAIL = re.compile(r"[ 、]?(?:の(?:いずれ|どちら|うち|中)|から(?:お選び|一つ)|をお選び).*$")
# A list of what becomes of the registration, not of companies, days or places.
_OURS = re.compile(
    r"退会|たいかい|終了|解約|やめ|止|休|やす[みむ]|再開|さいかい|はじめ|続|継続|担当|コンシェルジュ|相談員|消|削除|破棄|廃棄|抹消|"
    r"断|辞退|見送|遠慮|お受け|取り?(?:下|や)|変更|復元|外す"
)
_TORN = re.compile(r"迷い|選んでしま|選びそう")  # 「2と3で迷いましたが、2にします」
_SPLIT = re.compile(r"(?<=[。!?\n])|(?<=が、)")
_VERB = re.compile(r"(?:[うくぐすつぬむぶる]|ない)$")
_SPEAKS = re.compile(r"(?:ます|ません|ください|下さい|ほしい|欲しい|たい|希望|です)$")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list; ``mark`` is empty for those of a list without numbers."""

    mark: str
    text: str

    def wish(self) -> str:
        """What somebody says who picks it: 「しばらく休む」 → 「しばらく休むことを希望します。」."""
        clean = re.sub(r"\([^)]*\)|[。、\s]+$", "", self.text).strip(" ・。、") or self.text
        if _SPEAKS.search(clean):
            return f"{clean.removesuffix('を希望')}をお願いします。" if clean.endswith("を希望") else f"{clean}。"
        return f"{clean}ことを希望します。" if _VERB.search(clean) else f"{clean}を希望します。"


def entries(quote: str) -> list[Entry]:
    """The longest list in a quoted, normalised text: numbered, with bullets, or of two things to choose from."""
    found: list[Entry] = []
    for series in _SERIES:
        here = _numbered(quote, series)
        if len(here) > len(found):
            found = here
    if len(found) < 2:
        found = [Entry("", match[1]) for match in _BULLET.finditer(quote)]
    if len(found) < 2 and _EITHER.search(quote):
        found = [Entry("", name) for name in dict.fromkeys(_QUOTED.findall(quote))]
    return found if len(found) >= 2 and any(_OURS.search(entry.text) for entry in found) else []


def _numbered(quote: str, series: str) -> list[Entry]:
    taken: list[re.Match[str]] = []
    for match in _MARK.finditer(quote):
        if len(taken) < len(series) and match["mark"] == series[len(taken)]:
            if series in _SERIES[3:] and not match["close"] and not match.group()[-1:].isspace():
                continue
            taken.append(match)
    out = []
    for at, match in enumerate(taken):
        end = taken[at + 1].start() if at + 1 < len(taken) else len(quote)
        out.append(Entry(match["mark"], quote[match.end() : end].split("\n")[0].strip(" >　、,([")))
        out[-1] = Entry(out[-1].mark, _TAIL.sub("", out[-1].text))
    return [entry for entry in out if entry.text] if all(entry.text for entry in out) else []


def picked(own: str, listed: Sequence[Entry]) -> tuple[list[Entry], str] | None:
    """The entries that the answer names, and the sentences that name none; None where it names none, or not yet."""
    chosen: list[Entry] = []
    rest: list[str] = []
    for sentence in filter(str.strip, _SPLIT.split(own)):
        here = _named(sentence, listed)
        if here and _TORN.search(sentence):
            continue
        if here and _OPEN.search(sentence):
            return None
        chosen += here
        if not here:
            rest.append(sentence)
    return (list(dict.fromkeys(chosen)), "".join(rest)) if chosen else None


def _named(sentence: str, listed: Sequence[Entry]) -> list[Entry]:
    marks = [entry for entry in listed if entry.mark and _names(sentence, entry.mark)]
    if marks:
        return marks
    spelled = [entry for entry in listed if f"「{entry.text}" in sentence]
    if spelled:
        return spelled
    if _ALL.search(sentence) and len(sentence) < 24:
        return list(listed)
    for place, words in _ORDINALS:
        said = re.search(words, sentence)
        if said and place < len(listed) and not _REFUSED.match(sentence, said.end()):
            return [listed[place]]
    return []


def _names(sentence: str, mark: str) -> bool:
    before = (
        r"(?<![0-9A-Za-z:/年月日時第])"
        if mark in _SERIES[0] + _SERIES[1] + _SERIES[2]
        else r"(?:^|(?<=[。、\s「『と(]))"
    )
    return any(not _REFUSED.match(sentence, found.end()) for found in re.finditer(f"{before}{mark}{_AFTER}", sentence))
