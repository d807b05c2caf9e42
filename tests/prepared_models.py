"""Where the embedding model lies that all tests use, prepared once: each time it costs a core two seconds and 58 MB."""

from __future__ import annotations

import os
from pathlib import Path

MODELS = os.environ.get("FOOTNOTE_MODELS_DIR") or str(Path(__file__).parent.parent / ".pytest_cache" / "models")
