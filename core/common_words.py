"""English words that hold a sentence together and say nothing about its subject."""

from __future__ import annotations

STOP_WORDS = """
a about actually all also am an and any anybody anyone anything are aren as at be because been
being but by can cannot cant could couldn d did didn do does doesn doing don done dont for from
get gets getting go goes going got had happen happens has hasn have having he hello help her here
hers hey hi him his how i if im in into is isn it its itself just know let like ll look m me might
mine must my myself need needs no not now of off ok okay on or our ours out over please re really
s same shall she should shouldn so some somebody someone something such t tell than thank thanks
that the their theirs them then there these they thing things this those to too up us use used
using ve very want wanted wants was wasn way we were what whatever whats when where whether which
while who whom whose why will with without would wouldn yes you your yours
"""
STOP = frozenset(STOP_WORDS.split())
