"""Sentences that people judged against their sources, and the embedder that comes with the product."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from shared_utils.embeddings.onnx_minilm import OnnxMiniLmEmbedder
from shared_utils.embeddings.packaged_model import packaged_model_dir
from shared_utils.types import Embedder

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT.parent / "shared" / "trust-dev"
_MODELS = ROOT / "data" / "models"
_CONTRADICTED = frozenset(("REFUTES", "Contradiction", "Evident Conflict", "Subtle Conflict"))
_OPEN_OR_TRUE = frozenset(("NotMentioned", "Entailment", "SUPPORTS", "ok"))


@dataclass(frozen=True, slots=True)
class Labelled:
    """`contradicted` is None where the people who labelled it did not tell contradicted and open apart."""

    set: str
    sentence: str
    evidence: tuple[str, ...]
    true: bool
    contradicted: bool | None


def read_sets(folder: Path) -> list[Labelled]:
    """Every line of every .jsonl in a folder. Raises SystemExit where there is none."""
    paths = sorted(folder.glob("*.jsonl"))
    if not paths:
        raise SystemExit(f"There are no .jsonl files in {folder}: the labelled sentences live beside the checkout.")
    return [_labelled(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines() if line]


def packaged_embedder() -> Embedder:
    return OnnxMiniLmEmbedder(packaged_model_dir(), _MODELS)


def _labelled(line: str) -> Labelled:
    kept = json.loads(line)
    fine = kept["fine"]
    contradicted = True if fine in _CONTRADICTED else False if fine in _OPEN_OR_TRUE else None
    return Labelled(kept["set"], kept["sentence"], tuple(kept["evidence"]), kept["label"] == "supported", contradicted)
