"""Which pages a role finds in its menu."""

from __future__ import annotations

from dataclasses import dataclass

from intake.model import Role

_READ_ALL = frozenset(Role)
_CONTROL = frozenset({Role.ADMIN, Role.AUDITOR, Role.LEAD})
_PRIVACY = frozenset({Role.PRIVACY_OFFICER, Role.AUDITOR})
ITEMS = (
    ("/staff/", "案件", "g h", _READ_ALL),
    ("/staff/tasks", "作業", "g t", _READ_ALL),
    ("/staff/mails", "メール", "g m", _READ_ALL),
    ("/staff/templates", "ひな形", "g w", _READ_ALL),
    ("/staff/rules", "ルール", "g r", _READ_ALL),
    ("/staff/figures", "数字", "g f", _READ_ALL),
    ("/staff/people", "スタッフ", "g p", frozenset({Role.ADMIN})),
    ("/staff/deliveries", "連携", "g d", frozenset({Role.ADMIN})),
    ("/staff/retention", "保存期間", "g k", _PRIVACY),
    ("/staff/erasures", "消去", "g e", _PRIVACY),
    ("/staff/audit", "操作記録", "g a", _CONTROL),
    ("/staff/health", "稼働状況", "g s", _READ_ALL),
)


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the menu."""

    url: str
    text: str
    key: str  # two keys, one after the other
    current: bool


def menu_for(role: Role, path: str) -> list[Item]:
    """The menu of a role; ``path`` is the page being shown."""
    return [Item(url, text, key, _is_here(url, path)) for url, text, key, roles in ITEMS if role in roles]


def _is_here(url: str, path: str) -> bool:
    if url == "/staff/":
        return path == url or path.startswith(("/staff/cases", "/staff/machine", "/staff/failed"))
    return path.startswith(url)
