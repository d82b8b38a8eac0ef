"""Connect only to where a name led when it was checked, and only to public addresses.

A name is resolved once a request; the very address that was judged is the one that is
connected to, so that a name that answers differently the next time gains nothing.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence

import httpx

IP = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
Allows = Callable[[str, IP], bool]

NAT64 = ipaddress.ip_network("64:ff9b::/96")


class AddressRefused(httpx.TransportError):
    """A name leads to an address that is not to be talked to."""


async def resolve(host: str, port: int) -> Sequence[str]:
    """Every address of a name, IPv4 first, as the system knows them."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return sorted(dict.fromkeys(str(each[4][0]) for each in found), key=lambda each: ":" in each)


def only_public(intranet: frozenset[str] = frozenset()) -> Allows:
    """Public addresses for every host; for those of the intranet private ones as well.

    Nobody gets loopback, link-local, multicast or reserved addresses: what answers there
    is this machine, or what its cloud tells it in confidence.
    """

    def allows(host: str, address: IP) -> bool:
        inner = _inside(address)
        if inner.is_loopback or inner.is_link_local or inner.is_multicast or inner.is_unspecified:
            return False
        return inner.is_global or (host in intranet and inner.is_private and not inner.is_reserved)

    return allows


def network(trust: ssl.SSLContext | bool = True) -> httpx.AsyncBaseTransport:  # noqa: FBT001, FBT002 - as httpx has it
    """The network itself, whatever proxies the environment names.

    Connections are not kept: one belongs to a name and an address that were checked together,
    and must not serve another name at that address.
    """
    bounds = httpx.Limits(max_connections=4, max_keepalive_connections=0)
    return httpx.AsyncHTTPTransport(verify=trust, limits=bounds, trust_env=False)


class CheckedTransport(httpx.AsyncBaseTransport):
    """Sends requests to addresses that were checked; the name stays in the request and in TLS."""

    def __init__(
        self, inner: httpx.AsyncBaseTransport, allows: Allows, resolve: Resolve = resolve
    ) -> None:
        self._inner, self._allows, self._resolve = inner, allows, resolve

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        try:
            addresses = await self._resolve(host, port)
        except OSError as error:
            raise httpx.ConnectError(f"{host} is not known") from error
        if not addresses or not all(self._good(host, each) for each in addresses):
            raise AddressRefused(f"{host} has an address that is not public")
        request.extensions = {**request.extensions, "sni_hostname": host}
        url = request.url
        for address in addresses:
            request.url = url.copy_with(host=address)
            try:
                return await self._inner.handle_async_request(request)
            except httpx.ConnectError:
                if address == addresses[-1]:
                    raise
        raise AssertionError("there is a last address")

    async def aclose(self) -> None:
        await self._inner.aclose()

    def _good(self, host: str, address: str) -> bool:
        try:
            return self._allows(host, ipaddress.ip_address(address.partition("%")[0]))
        except ValueError:
            return False


def _inside(address: IP) -> IP:
    """The IPv4 address that an IPv6 one stands for, if it does."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        teredo = address.teredo[1] if address.teredo else None
        return address.ipv4_mapped or address.sixtofour or teredo or address
    return address
