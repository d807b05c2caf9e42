"""Which file may use which package. Import-linter guards the layers; this guards who may import what is not ours."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = sorted(
    path
    for path in [
        *ROOT.glob("src/**/*.py"),
        *ROOT.glob("shared_utils/**/*.py"),
        ROOT / "startup.py",
        ROOT / "streamlit_app.py",
    ]
)

# package -> the only places that may import it
ALLOWED_IMPORTERS = {
    "streamlit": ("src/screen/", "src/asgi.py", "streamlit_app.py"),
    "starlette": (
        "src/asgi.py",
        "src/edge/",
        "src/api/",
        "src/screen/file_routes.py",
        "src/screen/page_uploads.py",
        "src/screen/first_script.py",
        "src/screen/text_routes.py",
    ),
    "uvicorn": ("src/edge/connections.py",),
    "h11": ("src/edge/connections.py",),
    "fastapi": ("src/api/",),
    "mcp": ("src/api/mcp.py", "src/api/mcp_resources.py"),
    "prometheus_client": ("src/metrics.py",),
    "babel": ("src/i18n/say.py",),
    "jinja2": ("src/presentation/",),
    "markupsafe": (),  # text that counts as markup is made in templates only, where a test names each place
    "faiss": ("shared_utils/retrieval/dense.py", "shared_utils/retrieval/inverted_file.py"),
    "rank_bm25": ("shared_utils/retrieval/bm25.py",),
    "sentence_transformers": ("shared_utils/embeddings/sentence_transformer.py", "shared_utils/citations/nli.py"),
    "torch": ("shared_utils/citations/nli.py",),
    "transformers": (),
    "onnx": ("shared_utils/embeddings/",),
    "onnxruntime": ("shared_utils/embeddings/",),
    "pypdf": ("shared_utils/pdf/",),
    "pypdfium2": ("shared_utils/pdf/",),
    "ollama": ("shared_utils/generation/",),
    "httpx": ("shared_utils/generation/", "src/models/ollama_install.py"),  # engines, and fetching one
    "backports": ("src/models/ollama_install.py",),
    "pi_heif": ("shared_utils/conversion/heic_worker.py",),
    "huggingface_hub": ("shared_utils/generation/hf_answer_generator.py",),
    "sqlite3": ("shared_utils/storage/",),
    "psycopg": ("shared_utils/storage/postgres_",),
    "psycopg_pool": ("shared_utils/storage/postgres_",),
    "pgvector": ("shared_utils/storage/postgres_",),
}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(ROOT)))
def test_packages_are_imported_only_where_they_may_be(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    for package in set(imports(path)) & ALLOWED_IMPORTERS.keys():
        assert name.startswith(ALLOWED_IMPORTERS[package]), (
            f"{name} imports {package}, which belongs in {ALLOWED_IMPORTERS[package]}"
        )


def test_every_package_the_owner_fixed_is_on_a_real_path() -> None:
    """rank_bm25's class is the base of ours and the reference that it is compared with (docs/adr/0012)."""
    used = {package for path in OURS for package in imports(path)}
    owners = {"streamlit", "ollama", "pypdf", "rank_bm25", "sentence_transformers", "faiss", "numpy"}
    assert owners <= used
    compared = {package for path in ROOT.glob("tests/shared_utils/retrieval/*.py") for package in imports(path)}
    assert "rank_bm25" in compared


def test_settings_are_read_from_the_environment_in_one_file_only() -> None:
    readers = {
        path.relative_to(ROOT).as_posix()
        for path in OURS
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
    }
    readers.remove("shared_utils/processes/telemetry.py")  # it writes, and reads nothing
    readers.remove("shared_utils/pdf/confined_program.py")  # picks what is handed on to tesseract
    readers.remove("shared_utils/generation/ollama_package.py")  # hides one from a package that would fail over it
    assert readers == {"src/settings.py"}


def test_building_everything_starts_neither_torch_nor_a_model() -> None:
    """The page must be up long before PyTorch would be."""
    code = (
        "import sys; from src.settings import Settings; from src.wiring import build_rag; build_rag(Settings());"
        "print([m for m in ('torch', 'transformers', 'sentence_transformers', 'streamlit') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
