"""How much Teams takes from a bot in one conversation, as it publishes it in "Rate limiting".

7 calls in a second, 8 in two, 60 in thirty and 1,800 in an hour: two buckets keep
within all of them, however the calls fall.
"""

from __future__ import annotations

from adapters.pace import Bucket

CALLS = (Bucket(burst=6, rate=1.0, wary=6), Bucket(burst=45, rate=1_755 / 3_600, wary=45))
