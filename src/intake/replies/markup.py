"""The second view of a mail: the same words as HTML that loads nothing, for readers on a telephone."""

from __future__ import annotations

import re
from html import escape

_RULE = re.compile(r"-{20,}")
_URL = re.compile(r"https?://[!-~]+")
# Colours are said twice: in line for programs that drop the style sheet (they show light), in the sheet for the dark.
_PAGE = """\
<!DOCTYPE html>
<html lang="ja"><head><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<style>:root{{color-scheme:light dark}}@media (prefers-color-scheme:dark){{
body{{background:#1b1b1d!important;color:#ececec!important}}
a{{color:#8ab4f8!important}}.below{{color:#b4b4b4!important;border-color:#5a5a5a!important}}}}</style></head>
<body style="margin:0;padding:16px;max-width:38em;color:#222;background:#fff;\
font:16px/1.8 'Hiragino Sans','Noto Sans JP',Meiryo,sans-serif">
{0}
</body></html>
"""
_SMALL = "margin:2em 0 0;padding:1em 0 0;border-top:1px solid #bbb;font-size:13px;color:#555"
_LINK = "display:inline-block;padding:2px 0;color:#0b57a4;word-break:break-all"


def as_html(text: str) -> str:
    """The text, line for line, with its links to follow. Every character of it is escaped."""
    body, _, rest = _RULE.sub("\0", text.strip("\n")).partition("\0")
    blocks = [_block(block) for block in body.strip("\n").split("\n\n")]
    signature = "<br>\n".join(_line(line) for line in rest.replace("\0", "").strip("\n").split("\n"))
    return _PAGE.format("\n".join([*blocks, f'<p class="below" style="{_SMALL}">{signature}</p>']))


def _block(block: str) -> str:
    """A paragraph; runs of lines that begin with ・ become a list."""
    made: list[str] = []
    for line in block.split("\n"):
        if line.startswith("・"):
            item = f"<li>{_line(line[1:])}</li>"
            if made and made[-1].startswith("<ul"):
                made[-1] = made[-1].removesuffix("</ul>") + item + "</ul>"
            else:
                made.append(f'<ul style="margin:0;padding:0 0 0 1.5em">{item}</ul>')
        elif line.startswith("■"):
            made.append(f'<h2 style="margin:1em 0 0;font-size:17px">{_line(line)}</h2>')
        elif made and made[-1].startswith("<p"):
            made[-1] = made[-1].removesuffix("</p>") + f"<br>\n{_line(line)}</p>"
        else:
            made.append(f'<p style="margin:1em 0 0">{_line(line)}</p>')
    return "\n".join(made)


def _line(line: str) -> str:
    if _URL.fullmatch(line):
        return f'<a href="{escape(line)}" style="{_LINK}">{escape(line)}</a>'
    return escape(line)
