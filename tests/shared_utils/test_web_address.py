"""A web address leads to one public machine and to nothing inside, however it is written or led on."""

from __future__ import annotations

import http.server
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from shared_utils.errors import PdfTooLarge, ShareUsedUp, WebAddressError
from shared_utils.web_address import WebFetcher, is_public

pytestmark = pytest.mark.enable_socket
HERE = "127.0.0.2"  # another address of this machine than the one it calls from


class Site:
    """A server on the loopback whose answers are written by the test: path -> (status, headers, body)."""

    def __init__(self, certificate: Path | None = None) -> None:
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.heads: list[dict[str, str]] = []  # of the requests that came, with the path under "path"
        self.stalls = threading.Event()  # set: a body comes byte by byte until it is let go
        self.let_go = threading.Event()
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.heads.append(dict(self.headers.items()) | {"path": self.path})
                status, headers, body = site.answers.get(self.path, (404, {}, b""))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)
                if site.stalls.is_set():
                    self.wfile.flush()
                    site.let_go.wait(20)

            def log_message(self, *_: object) -> None: ...

        self._server = http.server.ThreadingHTTPServer((HERE, 0), Handler)
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        self.url = f"http://site.example:{self.port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.let_go.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.close()


Names = dict[str, list[str]]


def fetcher(site: Site, names: Names | None = None, *, most: int = 1000, seconds: float = 10.0) -> WebFetcher:
    """One for which this machine's second address is public, and nothing else of it."""
    known = {"site.example": [HERE]} | (names or {})

    def resolve(host: str, port: int) -> list[str]:
        return known[host] if host in known else [str(entry[4][0]) for entry in socket.getaddrinfo(host, port)]

    return WebFetcher(
        most,
        seconds=seconds,
        is_allowed=lambda address: str(address) == HERE or is_public(address),
        ports=lambda _: {80, 443, site.port},
        resolve=resolve,
    )


def test_a_file_is_fetched_and_nothing_is_sent_but_the_request(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    cookie = {"Content-Type": "text/html; charset=latin-1", "Set-Cookie": "who=me"}
    site.answers = {"/a%20b?q=1": (200, cookie, b"words"), "/to": (302, {"Location": "/a%20b?q=1"} | cookie, b"")}
    found = fetcher(site).fetch(f"{site.url}/to#part")
    assert (found.address, found.data) == (f"{site.url}/a%20b?q=1", b"words")
    assert found.content_type == "text/html; charset=latin-1"
    names = {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection", "path"}
    assert [set(head) for head in site.heads] == [names, names]
    assert site.heads[1]["Host"] == f"site.example:{site.port}"


@pytest.mark.parametrize(
    "address",
    [
        str(IPv4Address(0)), "10.1.2.3", "100.64.0.1", "127.0.0.1",
        "127.8.8.8", "169.254.169.254", "172.16.0.1", "192.168.1.1",
        "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fc00::1",
        "fec0::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:93.184.215.14", "::127.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2001:0:7f00:1::", "fe80::1%lo",
    ],
)  # fmt: skip
def test_what_is_inside_or_leads_inside_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_what_is_on_the_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]", "169.254.169.254", str(IPv4Address(0)), "[fe80::1]",
        "１２７.0.0.1", "inside.example", "mixed.example",
        "mapped.example",
    ],
)  # fmt: skip
def test_nothing_inside_is_asked_however_it_is_written(site: Site, host: str) -> None:
    names = {
        "inside.example": ["10.0.0.7"],
        "mixed.example": [HERE, "192.168.0.1"],  # one public address does not make up for another
        "mapped.example": [f"::ffff:{HERE}"],
    }
    with pytest.raises(WebAddressError, match=r"not on the public web|is no web address"):
        fetcher(site, names).fetch(f"http://{host}:{site.port}/")
    assert site.heads == []


