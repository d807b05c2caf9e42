"""Builds the Dockerfile for real and tries what it made: `make image-check`, or `python -m tests.image.build_and_run`.

No Docker is needed: buildah builds, and tests/image/container.py runs. Where the registry of the base images is out of
reach, local ones stand in for them (tests/image/stand_ins.py). Ends with 0: all is well; 1: something is not; 77: this
machine cannot do it, and which part is missing. Takes minutes and gigabytes at the first time, so it is not part of
`make test`.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.image.checks import Checks
from tests.image.container import Container, Image
from tests.image.stand_ins import Buildah, provide

ROOT = Path(__file__).resolve().parents[2]
CANNOT = 77
_TOOLS = ("buildah", "curl", "debootstrap", "ip", "nsenter", "setpriv", "unshare")
_KEY = "an-image-check-0123456789-abcdefghijk"
_QUESTION = "How much cargo did Nordhaven handle in 2025?"

# The bars of the image: seconds and bytes (10^6 to the megabyte, as docker images counts).
_HEALTHY_S = 8.0
_STOPPED_S = 10.0
_REBUILT_S = 60.0
_BYTES = 800_000_000  # without PyTorch; with it, its size is only told


def main() -> int:
    options = _options()
    missing = [tool for tool in _TOOLS if shutil.which(tool) is None]
    if missing or os.geteuid() != 0:
        why = f"{', '.join(missing)} must be installed" if missing else "it has to run as root"
        print(f"The image cannot be built and run here: {why}.", file=sys.stderr)
        return CANNOT
    options.folder.mkdir(parents=True, exist_ok=True)
    buildah = Buildah(options.folder)
    try:
        stand_ins = provide(buildah, options.folder, *_base_images())
    except subprocess.CalledProcessError as exc:
        print(f"No base image can be had here, and none be made: {exc}", file=sys.stderr)
        return CANNOT
    for image in stand_ins:
        print(f"  {image} is out of reach; a local image stands in for it.")

    checks = Checks()
    build(buildah, "footnote-check", options, checks, options.context)
    inspect(buildah, "footnote-check", options, checks)
    run(buildah, "footnote-check", options.folder, checks)
    if options.browser:
        browse(buildah, options.folder, checks)
    if not options.with_torch:
        rebuild(buildah, options, checks)
        bake(buildah, options, checks)
    buildah("rm", "--all")
    return checks.report()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Build the image and try it.")
    parser.add_argument("--folder", type=Path, default=Path("/var/tmp/footnote-image"), help="where images are kept")  # noqa: S108
    parser.add_argument("--context", type=Path, default=ROOT, help="what is built: a checkout (default: this one)")
    parser.add_argument("--browser", action="store_true", help="also run the tests of the page against it")
    parser.add_argument("--with-torch", action="store_true", help="build the image that brings PyTorch")
    parser.add_argument("--build-arg", action="append", default=[], metavar="NAME=VALUE", help="passed to the build")
    parser.add_argument("--volume", action="append", default=[], help="passed to the build (a mirror's folder)")
    return parser.parse_args()


def _base_images() -> tuple[str, str]:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    python, ollama = (
        re.search(rf"^ARG {name}=(\S+)$", text, re.MULTILINE) for name in ("PYTHON_IMAGE", "OLLAMA_IMAGE")
    )
    assert python, "the Dockerfile names no Python image"
    assert ollama, "the Dockerfile names no Ollama image"
    return python[1], ollama[1]


# ------------------------------------------------------------------------------------------------ build


def build(buildah: Buildah, name: str, options: argparse.Namespace, checks: Checks, context: Path, *more: str) -> float:
    """Build `context` as `name`; the seconds it took."""
    arguments = [part for value in options.build_arg for part in ("--build-arg", value)]
    arguments += [part for value in options.volume for part in ("--volume", value)]
    arguments += ["--build-arg", f"WITH_TORCH={int(options.with_torch)}", *more]
    began = time.monotonic()
    buildah("build", "--isolation", "chroot", "--format", "docker", "--layers", *arguments, "--tag", name, str(context))
    took = time.monotonic() - began
    checks.note(f"built {name} in {took:.0f} s")
    return took


def inspect(buildah: Buildah, name: str, options: argparse.Namespace, checks: Checks) -> None:
    """What can be seen without running it."""
    image = Image.unpacked(buildah, name)
    size = _bytes_under(image.root)
    if options.with_torch:
        checks.note(f"size with PyTorch: {size / 1e6:.0f} MB")
    else:
        checks.bar("size, MB", size / 1e6, _BYTES / 1e6)
    checks.that(image.user == "1000:1000", "nothing runs as root", image.user)
    checks.that(image.ports == ["7860/tcp"], "one port", str(image.ports))
    checks.that("tini" in image.command[0], "process 1 collects what others leave behind", str(image.command))
    loose = [str(path.relative_to(image.root)) for path in _world_writable(image.root)]
    checks.that(not loose, "no world-writable file or folder", ", ".join(loose[:5]))
    own = [str(path.relative_to(image.root)) for path in _owned_by_1000(image.root)]
    checks.that(own == ["data", "home/footnote", "models"], "its user owns its data, its home, its models", str(own))
    left = sorted(path.name for path in (image.root / "usr/lib/ollama").iterdir())
    checks.that(not any("cuda" in name or "vulkan" in name for name in left), "no GPU libraries", ", ".join(left))
    strays = [name for name in ("tests", ".git", "data", "Dockerfile") if (image.root / "app" / name).exists()]
    checks.that(not strays, "only what runs is in it", ", ".join(strays))


def _bytes_under(root: Path) -> int:
    """Every file once, however many names it has."""
    stats = (path.lstat() for path in _files(root))
    return sum({(stat.st_dev, stat.st_ino): stat.st_size for stat in stats}.values())


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(root):
        if Path(folder) == root:
            folders[:] = [name for name in folders if name not in ("proc", "sys", "dev")]
        yield from (Path(folder) / name for name in (*files, *folders))


def _world_writable(root: Path) -> Iterator[Path]:
    """Without the sticky folders such as /tmp, in which nobody can touch what is another's, and without links."""
    for path in _files(root):
        mode = path.lstat().st_mode
        if mode & 0o002 and not path.is_symlink() and not mode & 0o1000:
            yield path


