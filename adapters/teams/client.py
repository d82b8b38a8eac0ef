"""An HTTP client that never connects to a private address behind a public name.

A name on our list that suddenly resolves to this machine or its network (DNS
rebinding) is refused before a byte, let alone a token, leaves the house.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterable

import httpcore
import httpx

TIMEOUT = httpx.Timeout(10.0, connect=5.0)  # seconds
Resolve = Callable[[str, int], Awaitable[list[str]]]


async def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, by the system's resolver, off the event loop."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


class CheckedNetwork(httpcore.AsyncNetworkBackend):
    """Connects to the very addresses it has checked.

    Args:
        local: Hosts that may be on a private address because the operator named them so.
    """

    def __init__(self, local: frozenset[str], resolve: Resolve) -> None:
        self._local = local
        self._resolve = resolve
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            addresses = await asyncio.wait_for(self._resolve(host, port), timeout)
        except (OSError, TimeoutError) as error:
            raise httpcore.ConnectError("The host has no address.") from error
        allowed = [each for each in addresses if host in self._local or is_public(each)]
        if not allowed:
            raise httpcore.ConnectError("The host is at an address that is not allowed.")
        return await self._inner.connect_tcp(
            allowed[0], port, timeout, local_address, socket_options
        )

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


class CheckedTransport(httpx.AsyncHTTPTransport):
    """httpx's own transport over a checked network."""

    def __init__(self, local: frozenset[str], resolve: Resolve) -> None:
        context = httpx.create_ssl_context(trust_env=False)
        super().__init__(verify=context)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=30.0,
            network_backend=CheckedNetwork(local, resolve),
        )


def client(local: frozenset[str], resolve: Resolve = resolve) -> httpx.AsyncClient:
    """The one client of the Teams adapter: no redirects, no proxies, no cookies kept."""
    return httpx.AsyncClient(
        transport=CheckedTransport(local, resolve), timeout=TIMEOUT, trust_env=False
    )


def is_public(address: str) -> bool:
    """Whether an address is out on the internet."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return (mapped or parsed).is_global and not parsed.is_multicast
