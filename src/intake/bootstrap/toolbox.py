"""Rules, templates and keys made into one consistent set; made anew when a file of the home changes."""

from __future__ import annotations

import threading
import time
from contextlib import suppress

from intake.bootstrap.folders import rules_dirs, template_dirs
from intake.bootstrap.home import key_maker
from intake.channels.limits import networks
from intake.config import Settings, words
from intake.errors import IntakeError
from intake.journal import journal
from intake.keyring import Keyring, load_keyring
from intake.matching import load_weights
from intake.parsing import ParseOptions
from intake.parsing.addresses import canonical
from intake.pipeline.tools import Tools
from intake.policy import load_profile
from intake.replies import load_agency, load_saved, load_templates
from intake.understanding import Understander, load_rulebook

LOOK_EVERY_SECONDS = 5.0
log = journal("rules")


def make_tools(settings: Settings, keyring: Keyring | None = None) -> Tools:
    """Load everything. Raises RuleError, TemplateError or SettingError naming file and place."""
    rules = rules_dirs(settings)
    agency = load_agency(rules)
    mail_from = settings.mail_from or agency.mail_from
    rulebook = load_rulebook(rules)
    return Tools(
        keyring=keyring or load_keyring(settings.secret_path),
        keymaker=key_maker(),
        weights=load_weights(rules),
        rulebook=rulebook,
        understander=Understander(rulebook),
        profile=load_profile(rules, settings.profile),
        templates=load_templates(template_dirs(settings)),
        agency=agency,
        parse_options=parse_options(settings, mail_from),
        public_url=settings.public_url.rstrip("/"),
        mail_from=mail_from,
        own_addresses=frozenset(canonical(a) for a in (mail_from, *words(settings.recipients))),
        saved_answers=load_saved(rules),
    )


class Toolbox:
    """Gives the current tools. A change of a file under the home is taken up within seconds, a broken one is not."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._keyring = load_keyring(settings.secret_path)
        self._stamp = self._look()
        self._tools = make_tools(settings, self._keyring)
        self._looked_at = time.monotonic()
        self._lock = threading.Lock()
        self.trouble: str | None = None  # what is wrong with the newest files, for /healthz

    def __call__(self) -> Tools:
        """The newest consistent set."""
        if time.monotonic() - self._looked_at > LOOK_EVERY_SECONDS:
            with self._lock:
                self._reload_if_changed()
        return self._tools

    def _reload_if_changed(self) -> None:
        self._looked_at = time.monotonic()
        stamp = self._look()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._tools = make_tools(self._settings, self._keyring)
            self.trouble = None
            log.info("rules and templates loaded anew")
        except Exception as e:  # noqa: BLE001 - whatever people's files do, the house goes on with the last good ones
            self.trouble = str(e) if isinstance(e, IntakeError) else f"the changed rules cannot be used: {e!r}"
            log.warning("changed rules are not used", error=e)

    def _look(self) -> tuple[tuple[str, float], ...]:
        found = []
        for root in (self._settings.rules_override, self._settings.templates_override):
            for path in root.rglob("*"):
                with suppress(FileNotFoundError):  # an editor that puts a new file in the old one's place
                    found += [(str(path), path.stat().st_mtime)] if path.is_file() else []
        return tuple(sorted(found))


def parse_options(settings: Settings, mail_from: str = "") -> ParseOptions:
    """What the settings say of reading mail: whose word on a sender counts and where it stands, who are staff, and
    which addresses are the desk's own.

    Raises SettingError for a relay that is none.
    """
    relays = words(settings.trusted_relays)
    networks(relays)
    return ParseOptions(
        authserv_id=settings.authserv_id,
        authserv_below=settings.authserv_place == "below",
        staff_addresses=tuple(words(settings.staff_addresses)),
        trusted_relays=relays,
        own_addresses=(*words(settings.recipients), *words(mail_from)),
    )
