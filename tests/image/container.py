"""Runs an unpacked image the way Docker would, without Docker: own processes, mounts and network, few rights.

The root is read-only, `/data` and `/tmp` are not; there is no network but the loopback; no capabilities; process 1 is
the image's entry point under its own user. Needs root and util-linux.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.image.stand_ins import Buildah

_SETUP = """\
set -e
mount --make-rprivate /
mount --bind "$ROOT" "$ROOT"
mount --bind "$DATA" "$ROOT/data"
mount -t tmpfs -o mode=1777 tmpfs "$ROOT/tmp"
mount -t tmpfs -o mode=755 tmpfs "$ROOT/dev"
for node in null zero full random urandom; do touch "$ROOT/dev/$node"; mount --bind /dev/$node "$ROOT/dev/$node"; done
mkdir "$ROOT/dev/shm"
mount -t tmpfs -o mode=1777 tmpfs "$ROOT/dev/shm"
ln -s /proc/self/fd "$ROOT/dev/fd"
mount -t proc proc "$ROOT/proc"
mount -o remount,ro,bind "$ROOT"
ip link set lo up
cd "$ROOT"
exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all \
    chroot --userspec="$WHO" --groups= "$ROOT" /bin/sh -c 'cd "$0" && exec "$@"' "$@"
"""
# chroot needs its one capability until it has changed the user
_SETUP = _SETUP.replace("--bounding-set=-all", "--bounding-set=-all,+sys_chroot,+setuid,+setgid")


@dataclass(frozen=True, slots=True)
class Image:
    """What an image says about itself, and where it is unpacked."""

    root: Path
    user: str
    environment: Mapping[str, str]
    working_dir: str
    command: Sequence[str]
    health: Sequence[str]
    ports: Sequence[str]

    @classmethod
    def unpacked(cls, buildah: Buildah, name: str) -> Image:
        container = buildah("from", name)
        config = json.loads(buildah("inspect", "--type", "image", name))["Docker"]["config"]
        return cls(
            root=Path(buildah("mount", container)),
            user=config.get("User", ""),
            environment=dict(variable.split("=", 1) for variable in config["Env"]),
            working_dir=config["WorkingDir"],
            command=[*(config.get("Entrypoint") or []), *(config.get("Cmd") or [])],
            health=config["Healthcheck"]["Test"],
            ports=sorted(config.get("ExposedPorts") or {}),
        )


class Container:
    """A running image. `data` is what lies at /data, a folder that the image's user must be able to write."""

    def __init__(self, image: Image, data: Path, log: Path, environment: Mapping[str, str] | None = None) -> None:
        self._image = image
        self._variables = {"HOME": "/home/footnote", **image.environment, **(environment or {})}
        variables = [f"{name}={value}" for name, value in self._variables.items()]
        self.started_at = time.monotonic()
        apart = ("--mount", "--pid", "--net", "--ipc", "--uts", "--fork", "--kill-child")
        inside = (image.working_dir, "env", "-i", *variables, *image.command)
        with log.open("wb") as file:
            self._outer = subprocess.Popen(
                ["unshare", *apart, "sh", "-c", _SETUP, "sh", *inside],
                env={"PATH": os.environ["PATH"], "ROOT": str(image.root), "DATA": str(data), "WHO": image.user},
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def init(self) -> int:
        """The number, out here, of what is process 1 in there."""
        children = Path(f"/proc/{self._outer.pid}/task/{self._outer.pid}/children")
        until = time.monotonic() + 10
        while not (found := children.read_text().split()):
            if time.monotonic() > until or self._outer.poll() is not None:
                raise RuntimeError("the container did not start; its log says why")
            time.sleep(0.01)
        return int(found[0])

    def run(self, *command: str, text: str = "", timeout_s: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a command in there as the image's user, as `docker exec` does."""
        user, _, group = self._image.user.partition(":")
        enter = ["nsenter", "--target", str(self.init), "--mount", "--pid", "--net", "--root", "--setuid", user]
        enter += ["--setgid", group, "sh", "-c", 'cd "$0" && exec "$@"', self._image.working_dir, "env", "-i"]
        variables = [f"{name}={value}" for name, value in self._variables.items()]
        return subprocess.run(
            [*enter, *variables, *command], input=text, capture_output=True, text=True, timeout=timeout_s, check=False
        )

    def curl(self, path: str, *options: str, timeout_s: float = 120) -> str:
        """A request to the published port, from outside the container's files but inside its network."""
        url = f"http://127.0.0.1:{self._variables['PORT']}{path}"
        command = ["nsenter", "--target", str(self.init), "--net", "curl", "-sS", "--max-time", str(timeout_s)]
        done = subprocess.run([*command, *options, url], capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    def is_healthy(self) -> bool:
        """What the image's own health check says."""
        kind, *command = self._image.health
        if kind == "CMD-SHELL":
            command = ["sh", "-c", *command]
        return self.run(*command).returncode == 0

    def wait_until_healthy(self, seconds: float) -> float | None:
        """Seconds from the start until then; None where that took longer than it may."""
        while time.monotonic() - self.started_at < seconds and self._outer.poll() is None:
            if self.is_healthy():
                return time.monotonic() - self.started_at
            time.sleep(0.1)
        return None

    def users(self) -> set[int]:
        """Everybody who runs anything in there."""
        return {int(line.split()[1]) for line in self._status_lines("Uid:")}

    def zombies(self) -> int:
        return sum(1 for line in self._status_lines("State:") if "zombie" in line)

    def capabilities(self) -> set[int]:
        return {int(line.split()[1], 16) for line in self._status_lines("CapEff:")}

    def _status_lines(self, key: str) -> list[str]:
        namespace = os.readlink(f"/proc/{self.init}/ns/pid")
        lines = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if os.readlink(process / "ns/pid") == namespace:
                    lines += [line for line in (process / "status").read_text().splitlines() if line.startswith(key)]
            except OSError:  # it has just ended
                continue
        return lines

    def stop(self, seconds: float = 30) -> tuple[float, int]:
        """As `docker stop`: SIGTERM to process 1. Seconds it took, and the exit code. Killed after `seconds`."""
        began = time.monotonic()
        os.kill(self.init, signal.SIGTERM)
        try:
            code = self._outer.wait(seconds)
        except subprocess.TimeoutExpired:
            self._outer.kill()
            code = self._outer.wait()
        return time.monotonic() - began, code
