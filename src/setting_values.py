"""Values of settings, out of the words of the environment."""

from __future__ import annotations


def as_bool(text: str) -> bool:
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if text.lower() not in words:
        raise ValueError(text)
    return words[text.lower()]


def expected(default: object) -> str:
    if isinstance(default, bool):
        return "yes or no"
    return "a whole number" if isinstance(default, int) else "a number"


def as_url(host: str) -> str:
    """OLLAMA_HOST may be a bare host, `host:port`, or what a server binds to; a client needs a URL it can reach."""
    url = host if "://" in host else f"http://{host}"
    scheme, _, rest = url.partition("://")
    authority = rest.rstrip("/")
    if ":" not in authority.rpartition("]")[2]:
        authority = f"{authority or '127.0.0.1'}:{443 if scheme == 'https' else 11434}"
    return f"{scheme}://{authority.replace('0.0.0.0', '127.0.0.1')}"  # noqa: S104 - replaced, not bound
