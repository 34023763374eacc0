"""Would this mailbox let us in? Connect, sign in, open the folder for reading, and go; nothing there is touched."""

from __future__ import annotations

import socket
import ssl
from enum import StrEnum

from imapclient import IMAPClient, SocketTimeout

from intake.channels.imap.account import Account
from intake.channels.imap.connection import Connection, TlsMissing
from intake.channels.imap.credentials import SignInRefused

TIMEOUTS = SocketTimeout(connect=5, read=5)  # somebody waits for the page
_NAME = frozenset({62, 64})  # X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH


class Knock(StrEnum):
    """What came of it."""

    OPEN = "open"
    PASSWORD = "password"  # noqa: S105 - refused, not one
    TLS_NAME = "tls_name"  # the certificate is another server's
    TLS = "tls"  # not to be trusted, or none
    NO_HOST = "no_host"
    CLOSED = "closed"
    SILENT = "silent"
    FOLDER = "folder"
    BROKEN = "broken"


def knock(account: Account, timeouts: SocketTimeout = TIMEOUTS) -> Knock:
    """Try it. Raises nothing; takes some seconds where nobody answers."""
    try:
        client = Connection(account, timeouts)
    except Exception as e:  # noqa: BLE001 - whatever the server does, it is said in a word
        return _of(e)
    try:
        client.allow()
        client.select_folder(account.folder, readonly=True)
    except IMAPClient.AbortError:
        return Knock.BROKEN
    except IMAPClient.Error:
        return Knock.FOLDER
    except Exception as e:  # noqa: BLE001 - the same
        return _of(e)
    finally:
        client.close_hard()
    return Knock.OPEN


def _of(error: Exception) -> Knock:
    if isinstance(error, ssl.SSLCertVerificationError):
        return Knock.TLS_NAME if error.verify_code in _NAME else Knock.TLS
    kinds: tuple[tuple[type[Exception], Knock], ...] = (
        (SignInRefused, Knock.PASSWORD), (TlsMissing, Knock.TLS), (ssl.SSLError, Knock.TLS),
        (socket.gaierror, Knock.NO_HOST), (ConnectionRefusedError, Knock.CLOSED), (TimeoutError, Knock.SILENT),
    )  # fmt: skip
    return next((word for kind, word in kinds if isinstance(error, kind)), Knock.BROKEN)