def _owned_by_1000(root: Path) -> list[Path]:
    owned = {path for path in _files(root) if path.lstat().st_uid == 1000}
    return sorted(path for path in owned if path.parent not in owned)


# ------------------------------------------------------------------------------------------------ run


@contextmanager
def running(
    image: Image, data: Path, log: Path, checks: Checks, *, healthy: bool = True, **environment: str
) -> Iterator[Container]:
    """A container once it is healthy, if it is to become so; stopped at the end. Both times are checked."""
    container = Container(image, data, log, environment)
    try:
        if healthy:
            healthy_s = container.wait_until_healthy(60)
            checks.bar("start to healthy, s", healthy_s if healthy_s is not None else 60.0, _HEALTHY_S)
        yield container
    finally:
        stopped_s, code = container.stop()
        checks.bar("SIGTERM to the end, s", stopped_s, _STOPPED_S)
        checks.that(code in (0, 143), "it ends without an error", f"exit code {code}; see {log}")


def run(buildah: Buildah, name: str, folder: Path, checks: Checks) -> None:
    """Start it without any network, use it as a program and as a person would, stop it, start it again."""
    image = Image.unpacked(buildah, name)
    data = _fresh_data(folder / "data")
    with running(image, data, folder / "first.log", checks) as container:
        checks.that(container.users() == {1000}, "every process belongs to user 1000", str(container.users()))
        checks.that(container.capabilities() == {0}, "no process has a capability")
        _reaps(container, checks)
        _command_line(container, checks)
        document = _api(container, checks)
        page = container.curl("/", "--dump-header", "-", "--output", "/dev/null")
        checks.that("200 OK" in page and "default-src 'none'" in page, "the page comes, with its policy", page[:300])
        languages = container.run("tesseract", "--list-langs").stdout
        checks.that("eng" in languages, "scans can be read", languages)
        _wait_for(lambda: "model" in container.curl("/api/health"), 20)
        checks.note(f"health: {container.curl('/api/health')[:200]}")
    with running(image, data, folder / "second.log", checks, PORT="8080") as container:
        listed = container.curl("/api/documents", "-H", f"Authorization: Bearer {_KEY}")
        checks.that(document in listed, "documents outlive the container, on another PORT", listed[:300])
        saved = container.run("sh", "-c", "python -m src.backup > /data/footnote.tar")
        checks.that(saved.returncode == 0, "a backup is made while it runs", saved.stderr[-300:])
    with running(image, _restored(data, folder / "elsewhere"), folder / "third.log", checks) as container:
        mine = ("-H", f"Authorization: Bearer {_KEY}")
        _wait_for(lambda: '"searchable":true' in container.curl("/api/documents", *mine), 20)
        _asked(container, checks, "restored elsewhere, the question is answered again")
    with running(image, _locked(folder / "locked"), folder / "locked.log", checks, healthy=False) as container:
        told = lambda: "The data folder cannot be used" in container.curl("/api/health")  # noqa: E731 - asked again
        checks.that(_wait_for(told, 20), "a data folder of somebody else's is told", container.curl("/api/health"))


