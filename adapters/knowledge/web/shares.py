"""Which pages of a site belong to which source, where several are named on it.

The nearest counts: a page that is named itself, else the deepest folder. So a page
named for fewer readers is never read for more of them on the way past it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from adapters.knowledge.web import urls


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a site that one source has.

    Args:
        pages: Addresses that other sources name by themselves.
        folders: Beginnings of addresses, deeper than ours, where other sources read on.
    """

    pages: frozenset[str] = frozenset()
    folders: tuple[str, ...] = ()

    def holds(self, address: str) -> bool:
        """Whether a page belongs to this source."""
        return address not in self.pages and not address.startswith(self.folders)

    @property
    def key(self) -> str:
        """The same for the same share; empty when nobody else is on the site."""
        if not self.pages and not self.folders:
            return ""
        named = "\n".join((*sorted(self.pages), "", *sorted(self.folders)))
        return sha256(named.encode()).hexdigest()[:8]


def share(address: str, others: Iterable[tuple[str, bool]]) -> Share:
    """What is left to a source beside the others.

    Args:
        others: Their addresses, and whether each reads on from there.
    """
    here, folder = urls.site(address), _folder(address)
    beside = [(each, on) for each, on in others if each != address and urls.site(each) == here]
    deeper = (_folder(each) for each, on in beside if on)
    return Share(
        frozenset(each for each, _ in beside),
        tuple(each for each in deeper if each.startswith(folder) and each != folder),
    )


def _folder(address: str) -> str:
    """An address up to its last slash."""
    return address[: address.rindex("/") + 1]
