"""What can be seen of the image without building it. tests/image/build_and_run.py builds it for real."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from shared_utils.processes.telemetry import TELEMETRY_OFF
from src.settings import Settings
from tests.image.left_out import TABLES, TORCH, only_for

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
REQUIREMENTS = (ROOT / "requirements.txt").read_text(encoding="utf-8")
NOT_OURS = {"PATH", "LANG", "PYTHONUNBUFFERED", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", *TELEMETRY_OFF}


def named(variable: str) -> set[str]:
    """The words of a list in the Dockerfile."""
    found = re.search(rf'&& {variable}="([^"]+)"', DOCKERFILE)
    assert found
    return set(found[1].replace("\\\n", " ").split())


def last_stage() -> str:
    return DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]


def test_what_the_page_does_not_draw_with_is_left_out_with_all_it_brings() -> None:
    assert named("tables") == only_for(TABLES, REQUIREMENTS)


def test_what_only_pytorch_brings_is_left_out_without_it() -> None:
    assert named("torch") == only_for(TABLES | TORCH, REQUIREMENTS) - only_for(TABLES, REQUIREMENTS)


def test_make_run_leaves_out_what_the_image_does() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    found = re.search(r"^LATER := ((?:.*\\\n)*.*)$", makefile, re.MULTILINE)
    assert found
    assert set(found[1].replace("\\\n", " ").split()) == named("tables") | named("torch")


def test_make_run_compiles_what_readers_of_files_import() -> None:
    """They run without a right to write, and would compile it anew for every file."""
    workers = [str(path) for path in ROOT.glob("shared_utils/*/*_worker.py")]
    loading = "import sys; from importlib.machinery import SourceFileLoader; from types import ModuleType\n"
    loading += (
        "for path in sys.argv[2:]: sys.argv[1] = path; SourceFileLoader('w', path).exec_module(ModuleType('w'))\n"
    )
    loading += "print(*(name for name, module in sys.modules.items() if hasattr(module, '__path__')"
    loading += " and 'site-packages' in (module.__file__ or '')))"
    command = [sys.executable, "-I", "-c", loading, "", *workers]
    packages = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    compiled = re.search(r"^COMPILED := (.*)$", makefile, re.MULTILINE)
    assert compiled
    assert {name for name in packages if "." not in name} - {"_distutils_hack"} <= {*compiled[1].split()}


def test_the_image_keeps_the_forms_of_every_language_of_the_page() -> None:
    kept = set(re.findall(r"! -name '(\w\w)\*'", DOCKERFILE))
    assert kept == {"en", *(path.stem for path in ROOT.glob("src/i18n/*.toml"))}


def test_every_base_image_is_an_argument_with_a_pinned_default() -> None:
    stages = set(re.findall(r"^FROM \S+ AS (\S+)$", DOCKERFILE, re.MULTILINE))
    for base in re.findall(r"^FROM (\S+) AS", DOCKERFILE, re.MULTILINE):
        argument = re.fullmatch(r"\$\{(\w+)\}", base)
        if argument is None:
            assert base in stages, f"{base} cannot be taken from a mirror"
            continue
        default = re.search(rf"^ARG {argument[1]}=(\S+)$", DOCKERFILE, re.MULTILINE)
        assert default, f"{argument[1]} has no default"
        assert re.search(r":[^:/]*\d", default[1]), f"{default[1]} names no version"
        assert not default[1].endswith("latest")


def test_a_stage_names_every_argument_it_uses() -> None:
    # not every builder hands a stage's arguments on to the stages that are based on it
    for stage in re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)[1:]:
        for argument in ("WITH_TORCH", "NLI_MODEL", "BAKE_MODEL", "OCR_LANGUAGES", "TORCH_INDEX"):
            if f"${argument}" in stage or f"${{{argument}}}" in stage:
                assert f"ARG {argument}=" in stage, f"{argument} in {stage[:40]}"


def test_the_user_is_set_before_anything_is_started_and_never_taken_back() -> None:
    assert re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE) == ["1000:1000"]
    assert last_stage().index("USER ") < last_stage().index("ENTRYPOINT ")


def test_nothing_is_made_writable_for_everybody() -> None:
    assert not re.search(r"chmod\s[^&]*(777|666|[ao]\+\S*w)", DOCKERFILE)


def test_every_variable_of_the_image_is_a_setting() -> None:
    settings = {setting.metadata.get("env") for setting in fields(Settings)}
    block = last_stage()
    names = set(re.findall(r"(?:ENV |^ {4})(\w+)=", block, re.MULTILINE)) - {"DEBIAN_FRONTEND"}
    assert {"PORT", "FOOTNOTE_HOST", "FOOTNOTE_DATA_DIR", "HF_HUB_OFFLINE"} <= names
    assert names - NOT_OURS <= settings


def test_code_is_copied_after_all_that_takes_long() -> None:
    stage = last_stage()
    code = stage.index("COPY shared_utils ")
    for slow in ("apt-get", "COPY --from=ollama", "COPY --from=language-model", "COPY --from=trimmed"):
        assert stage.index(slow) < code


@pytest.mark.parametrize("part", re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE))
def test_what_is_copied_exists_and_is_sent_to_the_builder(part: str) -> None:
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] == "!"}
    for path in part.split():
        assert (ROOT / path).exists()
        assert any(path == name or path.startswith(f"{name}/") for name in sent), f"{path} is kept from the builder"


def test_the_embedding_model_is_made_of_what_its_stage_copies() -> None:
    listing = "import sys, shared_utils.embeddings.onnx_minilm; print(*(sys.modules[m].__file__ for m in sys.modules"
    listing += " if m.partition('.')[0] == 'shared_utils'))"
    python = subprocess.run([sys.executable, "-c", listing], cwd=ROOT, capture_output=True, text=True, check=True)
    stage = DOCKERFILE[DOCKERFILE.index("\nFROM packages AS models") : DOCKERFILE.index("\nFROM packages AS trimmed")]
    copied = [ROOT / path for line in re.findall(r"^COPY (.+) \S+$", stage, re.MULTILINE) for path in line.split()]
    for module in map(Path, python.stdout.split()):
        assert {module, *module.parents} & set(copied), f"{module} is not copied"


def test_nothing_in_the_image_reports_to_its_makers() -> None:
    for variable, value in TELEMETRY_OFF.items():
        assert re.search(rf"^ +{variable}={value}\b", last_stage(), re.MULTILINE)


def test_compose_and_image_agree_on_port_and_folders() -> None:
    compose = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    assert ':7860"]' in compose
    for folder, variable in (("/data", "FOOTNOTE_DATA_DIR"), ("/models", "OLLAMA_MODELS")):
        assert f":{folder} " in compose
        assert re.search(rf"{variable}={folder}\b", DOCKERFILE)
