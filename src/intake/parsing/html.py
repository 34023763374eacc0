"""HTML to the text a reader sees, with marks for what the program itself says is history.

resiliparse does the work; before it a linear scan takes out what nobody sees and guards it against deep nesting.
"""

from __future__ import annotations

import html as entities
import re

from intake.parsing import hidden
from intake.parsing.limits import TEXT_CHARS, Notes

QUOTE_OPEN, QUOTE_CLOSE, HISTORY = "\ue0f1", "\ue0f2", "\ue0f3"  # private characters, taken out again by bodies.py
_MARKS = re.compile(f"[{QUOTE_OPEN}{QUOTE_CLOSE}{HISTORY}]")
_MAX_DEPTH = 400

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]*)([^<>]*)>")
_BLOCKQUOTE = re.compile(r"<(/?)blockquote\b[^<>]*>", re.IGNORECASE)
_HISTORY = re.compile(
    r"<(?:div|span|table|hr|p|a)\b[^<>]*(?:gmail_quote|yahoo_quoted|moz-cite-prefix|divRplyFwdMsg|appendonsend"
    r"|OLK_SRC_BODY_SECTION|ymail_android_signature_quote|protonmail_quote|mail-quote|zmail_extra|stopSpelling"
    r"|reply-intro|isForwardContent|isReplyContent|mailcontent-quote|x_gmail_quote|ydp[0-9a-f]*yahoo_quoted)"
    r"[^<>]*>",
    re.IGNORECASE,
)
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)
_SKIPPED = ("script", "style", "title", "template", "xml", "svg", "object", "noframes")
_BLOCK = re.compile(
    r"<(?:/?(?:p|div|tr|table|ul|ol|li|h[1-6]|blockquote|pre|section|article|header|footer|dl|dt|dd|form|center"
    r"|address|fieldset|figure|main|nav|aside|hr)|br)\b[^<>]*>",
    re.IGNORECASE,
)
_CELL = re.compile(r"<(?:td|th)\b[^<>]*>", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[/!?a-zA-Z][^<>]*>")
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_TEXTAREA = re.compile(r"<(/?)textarea\b[^<>]*>", re.IGNORECASE)
_META = re.compile(rb"<meta[^<>]{0,400}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_XML = re.compile(rb"<\?xml[^<>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_BULLET_INDENT = re.compile(r"(?m)^  (?=(?:•|\d{1,3}\.) )")
_NEWLINES = re.compile(r"\n{3,}")
_CELL_END = re.compile(r"[ \t]*\t[ \t]*")


def meta_charset(raw: bytes) -> str | None:
    """The charset that the document names itself, looked for in its first kilobytes."""
    found = _META.search(raw, 0, 8_192) or _XML.search(raw, 0, 1_000)
    return found[1].decode("ascii") if found else None


def render(source: str, notes: Notes) -> str:
    """Visible text, with the marks QUOTE_OPEN, QUOTE_CLOSE and HISTORY on lines of their own. Never raises."""
    source = _MARKS.sub("", source)
    if "<" not in source:
        return entities.unescape(source)  # labelled HTML, written as plain text
    source, depth = _visible(source, notes)
    if depth > _MAX_DEPTH:
        notes.step("html", "nested too deep, tags stripped")
        return crude(source)
    marked = _marked(source)
    try:
        from resiliparse.extract.html2text import extract_plain_text

        text = extract_plain_text(marked, preserve_formatting=True, list_bullets=True, alt_texts=True)
    except Exception:  # noqa: BLE001 - a library's bug must not lose the mail
        text = ""
    if not _MARKS.sub("", text).strip():
        text = crude(source)
    return _tidy(text)


def crude(source: str) -> str:
    """Tags out, blocks to lines: linear, for what the renderer cannot take."""
    source = _BLANKS.sub(" ", source)
    source = _CELL.sub("\t", _BLOCK.sub("\n", source))
    text = entities.unescape(_ANY_TAG.sub("", source))
    return _tidy("\n".join(line.strip() for line in text.split("\n")))


def rough(source: str) -> str:
    """The words of the body, roughly and cheaply."""
    body = source.find("<body")
    return _ANY_TAG.sub("", _without_comments(source[max(0, body) :]))


def weight(text: str) -> int:
    """About how many visible characters such words have."""
    return len(text) - text.count(" ") - text.count("\n") - text.count("\r") - 5 * text.count("&nbsp;")


def _tidy(text: str) -> str:
    text = text.replace("\xa0", " ").replace("\u200b", "").replace("\ufeff", "")
    if "\t" in text:
        text = _CELL_END.sub("\t", text)
    if "  " in text:
        text = _BULLET_INDENT.sub("", text)  # else all but the first would stand apart
    return _NEWLINES.sub("\n\n", text)[:TEXT_CHARS].strip()


def _without_comments(source: str) -> str:
    """Comments, declarations and the elements that hold no text, by plain searching."""
    if "<!" in source or "<?" in source:
        source = _cut_out(source, "<!--", "-->")
        if "<![" in source:
            source = _cut_out(source, "<![", ">")
        if "<?" in source:
            source = _cut_out(source, "<?", ">")
    lower = source.lower()
    if len(lower) != len(source):
        return source
    for name in _SKIPPED:
        if "<" + name in lower:
            source = _cut_out(source, "<" + name, "</" + name, lower)
            lower = source.lower()
    return source


def _cut_out(source: str, opening: str, closing: str, lower: str | None = None) -> str:
    """Remove everything from ``opening`` to ``closing``; what never closes is left to the tag strippers."""
    look = source if lower is None else lower
    out: list[str] = []
    pos = 0
    while (start := look.find(opening, pos)) >= 0:
        after = look[start + len(opening) : start + len(opening) + 1]
        end = look.find(closing, start + len(opening))
        if lower is not None and after not in (" ", ">", "\t", "\n", "\r", "/"):
            out.append(source[pos : start + len(opening)])
            pos = start + len(opening)
            continue
        out.append(source[pos:start])
        if end < 0:
            pos = start + len(opening) if opening == "<!--" else _after_tag(source, start)
            break
        pos = end + len(closing)
        if lower is not None:
            pos = _after_tag(source, end)
    out.append(source[pos:])
    return "".join(out)


def _after_tag(source: str, start: int) -> int:
    end = source.find(">", start)
    return len(source) if end < 0 else end + 1


def _visible(source: str, notes: Notes) -> tuple[str, int]:
    """Without the elements that are hidden or struck out, and how deep the tags nest. One pass over the tags."""
    looks = hidden.looks(source)
    source = _without_comments(source)
    if looks is None and source.count("<") < 2 * _MAX_DEPTH:
        return source, 0
    out: list[str] = []
    depth = deepest = pos = 0
    for match in _TAG.finditer(source):
        name = match[2].lower()
        if name in _VOID:
            continue
        if name not in _SELF_CLOSING:
            depth = max(0, depth - 1) if match[1] else depth + 1
            deepest = max(deepest, depth)
        if looks and match.start() >= pos and not match[1] and name not in _FRAME and looks.hides(name, match[3]):
            out.append(source[pos : match.start()])
            pos = _element_end(source, match.end(), name)
    out.append(source[pos:])
    if len(out) > 1 and not _ANY_TAG.sub("", "".join(out)).strip():
        if _ANY_TAG.sub("", source).strip():
            notes.doubt("hidden_only")
        return source, deepest  # everything hidden: rather too much than nothing
    return "".join(out), deepest


_FRAME = frozenset({"html", "head", "body"})
_SELF_CLOSING = frozenset({"p", "li", "td", "th", "tr", "option", "dt", "dd"})


def _element_end(source: str, start: int, name: str) -> int:
    """Where the element ends that begins at ``start``; the end of the text if it is never closed."""
    open_ = 1
    for match in _TAG.finditer(source, start):
        if match[2].lower() != name:
            continue
        if match[1]:
            open_ -= 1
        elif name in _SELF_CLOSING:
            return match.start()
        else:
            open_ += 1
        if open_ <= 0:
            return match.end()
    return len(source)


def _marked(source: str) -> str:
    """Put the marks where quotations begin and end."""
    if "blockquote" in source or "BLOCKQUOTE" in source:
        source = _with_quote_marks(source)
    if "textarea" in source:
        source = _TEXTAREA.sub("<\\1div>", source)
    return _HISTORY.sub(lambda match: f"<p>{HISTORY}</p>{match[0]}", source)


_INDENT = re.compile(r"border:\s*(?:none|0)|webkit-indent", re.IGNORECASE)  # what "increase indent" writes


def _with_quote_marks(source: str) -> str:
    """Marks inside each blockquote, save those that only indent."""
    out: list[str] = []
    marked: list[bool] = []
    pos = 0
    for match in _BLOCKQUOTE.finditer(source):
        out.append(source[pos : match.start()])
        pos = match.end()
        if match[1]:
            is_quote = marked.pop() if marked else False
            out.append(f"<p>{QUOTE_CLOSE}</p>{match[0]}" if is_quote else match[0])
        else:
            is_quote = not _INDENT.search(match[0]) or "cite" in match[0]
            marked.append(is_quote)
            out.append(f"{match[0]}<p>{QUOTE_OPEN}</p>" if is_quote else match[0])
    out.append(source[pos:])
    return "".join(out)
