"""Who a connection really comes from, where a load balancer of ours says so (PROXY protocol, versions 1 and 2).

Only addresses of INTAKE_PROXIES may say it, and they must: what they send first is never taken for a command.
"""

from __future__ import annotations

import asyncio
from ipaddress import IPv4Address, IPv6Address

from aiosmtpd.proxy_protocol import get_proxy

SECONDS = 10.0


class NoProxyHeader(ConnectionError):
    """A proxy of ours did not say whom it speaks for."""


async def client_behind(reader: asyncio.StreamReader) -> str | None:
    """The client's address; None where the proxy speaks for itself (its own health check). Raises NoProxyHeader."""
    try:
        async with asyncio.timeout(SECONDS):
            said = await get_proxy(reader)
    except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as e:
        raise NoProxyHeader from e
    if said.error or said.version is None:
        raise NoProxyHeader
    source = said.src_addr
    return str(source) if isinstance(source, IPv4Address | IPv6Address) else None