def _fresh_data(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    os.chown(folder, 1000, 1000)
    return folder


def _restored(data: Path, folder: Path) -> Path:
    """What was saved from `data`, unpacked as docs/deployment.md says, in a folder of its own."""
    (_fresh_data(folder) / "store").mkdir()
    subprocess.run(["tar", "-x", "-C", folder / "store", "-f", data / "footnote.tar"], check=True)
    subprocess.run(["chown", "-R", "1000:1000", folder / "store"], check=True)
    return folder


def _locked(folder: Path) -> Path:
    """A disk as some hosts mount it: root's."""
    os.chown(_fresh_data(folder), 0, 0)
    return folder


def _reaps(container: Container, checks: Checks) -> None:
    container.run("sh", "-c", "(sleep 0.1 & exec sleep 0.3) & exit 0")
    checks.that(_wait_for(lambda: container.zombies() == 0, 5), "no process is left unburied")


def _command_line(container: Container, checks: Checks) -> None:
    asked = _ask(container, "extractive")
    checks.that(
        bool(_parsed(asked.stdout).get("citations")), "the command line answers with citations", asked.stderr[-400:]
    )


def _ask(container: Container, engine: str) -> subprocess.CompletedProcess[str]:
    question = ("--question", _QUESTION, "--engine", engine, "--json")
    return container.run("python", "-m", "src.cli", "ask", "src/library/sample_report.pdf", *question)


def _api(container: Container, checks: Checks) -> str:
    """Put a document in and ask it, over HTTP; the document's id."""
    me = ("-H", f"Authorization: Bearer {_KEY}")
    sample = ROOT / "src" / "library" / "sample_report.pdf"
    added = container.curl("/api/documents?wait_s=60", *me, "-F", f"file=@{sample};type=application/pdf")
    document = _parsed(added)
    checks.that(document.get("state") == "ready", "a PDF is taken and read over HTTP", added[:300])
    _asked(container, checks, "a question over HTTP is answered with citations")
    return str(document.get("id"))


def _asked(container: Container, checks: Checks, claim: str) -> None:
    me = ("-H", f"Authorization: Bearer {_KEY}", "-H", "Content-Type: application/json")
    said = container.curl("/api/chat/sync", *me, "-d", json.dumps({"message": _QUESTION}))
    checks.that(bool(_parsed(said).get("citations")), claim, said[:300])


def _parsed(text: str) -> dict[str, object]:
    try:
        parsed = json.loads(text)
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not (there := condition()) and time.monotonic() < until:
        time.sleep(0.1)
    return there


def browse(buildah: Buildah, folder: Path, checks: Checks) -> None:
    """The tests of the page, a real browser in the container's network."""
    image = Image.unpacked(buildah, "footnote-check")
    tests = [sys.executable, "-m", "pytest", "-q", "-p", "tests.image.against_image", "tests/e2e/test_page.py"]
    with running(image, _fresh_data(folder / "browsed"), folder / "browsed.log", checks) as container:
        inside = ["nsenter", "--target", str(container.init), "--net", *tests]
        ran = subprocess.run(inside, cwd=ROOT, capture_output=True, text=True, check=False)
        checks.that(ran.returncode == 0, "the tests of the page pass in a browser", ran.stdout[-2000:])


# ------------------------------------------------------------------------------------------------ variants


def rebuild(buildah: Buildah, options: argparse.Namespace, checks: Checks) -> None:
    """After a change of the code, everything below it is taken from the cache."""
    context = options.folder / "changed"
    shutil.rmtree(context, ignore_errors=True)
    skipped = shutil.ignore_patterns(".git", ".venv", "data", "tests", "benchmarks", "__pycache__", ".*_cache", "*.log")
    shutil.copytree(options.context, context, ignore=skipped)
    with (context / "src" / "library" / "sample.py").open("a", encoding="utf-8") as file:
        file.write(f"\n# changed at {time.time()}\n")
    took = build(buildah, "footnote-changed", options, checks, context)
    checks.bar("rebuild after a change of code, s", took, _REBUILT_S)


def bake(buildah: Buildah, options: argparse.Namespace, checks: Checks) -> None:
    """With a model in it, an image writes answers without ever having had a network."""
    build(buildah, "footnote-baked", options, checks, options.context, "--build-arg", "BAKE_MODEL=llama3.2:1b")
    image = Image.unpacked(buildah, "footnote-baked")
    licence = image.root / "usr/share/doc/footnote/LICENCE-language-model.txt"
    checks.that(licence.is_file() and licence.stat().st_size > 20, "the model's licence lies beside it")
    with running(image, _fresh_data(options.folder / "baked"), options.folder / "baked.log", checks) as container:
        ready = _wait_for(lambda: '"ready"' in container.run("cat", "/data/run/model.json").stdout, 30)
        checks.that(ready, "the baked model is ready by itself")
        asked = _ask(container, "auto")
        engine = _parsed(asked.stdout).get("engine")
        checks.that(engine == "ollama", "the baked model writes", f"{engine} {asked.stderr[-300:]}")


if __name__ == "__main__":
    sys.exit(main())
