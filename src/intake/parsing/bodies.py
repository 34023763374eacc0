"""The readable text of a mail and the list of what hangs on it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from html import unescape

from intake.model import Attachment
from intake.parsing import alternatives, charset, enriched, hidden, html, params, tnef, words
from intake.parsing.codec_names import codec_of
from intake.parsing.limits import HTML_BYTES, TEXT_CHARS, TEXT_LINES, Notes
from intake.parsing.mime import SMIME, Part, transfer_encoding
from intake.parsing.transfer import decode_transfer, uudecode

_READABLE = frozenset({"text/plain", "text/html", "text/enriched", "text/richtext", "text/calendar", "text/x-markdown",
                       "text/markdown", "application/xhtml+xml"})  # fmt: skip
_REPORTS = frozenset({"message/delivery-status", "message/disposition-notification", "text/rfc822-headers",
                      "message/feedback-report", "message/global-delivery-status", "text/rfc822-header",
                      "message/tracking-status"})  # fmt: skip
_WINMAIL = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_CHUNK = 1_000_000
INSIDE = 1_000  # attachments inside a part are numbered (part + 1) * INSIDE + index
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_MARK = {html.QUOTE_OPEN, html.QUOTE_CLOSE, html.HISTORY}


@dataclass(slots=True)
class Body:
    """Lines of readable text; ``given`` says of each what the format itself says: quote, history, or None."""

    lines: list[str] = field(default_factory=list)
    given: list[str | None] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    size: int = 0

    def add(self, text: str, notes: Notes, kind: str | None = None) -> None:
        """Append a block below a blank line; past the cap it is cut and said so."""
        text = text.strip("\n")
        if not text.strip():
            return
        if self.size + len(text) > TEXT_CHARS:
            notes.fault("text too long: the rest was not read")
            text = text[: max(0, TEXT_CHARS - self.size)]
        self.size += len(text)
        if self.lines and text:
            self.lines.append("")
            self.given.append(kind)
        lines, given = _marked_lines(text, kind)
        self.lines += lines
        self.given += given

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(self.lines)


def _marked_lines(text: str, kind: str | None) -> tuple[list[str], list[str | None]]:
    """Take the renderer's marks out of the lines and turn them into what they say."""
    rows = text.split("\n")
    if html.QUOTE_OPEN not in text and html.HISTORY not in text:
        return rows, [kind] * len(rows)
    lines: list[str] = []
    given: list[str | None] = []
    depth, history = 0, False
    for row in rows:
        mark = row.strip()
        if mark in _MARK:
            if mark == html.HISTORY:
                history = True
            elif mark == html.QUOTE_OPEN:
                depth += 1
                history = False
            else:
                depth = max(0, depth - 1)
            if lines and not lines[-1].strip():
                continue
            row = ""
        for char in _MARK:
            row = row.replace(char, "")
        if not row.strip() and lines and not lines[-1].strip():
            continue
        lines.append(row)
        given.append(kind or ("quote" if depth else "history" if history else None))
    while lines and not lines[-1].strip():
        lines.pop()
        given.pop()
    first = next((at for at, line in enumerate(lines) if line.strip()), 0)
    return lines[first:], given[first:]


