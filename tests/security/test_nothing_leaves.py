"""Under strace, which sees native code as well: whom a server speaks with while it reads, embeds and answers."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from ipaddress import ip_address
from pathlib import Path

import pytest

from tests.e2e.conftest import serve
from tests.fake_ollama import FakeOllama
from tests.src.api.conftest import Join, add_sample
from tests.waiting import until

pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace (apt install strace)"),
]

# `connect(5, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("192.0.2.1")}, 16)`, and the same for IPv6
_PORT = r"sin6?_port=htons\((?P<port>\d+)\)"
_ADDRESS = r'(?:sin_addr=inet_addr\("(?P<v4>[\d.]+)"\)|inet_pton\(AF_INET6, "(?P<v6>[^"]+)")'
_SPOKEN_WITH = re.compile(rf"(?:connect|send\w+)\(.*?{_PORT}.*?{_ADDRESS}")
_RESOLVER = "io.systemd.Resolve"


def traced(log: Path) -> list[str]:
    """A command that writes down whom the program in its arguments, and all that this starts, speaks with."""
    return ["strace", "-D", "-f", "-q", "--seccomp-bpf", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o", str(log)]


def spoken_with(log: Path) -> set[tuple[str, int]]:
    """(address, port) of everybody elsewhere, and of every service on this machine that looks names up."""
    found = set()
    for line in log.read_text(errors="replace").splitlines():
        if match := _SPOKEN_WITH.search(line):
            address, port = match["v4"] or match["v6"], int(match["port"])
            if not ip_address(address).is_loopback or port == 53:
                found.add((address, port))
        elif _RESOLVER in line:
            found.add((_RESOLVER, 0))
    return found


@pytest.mark.parametrize(
    "asking",
    [
        "import ctypes; ctypes.CDLL(None).gethostbyname(b'a-name.invalid')",
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('192.0.2.1', 9))",
        "import socket; socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).sendto(b'', ('2001:db8::1', 9))",
    ],
)
def test_it_would_be_noticed(asking: str, tmp_path: Path) -> None:
    """In native code as in Python's."""
    log = tmp_path / "trace"
    subprocess.run([*traced(log), sys.executable, "-c", asking], check=False, capture_output=True)
    until(lambda: bool(spoken_with(log)))


def test_a_server_looks_up_no_name_and_speaks_with_nobody_elsewhere(
    tmp_path: Path, ollama: FakeOllama, join: Join
) -> None:
    """It listens to everybody, as in our image, and another site's page asks for a websocket."""
    log, home = tmp_path / "trace", tmp_path / "home"
    home.mkdir()
    with serve(tmp_path, ollama.url, under=traced(log), FOOTNOTE_HOST="0.0.0.0", HOME=str(home)) as address:  # noqa: S104
        client = join(address)
        add_sample(client)
        answer = client.post("/api/chat/sync", json={"message": "How many ships called at the port?"})
        assert answer.json()["citations"]
        asks = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
        client.get(
            "/_stcore/stream",
            headers=asks | {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Origin": "https://elsewhere.example"},
        )
        assert client.get("/api/health").json()["parts"]["embeddings"]["state"] == "ok"
    assert "connect(" in log.read_text()  # it spoke with its Ollama, and that was seen
    assert not spoken_with(log)
    assert not [path for path in home.rglob("*") if path.is_file()]
