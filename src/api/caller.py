"""Whose library a request is about."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass

from src.api.errors import Refused

_OWN_KEY = re.compile(r"[A-Za-z0-9_-]{32,128}")
_SHELF_KEY_LENGTH = 32  # what the page gives out; such a key is the page's own shelf
_FEWEST_DIFFERENT = 8  # characters in a key: "aaaa…" names a shelf that anybody finds


@dataclass(frozen=True, slots=True)
class Caller:
    """`shelf_key` opens their shelf. Never logged, never shown."""

    shelf_key: str


def caller_of(authorization: str, page_key: str, keys: Sequence[str]) -> Caller:
    """The caller that a request's Authorization header, or else the page's cookie, stands for.

    Where the operator has set `keys`, only these open anything, and each is a person of its own. Else a key of one's
    own choice names one's own shelf, and the page's key the page's shelf. Raises Refused with status 401.
    """
    scheme, _, token = authorization.strip().partition(" ")
    token = token.strip()
    if keys:
        return _with_configured_key(scheme, token, keys)
    if authorization.strip():
        return _with_own_key(scheme, token)
    if page_key:
        return Caller(page_key)
    raise _not_let_in(
        "Say whose library this is about: send the header “Authorization: Bearer KEY”. KEY is a secret of your own, "
        "32 characters or more; the first use of it begins a new library. Make one with `openssl rand -hex 24`."
    )


def _with_configured_key(scheme: str, token: str, keys: Sequence[str]) -> Caller:
    # every one is compared, so that the time taken does not tell which began alike
    matches = [hmac.compare_digest(token.encode(), key.encode()) for key in keys]
    if scheme.lower() != "bearer" or not any(matches):
        raise _not_let_in(
            "This server asks for a key: send the header “Authorization: Bearer KEY”, with one of its own."
        )
    return Caller(shelf_key_of(token))


def _with_own_key(scheme: str, token: str) -> Caller:
    if scheme.lower() != "bearer" or not _OWN_KEY.fullmatch(token) or len(set(token)) < _FEWEST_DIFFERENT:
        raise _not_let_in(
            "This key cannot name a library. A key has 32 to 128 letters, digits, “-” or “_” that nobody can guess; "
            "make one with `openssl rand -hex 24`, and send it as “Authorization: Bearer KEY”."
        )
    return Caller(token if len(token) == _SHELF_KEY_LENGTH else shelf_key_of(token))


def shelf_key_of(key: str) -> str:
    """A key as the shelves know one: 32 characters, from which `key` cannot be found out.

    >>> len(shelf_key_of("any key at all"))
    32
    """
    digest = hashlib.sha256(b"footnote shelf of an API key\0" + key.encode()).digest()
    return base64.urlsafe_b64encode(digest[:24]).decode()


def _not_let_in(message: str) -> Refused:
    return Refused(401, "key_needed", message)
