"""Settings of a server: where it keeps its data, and what it lets through."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from workbench.domain.drafts import draft_beside
from workbench.domain.errors import OutputError, reason
from workbench.domain.paths import home_dir

API_PREFIX = "/api/v1"
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """What a server is started with.

    Parameters
    ----------
    home : Path
        Folder of the database, the queue, the projects and the secret that signs addresses.
    redis_url : str, optional
        Where the queue and the rate limits live when several machines serve; SQLite and memory otherwise.
    tracking_uri : str, optional
        MLflow address where generated songs are recorded; nowhere if left out.
    workers : int
        Worker processes; each makes one song at a time.
    queue_limit : int
        Jobs that may wait or run at once over all keys; more are answered with 503.
    secure : bool
        Whether clients reach the server over TLS, by itself or by a trusted proxy.
    trusted_proxies : tuple of str
        Addresses whose `X-Forwarded-Proto` is believed.
    cors_origins : tuple of str
        Origins whose pages may call; none by default.
    """

    home: Path
    redis_url: str | None = None
    tracking_uri: str | None = None
    workers: int = 1
    queue_limit: int = 64
    secure: bool = False
    trusted_proxies: tuple[str, ...] = ()
    cors_origins: tuple[str, ...] = ()
    address_seconds: int = 3600
    session_seconds: int = 24 * 3600
    heartbeat_seconds: float = 1.0
    lease_seconds: float = 15.0
    attempts: int = 2

    @property
    def database(self) -> Path:
        """The SQLite file of keys, jobs, projects and sessions."""
        return self.home / "api.db"

    @property
    def queue(self) -> Path:
        """The SQLite file of the queue, where no Redis is named."""
        return self.home / "queue.db"

    @property
    def projects(self) -> Path:
        """Folder of finished bundles, one a version, under names that the server chose."""
        return self.home / "projects"

    @property
    def previews(self) -> Path:
        """Folder of previews of songs that are being made."""
        return self.home / "previews"


def default_home() -> Path:
    """The folder `api` in the user's BeatsFoundry home."""
    return home_dir() / "api"


def signing_secret(settings: ApiSettings) -> bytes:
    """The secret that signs file addresses; made once, readable by its owner alone.

    Raises
    ------
    OutputError
        If it can be neither read nor written, or is damaged.
    """
    path = settings.home / "secret"
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _write_secret(path)
        secret = path.read_bytes()
    except OSError as error:
        raise OutputError(f"{path} cannot be read or written: {reason(error)}") from None
    if len(secret) != _SECRET_BYTES:
        raise OutputError(f"{path}: expected {_SECRET_BYTES} bytes, got {len(secret)}: remove it, a new one is made")
    return secret


def _write_secret(path: Path) -> None:
    """Write a new secret, whole or not at all; one that another process wrote meanwhile stays."""
    with draft_beside(path) as draft:
        place = draft / path.name
        place.touch(0o600)
        place.write_bytes(secrets.token_bytes(_SECRET_BYTES))
        with suppress(FileExistsError):
            os.link(place, path)
