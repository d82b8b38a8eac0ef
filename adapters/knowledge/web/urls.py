"""Addresses of pages: one form for each, and which of them belong to one site."""

from __future__ import annotations

import re
from urllib.parse import quote, urldefrag, urljoin, urlsplit, urlunsplit

LONGEST = 2_000  # characters
PORTS = {"http": 80, "https": 443}
SAFE = "%/:=&?~#+!$,;'@()*[]"  # what stays as it is in a path or query
BARE = re.compile(r"[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:/|$)")
NO_PAGE = re.compile(
    r"\.(?:png|jpe?g|gif|svg|webp|ico|css|js|json|xml|zip|gz|tgz|mp[34]|avi|mov|exe|dmg|woff2?"
    r"|ttf|xlsx?|pptx?|csv|ics|rss|atom)$",
    re.IGNORECASE,
)


def page(address: str, base: str = "") -> str:
    """The one form of a page's address, without a fragment; empty when it is none.

    Args:
        base: The page it stands on.
    """
    try:
        parts = urlsplit(urldefrag(urljoin(base, address.strip())).url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
        name = host.encode("idna").decode() if not host.isascii() else host
    except (ValueError, UnicodeError):
        return ""
    if parts.scheme not in PORTS or not name or parts.username or parts.password:
        return ""
    place = f"[{name}]" if ":" in name else name
    place += f":{port}" if port and port != PORTS[parts.scheme] else ""
    path, query = (quote(each, safe=SAFE) for each in (parts.path or "/", parts.query))
    whole = urlunsplit((parts.scheme, place, path, query, ""))
    return whole if len(whole) <= LONGEST else ""


def written(address: str) -> str:
    """The page that somebody means, who may leave out ``https://``; empty for something else."""
    bare = "://" not in address and BARE.match(address)
    return page(f"https://{address}" if bare else address)


def site(address: str) -> str:
    """The host and port of an address, without ``www.``: what a crawl does not leave."""
    parts = urlsplit(address)
    port = parts.port or PORTS.get(parts.scheme, 0)
    return f"{(parts.hostname or '').removeprefix('www.')}:{443 if port == 80 else port}"


def origin(address: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def below(address: str) -> str:
    """Path and query of an address, as robots.txt speaks of them."""
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def may_be_page(address: str) -> bool:
    """Whether its ending does not already say that it is something else."""
    return not NO_PAGE.search(urlsplit(address).path)
