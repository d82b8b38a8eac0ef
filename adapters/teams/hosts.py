"""Which addresses may send us a service URL, and where our token may go.

An exact list, closed by default: https on Microsoft's own host. Any other address,
a test's on this machine included, is allowed by being named in ``TEAMS_SERVICE_HOSTS``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from core.errors import SettingsError

DEFAULT_HOSTS = "smba.trafficmanager.net"
URL = re.compile(r"(https?)://([a-z0-9.-]{1,253})(:[0-9]{1,5})?(/[A-Za-z0-9/._~-]{0,200})?")


@dataclass(frozen=True, slots=True)
class ServiceHosts:
    """The origins we speak to, e.g. ``https://smba.trafficmanager.net``."""

    origins: frozenset[str]

    @classmethod
    def parse(cls, text: str) -> ServiceHosts:
        """Hosts separated by spaces or commas; ``http://127.0.0.1:8080`` names a plain one.

        Raises:
            SettingsError: One of them is neither a host name nor an origin.
        """
        named = re.split(r"[\s,]+", (text or DEFAULT_HOSTS).strip().lower())
        origins = set()
        for each in filter(None, named):
            found = origin(each if "://" in each else f"https://{each}")
            if found is None or urlsplit(f"//{each.rpartition('//')[2]}").path.strip("/"):
                raise SettingsError(f"TEAMS_SERVICE_HOSTS: {each[:80]!r} is not a host name.")
            origins.add(found)
        return cls(frozenset(origins))

    def allow(self, url: object) -> bool:
        """Whether a service URL is one of ours, letter for letter in scheme, host and port."""
        return isinstance(url, str) and origin(url) in self.origins

    def trust(self, url: str) -> bool:
        """Whether a URL of the operator's may be called: https, or a named plain origin."""
        found = origin(url)
        return found is not None and (found.startswith("https://") or found in self.origins)

    @property
    def local(self) -> frozenset[str]:
        """Hosts that were named with plain http; only these may be on a private address."""
        plain = (urlsplit(each) for each in self.origins if each.startswith("http://"))
        return frozenset(each.hostname or "" for each in plain)


def origin(url: str) -> str | None:
    """Scheme, host and port of a plain URL; None for one with anything unusual in it."""
    found = URL.fullmatch(url)
    if found is None or ".." in url:
        return None
    scheme, host, port, _ = found.groups()
    usual = {"https": ":443", "http": ":80"}[scheme]
    return f"{scheme}://{host}{'' if port in (None, usual) else port}"
