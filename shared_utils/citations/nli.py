"""Entailment by a cross-encoder, for machines that have its weights on the disk; verification works without it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

_LABELS = ("contradiction", "entailment", "neutral")  # in the order of cross-encoder/nli-deberta-v3-xsmall


class CrossEncoderEntailment:
    """Reads (premise, hypothesis) pairs with the cross-encoder in `model_dir`. Never downloads anything.

    Raises ValueError where the model in it does not tell these three apart, OSError where there is none.
    """

    def __init__(self, model_dir: Path, threads: int = 0) -> None:
        # Imported late: it brings PyTorch, which nothing else here needs.
        import torch
        from sentence_transformers import CrossEncoder

        if threads:
            torch.set_num_threads(threads)
        self._model: CrossEncoder = CrossEncoder(str(model_dir), local_files_only=True, device="cpu")
        names = self._model.config.id2label
        told = tuple(str(names[number]).lower() for number in sorted(names))
        if told == tuple(f"label_{number}" for number in range(len(_LABELS))):
            told = _LABELS  # a model without names of its own
        if set(told) != set(_LABELS):
            raise ValueError(f"{model_dir} tells {', '.join(told)} apart; natural language inference is needed.")
        self._labels = told

    def judge(self, premise: str, hypothesis: str) -> tuple[float, float, float]:
        """Probabilities that the premise entails, leaves open, contradicts the hypothesis."""
        logits = dict(zip(self._labels, self._model.predict([(premise, hypothesis)])[0].tolist(), strict=True))
        highest = max(logits.values())
        share = {label: math.exp(logit - highest) for label, logit in logits.items()}
        total = sum(share.values())
        return share["entailment"] / total, share["neutral"] / total, share["contradiction"] / total


def installed_model(model_dir: Path) -> Path | None:
    """`model_dir` if it holds a whole model, else None: then verify without."""
    return model_dir if (model_dir / "config.json").is_file() and any(model_dir.glob("*.safetensors")) else None
