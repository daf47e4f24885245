"""The server's SQLite database: one connection a thread, short transactions, and a clear error where it is busy."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.domain.errors import WorkbenchError

_BUSY_SECONDS = 5.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS keys (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, tier TEXT NOT NULL, scopes TEXT NOT NULL,
    salt BLOB NOT NULL, digest BLOB NOT NULL, created REAL NOT NULL, revoked REAL
);
CREATE TABLE IF NOT EXISTS sessions (
    id TEXT PRIMARY KEY, key_id TEXT NOT NULL, created REAL NOT NULL, used REAL NOT NULL, cursor INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS session_steps (
    session_id TEXT NOT NULL, place INTEGER NOT NULL, version_id TEXT NOT NULL, PRIMARY KEY (session_id, place)
);
CREATE TABLE IF NOT EXISTS versions (
    id TEXT PRIMARY KEY, key_id TEXT NOT NULL, project_id TEXT NOT NULL, number INTEGER NOT NULL, parent TEXT,
    created REAL NOT NULL, response TEXT NOT NULL, UNIQUE (key_id, project_id, number)
);
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY, key_id TEXT NOT NULL, kind TEXT NOT NULL, project_id TEXT NOT NULL, session_id TEXT,
    payload TEXT NOT NULL, state TEXT NOT NULL, stage TEXT NOT NULL, fraction REAL NOT NULL, attempt INTEGER NOT NULL,
    worker TEXT, heartbeat REAL, cancel INTEGER NOT NULL, version_id TEXT NOT NULL, error TEXT,
    audio_seconds REAL NOT NULL, created REAL NOT NULL, started REAL, finished REAL, parent TEXT
);
CREATE INDEX IF NOT EXISTS jobs_by_key ON jobs (key_id, created);
CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state);
CREATE INDEX IF NOT EXISTS jobs_by_version ON jobs (version_id);
CREATE TABLE IF NOT EXISTS idempotency (
    key_id TEXT NOT NULL, name TEXT NOT NULL, request TEXT NOT NULL, job_id TEXT NOT NULL, created REAL NOT NULL,
    PRIMARY KEY (key_id, name)
);
"""


class BusyError(WorkbenchError):
    """The service cannot answer now, and will again: the database is locked, the disk is full, or the queue is away."""


class Database:
    """A SQLite file that several processes use at once (write-ahead log)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BusyError(f"{path.parent} cannot be made: {error.strerror}") from None
        with self.transaction() as connection:
            # `executescript` would commit at once and ignore the busy time-out.
            for statement in filter(str.strip, _SCHEMA.split(";")):
                connection.execute(statement)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A write transaction: all of it or nothing.

        Raises
        ------
        BusyError
            If the database stays locked for five seconds, is full or cannot be read.
        """
        try:
            connection = self._connection()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                # On a full disk SQLite has rolled back already.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        except sqlite3.OperationalError as error:
            raise BusyError(f"the database cannot be used now ({error}): try again in a moment") from None

    def rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        """What a query finds.

        Raises
        ------
        BusyError
            As `transaction`.
        """
        try:
            return self._connection().execute(query, values).fetchall()
        except sqlite3.OperationalError as error:
            raise BusyError(f"the database cannot be used now ({error}): try again in a moment") from None

    def row(self, query: str, *values: object) -> sqlite3.Row | None:
        """The first row that a query finds, or None."""
        found = self.rows(query, *values)
        return found[0] if found else None

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            self._local.connection = connection
        return connection


def now() -> float:
    """Seconds since the epoch, as every table stores them."""
    return time.time()
