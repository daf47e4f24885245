"""API keys: made, listed, rotated and revoked. Only a salted hash is stored, so a key is shown once.

A key reads `bf_ID_SECRET`. The secret has 256 random bits, so that a fast hash is enough: there is nothing to guess.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from workbench.api.database import Database, now
from workbench.domain.errors import ParameterError, unknown_name

SCOPES = ("generate", "read", "analyze", "metrics")
"""`generate` makes and changes songs, `read` sees what the key made, `analyze` measures audio, `metrics` counts."""

DEFAULT_SCOPES = ("generate", "read", "analyze")
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key without its secret."""

    id: str
    name: str
    tier: str
    scopes: tuple[str, ...]
    created: float
    revoked: float | None


class KeyStore:
    """The keys in a server's database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, name: str, tier: str, scopes: Sequence[str] = DEFAULT_SCOPES) -> tuple[ApiKey, str]:
        """Make a key; return it, and the text that its owner sends, which is stored nowhere.

        Raises
        ------
        ParameterError
            If the name is empty or too long, or a scope is not known.
        """
        if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
            raise ParameterError(f"name of a key: expected 1 to {_LONGEST_NAME} printable characters, got {name!r}")
        for scope in scopes:
            if scope not in SCOPES:
                raise unknown_name("scope", scope, SCOPES)
        key = ApiKey(secrets.token_hex(6), name.strip(), tier, tuple(scopes), now(), None)
        secret, salt = secrets.token_urlsafe(32), secrets.token_bytes(16)
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO keys VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
                (key.id, key.name, tier, " ".join(scopes), salt, _digest(salt, secret), key.created),
            )
        return key, f"bf_{key.id}_{secret}"

    def find(self, text: str) -> ApiKey | None:
        """The key that a client sent, or None if it is wrong or revoked; its time tells nothing of the secret."""
        kind, _, rest = text.partition("_")
        identifier, _, secret = rest.partition("_")
        row = self._database.row("SELECT * FROM keys WHERE id = ?", identifier) if kind == "bf" else None
        salt, digest = (row["salt"], row["digest"]) if row else (b"\0" * 16, b"\0" * 32)
        same = hmac.compare_digest(_digest(salt, secret), digest)
        return _key(row) if row and same and row["revoked"] is None else None

    def get(self, identifier: str) -> ApiKey:
        """A key by its identifier.

        Raises
        ------
        ParameterError
            If there is none.
        """
        row = self._database.row("SELECT * FROM keys WHERE id = ?", identifier)
        if row is None:
            raise ParameterError(f"key {identifier!r} is not known: 'beatsfoundry keys list' shows them")
        return _key(row)

    def list(self) -> list[ApiKey]:
        """Every key, oldest first, revoked ones too."""
        return [_key(row) for row in self._database.rows("SELECT * FROM keys ORDER BY created")]

    def revoke(self, identifier: str) -> ApiKey:
        """Refuse a key from now on; what it made stays."""
        self.get(identifier)
        with self._database.transaction() as connection:
            connection.execute("UPDATE keys SET revoked = ? WHERE id = ? AND revoked IS NULL", (now(), identifier))
        return self.get(identifier)

    def rotate(self, identifier: str) -> tuple[ApiKey, str]:
        """Give a key a new secret; its projects, limits and name stay.

        Raises
        ------
        ParameterError
            If there is no such key, or it is revoked.
        """
        key = self.get(identifier)
        if key.revoked is not None:
            raise ParameterError(f"key {identifier!r} is revoked: make a new one")
        secret, salt = secrets.token_urlsafe(32), secrets.token_bytes(16)
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE keys SET salt = ?, digest = ? WHERE id = ?", (salt, _digest(salt, secret), identifier)
            )
        return key, f"bf_{identifier}_{secret}"


def _digest(salt: bytes, secret: str) -> bytes:
    return hashlib.sha256(salt + secret.encode()).digest()


def _key(row: sqlite3.Row) -> ApiKey:
    return ApiKey(row["id"], row["name"], row["tier"], tuple(row["scopes"].split()), row["created"], row["revoked"])
