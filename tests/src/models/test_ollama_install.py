from __future__ import annotations

import io
import os
import re
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from src.models.ollama_install import Install, NotInstalled
from src.models.ollama_release import RELEASE
from src.models.status import ModelState, ModelStatus
from tests.archives import ArchiveServer, described, tar_gz

REPO = Path(__file__).resolve().parents[3]
FILES = {
    "bin/ollama": b"#!/bin/sh\necho ollama\n",
    "lib/ollama/libggml-cpu.so": os.urandom(5_000),
    "lib/ollama/cuda_v13/libggml-cuda.so": os.urandom(5_000),
}
DATA = tar_gz(FILES)

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture
def install(tmp_path: Path) -> Install:
    return Install(
        described(DATA),
        "1.2.3",
        "http://127.0.0.1:9/",
        tmp_path / "ollama",
        everything=False,
        disk_free_bytes=lambda _: None,
        sleep=lambda _: None,
    )


@pytest.fixture
def server() -> Iterator[ArchiveServer]:
    with ArchiveServer(DATA) as serving:
        yield serving


def at(install: Install, server: ArchiveServer) -> Install:
    return replace(install, base_url=server.url)


def left(install: Install) -> list[str]:
    return sorted(path.name for path in install.folder.iterdir())


def test_an_archive_is_fetched_checked_unpacked_and_thrown_away(install: Install, server: ArchiveServer) -> None:
    install = at(install, server)
    steps = list(install.steps())
    assert install.done()
    assert install.executable.read_bytes() == FILES["bin/ollama"]
    assert left(install) == ["1.2.3"]
    assert steps[0].state is ModelState.FETCHING
    assert steps[0].total_bytes == len(DATA)
    assert steps[-1] == ModelStatus(ModelState.UNPACKING, "Ollama 1.2.3")


def test_what_only_graphics_cards_use_is_left_out_where_there_is_none(install: Install, server: ArchiveServer) -> None:
    install = at(install, server)
    list(install.steps())
    assert [path.name for path in (install.home / "lib/ollama").iterdir()] == ["libggml-cpu.so"]
    whole = replace(install, folder=install.folder / "whole", everything=True)
    list(whole.steps())
    assert sorted(path.name for path in (whole.home / "lib/ollama").iterdir()) == ["cuda_v13", "libggml-cpu.so"]


def test_a_zstandard_archive_is_unpacked_too(install: Install) -> None:
    zstandard = pytest.importorskip("backports.zstd")
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as tar, tarfile.open(fileobj=io.BytesIO(DATA)) as packed:
        for member in packed:
            tar.addfile(member, packed.extractfile(member))
    data = zstandard.compress(plain.getvalue())
    with ArchiveServer(data) as server:
        install = replace(at(install, server), archive=described(data, "ollama-linux-amd64.tar.zst"))
        list(install.steps())
    assert install.executable.read_bytes() == FILES["bin/ollama"]


def test_an_archive_that_is_cut_is_asked_for_from_there(install: Install, server: ArchiveServer) -> None:
    server.cuts = 3
    steps = list(at(install, server).steps())
    assert server.asked == ["", "bytes=1000-", "bytes=2000-", "bytes=3000-"]
    assert at(install, server).done()
    assert "The connection broke off. Trying again in 1 s." in {str(step.reason) for step in steps}


def test_a_server_that_knows_no_ranges_is_asked_for_all_again(install: Install, server: ArchiveServer) -> None:
    server.cuts, server.ranges = 1, False
    list(at(install, server).steps())
    assert at(install, server).done()


def test_one_that_breaks_off_for_ever_is_given_up_and_what_came_is_kept(
    install: Install, server: ArchiveServer
) -> None:
    server.cuts, server.cut_after = 100, 0
    install = at(install, server)
    install.folder.mkdir()
    install.partial.write_bytes(DATA[:700])
    with pytest.raises(NotInstalled, match="broke off again and again"):
        list(install.steps())
    assert install.partial.read_bytes() == DATA[:700]
    assert len(server.asked) == 6


def test_stopping_keeps_what_came_and_the_next_goes_on_from_there(install: Install, server: ArchiveServer) -> None:
    install = replace(at(install, server), clock=iter(range(10_000)).__next__)
    steps = install.steps()
    step = next(step for step in steps if step.completed_bytes)
    assert step.bytes_per_s
    assert step.seconds_left is not None
    steps.close()  # type: ignore[attr-defined]
    have = install.partial.stat().st_size
    assert have
    list(replace(install, archive=replace(install.archive)).steps())
    assert install.done()
    assert server.asked[1:] == ([f"bytes={have}-"] if have < len(DATA) else [])


