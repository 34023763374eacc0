"""Small text formats: text/enriched, format=flowed, calendars, PGP clear-signed text."""

from __future__ import annotations

import re
from datetime import datetime

_ENRICHED_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]{0,60})>")
_LONE_NEWLINE = re.compile(r"(?<!\n)\n(?!\n)")


def from_enriched(source: str) -> str:
    """RFC 1896: commands out, ``<<`` to ``<``, a lone line end to a blank."""
    source = source.replace("\r\n", "\n")
    out: list[str] = []
    pos = skip = nofill = 0
    for match in _ENRICHED_TAG.finditer(source.replace("<<", "\ue0f4\ue0f4")):
        name = match[2].lower()
        if not skip:
            out.append(_filled(source[pos : match.start()], nofill > 0))
        pos = match.end()
        step = -1 if match[1] else 1
        if name == "param":
            skip = max(0, skip + step)
        elif name == "nofill":
            nofill = max(0, nofill + step)
        elif name in ("nl", "np"):
            out.append("\n")
    out.append(_filled(source[pos:], nofill > 0))
    return "".join(out).replace("<<", "<").strip()


def _filled(text: str, nofill: bool) -> str:
    if nofill:
        return text
    text = _LONE_NEWLINE.sub(" ", text)
    return re.sub(r"\n(\n+)", r"\1", text)


def unflow(text: str, delsp: bool) -> str:
    """RFC 3676: soft breaks joined, stuffing removed; quotation depth and the signature mark are kept."""
    out: list[str] = []
    held: list[str] = []
    held_depth = 0
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        body = line[depth:]
        body = body.removeprefix(" ")
        if held and depth != held_depth:
            out.append(_quoted(held_depth, "".join(held)))
            held = []
        soft = body.endswith(" ") and body != "-- "
        if soft:
            held.append(body[:-1] if delsp else body)
            held_depth = depth
            continue
        if held and body == "-- ":
            out.append(_quoted(held_depth, "".join(held)))
            held = []
        out.append(_quoted(depth, "".join(held) + body))
        held = []
    if held:
        out.append(_quoted(held_depth, "".join(held).rstrip(" ") if not delsp else "".join(held)))
    return "\n".join(out)


def _quoted(depth: int, text: str) -> str:
    return f"{'>' * depth} {text}" if depth else text


_ESCAPED = re.compile(r"\\([nN,;\\])")


def from_calendar(source: str) -> str:
    """What a reader sees of an invitation: title, time, place, text."""
    lines = source.replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "").split("\n")
    found: dict[str, str] = {}
    inside = False
    for line in lines[:5_000]:
        upper = line.upper()
        if upper.startswith(("BEGIN:VEVENT", "BEGIN:VTODO")):
            inside = True
        elif upper.startswith(("END:VEVENT", "BEGIN:VALARM")):
            inside = False
        name, sep, value = line.partition(":")
        key = name.split(";", 1)[0].upper()
        if inside and sep and key in ("SUMMARY", "DTSTART", "DTEND", "LOCATION", "DESCRIPTION", "COMMENT"):
            if key.startswith("DT"):
                value = _time(value)
            found.setdefault(key, _ESCAPED.sub(lambda m: "\n" if m[1] in "nN" else m[1], value))
    when = " - ".join(found[key] for key in ("DTSTART", "DTEND") if key in found)
    parts = [found.get("SUMMARY", ""), when, found.get("LOCATION", ""), found.get("DESCRIPTION", "")]
    return "\n".join(part for part in [*parts, found.get("COMMENT", "")] if part.strip())


def _time(value: str) -> str:
    for form, shown in (("%Y%m%dT%H%M%SZ", "%Y-%m-%d %H:%M UTC"), ("%Y%m%dT%H%M%S", "%Y-%m-%d %H:%M"),
                        ("%Y%m%d", "%Y-%m-%d")):  # fmt: skip
        try:
            return datetime.strptime(value.strip(), form).strftime(shown)  # noqa: DTZ007 - shown as it is written
        except ValueError:
            continue
    return value


_PGP = "-----BEGIN PGP SIGNED MESSAGE-----"
_PGP_HEADER = re.compile(r"-----BEGIN PGP SIGNED MESSAGE-----\n(?:(?:Hash|Charset|Comment|Version):[^\n]*\n)*\n?")


def without_pgp(text: str) -> str:
    """A clear-signed text without its armour (RFC 4880 §7); anything else unchanged."""
    if _PGP not in text:
        return text
    text = _PGP_HEADER.sub("", text, count=1)
    start = text.find("-----BEGIN PGP SIGNATURE-----")
    end = text.find("-----END PGP SIGNATURE-----", start)
    if 0 <= start < end:
        text = text[:start] + text[end + len("-----END PGP SIGNATURE-----") :].lstrip("\n")
    return text.replace("\n- -", "\n-")
