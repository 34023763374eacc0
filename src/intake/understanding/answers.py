"""Questions that have a fixed answer: only where one answer alone surely fits."""

from __future__ import annotations

from itertools import pairwise

from intake.understanding.document import Piece
from intake.understanding.matcher import Found, Phrasebook
from intake.understanding.reading import Reading
from intake.understanding.rulebook import Answer, Rulebook

# Nouns of sentences that ask nothing new: 「どうすればよいですか」「本当ですか」, and pleas for an answer.
_NO_TOPIC = frozenset(
    (
        "こと もの 方法 仕方 やり方 場合 本当 可能 事実 はず よう 何 ほか 件 点 ところ 際 中 手数 多忙 時間 都合 "
        "迷惑 回答 返答 返信 返事 教示 教授 確認 連絡 案内 説明 対応 願い お願い 質問 相談 恐縮 失礼 突然 初歩 "
        "至急 急ぎ 何卒 元気 手順 流れ 詳細 具体 手続き 手続"
    ).split()
)
_OTHERWISE = ("それとも", "あるいは", "または")  # the other half of the same question
_ENDS = ("か", "?")
_PLEAS = ("教えて", "お教え", "教示")
_FURTHER = ("また", "あと", "それと", "それから", "あわせて", "併せて", "加えて", "ついで", "もう一つ", "もう1つ")
_TOO = ("も教えて", "もお教え", "もご教示")


class AnswerFinder:
    """Finds the fixed answer for a question."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._book = Phrasebook()
        self._answers = {
            name: (answer, self._patterns(answer), self._book.add(answer.against))
            for name, answer in rulebook.answers.items()
        }

    def _patterns(self, answer: Answer) -> list[list[int]]:
        return [[self._book.add(words) for words in pattern] for pattern in [answer.words, *answer.also]]

    def find(self, reading: Reading) -> str | None:
        """The key of the one answer that fits; None if none does, several do, or more than one thing is asked."""
        found = self.fitting(reading)
        questions = sum(
            1 for s in reading.document.said for one in s if one.concept == "howto" and one.marks & {"ques"}
        )
        return found[0] if len(found) == 1 and questions <= 3 else None

    def asks_more(self, reading: Reading, name: str) -> bool:
        """Whether the answer ``name`` fits one question of the letter and leaves another one without an answer.

        A plain question that goes on (「どうすればよいですか」), names its alternative (「それとも…」), or asks what is
        told anyway (「いつまで保存されますか」), is one.
        """
        answer, patterns, _ = self._answers[name]
        asked = [piece for piece in reading.document.pieces if not piece.subject and _asks(piece)]
        met = [any(_met(p, self._book.find(piece.words), answer.gap) for p in patterns) for piece in asked]
        return any(met) and any(
            _is_another(piece, answer.answer) for piece, fits in zip(asked, met, strict=True) if not fits
        )

    def fitting(self, reading: Reading) -> list[str]:
        """The keys of all answers whose words are met."""
        document = reading.document
        spans = [self._book.find(piece.words) for piece in document.pieces]
        found = []
        for name, (answer, patterns, against) in self._answers.items():
            if any(against in s[2].groups for here in spans for s in here):
                continue
            for here in spans:
                if any(_met(pattern, here, answer.gap) for pattern in patterns):
                    found.append(name)
                    break
        return found


def _asks(piece: Piece) -> bool:
    """It ends as a question does (…か。 …?), or pleads to be told (「…を教えてください」)."""
    said = _text(piece)
    return said.endswith(_ENDS) or any(plea in said for plea in _PLEAS)


def _is_another(piece: Piece, answer: str) -> bool:
    """A question about something that ``answer`` is silent about, not the other half of the one before it, nor a plea
    to answer that one."""
    said = _text(piece)
    further = said.startswith(_FURTHER) or any(too in said for too in _TOO)
    if said.startswith(_OTHERWISE) or not (said.endswith(_ENDS) or further):
        return False
    topics = [w for w in piece.words if w.pos == "名詞" and not {w.key, w.surface} & _NO_TOPIC]
    return any(word.surface not in answer for word in topics)


def _text(piece: Piece) -> str:
    return "".join(word.surface for word in piece.words).rstrip("。. ")


def _met(pattern: list[int], here: list[Found], gap: int) -> bool:
    chains = [[s] for s in here if pattern[0] in s[2].groups]
    for group in pattern[1:]:
        chains = [[*c, s] for c in chains for s in here if group in s[2].groups and 0 <= s[0] - c[-1][1] <= gap][:50]
    return any(all(a[1] <= b[0] for a, b in pairwise(c)) for c in chains)
