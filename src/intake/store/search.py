"""Search over keyed hashes of character pairs: contentless FTS5 on SQLite, tsvector and GIN on PostgreSQL.

Newest first by the case's id; no ranking (performance.md D). What is found may hold the words; the caller decrypts
and rechecks with ``folding.holds``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from intake.model.folding import words_of
from intake.store.context import Context
from intake.store.pairs import SIZE, Hasher
from intake.store.tables import SEARCH_INDEX, search_doc, search_part

_PART = 2000  # pairs in one tsvector: it keeps at most 256 places of one lexeme, none beyond 16,383
_OVERLAP = 32  # as long as the longest word looked up: none is cut in two
_FTS_ADD = sa.text(f"INSERT INTO {SEARCH_INDEX} (rowid, tokens) VALUES (:id, :tokens)")  # noqa: S608
_FTS_DROP = sa.text(
    f"INSERT INTO {SEARCH_INDEX} ({SEARCH_INDEX}, rowid, tokens) VALUES ('delete', :id, :tokens)"  # noqa: S608
)
_FTS_OPTIMIZE = sa.text(f"INSERT INTO {SEARCH_INDEX} ({SEARCH_INDEX}) VALUES ('optimize')")  # noqa: S608
_FTS_FIND = sa.text(
    f"SELECT rowid FROM {SEARCH_INDEX} WHERE {SEARCH_INDEX} MATCH :words "  # noqa: S608
    "AND rowid < :before ORDER BY rowid DESC LIMIT :most"
)
_NEVER = 2**62


class Search:
    """SearchRepo."""

    def __init__(self, context: Context, hasher: Hasher) -> None:
        self._c, self._hasher = context, hasher

    def index(self, case_id: int, texts: Sequence[str]) -> None:
        """Add texts of a case (subject, body, names, notes) to those indexed before."""
        pairs, singles = self._hasher.pairs(texts), self._hasher.singles(texts)
        if self._c.is_sqlite:
            self._index_fts(case_id, b"".join(pairs) + b"".join(singles))
        else:
            self._index_parts(case_id, pairs, singles)

    def find(self, words: str, limit: int = 50, before: int | None = None) -> list[int]:
        """Case ids whose texts may hold all ``words``, newest first, older than case ``before``."""
        phrases = [self._hasher.phrase(w) for w in words_of(words)]
        if not phrases:
            return []
        last = _NEVER if before is None else before
        if self._c.is_sqlite:
            match = " AND ".join('"' + " ".join(p) + '"' for p in phrases)
            rows = self._c.conn.execute(_FTS_FIND, {"words": match, "before": last, "most": limit})
            return list(rows.scalars())
        return self._find_parts(phrases, limit, last)

    def remove(self, case_ids: Iterable[int]) -> None:
        """Forget cases (erasure). ``compact`` afterwards takes the last traces out of the index."""
        ids = list(case_ids)
        if not self._c.is_sqlite:
            self._c.conn.execute(sa.delete(search_part).where(search_part.c.case_id.in_(ids)))
            return
        for case_id in ids:
            old = self._tokens(case_id)
            if old is not None:
                self._c.conn.execute(_FTS_DROP, {"id": case_id, "tokens": _hex(old)})
        self._c.conn.execute(sa.delete(search_doc).where(search_doc.c.case_id.in_(ids)))

    def compact(self) -> None:
        """Rewrite the index without what was removed. Takes seconds at a million cases."""
        if self._c.is_sqlite:
            self._c.conn.execute(_FTS_OPTIMIZE)

    def has(self, case_id: int) -> bool:
        """True while anything of this case can be found."""
        if self._c.is_sqlite:
            return self._tokens(case_id) is not None
        query = sa.select(sa.func.count()).where(search_part.c.case_id == case_id)
        return self._c.conn.execute(query).scalar_one() > 0

    def _tokens(self, case_id: int) -> bytes | None:
        return self._c.conn.execute(sa.select(search_doc.c.tokens).where(search_doc.c.case_id == case_id)).scalar()

    def _index_fts(self, case_id: int, tokens: bytes) -> None:
        """One row a case, so that the newest come first by rowid; its old tokens are taken out and put back."""
        old = self._tokens(case_id)
        if old is not None:
            self._c.conn.execute(_FTS_DROP, {"id": case_id, "tokens": _hex(old)})
            tokens = old + tokens
            self._c.conn.execute(sa.update(search_doc).where(search_doc.c.case_id == case_id).values(tokens=tokens))
        else:
            self._c.conn.execute(sa.insert(search_doc), {"case_id": case_id, "tokens": tokens})
        self._c.conn.execute(_FTS_ADD, {"id": case_id, "tokens": _hex(tokens)})

    def _index_parts(self, case_id: int, pairs: list[bytes], singles: list[bytes]) -> None:
        last = sa.select(sa.func.max(search_part.c.part)).where(search_part.c.case_id == case_id)
        number = self._c.conn.execute(last).scalar() or 0
        step = _PART - _OVERLAP
        rows: list[dict[str, Any]] = []
        for start in range(0, max(len(pairs), 1), step):
            number += 1
            vector = _vector(pairs[start : start + _PART], singles if start == 0 else [])
            rows.append({"case_id": case_id, "part": number, "tokens": vector})
        self._c.conn.execute(sa.insert(search_part), rows)

    def _find_parts(self, phrases: list[list[str]], limit: int, before: int) -> list[int]:
        """Words may lie in different parts of one case: each is looked up alone."""
        p = search_part.c
        queries = [" <-> ".join(f"'{t}'" for t in phrase) for phrase in phrases]
        query = sa.select(p.case_id).where(p.case_id < before, _matches(p.tokens, queries[0]))
        for other in queries[1:]:
            again = search_part.alias()
            query = query.where(
                sa.exists().where(again.c.case_id == p.case_id, _matches(again.c.tokens, other)).correlate(search_part)
            )
        rows = self._c.conn.execute(query.distinct().order_by(p.case_id.desc()).limit(limit))
        return list(rows.scalars())


def _matches(column: Any, query: str) -> sa.ColumnElement[bool]:
    return column.bool_op("@@")(sa.cast(query, sa.dialects.postgresql.TSQUERY))  # type: ignore[no-any-return]


def _hex(tokens: bytes) -> str:
    return tokens.hex(" ", SIZE)


def _vector(pairs: list[bytes], singles: list[bytes]) -> str:
    """A tsvector literal: pairs with their places, single characters beyond them."""
    places: dict[str, list[str]] = {}
    for n, token in enumerate([*pairs, *singles], start=1):
        places.setdefault(token.hex(), []).append(str(n))
    return " ".join(f"{token}:{','.join(at[:255])}" for token, at in places.items())