class Collector:
    """Walks the parts of one mail. Text goes to the body, the rest to the list."""

    def __init__(self, notes: Notes, forced: str | None = None) -> None:
        self.notes = notes
        self.forced = forced
        self.body = Body()
        self.kind: str | None = None  # "quote" while inside an enclosed mail
        self.spare: list[Part] = []  # text that is only attached, for mails that have no other
        self._inline = self._as_file = False  # words in the mail itself; words in a text that came as a file

    def take(self, part: Part) -> None:
        """Read a part and all below it."""
        if part.media_type == "multipart/alternative":
            self._alternative(part)
        elif part.main == "multipart":
            self._multipart(part)
        elif part.children:
            self._enclosed(part)
        elif part.media_type in _REPORTS:
            return
        elif self._is_text(part):
            self._text(part)
        else:
            self._attached(part)

    def finish(self, root: Part) -> Body:
        """After ``take``: where no text was found, what else there is to read."""
        if self._as_file and not self._inline:
            self.notes.doubt("attached_only")
        if not self.body.text.strip():
            for part in self.spare[:3]:
                self.body.add(self._readable(part), self.notes)
                if part is not root:
                    self.notes.doubt("attached_only")
        if not self.body.text.strip():
            for part in root.walk():
                if part.main == "multipart" and part.preamble.strip() and not part.children:
                    self.body.add(_lines_only(charset.decode(part.preamble).text), self.notes)
        return self.body

    def _multipart(self, part: Part) -> None:
        if part.media_type == "multipart/encrypted":
            self.notes.fault("encrypted (PGP): only the envelope could be read")
        for child in part.children:
            self.take(child)

    def _enclosed(self, part: Part) -> None:
        name = file_name(part, self.notes, self.forced)
        self._list(part, name)
        before = self.kind
        if self.body.text.strip():
            self.kind = "quote"
        elif self.kind is None and part.media_type not in SMIME:
            self.notes.doubt("attached_only")  # somebody else's mail is read as if the sender said it
        for child in part.children:
            self.take(child)
        self.kind = before

    def _is_text(self, part: Part) -> bool:
        if part.media_type not in _READABLE:
            return not part.declared and part.main == "text"
        if part.media_type == "text/calendar" and self.body.lines:
            return False
        return not file_name(part, self.notes, self.forced) and (
            not part.disposition.startswith("attachment") or not self.body.lines
        )

    def _alternative(self, part: Part) -> None:
        """Exactly one of the texts, and everything else that hangs in there."""
        leaves = [leaf for child in part.children for leaf in _text_leaves(child)]
        leaves = [leaf for leaf in leaves if not file_name(leaf, self.notes, self.forced)]
        chosen = self._best(leaves)
        if chosen is not None:
            self.body.add(chosen, self.notes, self.kind)
        for child in part.children:
            self._all_but(child, {id(leaf) for leaf in leaves})

    def _all_but(self, part: Part, done: set[int]) -> None:
        if id(part) in done:
            return
        if part.main == "multipart":
            for child in part.children:
                self._all_but(child, done)
        else:
            self.take(part)

    def _best(self, leaves: list[Part]) -> str | None:
        plain = [leaf for leaf in leaves if leaf.media_type == "text/plain"]
        rich = [leaf for leaf in leaves if leaf.media_type in ("text/html", "application/xhtml+xml")]
        other = [leaf for leaf in leaves if leaf not in plain and leaf not in rich]
        first = "\n\n".join(filter(None, (self._readable(leaf).strip("\n") for leaf in plain)))
        if not rich:
            if first.strip() or not other:
                return first if plain else None
            return next((text for leaf in other if (text := self._readable(leaf)).strip()), None)
        source = self._source(rich[-1])
        struck = hidden.strikes(source)
        if first.strip() and not struck and not alternatives.is_poor(first):
            visible = sum(1 for char in first if not char.isspace())
            shown = html.rough(source)
            if visible * 10 >= html.weight(shown) * 7:
                if alternatives.differ(first, unescape(shown)):
                    self.notes.doubt("parts_differ")
                return first
        second = html.render(source, self.notes)
        if len(rich) > 1:
            second = "\n\n".join([*(self._readable(leaf) for leaf in rich[:-1]), second])
        if (struck and second.strip()) or alternatives.prefers_html(first, _bare(second)):
            if first.strip():
                self.notes.step("body", "html: words are struck out" if struck else "html instead of a poor text/plain")
            return second
        if alternatives.differ(first, _bare(second)):
            self.notes.doubt("parts_differ")
        return first

    def _source(self, part: Part) -> str:
        """The characters of a text part, before any rendering."""
        raw = decode_transfer(part, self.notes)
        if part.media_type == "text/html" and len(raw) > HTML_BYTES:
            self.notes.fault("html too large: the rest was not read")
            raw = raw[:HTML_BYTES]
        elif len(raw) > 4 * TEXT_CHARS:
            self.notes.fault("text too long: the rest was not read")
            raw = raw[: 4 * TEXT_CHARS]
        if len(raw) > TEXT_LINES and raw.count(b"\n") > TEXT_LINES:
            self.notes.fault("text too long: the rest was not read")
            raw = b"\n".join(raw.split(b"\n", TEXT_LINES)[:TEXT_LINES])
        label = params.plain(part.params, "charset") or None
        if part.media_type == "text/html" and not raw.isascii():
            label = _html_label(raw, label)
        found = charset.decode(raw, label, self.forced)
        self.notes.step(part.media_type, found.step)
        if found.bad:
            self.notes.fault(f"{part.media_type}: {found.bad} characters unreadable")
        text = found.text
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        return _CONTROL.sub("", text)

    def _readable(self, part: Part) -> str:
        """What a person reads of a text part."""
        text = self._source(part)
        media = part.media_type
        if media in ("text/html", "application/xhtml+xml"):
            return html.render(text, self.notes)
        if media in ("text/enriched", "text/richtext"):
            return enriched.from_enriched(text)
        if media == "text/calendar":
            return enriched.from_calendar(text)
        if _is_whole_html(text):
            return html.render(text, self.notes)
        if params.plain(part.params, "format").lower() == "flowed" and " \n" in text:
            text = enriched.unflow(text, params.plain(part.params, "delsp").lower() == "yes")
        return self._plain(part, text)

    def _plain(self, part: Part, text: str) -> str:
        text = words.references(enriched.without_pgp(text))
        if "begin" in text and "\nend" in text:
            files, rest = uudecode(decode_transfer(part, self.notes))
            if files:
                self._files_inside(part, [(name, data) for name, data in files])
                text = charset.decode(rest, params.plain(part.params, "charset") or None, self.forced).text
                text = _CONTROL.sub("", text.replace("\r\n", "\n"))
        if "-----BEGIN PGP MESSAGE-----" in text:
            self.notes.fault("encrypted (PGP): only the envelope could be read")
        return text

    def _files_inside(self, part: Part, files: list[tuple[bytes, bytes]]) -> None:
        for index, (name, data) in enumerate(files):
            shown = params.clean_name(words.decode_words(charset.decode(name).text, self.notes, "file name"))
            self.body.attachments.append(
                Attachment(
                    shown,
                    "application/octet-stream",
                    len(data),
                    (part.number + 1) * INSIDE + index,
                    digest=_digest(data),
                )
            )

    def _text(self, part: Part) -> None:
        text = self._readable(part)
        if self.kind is None and text.strip():
            is_file = bool(part.depth) and part.disposition.startswith("attachment")
            self._as_file, self._inline = self._as_file or is_file, self._inline or not is_file
        self.body.add(text, self.notes, self.kind)

    def _attached(self, part: Part) -> None:
        name = file_name(part, self.notes, self.forced)
        if (part.media_type in _WINMAIL or name.lower() == "winmail.dat") and self._winmail(part):
            return
        if part.media_type in SMIME:
            self.notes.fault(_sealed(params.plain(part.params, "smime-type").lower()))
        if part.media_type in _READABLE:
            self.spare.append(part)
        self._list(part, name)

    def _winmail(self, part: Part) -> bool:
        """List what is inside winmail.dat; its text counts where the mail has no other."""
        inside = tnef.read(decode_transfer(part, self.notes))
        for index, (name, data) in enumerate(inside.files):
            self.body.attachments.append(
                Attachment(
                    params.clean_name(name),
                    "application/octet-stream",
                    len(data),
                    (part.number + 1) * INSIDE + index,
                    digest=_digest(data),
                )
            )
        if not self.body.lines:
            text = inside.text or (html.render(inside.html, self.notes) if inside.html else "")
            self.body.add(_lines_only(text), self.notes, self.kind)
        if not inside.complete:
            self.notes.fault("winmail.dat is damaged: only part of it was read")
        return bool(inside.files) or bool(inside.text or inside.html)

    def _list(self, part: Part, name: str) -> None:
        inline = part.disposition.startswith("inline") or (
            not part.disposition and part.headers.has("content-id") and part.main == "image"
        )
        digest = _digest(part.body)
        self.body.attachments.append(Attachment(name, part.media_type, _size(part), part.number, inline, digest))


