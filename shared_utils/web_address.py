"""A file from an address on the web that somebody else names, without any machine inside being reached by it.

The guards are those of OWASP's "Server-Side Request Forgery Prevention Cheat Sheet": a name is resolved once, every
address it has must be public, and the connection is made to that very address; each address that an answer leads on
to is looked at in the same way. Nothing is sent but the request: no cookie, no password, no proxy of the environment's.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import quote, urljoin, urlsplit

from shared_utils.errors import PdfTooLarge, ShareUsedUp, WebAddressError

IpAddress = IPv4Address | IPv6Address

_PORTS = {"http": 80, "https": 443}
_SECONDS = 30.0  # for all of it: names, connections, redirects and the file
_CONNECT_S = 5.0
_MOST_REDIRECTS = 5
_MOST_TRIED = 3  # of the addresses that a name has
_AT_ONCE = 4
_BLOCK = 65_536  # bytes
_REDIRECTS = (301, 302, 303, 307, 308)
_GLOBAL_UNICAST = IPv6Network("2000::/3")  # what is assigned of IPv6 (RFC 4291); NAT64 and IPv4-mapped lie outside
_LONGEST = 2_000  # characters of an address
_SAFE = "/%:=&?~#+!$,;'@()*[]"  # what stays as it is in a path and a query
_HEADERS = {"User-Agent": "Footnote", "Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was at an address. `address` is the one at which redirects ended."""

    address: str
    content_type: str  # as the server told, "" where it did not
    data: bytes


@dataclass(frozen=True, slots=True)
class _Target:
    scheme: str
    host: str  # in ASCII
    port: int
    path: str  # with its query


def is_public(address: IpAddress) -> bool:
    """Whether it belongs to one machine on the internet, and to no network of one's own.

    IPv6 that carries an IPv4 address in it (mapped, 6to4, Teredo, NAT64) is none: it may lead to any.

    >>> is_public(ip_address("93.184.215.14")), is_public(ip_address("10.0.0.1")), is_public(ip_address("::1"))
    (True, False, False)
    """
    if not address.is_global or address.is_multicast or address.is_reserved or address.is_unspecified:
        return False
    if isinstance(address, IPv4Address):
        return True
    return address in _GLOBAL_UNICAST and address.sixtofour is None and address.teredo is None


