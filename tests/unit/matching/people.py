"""Invented seekers, many of them look-alikes, from a fixed seed."""

from __future__ import annotations

import random

from intake.model import Seeker

FAMILIES = {
    "高橋": "タカハシ", "髙橋": "タカハシ", "斎藤": "サイトウ", "斉藤": "サイトウ", "齋藤": "サイトウ",
    "佐藤": "サトウ",
    "渡辺": "ワタナベ", "渡邉": "ワタナベ", "山崎": "ヤマザキ", "山﨑": "ヤマサキ", "中島": "ナカジマ",
    "中嶋": "ナカシマ",
    "伊藤": "イトウ", "伊東": "イトウ", "小野": "オノ", "大野": "オオノ",
}  # fmt: skip
GIVEN = {
    "花子": "ハナコ", "華子": "ハナコ", "太郎": "タロウ", "多朗": "タロウ", "一郎": "イチロウ", "健": "ケン",
    "健太": "ケンタ",
    "さくら": "サクラ", "桜": "サクラ", "実": "ミノル", "稔": "ミノル", "結衣": "ユイ", "優衣": "ユイ", "翔": "ショウ",
}  # fmt: skip


def crowd(count: int = 1200, seed: int = 20260401) -> list[Seeker]:
    """``count`` seekers with few names, numbers one digit apart, shared addresses and shared telephones."""
    r = random.Random(seed)
    people: list[Seeker] = []
    for i in range(count):
        family, given = r.choice(list(FAMILIES)), r.choice(list(GIVEN))
        address = f"{r.choice('abcdefgh')}{i // 2 if i % 3 == 0 else i}.{r.choice('xyz')}@example.jp"
        phone = f"090-0000-{i:04d}"
        if people and r.random() < 0.15:
            address = r.choice(people).addresses[0]  # families share an address
        if people and r.random() < 0.2:
            phone = r.choice(people).phones[0]
        people.append(
            Seeker(
                id=i + 1,
                member_id=f"A{100000 + i}",
                name=f"{family} {given}",
                kana=f"{FAMILIES[family]} {GIVEN[given]}",
                addresses=(address,),
                phones=(phone,),
            )
        )
    return people
