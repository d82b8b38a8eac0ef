"""How much Slack takes from an app, as it publishes it in "Rate limits"."""

from __future__ import annotations

from adapters.pace import Bucket

POSTS = (Bucket(burst=60, rate=1.0, wary=2),)  # of a channel; "short bursts" are allowed
UPDATES = (Bucket(burst=50, rate=50 / 60, wary=2),)  # of all channels together: tier 3
