"""An embedding model in a folder of this machine, run by ONNX Runtime; nothing is downloaded.

The folder is one that sentence-transformers models are published as: ``tokenizer.json``,
and ``model.onnx`` beside it or in ``onnx/``. How token vectors become one, and what stands
before a query, is read from its ``1_Pooling/config.json`` and
``config_sentence_transformers.json``.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from adapters.knowledge.embed.embedder import EmbeddingFailed, Purpose, Vector, unit
from core.errors import SettingsError

TOKENS_MOST = 512  # of one text; what is longer is cut
AT_ONCE = 8  # texts, sorted by length so that little is padded
PROMPTS = {Purpose.QUERY: ("query",), Purpose.PASSAGE: ("passage", "document")}


class LocalEmbedder:
    """The port ``Embedder`` over a folder.

    Raises:
        SettingsError: There is no model in it that can be used.
    """

    def __init__(self, folder: Path) -> None:
        model = next(
            filter(Path.is_file, (folder / "model.onnx", folder / "onnx/model.onnx")), None
        )
        if model is None or not (folder / "tokenizer.json").is_file():
            raise SettingsError(
                f"There is no embedding model in {folder}: it must hold tokenizer.json, and"
                " model.onnx beside it or in onnx/."
            )
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._session = onnxruntime.InferenceSession(model, _quiet())
            self._by_first = _said(folder / "1_Pooling/config.json").get("pooling_mode_cls_token")
            self._prompts = _prompts(folder / "config_sentence_transformers.json")
        except Exception as error:
            raise SettingsError(
                f"The embedding model in {folder} cannot be used ({error})."
            ) from error
        self._tokenizer.enable_truncation(TOKENS_MOST)
        self._tokenizer.enable_padding()
        self._inputs = {each.name for each in self._session.get_inputs()}
        self.name = f"{folder.resolve().name}/{_digest(model)}"
        self._thread = ThreadPoolExecutor(1, "embedding")  # queries wait for few texts at most

    async def embed(self, texts: Sequence[str], purpose: Purpose) -> list[Vector]:
        before = self._prompts[purpose]
        whole = [before + text for text in texts]
        order = sorted(range(len(whole)), key=lambda each: len(whole[each]))
        vectors: dict[int, Vector] = {}
        for start in range(0, len(order), AT_ONCE):
            some = order[start : start + AT_ONCE]
            made = await asyncio.get_running_loop().run_in_executor(
                self._thread, self._run, [whole[each] for each in some]
            )
            vectors.update(zip(some, made, strict=True))
        return [vectors[each] for each in range(len(whole))]

    async def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _run(self, texts: Sequence[str]) -> list[Vector]:
        encoded = self._tokenizer.encode_batch(list(texts))
        given = {
            "input_ids": np.array([each.ids for each in encoded], np.int64),
            "attention_mask": np.array([each.attention_mask for each in encoded], np.int64),
            "token_type_ids": np.array([each.type_ids for each in encoded], np.int64),
        }
        try:
            states = self._session.run(
                None, {name: values for name, values in given.items() if name in self._inputs}
            )[0]
        except Exception as error:
            raise EmbeddingFailed(f"The embedding model failed ({error}).") from error
        return [unit(each.tolist()) for each in self._pooled(states, given["attention_mask"])]

    def _pooled(self, states: Any, mask: Any) -> Any:
        """One vector a text, from those of its tokens unless the model did that itself."""
        if states.ndim == 2:
            return states
        if self._by_first:
            return states[:, 0]
        weights = mask[:, :, None].astype(states.dtype)
        return (states * weights).sum(axis=1) / weights.sum(axis=1)


def _quiet() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # the machine has other work
    options.log_severity_level = 3
    return options


def _said(path: Path) -> dict[str, Any]:
    """What a file of JSON says; nothing when it is not there."""
    found = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return found if isinstance(found, dict) else {}


def _prompts(path: Path) -> dict[Purpose, str]:
    known = _said(path).get("prompts") or {}
    return {
        purpose: next((str(known[name]) for name in names if known.get(name)), "")
        for purpose, names in PROMPTS.items()
    }


def _digest(model: Path) -> str:
    """Tells this model from another in a folder of the same name."""
    with model.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]