@pytest.mark.parametrize(
    "to",
    ["http://127.0.0.1:{port}/", "http://[::1]:{port}/", "//localhost:{port}/", "http://[::ffff:10.0.0.1]/",
     "http://169.254.169.254/latest/meta-data/"],
)  # fmt: skip
def test_no_answer_leads_inside(site: Site, to: str) -> None:
    site.answers["/"] = (302, {"Location": to.format(port=site.port)}, b"")
    with pytest.raises(WebAddressError, match="not on the public web"):
        fetcher(site).fetch(f"{site.url}/")
    assert [head["path"] for head in site.heads] == ["/"]


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://site.example/", "gopher://site.example/", "data:,a"])
def test_no_answer_leads_to_anything_but_the_web(site: Site, to: str) -> None:
    site.answers["/"] = (301, {"Location": to}, b"")
    with pytest.raises(WebAddressError, match="no web address"):
        fetcher(site).fetch(f"{site.url}/")


def test_a_name_is_resolved_once_so_that_it_cannot_change_its_mind(site: Site) -> None:
    """DNS rebinding: the first look tells a public address, the second would tell one inside."""
    site.answers["/"] = (200, {}, b"words")
    looks: list[str] = []

    def resolve(host: str, _: int) -> list[str]:
        looks.append(host)
        return [HERE] if len(looks) == 1 else ["127.0.0.1"]

    once = WebFetcher(99, is_allowed=lambda a: str(a) == HERE, ports=lambda _: {site.port}, resolve=resolve)
    assert once.fetch(f"{site.url}/").data == b"words"
    assert looks == ["site.example"]


def test_this_machine_is_not_asked_by_its_own_public_address(site: Site) -> None:
    own = WebFetcher(99, is_allowed=lambda _: True, ports=lambda _: {site.port})
    with socket.create_server(("127.0.0.1", site.port)), pytest.raises(WebAddressError, match="not on the public web"):
        own.fetch(f"http://127.0.0.1:{site.port}/")  # it calls from this very address


@pytest.mark.parametrize(
    "address",
    ["", "report.pdf", "file:///etc/passwd", "javascript:alert(1)", "http://", "http://me:secret@site.example/",
     "http://me@site.example/", "http://site.example/a b", "http://site.example/\r\nX: y", "http://a..b/",
     "http://site.example:99999/", "http://[::1/", "https://" + "a" * 2000],
)  # fmt: skip
def test_what_is_no_address_of_the_web_is_refused_unasked(site: Site, address: str) -> None:
    with pytest.raises(WebAddressError, match="no web address"):
        fetcher(site).fetch(address)


def test_the_usual_ports_alone_are_asked() -> None:
    with pytest.raises(WebAddressError, match="usual ports"):
        WebFetcher(99).fetch("http://site.example:25/")


def test_it_is_led_on_five_times_and_no_more(site: Site) -> None:
    site.answers = {f"/{n}": (307, {"Location": f"/{n + 1}"}, b"") for n in range(9)}
    site.answers["/5"] = (200, {}, b"there")
    assert fetcher(site).fetch(f"{site.url}/0").data == b"there"
    site.answers["/5"] = (308, {"Location": "/6"}, b"")
    site.heads.clear()
    with pytest.raises(WebAddressError, match="more than 5 times"):
        fetcher(site).fetch(f"{site.url}/0")
    assert len(site.heads) == 6


@pytest.mark.parametrize("headers", [{"Content-Length": "1001"}, {}])
def test_a_file_larger_than_what_is_taken_is_not(site: Site, headers: dict[str, str]) -> None:
    site.answers["/"] = (200, headers, b"x" * 1001)
    with pytest.raises(PdfTooLarge, match="larger than"):
        fetcher(site).fetch(f"{site.url}/")


def test_what_comes_little_by_little_ends_at_the_deadline(site: Site) -> None:
    site.answers["/"] = (200, {}, b"the beginning")
    site.stalls.set()
    with pytest.raises(WebAddressError, match=r"took more than 0\.5 s"):
        fetcher(site, seconds=0.5).fetch(f"{site.url}/")


