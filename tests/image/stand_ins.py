"""Local images under the names that the Dockerfile builds on, for machines that cannot reach a registry.

Python's is a Debian 12 made by debootstrap, thinned out as the official slim one is. Ollama's is the same with an
executable stand-in, and with folders that a CPU has no use for, so that their removal can be seen.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

_TESTS = Path(__file__).parents[1]
_DEBIAN = "http://deb.debian.org/debian"
_CERTIFICATES = Path("etc/ssl/certs/ca-certificates.crt")
_FOR_GRAPHICS_CARDS = ("cuda_v12", "cuda_v13", "vulkan", "mlx_cuda_v13")
_REAL_LIBRARIES_MB = 105  # what Ollama's command and CPU libraries weigh, so that the image's size can be believed


class Buildah:
    """`buildah` with a storage of its own under `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._driver = "overlay" if _overlay_works(folder) else "vfs"

    def __call__(self, *arguments: str, quiet: bool = False) -> str:
        """Run one command; what it printed. Raises CalledProcessError."""
        storage = ["--root", f"{self._folder}/storage", "--runroot", f"{self._folder}/run"]
        command = ["buildah", *storage, "--storage-driver", self._driver, *arguments]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=None, text=True, check=False)
        if done.returncode:
            if not quiet:
                print(done.stdout)
            raise subprocess.CalledProcessError(done.returncode, command)
        return done.stdout.strip()

    def has(self, image: str) -> bool:
        return image in self("images", "--format", "{{.Name}}:{{.Tag}}").splitlines()


def _overlay_works(folder: Path) -> bool:
    parts = {name: folder / "overlay-try" / name for name in ("lower", "upper", "work", "merged")}
    for path in parts.values():
        path.mkdir(parents=True, exist_ok=True)
    layers = f"lowerdir={parts['lower']},upperdir={parts['upper']},workdir={parts['work']}"
    mounted = _ok("mount", "-t", "overlay", "overlay", "-o", layers, str(parts["merged"]))
    return mounted and _ok("umount", str(parts["merged"]))


def _ok(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def provide(buildah: Buildah, folder: Path, python_image: str, ollama_image: str) -> list[str]:
    """See to it that both images are there; the names of those that are stand-ins made here."""
    made = []
    if not _there_or_pulled(buildah, python_image):
        commit_folder(buildah, debian(folder), python_image)
        made.append(python_image)
    if not _there_or_pulled(buildah, ollama_image):
        commit_folder(buildah, _with_ollama(debian(folder), folder), ollama_image)
        made.append(ollama_image)
    return made


def _there_or_pulled(buildah: Buildah, image: str) -> bool:
    if buildah.has(image):
        return True
    try:
        buildah("pull", "--quiet", image, quiet=True)
    except subprocess.CalledProcessError:
        return False
    return True


def debian(folder: Path) -> Path:
    """A Debian 12 with Python 3.11, made once. Raises CalledProcessError where its archive is out of reach."""
    root = folder / "debian"
    if (root / "usr/local/bin/python3.11").is_symlink():
        return root
    shutil.rmtree(root, ignore_errors=True)
    packages = "ca-certificates,python3,python3-venv"
    subprocess.run(
        ["debootstrap", "--variant=minbase", f"--include={packages}", "bookworm", str(root), _DEBIAN],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    for ballast in ("var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/man", "usr/share/locale"):
        shutil.rmtree(root / ballast)
        (root / ballast).mkdir()
    # A network that looks into encrypted connections has a certificate of its own, which this machine knows.
    shutil.copy("/" / _CERTIFICATES, root / _CERTIFICATES)
    (root / "usr/local/bin/python3.11").symlink_to("/usr/bin/python3.11")
    return root


def _with_ollama(debian: Path, folder: Path) -> Path:
    root = folder / "ollama"
    shutil.rmtree(root, ignore_errors=True)
    # Without its devices: copied as files, /dev/full and /dev/zero would fill the disk to the last byte.
    shutil.copytree(debian, root, symlinks=True, ignore=lambda at, _: ["dev"] if Path(at) == debian else [])
    (root / "dev").mkdir()
    library = root / "usr/lib/ollama"
    for name in _FOR_GRAPHICS_CARDS:
        (library / name).mkdir(parents=True)
        (library / name / "libggml.so").write_bytes(bytes(1_000_000))
    (library / "tests" / "image").mkdir(parents=True)
    for program in ("fake_ollama.py", "fake_ollama_words.py", "image/stand_in_ollama.py"):
        shutil.copy(_TESTS / program, library / "tests" / program)
    (library / "llama-server").write_bytes(bytes(_REAL_LIBRARIES_MB * 1_000_000))
    command = root / "usr/bin/ollama"
    command.write_text('#!/bin/sh\nexec python3 -I -B /usr/lib/ollama/tests/image/stand_in_ollama.py "$@"\n')
    command.chmod(0o755)
    return root


def commit_folder(buildah: Buildah, root: Path, image: str, environment: Sequence[str] = ()) -> None:
    """Make `image` of what lies under `root`."""
    container = buildah("from", "scratch")
    buildah("add", "--quiet", container, str(root), "/")
    for variable in environment:
        buildah("config", "--env", variable, container)
    buildah("commit", "--quiet", "--format", "docker", container, image)
    buildah("rm", container)
