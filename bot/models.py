"""Build the language model of an installation; without a key nothing of the SDK is imported."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from adapters.llm.by_task import ByTask
from adapters.llm.offline import OfflineModel
from adapters.llm.prices import Lineup, Price, Rated
from adapters.llm.steadfast import SteadfastModel
from adapters.llm.trouble import Trouble
from adapters.redact.discreet import DiscreetModel
from bot.settings import Settings
from core.drafts import Task
from core.ports import Model


@dataclass(frozen=True, slots=True)
class Speaker:
    """A model, its fallbacks included.

    Args:
        close: Lets go of its connections.
        troubled: Which of its models gives no answers at present.
    """

    model: Model
    close: Callable[[], Awaitable[None]]
    troubled: Callable[[], Trouble | None]


def untroubled() -> None:
    """A model that never fails has no trouble to tell of."""


def speaker(settings: Settings) -> Speaker | None:
    """The model of the settings, or None when no key is set: then the documents are quoted."""
    if settings.anthropic_api_key is None:
        return None
    from adapters.llm.claude import ClaudeModel
    from adapters.llm.claude_wire import Patience, Wire

    patience = Patience()
    wire = Wire(
        settings.anthropic_api_key.get_secret_value(),
        base_url=settings.anthropic_base_url,
        patience=patience,
        stream=settings.model_stream,
    )
    claude = ClaudeModel(wire, lineup(settings), patience=patience)
    offline = OfflineModel()
    model: Model = SteadfastModel(DiscreetModel(claude), offline)
    if settings.router == "local":
        model = ByTask(model, {Task.ROUTE: offline})
    return Speaker(model, claude.close, claude.troubled)


def lineup(settings: Settings) -> Lineup:
    """The models by name, each with its price."""
    main = Rated(
        settings.model, Price(settings.price_in, settings.price_out, settings.price_cached)
    )
    small = Rated(
        settings.small_model,
        Price(settings.small_price_in, settings.small_price_out, settings.small_price_cached),
    )
    if not settings.fallback_model:
        return Lineup(main, small)
    known = {each.name: each for each in (main, small)}
    own = Rated(
        settings.fallback_model,
        Price(
            settings.fallback_price_in,
            settings.fallback_price_out,
            settings.fallback_price_cached,
        ),
    )
    return Lineup(main, small, known.get(settings.fallback_model, own))