def test_a_name_that_is_looked_up_for_ever_ends_at_the_deadline() -> None:
    held = threading.Event()

    def resolve(_: str, __: int) -> list[str]:
        held.wait(20)
        return []

    with pytest.raises(WebAddressError, match="took more than"):
        WebFetcher(99, seconds=0.2, resolve=resolve).fetch("http://site.example/")
    held.set()


def test_what_breaks_off_is_not_taken_for_the_whole(site: Site) -> None:
    site.answers["/"] = (200, {"Content-Length": "100"}, b"half")
    with pytest.raises(WebAddressError, match="broke off"):
        fetcher(site).fetch(f"{site.url}/")


@pytest.mark.parametrize(
    ("status", "headers", "match"),
    [(404, {}, "answers with “404”"), (500, {}, "“500”"), (204, {}, "“204”"), (302, {}, "“302”"),
     (200, {"Content-Encoding": "gzip"}, "packed")],
)  # fmt: skip
def test_what_is_no_file_says_so(site: Site, status: int, headers: dict[str, str], match: str) -> None:
    site.answers["/"] = (status, headers, b"")
    with pytest.raises(WebAddressError, match=match):
        fetcher(site).fetch(f"{site.url}/")


def test_a_server_that_does_not_speak_the_webs_language_says_so(site: Site) -> None:
    def answer(server: socket.socket) -> None:
        with server, server.accept()[0] as client:
            client.sendall(b"220 mail.example ESMTP\r\n")

    server = socket.create_server((HERE, 0))
    port = server.getsockname()[1]
    threading.Thread(target=answer, args=(server,), daemon=True).start()
    odd = WebFetcher(99, is_allowed=lambda _: True, ports=lambda _: {port}, resolve=lambda *_: [HERE])
    with pytest.raises(WebAddressError, match="not to be understood"):
        odd.fetch(f"http://mail.example:{port}/")


def test_nobody_is_there_and_there_is_no_such_name(site: Site) -> None:
    site.close()
    with pytest.raises(WebAddressError, match="does not answer"):
        fetcher(site).fetch(f"{site.url}/")
    with pytest.raises(WebAddressError, match=r"There is no nowhere\.example"):
        fetcher(site, {"nowhere.example": []}).fetch("http://nowhere.example/")


def certificate(folder: Path, name: str) -> Path:
    """A key and a certificate that it signs itself, in one file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "both.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + made.public_bytes(Encoding.PEM))
    return path


def test_a_certificate_has_to_be_trusted_and_the_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = certificate(tmp_path, "site.example")
    site = Site(both)
    site.answers["/"] = (200, {}, b"words")
    others = fetcher(site, {"other.example": [HERE]})
    with pytest.raises(WebAddressError, match="cannot prove"):
        others.fetch(f"https://site.example:{site.port}/")
    monkeypatch.setenv("SSL_CERT_FILE", str(both))
    assert others.fetch(f"https://site.example:{site.port}/").data == b"words"
    with pytest.raises(WebAddressError, match="cannot prove"):
        others.fetch(f"https://other.example:{site.port}/")
    site.close()


def test_a_few_are_fetched_at_once_and_the_next_is_told(site: Site) -> None:
    held, asked = threading.Event(), threading.Semaphore(0)

    def resolve(_: str, __: int) -> list[str]:
        asked.release()
        held.wait(20)
        return []

    busy = WebFetcher(99, resolve=resolve)

    def fetch() -> None:
        with pytest.raises(WebAddressError):
            busy.fetch("http://site.example/")

    threads = [threading.Thread(target=fetch) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert asked.acquire(timeout=20)
    with pytest.raises(ShareUsedUp, match="Too many"):
        busy.fetch("http://site.example/")
    held.set()
    for thread in threads:
        thread.join()
