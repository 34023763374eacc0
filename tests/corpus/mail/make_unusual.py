"""Builds the unusual mails: ``python tests/corpus/mail/make_unusual.py`` writes `unusual.jsonl` beside this file.

The bytes and what a person reads in them stand together: `unusual/faults.py` (charsets, headers, transfer, structure,
names of files), `unusual/replies.txt` (new words and old), `unusual/kinds.txt` (who is speaking). A folder given as
the first argument is built in place of `unusual` (its name names the result).
"""
# ruff: noqa: T201

from __future__ import annotations

import base64
import importlib
import json
import re
import sys
from pathlib import Path

HERE = Path(__file__).parent


def blocks(path: Path) -> list[tuple[str, dict[str, str], str]]:
    """Name, options and content of each case of a text file."""
    found = []
    for block in path.read_text("utf-8").split("\n=== ")[1:] if path.exists() else []:
        title, content = block.split("\n", 1)
        name, *options = title.split()
        found.append((name, {key: value for key, _, value in (item.partition("=") for item in options)}, content))
    return found


def header_block(lines: str, encode: bool) -> tuple[str, str, str]:
    """Header lines ready to send, and the subject and sender that they state."""
    from tools import word

    subject = (re.search(r"^Subject: (.*)$", lines, re.M) or [""])[1] if "Subject:" in lines else ""
    sender = match[1] if (match := re.search(r"^From: .*?([^\s<>]+@[^\s<>]+)", lines, re.M)) else "taro@example.jp"
    if encode and not subject.isascii():
        lines = lines.replace(f"Subject: {subject}", f"Subject: {word(subject)}")
    return lines, subject, sender


def reply(name: str, options: dict[str, str], content: str) -> None:
    from tools import case, jis, mail, parts

    head, _, rest = content.partition("\n\n")
    marked, _, source = rest.partition("--- html\n")
    lines = marked.rstrip("\n").split("\n")
    text = "\n".join(line.removeprefix("~") for line in lines) + "\n"
    new = "\n".join(line for line in lines if not line.startswith("~"))
    charset = options.get("charset", "utf-8")
    head, subject, sender = header_block(head, True)
    label = f"; charset={'shift_jis' if charset == 'cp932' else charset}\nContent-Transfer-Encoding: 8bit"

    def encoded(value: str) -> bytes:
        return jis(value) if charset == "iso-2022-jp" else value.encode("cp932" if charset == "shift_jis" else charset)

    plain, rich = (
        (f"Content-Type: text/plain{label}", encoded(text)),
        (f"Content-Type: text/html{label}", encoded(source)),
    )
    kind, body = parts(plain, rich, kind="alternative") if "alt" in options else rich if source else plain
    first = "" if "From:" in head else "From: =?utf-8?B?5bGx55Sw?= <taro@example.jp>\n"
    case(f"reply/{name}", mail(head + "\n" + kind, body, sender=first), subject=subject, from_addr=sender, text=text,
         new_text=new, kind=options.get("kind", "message"), attachments=[])  # fmt: skip


def kind(name: str, options: dict[str, str], content: str) -> None:
    from tools import case

    head, _, body = content.partition("\n\n")
    head, subject, sender = header_block(head.rstrip("\n"), False)
    extra = "" if re.search("^Date:", head, re.M) else "To: agency@example.com\nDate: Fri, 05 Jan 2024 10:00:00 +0900\n"
    plain = "" if "Content-Type:" in head else "Content-Type: text/plain; charset=utf-8\n"
    raw = f"{head}\n{extra}{plain}\n{body}".replace("\n", "\r\n").encode()
    text = {} if re.search("multipart|html|calendar", head) else {"text": body}
    case(f"kind/{name}", raw, subject=subject, from_addr=sender, kind=options.get("kind"), **text)


def main() -> None:
    """Builds one set."""
    folder = HERE / (sys.argv[1] if len(sys.argv) > 1 else "unusual")
    sys.path[:0] = [str(folder), str(HERE / "unusual")]
    tools = importlib.import_module("tools")
    importlib.import_module("faults").build_all()
    for name, options, content in blocks(folder / "replies.txt"):
        reply(name, options, content)
    for name, options, content in blocks(folder / "kinds.txt"):
        kind(name, options, content)
    with (HERE / f"{folder.name}.jsonl").open("w", encoding="utf-8") as out:
        for item in tools.CASES:
            record = {**item, "raw": base64.b64encode(item["raw"]).decode()}
            out.write(json.dumps(record, ensure_ascii=False, sort_keys=True) + "\n")
    print(len(tools.CASES), "mails")


if __name__ == "__main__":
    main()
