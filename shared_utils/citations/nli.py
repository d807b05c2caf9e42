"""Entailment by a cross-encoder, for machines that have its weights on the disk; verification works without it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

MODEL = "cross-encoder/nli-deberta-v3-xsmall"
_LABELS = ("contradiction", "entailment", "neutral")  # the order its model card gives


class CrossEncoderEntailment:
    """Reads (premise, hypothesis) pairs with the cross-encoder in `model_dir`. Never downloads anything.

    Not measured here: no weights of it were at hand when this was written.
    """

    def __init__(self, model_dir: Path) -> None:
        # Imported late: it brings PyTorch, which nothing else here needs.
        from sentence_transformers import CrossEncoder

        self._model: CrossEncoder = CrossEncoder(str(model_dir), local_files_only=True)

    def judge(self, premise: str, hypothesis: str) -> tuple[float, float, float]:
        """Probabilities that the premise entails, leaves open, contradicts the hypothesis."""
        logits = dict(zip(_LABELS, self._model.predict([(premise, hypothesis)])[0].tolist(), strict=True))
        highest = max(logits.values())
        share = {label: math.exp(logit - highest) for label, logit in logits.items()}
        total = sum(share.values())
        return share["entailment"] / total, share["neutral"] / total, share["contradiction"] / total


def installed_model(model_dir: Path) -> Path | None:
    """`model_dir` if it holds a whole model, else None: then verify without."""
    return model_dir if (model_dir / "config.json").is_file() and any(model_dir.glob("*.safetensors")) else None