def test_another_checksum_is_thrown_away(install: Install, server: ArchiveServer) -> None:
    server.data = DATA[:-1] + bytes([DATA[-1] ^ 1])
    with pytest.raises(NotInstalled, match="not the official file"):
        list(at(install, server).steps())
    assert left(install) == []


def test_more_than_was_told_is_not_taken(install: Install, server: ArchiveServer) -> None:
    server.data = DATA + b"more"
    with pytest.raises(NotInstalled, match="not the official file"):
        list(at(install, server).steps())
    assert left(install) == []


def test_without_room_nothing_is_asked_for(install: Install, server: ArchiveServer) -> None:
    install = replace(at(install, server), disk_free_bytes=lambda _: 500_000)
    with pytest.raises(NotInstalled, match=r"needs 1\.0 GB|there are 0\.0 free"):
        list(install.steps())
    assert server.asked == []


def test_a_disk_that_fills_up_meanwhile_is_told(
    install: Install, server: ArchiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tarfile.TarFile, "extract", full)
    install = at(install, server)
    with pytest.raises(NotInstalled, match=r"The disk is full.*Make room"):
        list(install.steps())
    assert left(install) == [install.partial.name]


@pytest.mark.parametrize("code", [403, 404])
def test_a_refusal_is_told_at_once(install: Install, server: ArchiveServer, code: int) -> None:
    server.status = code
    with pytest.raises(NotInstalled, match=f"answered {code}"):
        list(at(install, server).steps())
    assert len(server.asked) == 1


def test_a_server_with_a_bad_moment_is_asked_again(install: Install, server: ArchiveServer) -> None:
    server.status = 503
    with pytest.raises(NotInstalled, match="broke off again and again"):
        list(at(install, server).steps())
    assert len(server.asked) == 6


def test_without_a_network_the_way_out_is_told(install: Install) -> None:
    with pytest.raises(NotInstalled, match=r"127\.0\.0\.1:9 cannot be reached.*FOOTNOTE_OLLAMA_ARCHIVES"):
        list(install.steps())


def test_a_member_that_would_leave_the_folder_is_not_written(install: Install, tmp_path: Path) -> None:
    data = tar_gz({**FILES, "../../escaped": b"x"})
    with ArchiveServer(data) as server, pytest.raises(NotInstalled, match="could not be unpacked"):
        list(replace(at(install, server), archive=described(data)).steps())
    assert not (tmp_path / "escaped").exists()
    assert left(install) == []


def test_an_archive_without_the_command_is_not_taken(install: Install) -> None:
    data = tar_gz({"README": b"x"})
    with ArchiveServer(data) as server, pytest.raises(NotInstalled, match="does not hold what it should"):
        list(replace(at(install, server), archive=described(data)).steps())


def test_an_unpacking_that_broke_off_is_begun_anew(install: Install, server: ArchiveServer) -> None:
    install = at(install, server)
    (install.folder / "1.2.3.part" / "bin").mkdir(parents=True)
    (install.folder / "1.2.3.part" / "bin" / "stale").touch()
    list(install.steps())
    assert not (install.home / "bin" / "stale").exists()
    assert left(install) == ["1.2.3"]


def test_the_release_is_the_image_s() -> None:
    image = re.search(r"^ARG OLLAMA_IMAGE=.*:(\S+)$", (REPO / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert image is not None
    assert image[1] == RELEASE.version
    assert f"/v{RELEASE.version}/" in RELEASE.base_url


@pytest.mark.parametrize(
    ("system", "machine", "name"),
    [
        ("Linux", "x86_64", "ollama-linux-amd64.tar.zst"),
        ("Linux", "aarch64", "ollama-linux-arm64.tar.zst"),
        ("Darwin", "arm64", "ollama-darwin.tgz"),
        ("Darwin", "x86_64", "ollama-darwin.tgz"),
    ],
)
def test_every_system_has_its_archive(system: str, machine: str, name: str) -> None:
    archive = RELEASE.archive(system, machine)
    assert archive is not None
    assert archive.name == name
    assert re.fullmatch("[0-9a-f]{64}", archive.sha256)
