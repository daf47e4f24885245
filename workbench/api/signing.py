"""Signed addresses: a file can be fetched without a key by whoever holds its address, until it expires."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import quote, urlencode

from workbench.api.database import now
from workbench.api.settings import API_PREFIX


def sign_address(secret: bytes, version_id: str, path: str, lifetime_seconds: float) -> str:
    """The address of a bundle's file, relative to the server, valid for so many seconds."""
    expires = int(now() + lifetime_seconds)
    query = urlencode({"expires": expires, "signature": _signature(secret, version_id, path, expires)})
    return f"{API_PREFIX}/files/{version_id}/{quote(path)}?{query}"


def is_signed(secret: bytes, version_id: str, path: str, expires: int, signature: str) -> bool:
    """Whether an address was signed by this server and has not expired."""
    expected = _signature(secret, version_id, path, expires)
    return hmac.compare_digest(expected.encode(), signature.encode()) and expires >= now()


def _signature(secret: bytes, version_id: str, path: str, expires: int) -> str:
    # Lengths first, so that no two different triples give the same text.
    text = f"{len(version_id)}:{version_id}{len(path)}:{path}{expires}"
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
