"""All tables of the data store, and the one table of the key store.

What people wrote is only in ``blob`` (encrypted); every other column holds codes, figures, instants and keyed hashes.
Who somebody is lies in ``seeker.sealed``, under a key of their own, so that backups and logs of the database lose them
with that key. Plain are the rest of the register (status, days, companies) and the agency's own people (``staff``).
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR

from intake.store.types import BigId, Bytes, Codes, Instant, Pairs

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = sa.MetaData(naming_convention=NAMING)
keys_metadata = sa.MetaData(naming_convention=NAMING)

# Written out, not bound: SQLite uses a partial index only where the query says its condition word for word.
WAITING, ENDED = "ended_as IS NULL", "ended_as IS NOT NULL"
LIVE = "state IN ('queued', 'claimed')"
OPEN = "state IN ('review', 'awaiting_proof', 'scheduled')"


def _id() -> sa.Column[int]:
    return sa.Column("id", BigId, primary_key=True, autoincrement=True)


def _partial(name: str, where: str, *columns: str) -> sa.Index:
    return sa.Index(name, *columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


inbox = sa.Table(
    "inbox",
    metadata,
    _id(),
    sa.Column("digest", Bytes, nullable=False, unique=True),  # keyed hash of envelope and bytes
    sa.Column("key_id", sa.BigInteger, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("via", sa.Text, nullable=False),
    sa.Column("received_at", Instant, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("ready_at", Instant),  # NULL: at once; else end of the lease, or the time of the next try
    sa.Column("worker", sa.Text),  # who holds the lease
    sa.Column("fence", sa.Integer, nullable=False, server_default="0"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("error", sa.Text, nullable=False, server_default=""),
    sa.Column("ended_as", sa.Text),
    sa.Column("ended_of", sa.BigInteger),
    sa.Column("ended_at", Instant),
    sa.Column("content_hash", Bytes),
    sa.Column("rfc_hash", Bytes),
    sa.Column("sender_hash", Bytes),
    _partial("ix_inbox_content_hash", "content_hash IS NOT NULL", "content_hash"),
    _partial("ix_inbox_ended_as", ENDED, "ended_as"),
    _partial("ix_inbox_waiting", WAITING, "id"),
    sqlite_autoincrement=True,  # an id is never given twice, also after an erasure
)

blob = sa.Table(
    "blob",
    metadata,
    _id(),
    sa.Column("key_id", sa.BigInteger, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("data", Bytes, nullable=False),  # nonce and AES-256-GCM ciphertext
    sa.Index("ix_blob_key_id_kind", "key_id", "kind"),
)

seeker = sa.Table(
    "seeker",
    metadata,
    _id(),
    sa.Column("member_id", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kana", sa.Text, nullable=False),
    sa.Column("addresses", Codes, nullable=False),
    sa.Column("phones", Codes, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("status_since", sa.Date),
    sa.Column("registered_via", sa.Text, nullable=False),
    sa.Column("concierge", sa.Text),
    sa.Column("legal_hold", sa.Text),
    sa.Column("invalid_on", sa.Date),
    sa.Column("withdrawn_on", sa.Date),
    sa.Column("outreach_held_at", Instant),
    sa.Column("resume_on", sa.Date),
    sa.Column("password_hash", sa.Text),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.Column("deputy", sa.Text),
    sa.Column("preferences", Pairs, nullable=False, server_default="[]"),
    sa.Column("key_id", sa.BigInteger),  # NULL: a row of before, not yet sealed
    sa.Column("sealed", Bytes),  # member number, name, reading, addresses, telephones, password: register.py
    sa.Index("ix_seeker_key_id", "key_id"),
    sa.Index("ix_seeker_withdrawn_on", "withdrawn_on"),
    sa.Index("ix_seeker_invalid_on", "invalid_on"),
    _partial("ix_seeker_resume_on", "resume_on IS NOT NULL", "resume_on"),
    sqlite_autoincrement=True,
)

seeker_key = sa.Table(
    "seeker_key",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),  # kind, colon, keyed hash of the normalised key: "a:5f0c…"
    sa.Column("seeker_id", sa.ForeignKey("seeker.id", ondelete="CASCADE"), primary_key=True, index=True),
    sa.Column("rank", sa.SmallInteger, nullable=False),  # the surest kind of key first
    sqlite_with_rowid=False,
)

seeker_status = sa.Table(
    "seeker_status",
    metadata,
    _id(),
    sa.Column("seeker_id", sa.ForeignKey("seeker.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("since", sa.Date, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
)

application = sa.Table(
    "application",
    metadata,
    _id(),
    sa.Column("seeker_id", sa.ForeignKey("seeker.id", ondelete="CASCADE"), nullable=False),
    sa.Column("company", sa.Text, nullable=False),
    sa.Column("stage", sa.SmallInteger, nullable=False),
    sa.Column("self_applied", sa.Boolean, nullable=False),
    sa.Column("interview_at", Instant),
    sa.UniqueConstraint("seeker_id", "company"),
)

cases = sa.Table(
    "cases",
    metadata,
    _id(),
    sa.Column("message_id", sa.BigInteger, nullable=False),
    sa.Column("request", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("received_at", Instant, nullable=False),
    sa.Column("seeker_id", sa.BigInteger),
    sa.Column("hold_reason", sa.Text),
    sa.Column("due_on", sa.Date),
    sa.Column("wake_on", sa.Date),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("sure", sa.Boolean, nullable=False),
    sa.Column("assignee", sa.Text),
    sa.Column("proof", sa.SmallInteger, nullable=False),
    sa.Column("reasons", Codes, nullable=False),
    sa.Column("policy", sa.Text, nullable=False),
    sa.Column("sender_hash", Bytes, nullable=False),
    sa.Column("complaint", sa.Boolean, nullable=False),
    sa.Column("closed_at", Instant),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.Index("ix_cases_state_id", "state", "id"),
    sa.Index("ix_cases_assignee_state_id", "assignee", "state", "id"),
    sa.Index("ix_cases_request_state_id", "request", "state", "id"),
    sa.Index("ix_cases_seeker_id_id", "seeker_id", "id"),
    sa.Index("ix_cases_sender_hash_id", "sender_hash", "id"),
    _partial("ix_cases_open_of_seeker", OPEN, "seeker_id", "state", "hold_reason", "policy", "request"),
    sa.Index("ix_cases_message_id", "message_id"),
    sa.Index("ix_cases_received_at", "received_at"),
    sa.Index("ix_cases_closed_at", "closed_at"),
    _partial("ix_cases_wake_on", "wake_on IS NOT NULL", "wake_on"),
    sqlite_autoincrement=True,
)

case_message = sa.Table(
    "case_message",
    metadata,
    sa.Column("case_id", sa.ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("message_id", sa.BigInteger, primary_key=True, index=True),
    sa.Column("role", sa.Text, nullable=False),
)

token = sa.Table(
    "token",
    metadata,
    _id(),
    sa.Column("case_id", sa.ForeignKey("cases.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("token_hash", Bytes, nullable=False, unique=True),
    sa.Column("address_hash", Bytes, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("used_at", Instant),
    sa.Column("choice", sa.Text),
)

# Whom a message of nobody known may be from, best first: staff choose with one key. Goes with the seeker's row.
case_candidate = sa.Table(
    "case_candidate",
    metadata,
    sa.Column("case_id", sa.ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("seeker_id", sa.ForeignKey("seeker.id", ondelete="CASCADE"), primary_key=True, index=True),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("reasons", Codes, nullable=False),
)

# Keys for coming back. Strangers who ask have a row too, without a seeker: page and time are alike for all.
return_key = sa.Table(
    "return_key",
    metadata,
    _id(),
    sa.Column("handle_hash", Bytes, nullable=False, unique=True),  # of the secret in the page where the key is typed
    sa.Column("seeker_id", sa.ForeignKey("seeker.id", ondelete="CASCADE"), index=True),
    sa.Column("address_hash", Bytes, nullable=False),
    sa.Column("digest", Bytes),  # keyed hash of the key; NULL: none was sent, nothing fits
    sa.Column("created_at", Instant, nullable=False, index=True),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("tries_left", sa.SmallInteger, nullable=False),
    sa.Column("used_at", Instant),
)

# Programs that may use the API, by the hash of their token.
api_token = sa.Table(
    "api_token",
    metadata,
    _id(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("token_hash", Bytes, nullable=False, unique=True),
    sa.Column("scopes", Codes, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("revoked_at", Instant),
    sa.Column("used_on", sa.Date),
)

# What a request with an idempotency key was answered: hashes, a status and the id of the row, no personal data.
api_answer = sa.Table(
    "api_answer",
    metadata,
    sa.Column("token_id", sa.ForeignKey("api_token.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("key_hash", Bytes, primary_key=True),
    sa.Column("request_hash", Bytes, nullable=False),
    sa.Column("status", sa.SmallInteger, nullable=False),
    sa.Column("ref", sa.BigInteger, nullable=False),
    sa.Column("created_at", Instant, nullable=False, index=True),
)

# Deliveries to the agency's system: one row an announced link of the audit chain, which is the outbox itself.
webhook_out = sa.Table(
    "webhook_out",
    metadata,
    sa.Column("seq", BigId, primary_key=True, autoincrement=False),
    sa.Column("state", sa.Text, nullable=False),  # queued, sent, failed
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("fence", sa.Integer, nullable=False, server_default="0"),
    sa.Column("ready_at", Instant, nullable=False),
    sa.Column("queued_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
    sa.Column("error", sa.Text, nullable=False, server_default=""),
    _partial("ix_webhook_out_queued", "state = 'queued'", "ready_at", "seq"),
    _partial("ix_webhook_out_failed", "state = 'failed'", "seq"),
)

task = sa.Table(
    "task",
    metadata,
    _id(),
    sa.Column("case_id", sa.ForeignKey("cases.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("due_on", sa.Date),
    sa.Column("assignee", sa.Text),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("done_at", Instant),
    sa.Column("done_by", sa.Text),
    _partial("ix_task_open", "done_at IS NULL", "id"),
)

outbox = sa.Table(
    "outbox",
    metadata,
    _id(),
    sa.Column("key_id", sa.BigInteger, nullable=False),
    sa.Column("blob_id", sa.BigInteger, nullable=False),  # address, subject, text and bytes
    sa.Column("message_id", sa.Text, nullable=False),  # our own, made of nothing personal
    sa.Column("unique_part", sa.Text, nullable=False),  # of the message_id; bounces name a mail by it
    sa.Column("template", sa.Text, nullable=False),
    sa.Column("template_version", sa.Text, nullable=False),
    sa.Column("mail_class", sa.Text, nullable=False),
    sa.Column("address_hash", Bytes, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("not_before", Instant, nullable=False),
    sa.Column("ready_at", Instant, nullable=False),  # not_before while queued, end of the lease while claimed
    sa.Column("worker", sa.Text),
    sa.Column("fence", sa.Integer, nullable=False, server_default="0"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("in_message", sa.BigInteger, index=True),
    sa.Column("sent_at", Instant),
    sa.Column("error", sa.Text, nullable=False, server_default=""),
    sa.Column("needs_state", Codes, nullable=False),
    sa.Column("automatic", sa.Boolean, nullable=False),
    sa.Column("domain_hash", Bytes),  # of an address that is not on file; counted by the budget of its domain
    sa.Column("thread_hash", Bytes),  # keyed hash of the first id of the thread that is answered
    sa.Column("origin", sa.Text, nullable=False, server_default="answer"),  # MailOrigin
    sa.Column("newest_message", sa.BigInteger),  # the newest message of these people when the mail was written
    sa.Column("seeker_status", sa.Text),  # of the register, when the mail was written
    sa.Index("ix_outbox_message_id", "message_id"),
    sa.Index("ix_outbox_unique_part", "unique_part"),
    sa.Index("ix_outbox_state_id", "state", "id"),
    sa.Index("ix_outbox_address_hash_created_at", "address_hash", "created_at"),
    sa.Index("ix_outbox_domain_hash_created_at", "domain_hash", "created_at"),
    sa.Index("ix_outbox_thread_hash_created_at", "thread_hash", "created_at"),
    sa.Index("ix_outbox_created_at", "created_at"),
    _partial("ix_outbox_live", LIVE, "ready_at", "id"),
    sqlite_autoincrement=True,
)

outbox_case = sa.Table(
    "outbox_case",
    metadata,
    sa.Column("outbox_id", sa.ForeignKey("outbox.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("case_id", sa.BigInteger, primary_key=True, index=True),
)

# The wordings that mails were written with; the agency's own words, nothing personal.
template_version = sa.Table(
    "template_version",
    metadata,
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("template", sa.Text, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("files", sa.Text, nullable=False),  # JSON: file name to text
    sa.Index("ix_template_version_template_at", "template", "at"),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("seq", BigId, primary_key=True, autoincrement=False),
    sa.Column("at_us", sa.BigInteger, nullable=False),  # microseconds since 1970: hashed exactly as stored
    sa.Column("actor_kind", sa.Text, nullable=False),
    sa.Column("actor_name", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("case_id", sa.BigInteger, index=True),
    sa.Column("seeker_id", sa.BigInteger, index=True),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("hash", Bytes, nullable=False),
)

staff = sa.Table(
    "staff",
    metadata,
    _id(),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("lead", sa.Text),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("password_hash", sa.Text),
    sa.Column("away_until", sa.Date),  # the last day of absence: until then the deputy gets the cases
    sa.Column("totp_sealed", Bytes),  # the secret of the one-time codes, under the master secret
    sa.Column("totp_used", sa.BigInteger),  # the newest time step that was accepted: no code opens twice
    sa.Column("oidc_subject", sa.Text),  # issuer and subject of the agency's own sign-in
    sa.Index("ix_staff_oidc_subject", "oidc_subject", unique=True),
)


def _of_staff() -> sa.Column[int]:
    return sa.Column("staff_id", sa.ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True)


staff_passkey = sa.Table(
    "staff_passkey",
    metadata,
    _id(),
    _of_staff(),
    sa.Column("credential_id", Bytes, nullable=False, unique=True),
    sa.Column("public_key", Bytes, nullable=False),
    sa.Column("sign_count", sa.BigInteger, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("used_at", Instant),
)

# One-time codes for the day on which the telephone is lost.
staff_spare_code = sa.Table(
    "staff_spare_code",
    metadata,
    _id(),
    _of_staff(),
    sa.Column("code_hash", Bytes, nullable=False),
    sa.Column("used_at", Instant),
)

# One-time links by which an account gets its first password (also the first admin's).
invitation = sa.Table(
    "invitation",
    metadata,
    _id(),
    _of_staff(),
    sa.Column("token_hash", Bytes, nullable=False, unique=True),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("used_at", Instant),
)

# Challenges that a passkey has answered: none is answered twice, in whichever process. Kept for minutes.
used_challenge = sa.Table(
    "used_challenge",
    metadata,
    sa.Column("hash", Bytes, primary_key=True),
    sa.Column("at", Instant, nullable=False),
)

# A search kept under a name. Fields only, never free words: what people are called is not kept here.
saved_view = sa.Table(
    "saved_view",
    metadata,
    _id(),
    _of_staff(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("query", sa.Text, nullable=False),
    sa.Column("shared", sa.Boolean, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
)

# Who has a case open or writes in it, for as long as their page says so.
presence = sa.Table(
    "presence",
    metadata,
    sa.Column("case_id", sa.ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("staff", sa.Text, primary_key=True),
    sa.Column("doing", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Index("ix_presence_at", "at"),
)

session = sa.Table(
    "session",
    metadata,
    _id(),
    sa.Column("staff_id", sa.ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("token_hash", Bytes, nullable=False, unique=True),
    sa.Column("csrf", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("seen_at", Instant),
    sa.Column("method", sa.Text, nullable=False, server_default="password"),
    sa.Column("agent", sa.Text, nullable=False, server_default=""),  # browser and system, in two words
    sa.Column("where_from", sa.Text, nullable=False, server_default=""),  # network address
)

sign_in_failure = sa.Table(
    "sign_in_failure",
    metadata,
    _id(),
    sa.Column("name", sa.Text, nullable=False),  # a keyed hash of what was typed: it may be anybody's address
    sa.Column("at", Instant, nullable=False),
    sa.Index("ix_sign_in_failure_name_at", "name", "at"),
)

note = sa.Table(
    "note",
    metadata,
    _id(),
    sa.Column("case_id", sa.ForeignKey("cases.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("staff", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("blob_id", sa.BigInteger, nullable=False),
)

correction = sa.Table(
    "correction",
    metadata,
    _id(),
    sa.Column("case_id", sa.BigInteger, nullable=False),
    sa.Column("message_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("was", Codes, nullable=False),
    sa.Column("now", Codes, nullable=False),
    sa.Column("staff", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
)

imap_ledger = sa.Table(
    "imap_ledger",
    metadata,
    sa.Column("account", sa.Text, primary_key=True),  # the agency's own mailbox
    sa.Column("folder", sa.Text, primary_key=True),
    sa.Column("uidvalidity", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("uid", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("hash", Bytes, nullable=False),  # keyed hash of the bytes; stays after an erasure, so that a mail still
    sa.Column("message_id", sa.BigInteger),  # lying on the server does not come in again
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Index("ix_imap_ledger_hash", "hash"),
    _partial("ix_imap_ledger_kept", "state = 'kept'", "account", "folder"),
)

meta = sa.Table(
    "meta",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

# Tokens of a case as they stand in the index: FTS5 without content can forget a row only if told what was in it.
search_doc = sa.Table(
    "search_doc",
    metadata,
    sa.Column("case_id", BigId, primary_key=True, autoincrement=False),
    sa.Column("tokens", Bytes, nullable=False),
    info={"only": "sqlite"},
)
SEARCH_INDEX = "search_index"  # the FTS5 table; the migration makes it

search_part = sa.Table(
    "search_part",
    metadata,
    sa.Column("case_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("part", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("tokens", TSVECTOR, nullable=False),
    sa.Index("ix_search_part_tokens", "tokens", postgresql_using="gin"),
    info={"only": "postgresql"},
)

# One erasure and how far it has come. Whom and what it reaches lies encrypted under ``key_id`` until it is done.
erasure = sa.Table(
    "erasure",
    metadata,
    _id(),
    sa.Column("seeker_id", sa.BigInteger, nullable=False, index=True),  # an id, given to nobody again
    sa.Column("case_id", sa.BigInteger),
    sa.Column("why", sa.Text, nullable=False),  # request, operator, retention
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("key_id", sa.BigInteger, nullable=False),
    sa.Column("planned_at", Instant, nullable=False),
    sa.Column("ready_at", Instant),  # end of the lease, or time of the next try
    sa.Column("worker", sa.Text),
    sa.Column("error", sa.Text, nullable=False, server_default=""),
    sa.Column("figures", sa.Text, nullable=False, server_default="{}"),  # JSON: counts and dates
    sa.Column("certificate", sa.Text),  # JSON without personal data
    sa.Column("done_at", Instant),
    sqlite_autoincrement=True,
)

# Fields that a duty keeps beyond an erasure: encrypted, found by no key and no search, gone on their day.
held = sa.Table(
    "held",
    metadata,
    _id(),
    sa.Column("erasure_id", sa.BigInteger, nullable=False),
    sa.Column("data", sa.Text, nullable=False),
    sa.Column("key_id", sa.BigInteger, nullable=False),
    sa.Column("until", sa.Date, nullable=False, index=True),
    sa.Column("kept_at", Instant, nullable=False),
    sqlite_autoincrement=True,
)

retention_notice = sa.Table(
    "retention_notice",
    metadata,
    sa.Column("seeker_id", sa.ForeignKey("seeker.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("noticed_on", sa.Date, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
)

# Classes of data whose time was over before that of the person's details.
retention_part = sa.Table(
    "retention_part",
    metadata,
    sa.Column("seeker_id", sa.ForeignKey("seeker.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("data", sa.Text, primary_key=True),
    sa.Column("at", Instant, nullable=False),
)

# Who was erased, kept with the keys: a backup of the data that still knows them is put right by it.
tombstone = sa.Table(
    "tombstone",
    keys_metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("ref", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", Instant, nullable=False),
)

# Mails of people who are erased, as keyed hashes: met again in a mailbox or a backup they open nothing.
erased_mail = sa.Table(
    "erased_mail",
    keys_metadata,
    sa.Column("hash", Bytes, primary_key=True),
    sa.Column("at", Instant, nullable=False),
)

data_key = sa.Table(
    "data_key",
    keys_metadata,
    _id(),
    sa.Column("wrapped", Bytes, nullable=False),
    sa.Column("wrapping", sa.Integer, nullable=False, server_default="0"),  # which wrapping key; wrapping.py
    sqlite_autoincrement=True,
)
