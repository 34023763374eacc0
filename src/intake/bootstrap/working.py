"""The worker with what its settings ask for."""

from __future__ import annotations

from collections.abc import Callable

from intake.bootstrap.house import House
from intake.bootstrap.leases import holder
from intake.config import words
from intake.mailauth import Resolver, SenderCheck
from intake.worker import Worker


def make_worker(house: House, trusts: Callable[[], bool] = lambda: True) -> Worker:
    """One worker of this process; with ``INTAKE_CHECK_SENDER=dns`` it looks at DKIM, SPF and DMARC itself."""
    settings = house.settings
    if settings.check_sender == "off":
        return Worker(house.store, house.tools, house.parser, name=holder(), trusts=trusts)
    check = SenderCheck(Resolver(settings.dns_server), words(settings.trusted_relays))
    return Worker(house.store, house.tools, house.parser, name=holder(), check_sender=check, trusts=trusts)
