"""Typed reading of environment variables. A missing or malformed value stops the start with the variable's name."""

import os
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off"})


def text(name: str, default: str | None = None, *, min_length: int = 1) -> str:
    """Return the stripped value of ``name``; without a default it is required.

    Raises ImproperlyConfigured when it is missing or shorter than ``min_length`` characters.
    """
    value = os.environ.get(name, "").strip()
    if not value:
        if default is None:
            raise ImproperlyConfigured(f"Set the environment variable {name}: it is required.")
        return default
    if len(value) < min_length:
        raise ImproperlyConfigured(f"{name} must have at least {min_length} characters; it has {len(value)}.")
    return value


def boolean(name: str, *, default: bool) -> bool:
    """Return a yes-or-no value; any word but the usual ones raises ImproperlyConfigured instead of meaning "no"."""
    value = text(name, "").lower()
    if not value:
        return default
    if value in TRUE_WORDS:
        return True
    if value in FALSE_WORDS:
        return False
    raise ImproperlyConfigured(f"{name} must be one of {sorted(TRUE_WORDS | FALSE_WORDS)}, not {value!r}.")


def integer(name: str, default: int, *, minimum: int = 0) -> int:
    """Return a whole number of at least ``minimum``; anything else raises ImproperlyConfigured."""
    value = text(name, str(default))
    if not value.isdecimal() or int(value) < minimum:
        raise ImproperlyConfigured(f"{name} must be a whole number of at least {minimum}, not {value!r}.")
    return int(value)


def words(name: str) -> list[str]:
    """Return the values of a comma-separated list; nothing where ``name`` is not set."""
    return [part.strip() for part in text(name, "").split(",") if part.strip()]


def hosts(name: str) -> list[str]:
    """Return exact host names from a comma-separated list; wildcards and leading dots raise ImproperlyConfigured."""
    text(name)
    names = words(name)
    loose = [host for host in names if "*" in host or host.startswith(".")]
    if not names or loose:
        raise ImproperlyConfigured(f"{name} must list exact host names separated by commas; found {loose or 'none'}.")
    return names


def base_url(name: str) -> str:
    """Return an https address without a trailing slash; a path, query or user part raises ImproperlyConfigured."""
    value = text(name).rstrip("/")
    parts = urlsplit(value)
    plain = not (parts.path or parts.query or parts.fragment or parts.username)
    if parts.scheme != "https" or not parts.hostname or not plain:
        raise ImproperlyConfigured(f"{name} must look like https://portal.example.org, not {value!r}.")
    return value
