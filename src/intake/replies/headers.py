"""Ids, return paths and threads: the parts of a mail that machines read, and that others may try to forge."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable

from intake.errors import BadInput
from intake.keyring import Keyring
from intake.replies.parts import Thread

_ID_PURPOSE = "message-id"
_PATH_PURPOSE = "return-path"
_SIGNATURE_CHARS = 16  # 64 bits: checked on line only, and each wrong guess is a mail
_UNIQUE = re.compile(r"[a-z0-9][a-z0-9-]{0,27}")
_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_OUR_ID = re.compile(r"<([a-z0-9][a-z0-9-]{0,27})\.([0-9a-f]{16})@([A-Za-z0-9.-]{1,253})>")
_OUR_PATH = re.compile(r"([^@\s]{1,64})\+b-([a-z0-9][a-z0-9-]{0,27})-([0-9a-f]{16})@([A-Za-z0-9.-]{1,253})")
# RFC 5322 msg-id in its strict form, plus the characters that Outlook and phones put left of the @.
_MSG_ID = re.compile(r"<[!#-;=?A-Z^-~\[\]]{1,200}@[A-Za-z0-9._:\[\]-]{1,200}>")
_DOT_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LOCAL = re.compile(r"[!#-?A-\[\]-~]{1,64}")  # printable ASCII without blank, quote, backslash, @
_QUOTED = re.compile(r'"[!#-\[\]-~]{1,62}"')
MAX_REFERENCES = 20
MAX_REFERENCES_CHARS = 2_000


def new_message_id(keyring: Keyring, domain: str, unique: str) -> str:
    """A signed Message-ID. The same three give the same id: it stays through retries, and a bounce leads back to it.

    ``unique`` is 1–28 of a–z, 0–9 and ``-``, used for one mail only. Raises BadInput.
    """
    _must_be_unique_part(unique)
    if not _DOMAIN.fullmatch(domain):
        raise BadInput("message-id: this is not a domain")
    return f"<{unique}.{_signature(keyring, _ID_PURPOSE, f'{unique}@{domain.lower()}')}@{domain}>"


def is_our_message_id(keyring: Keyring, message_id: str) -> bool:
    """True if we made this id; guessed, cut or altered ones are foreign (A4)."""
    found = _OUR_ID.fullmatch(message_id.strip())
    if not found:
        return False
    unique, signature, domain = found.groups()
    wanted = _signature(keyring, _ID_PURPOSE, f"{unique}@{domain.lower()}")
    return hmac.compare_digest(wanted, signature)


def return_path(keyring: Keyring, mail_from: str, unique: str) -> str:
    """The signed return path of one mail: ``local+b-UNIQUE-SIGNATURE@domain`` of our own address (VERP).

    Give it the ``unique`` of the mail's Message-ID. Raises BadInput where the address leaves no room for it.
    """
    _must_be_unique_part(unique)
    local, at, domain = mail_from.rpartition("@")
    path = f"{local}+b-{unique}-{_path_signature(keyring, local, unique, domain)}@{domain}"
    if not at or not _OUR_PATH.fullmatch(path) or len(path.rpartition("@")[0]) > 64:
        raise BadInput("return path: this address of ours is too long or not plain")
    return path


def bounced_outbox_id(keyring: Keyring, address: str) -> str | None:
    """The ``unique`` of the mail that came back to this address; None if we did not write the address (A5).

    Case is not looked at: some servers change it.
    """
    found = _OUR_PATH.fullmatch(address.strip().lower())
    if not found:
        return None
    local, unique, signature, domain = found.groups()
    return unique if hmac.compare_digest(_path_signature(keyring, local, unique, domain), signature) else None


def bounced_message_id(keyring: Keyring, address: str, domain: str) -> str | None:
    """The Message-ID of the mail that came back to ``address`` (a recipient of the report), if it is ours."""
    unique = bounced_outbox_id(keyring, address)
    return None if unique is None else new_message_id(keyring, domain, unique)


def thread_headers(thread: Thread) -> list[tuple[str, str]]:
    """In-Reply-To and References as RFC 5322 §3.6.4 wants them, of well-formed ids only; first and latest kept."""
    parent = next(iter(valid_ids([thread.in_reply_to])), "")
    ids = [i for i in valid_ids(thread.references) if i != parent] + ([parent] if parent else [])
    if len(ids) > MAX_REFERENCES:
        ids = [ids[0], *ids[-(MAX_REFERENCES - 1) :]]
    while len(" ".join(ids)) > MAX_REFERENCES_CHARS:
        del ids[min(1, len(ids) - 1)]
    headers = [("In-Reply-To", parent)] if parent else []
    return headers + ([("References", " ".join(ids))] if ids else [])


def valid_ids(ids: Iterable[str]) -> list[str]:
    """The ids among these that are safe to write into a header, each once, in order."""
    return list(dict.fromkeys(i.strip() for i in ids if _MSG_ID.fullmatch(i.strip())))


def mailbox(address: str) -> str:
    """An address fit for a header and for RCPT; old phone addresses (``.a..b@``) get the quotes they need.

    Raises BadInput (without the address) for anything that could end a line or become two addresses.
    """
    local, at, domain = address.rpartition("@")
    plain = domain[1:-1].replace(":", "") if domain.startswith("[") and domain.endswith("]") else domain
    if not at or len(address) > 254 or not _DOMAIN.fullmatch(plain):
        raise BadInput("this mail address cannot be written to")
    if _DOT_ATOM.fullmatch(local) or _QUOTED.fullmatch(local):
        return address
    if _LOCAL.fullmatch(local):
        return f'"{local}"@{domain}'
    raise BadInput("this mail address cannot be written to")


def _must_be_unique_part(unique: str) -> None:
    if not _UNIQUE.fullmatch(unique):
        raise BadInput("message-id: the unique part is 1–28 of a–z, 0–9 and -")


def _path_signature(keyring: Keyring, local: str, unique: str, domain: str) -> str:
    return _signature(keyring, _PATH_PURPOSE, f"{local.lower()}+{unique}@{domain.lower()}")


def _signature(keyring: Keyring, purpose: str, data: str) -> str:
    return keyring.sign(purpose, data)[:_SIGNATURE_CHARS]
