"""Invented people for the benches."""

from __future__ import annotations

from collections.abc import Iterator

from intake.model import Seeker, SeekerStatus

FAMILY = ("山田", "鈴木", "高橋", "田村", "渡辺", "伊藤", "中村", "小林", "加藤", "吉田")
GIVEN = ("太郎", "花子", "健一", "美咲", "直樹", "玲子", "翔太", "葵", "誠", "陽子")
CONCIERGES = ("佐藤 美咲", "田中 直樹", "木村 恵", None)


def people(size: int) -> Iterator[Seeker]:
    """So many, each with number, name, address and telephone."""
    for n in range(size):
        yield Seeker(
            id=0,
            member_id=f"M-{20_000 + n}",
            name=f"{FAMILY[n % 10]} {GIVEN[n // 10 % 10]}",
            kana="ヤマダ タロウ",
            addresses=(f"person{n}@example.jp",),
            phones=(f"0900000{n % 10_000:04d}",),
            status=SeekerStatus.ACTIVE,
            concierge=CONCIERGES[n % 4],
        )
