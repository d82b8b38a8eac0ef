"""What robots.txt means to us."""

from __future__ import annotations

from time import process_time

import pytest

from adapters.knowledge.web.robots import parse

FILE = """
User-agent: Googlebot
Disallow: /

User-agent: Frontdesk
User-agent: other
Disallow: /private      # a remark
Allow: /private/help
Disallow: /*.php$
Disallow: /search?*q=
Crawl-delay: 2

User-agent: *
Disallow: /
"""


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", True),
        ("/private", False),
        ("/private/x", False),
        ("/private/help/vpn", True),
        ("/a.php", False),
        ("/a.php?x=1", True),
        ("/search?lang=en&q=1", False),
        ("/search?lang=en", True),
        ("/%70rivate", False),
    ],
)
def test_the_longest_rule_for_us_counts(path: str, *, allowed: bool) -> None:
    assert parse(FILE).allow(path) is allowed


def test_the_rules_for_everyone_count_when_there_are_none_for_us() -> None:
    robots = parse("User-agent: *\nDisallow: /x\nCrawl-delay: 900")

    assert not robots.allow("/x")
    assert robots.delay == 10.0
    assert parse("no such thing").allow("/x")


def test_a91_stars_take_no_time() -> None:
    """A rule that makes regular expressions run for ever is matched like any other."""
    robots = parse("User-agent: *\nDisallow: /" + "*a" * 500 + "b$")
    began = process_time()

    assert robots.allow("/" + "a" * 2_000)
    assert process_time() - began < 0.05
