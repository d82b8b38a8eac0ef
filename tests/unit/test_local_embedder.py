"""An embedding model from a folder, run by ONNX Runtime."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.knowledge.embed.embedder import EmbeddingFailed, Purpose
from adapters.knowledge.embed.local import LocalEmbedder
from core.errors import SettingsError
from tests.fakes.onnx_model import write_model

WORDS = {"leave": (1.0, 0.0), "vpn": (0.0, 1.0), "ask": (0.0, 0.0), "both": (3.0, 4.0)}


async def test_vectors_are_the_mean_of_their_words_at_length_one(tmp_path: Path) -> None:
    """In the order of the texts, whatever is padded beside them."""
    model = LocalEmbedder(write_model(tmp_path / "mini", WORDS))

    vectors = await model.embed(["leave vpn leave leave", "vpn", "both"], Purpose.PASSAGE)

    assert vectors[0] == pytest.approx([3 / 10**0.5, 1 / 10**0.5])
    assert vectors[1] == pytest.approx([0.0, 1.0])
    assert vectors[2] == pytest.approx([0.6, 0.8])
    await model.close()


async def test_a_folder_says_how_its_model_is_used(tmp_path: Path) -> None:
    """By the first token alone, with a word before each query."""
    model = LocalEmbedder(
        write_model(
            tmp_path / "first",
            WORDS,
            files={
                "1_Pooling/config.json": {"pooling_mode_cls_token": True},
                "config_sentence_transformers.json": {"prompts": {"query": "vpn "}},
            },
        )
    )

    assert await model.embed(["leave"], Purpose.QUERY) == [[0.0, 1.0]]
    assert await model.embed(["leave vpn"], Purpose.PASSAGE) == [[1.0, 0.0]]


def test_a_model_is_known_by_what_it_is(tmp_path: Path) -> None:
    """Another model in a folder of the same name is another model."""
    one = LocalEmbedder(write_model(tmp_path / "a/mini", WORDS)).name
    other = LocalEmbedder(write_model(tmp_path / "b/mini", WORDS | {"new": (1.0, 1.0)})).name

    assert one.startswith("mini/")
    assert other.startswith("mini/")
    assert one != other


async def test_a_text_that_means_nothing_has_no_vector(tmp_path: Path) -> None:
    model = LocalEmbedder(write_model(tmp_path / "mini", WORDS))

    with pytest.raises(EmbeddingFailed, match="without a direction"):
        await model.embed(["unheard"], Purpose.PASSAGE)


def test_a_folder_without_a_model_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"must hold tokenizer\.json"):
        LocalEmbedder(tmp_path)
    (write_model(tmp_path / "bad", WORDS) / "model.onnx").write_bytes(b"not a model")
    with pytest.raises(SettingsError, match="cannot be used"):
        LocalEmbedder(tmp_path / "bad")