def _sealed(kind: str) -> str:
    """Why the inside of an S/MIME part could not be read."""
    if "signed" in kind:
        return "signed (S/MIME), but the inside is damaged"
    if "compressed" in kind:
        return "compressed (S/MIME): only the envelope could be read"
    return "encrypted (S/MIME): only the envelope could be read"


def _lines_only(text: str) -> str:
    """Line ends of one kind, and no other control characters."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _bare(text: str) -> str:
    for mark in _MARK:
        text = text.replace(mark, "")
    return text


def _html_label(raw: bytes, label: str | None) -> str | None:
    """The declared label, unless it says nothing or cannot read the bytes that the document's own label can."""
    own = html.meta_charset(raw)
    if own is None:
        return label
    codec = codec_of(label) if label else None
    return own if codec in (None, "ascii", "cp1252") else label


def _is_whole_html(text: str) -> bool:
    head = text[:200].lstrip().lower()
    return head.startswith(("<!doctype html", "<html"))


def _text_leaves(part: Part) -> list[Part]:
    """Text parts below an alternative that are shown, not attached; enclosed mails stay closed."""
    if part.main == "multipart":
        return [leaf for child in part.children for leaf in _text_leaves(child)]
    if part.media_type in _READABLE and not part.disposition.startswith("attachment"):
        return [part]
    return []


def _size(part: Part) -> int:
    """Decoded size, without decoding."""
    size = len(part.body)
    if transfer_encoding(part) == "base64":
        size -= part.body.count(b"\n") + part.body.count(b"\r")
        return max(0, size * 3 // 4 - part.body[-4:].count(b"="))
    return size


def _digest(body: bytes) -> str:
    """Of the bytes as they came, without decoding; how their lines are broken does not count."""
    found = hashlib.sha256()
    for start in range(0, len(body), _CHUNK):  # one piece at a time: the mail may be as large as the limit allows
        found.update(body[start : start + _CHUNK].translate(None, b"\r\n"))
    return found.hexdigest()[:32]


def file_name(part: Part, notes: Notes, forced: str | None = None) -> str:
    """The decoded name a part gives itself; "" if none."""
    if not part.params and not part.disposition_params:
        return ""
    for found, key in ((part.disposition_params, "filename"), (part.params, "name"), (part.disposition_params, "name"),
                       (part.params, "filename")):  # fmt: skip
        if found and (name := params.text(found, key, notes, forced)):
            return name
    return ""
