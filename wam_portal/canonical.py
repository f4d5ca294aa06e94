"""Canonical JSON and content hashes: what an endorsement, a release or a match run is bound to."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import Any

import rfc8785


def _normalised(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, dict):
        return {_normalised(key): _normalised(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_normalised(item) for item in value]
    return value


def canonical_json(value: Any) -> bytes:
    """Write `value` as RFC 8785 JSON with text in Unicode NFC.

    Raises `rfc8785.CanonicalizationError` for values JSON cannot carry (dates, decimals, large integers).
    """
    return rfc8785.dumps(_normalised(value))


def content_hash(tag: str, value: Any) -> str:
    """SHA-256 (64 hex digits) of a type tag and the canonical JSON of `value`."""
    return hashlib.sha256(tag.encode() + b"\n" + canonical_json(value)).hexdigest()