class WebFetcher:
    """Fetches files of `max_bytes` at most, each within `seconds`, a few at once. Thread-safe.

    `is_allowed`, `port_of` (scheme -> port) and `resolve` (host, port -> addresses, raises OSError) are for tests.
    """

    def __init__(
        self,
        max_bytes: int,
        *,
        seconds: float = _SECONDS,
        is_allowed: Callable[[IpAddress], bool] = is_public,
        ports: Callable[[str], set[int]] = lambda scheme: {_PORTS[scheme]},
        resolve: Callable[[str, int], list[str]] | None = None,
    ) -> None:
        self._max_bytes = max_bytes
        self._seconds = seconds
        self._is_allowed = is_allowed
        self._ports = ports
        self._resolve = resolve or _resolved
        self._places = threading.BoundedSemaphore(_AT_ONCE)

    def fetch(self, address: str) -> Fetched:
        """What lies there. Takes up to `seconds`. Raises WebAddressError, PdfTooLarge, ShareUsedUp."""
        if not self._places.acquire(blocking=False):
            raise ShareUsedUp("Too many web addresses are being fetched at the moment. Try again shortly.", again_s=10)
        try:
            return self._followed(address.strip(), time.monotonic() + self._seconds)
        finally:
            self._places.release()

    def _followed(self, address: str, deadline: float) -> Fetched:
        for _ in range(_MOST_REDIRECTS + 1):
            target = self._target(address)
            with closing(self._connected(target, deadline)) as connection, self._until(deadline, target, connection):
                connection.request("GET", target.path, headers=_HEADERS)
                response = connection.getresponse()
                leads_to = _as_sent(response.getheader("Location", ""))
                if response.status not in _REDIRECTS or not leads_to:
                    return Fetched(address, response.getheader("Content-Type", ""), self._read(response, target))
            address = urljoin(address, leads_to)
        raise WebAddressError(
            "This address leads on to another more than {count} times. Please give the one at which it ends.",
            count=_MOST_REDIRECTS,
        )

    def _target(self, address: str) -> _Target:
        """The parts of an address that may be asked. Raises WebAddressError."""
        try:
            parts = urlsplit(address)
            host = (parts.hostname or "").encode("idna").decode("ascii")
            port = parts.port or _PORTS.get(parts.scheme, 0)
        except ValueError:  # UnicodeError is one
            raise _no_address() from None
        has_control = any(character <= " " or character == "\x7f" for character in address)
        if parts.scheme not in _PORTS or not host or has_control or len(address) > _LONGEST or "@" in parts.netloc:
            raise _no_address()
        if port not in self._ports(parts.scheme):
            raise WebAddressError(
                "Web addresses are fetched at the usual ports only (80 for http, 443 for https). Please save the file "
                "in your browser, then add that."
            )
        path = quote(parts.path or "/", safe=_SAFE) + (f"?{quote(parts.query, safe=_SAFE)}" if parts.query else "")
        return _Target(parts.scheme, host, port, path)

    # ---------------------------------------------------------------------------------------- connection

    def _connected(self, target: _Target, deadline: float) -> http.client.HTTPConnection:
        """A connection to an address that was looked at."""
        for address in self._addresses(target, deadline)[:_MOST_TRIED]:
            with suppress(OSError):
                plain = _opened(address, target.port, min(_CONNECT_S, _left(deadline)))
                if plain.getsockname()[0] == plain.getpeername()[0]:  # this machine by its public address
                    plain.close()
                    raise _not_public(target.host)
                return _speaking(plain, target, deadline)
        if deadline <= time.monotonic():
            raise self._too_long(target.host)
        raise WebAddressError("{host} does not answer. Please check the address, or try again later.", host=target.host)

    def _addresses(self, target: _Target, deadline: float) -> list[str]:
        """Where the name leads, all of it public. Resolving knows no deadline, so it has a thread to be left in."""
        found: list[str] = []
        failed: list[OSError] = []

        def look_up() -> None:
            try:
                found.extend(self._resolve(target.host, target.port))
            except (OSError, UnicodeError) as error:
                failed.append(error if isinstance(error, OSError) else OSError(str(error)))

        thread = threading.Thread(target=look_up, name="web-address", daemon=True)
        thread.start()
        thread.join(_left(deadline))
        if thread.is_alive():
            raise self._too_long(target.host)
        if failed or not found:
            raise WebAddressError("There is no {host} on the web. Please check the address.", host=target.host)
        if not all(self._is_allowed(ip_address(address)) for address in found):
            raise _not_public(target.host)
        return found

    # ---------------------------------------------------------------------------------------- the answer

    def _read(self, response: http.client.HTTPResponse, target: _Target) -> bytes:
        if response.status != 200:
            raise WebAddressError(
                "{host} answers with “{status}” instead of a file. Please check the address. What needs a sign-in has "
                "to be saved in your browser, then added.",
                host=target.host,
                status=response.status,
            )
        if response.getheader("Content-Encoding", "identity").lower() not in ("", "identity"):
            raise WebAddressError(
                "{host} sends the file packed, which was not asked for. Please save it in your browser, then add that.",
                host=target.host,
            )
        told = response.getheader("Content-Length", "")
        if told.isdigit() and int(told) > self._max_bytes:
            raise self._too_large()
        blocks, size = [], 0
        while block := response.read(_BLOCK):
            size += len(block)
            if size > self._max_bytes:
                raise self._too_large()
            blocks.append(block)
        if told.isdigit() and size != int(told):
            raise http.client.IncompleteRead(b"", int(told) - size)
        return b"".join(blocks)

    @contextmanager
    def _until(self, deadline: float, target: _Target, connection: http.client.HTTPConnection) -> Iterator[None]:
        """What is not done at the deadline is broken off, however little by little it comes."""
        sock = connection.sock
        over = threading.Event()

        def break_off() -> None:
            over.set()
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(_left(deadline), break_off)
        timer.daemon = True
        timer.start()
        try:
            sock.settimeout(_left(deadline))
            yield
            if over.is_set():  # then what was read ended there
                raise self._too_long(target.host)
        except (OSError, http.client.HTTPException, ValueError) as error:
            if over.is_set() or deadline <= time.monotonic():
                raise self._too_long(target.host) from None
            raise WebAddressError(
                "{host} broke off, or answers with what is not to be understood. Please try again later.",
                host=target.host,
            ) from error
        finally:
            timer.cancel()

    def _too_long(self, host: str) -> WebAddressError:
        return WebAddressError(
            "{host} took more than {seconds:g} s to send the file. Please save it in your browser, then add that.",
            host=host,
            seconds=self._seconds,
        )

    def _too_large(self) -> PdfTooLarge:
        return PdfTooLarge(
            "The file at this address is larger than {limit:,.0f} MB, the most that is taken.",
            limit=self._max_bytes / 1e6,
        )


def _no_address() -> WebAddressError:
    return WebAddressError(
        "This is no web address that can be fetched: it has to begin with http:// or https://, and may hold no name "
        "or password."
    )


def _not_public(host: str) -> WebAddressError:
    return WebAddressError(
        "{host} is not on the public web, so nothing was fetched from there. Please save the file in your browser, "
        "then add that.",
        host=host,
    )


def _left(deadline: float) -> float:
    return max(0.01, deadline - time.monotonic())


def _resolved(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _opened(address: str, port: int, timeout_s: float) -> socket.socket:
    """A connection to this very address: it is one in numbers, so nothing is looked up."""
    return socket.create_connection((address, port), timeout_s)


def _speaking(plain: socket.socket, target: _Target, deadline: float) -> http.client.HTTPConnection:
    """HTTP over this connection and no other; in TLS, the certificate has to be the name's."""
    connection = http.client.HTTPConnection(target.host, target.port)
    connection.sock = plain
    if target.scheme == "https":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(target.host, target.port, context=context)
        plain.settimeout(min(_CONNECT_S, _left(deadline)))
        try:
            connection.sock = context.wrap_socket(plain, server_hostname=target.host)
        except OSError as error:
            plain.close()
            if isinstance(error, ssl.SSLCertVerificationError):
                raise WebAddressError(
                    "{host} cannot prove that it is the one of that name, so nothing was fetched from there.",
                    host=target.host,
                ) from error
            raise
    connection.auto_open = 0
    return connection


def _as_sent(location: str) -> str:
    """Where an answer leads on to, in ASCII: http.client reads bytes beyond it as Latin-1, and most are UTF-8."""
    return quote(location.strip().encode("latin-1", "replace"), safe=_SAFE)
