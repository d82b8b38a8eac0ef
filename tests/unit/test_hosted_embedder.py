"""An embedding model over HTTP, against a server on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.breaker import Breaker
from adapters.knowledge.embed.embedder import EmbeddingFailed, Purpose
from adapters.knowledge.embed.hosted import AT_ONCE, TRIES, HostedEmbedder
from adapters.redact.discreet_embedder import DiscreetEmbedder


@dataclass
class Service:
    """Answers with a vector for each text; ``faults`` come first."""

    faults: list[web.Response] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    shape: dict[str, Any] | None = None
    server: TestServer | None = None
    slept: list[float] = field(default_factory=list)
    made: list[HostedEmbedder] = field(default_factory=list)

    @property
    def url(self) -> str:
        assert self.server is not None
        return str(self.server.make_url("/v1"))

    def embedder(self, model: str = "voyage-4", **settings: Any) -> HostedEmbedder:
        async def sleep(seconds: float) -> None:
            self.slept.append(seconds)

        made = HostedEmbedder(self.url, model, "key-1", sleep=sleep, **settings)
        self.made.append(made)
        return made

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(await request.json())
        self.keys.append(request.headers["Authorization"])
        if self.faults:
            return self.faults.pop(0)
        texts = self.asked[-1]["input"]
        data = [{"index": place, "embedding": [len(text), 0.0]} for place, text in enumerate(texts)]
        return web.json_response(self.shape or {"data": data[::-1]})


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    service = Service()
    app = web.Application()
    app.add_routes([web.post("/v1/embeddings", service.answer)])
    service.server = TestServer(app)
    await service.server.start_server()
    yield service
    for each in service.made:
        await each.close()
    await service.server.close()


async def test_a_long_list_is_sent_in_parts_and_comes_back_in_order(service: Service) -> None:
    model = service.embedder()

    vectors = await model.embed(["text"] * (AT_ONCE + 1), Purpose.PASSAGE)

    assert vectors == [[1.0, 0.0]] * (AT_ONCE + 1)
    assert [len(each["input"]) for each in service.asked] == [AT_ONCE, 1]
    assert service.keys == ["Bearer key-1"] * 2


async def test_voyage_is_told_what_a_text_is_and_others_are_not(service: Service) -> None:
    await service.embedder(size=256).embed(["a"], Purpose.QUERY)
    await service.embedder("other", size=256).embed(["a"], Purpose.PASSAGE)

    voyage, other = service.asked
    assert voyage == {
        "model": "voyage-4",
        "output_dimension": 256,
        "input": ["a"],
        "input_type": "query",
    }
    assert other == {"model": "other", "dimensions": 256, "input": ["a"]}


async def test_passages_are_worth_another_try_and_a_question_is_not(service: Service) -> None:
    service.faults = [web.Response(status=429, headers={"Retry-After": "7"})]
    assert await service.embedder().embed(["a"], Purpose.PASSAGE) == [[1.0, 0.0]]
    assert service.slept == [7.0]

    service.faults = [web.Response(status=503)]
    with pytest.raises(EmbeddingFailed, match="status 503"):
        await service.embedder().embed(["a"], Purpose.QUERY)


async def test_tries_are_bounded(service: Service) -> None:
    service.faults = [web.Response(status=500) for _ in range(9)]

    with pytest.raises(EmbeddingFailed, match="gave no vectors"):
        await service.embedder().embed(["a"], Purpose.PASSAGE)

    assert len(service.asked) == TRIES


async def test_what_an_operator_must_mend_is_said_and_not_tried_again(service: Service) -> None:
    service.faults = [web.Response(status=401)]
    model = service.embedder()

    with pytest.raises(EmbeddingFailed, match="FRONTDESK_EMBEDDING_KEY is not accepted"):
        await model.embed(["a"], Purpose.PASSAGE)
    with pytest.raises(EmbeddingFailed, match="left alone"):
        await model.embed(["a"], Purpose.QUERY)

    assert len(service.asked) == 1


async def test_a_service_that_keeps_failing_is_left_alone_for_a_while(service: Service) -> None:
    now = [0.0]
    model = service.embedder(breaker=Breaker(clock=lambda: now[0], failures=2))
    service.faults = [web.Response(status=500) for _ in range(2)]
    for _ in range(3):
        with pytest.raises(EmbeddingFailed):
            await model.embed(["a"], Purpose.QUERY)
    assert len(service.asked) == 2

    now[0] = 60.0

    assert await model.embed(["a"], Purpose.QUERY) == [[1.0, 0.0]]


@pytest.mark.parametrize(
    "shape",
    [
        {"data": []},
        {"data": [{"index": 0, "embedding": "AAAA"}]},
        {"data": [{"index": 0, "embedding": [0.0, 0.0]}]},
        {"data": [{"index": 0, "embedding": []}]},
        {"error": "no"},
        ["?"],
    ],
)
async def test_an_answer_in_another_shape_makes_no_vectors(service: Service, shape: Any) -> None:
    service.shape = shape

    with pytest.raises(EmbeddingFailed):
        await service.embedder().embed(["a"], Purpose.PASSAGE)


async def test_a_service_out_of_reach_makes_no_vectors() -> None:
    model = HostedEmbedder("http://127.0.0.1:9/v1", "voyage-4")

    with pytest.raises(EmbeddingFailed, match="ConnectError"):
        await model.embed(["a"], Purpose.QUERY)
    await model.close()


async def test_secrets_in_a_question_are_not_sent(service: Service) -> None:
    """The rule for hosted models; documents are passed as they are."""
    model = DiscreetEmbedder(service.embedder())

    await model.embed(["why is my password: hunter2secret wrong"], Purpose.QUERY)
    await model.embed(["The password: hunter2secret opens the demo."], Purpose.PASSAGE)

    question, passage = (each["input"][0] for each in service.asked)
    assert "hunter2secret" not in question
    assert "hunter2secret" in passage
