"""Jobs: the table is the truth about them, the queue only says that there is one to do.

A job is `queued`, `running`, and then `completed`, `failed` or `cancelled`. A worker claims it by one update, keeps a
heartbeat, and writes the result in one transaction, so a job ends once, whoever dies meanwhile. What a key has used of
its day is counted from this table; nothing is charged twice, and what failed or was cancelled is not charged.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from workbench.api.database import Database, now

State = Literal["queued", "running", "completed", "failed", "cancelled"]
Kind = Literal["generate", "modify", "render"]
ENDED = ("completed", "failed", "cancelled")
_DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work of one key."""

    id: str
    key_id: str
    kind: Kind
    project_id: str
    session_id: str | None
    payload: Mapping[str, Any]
    state: State
    stage: str
    fraction: float
    attempt: int
    version_id: str
    parent: str | None
    error: str | None
    audio_seconds: float
    created: float
    started: float | None
    finished: float | None

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in ENDED


class JobStore:
    """The jobs in a server's database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        key_id: str,
        kind: Kind,
        project_id: str,
        payload: Mapping[str, Any],
        *,
        audio_seconds: float,
        session_id: str | None = None,
        parent: str | None = None,
        connection: sqlite3.Connection,
    ) -> str:
        """Accept a job within a transaction; returns its identifier."""
        identifier, version = secrets.token_hex(12), secrets.token_hex(12)
        connection.execute(
            "INSERT INTO jobs (id, key_id, kind, project_id, session_id, payload, state, stage, fraction, attempt,"
            " cancel, version_id, audio_seconds, created, parent)"
            " VALUES (?, ?, ?, ?, ?, ?, 'queued', 'queued', 0, 0, 0, ?, ?, ?, ?)",
            (
                identifier,
                key_id,
                kind,
                project_id,
                session_id,
                json.dumps(payload),
                version,
                audio_seconds,
                now(),
                parent,
            ),
        )
        return identifier

    def find(self, identifier: str, key_id: str | None = None) -> Job | None:
        """A job, or None if there is none, or if it is another key's."""
        row = self._database.row("SELECT * FROM jobs WHERE id = ?", identifier)
        return None if row is None or key_id not in (None, row["key_id"]) else _job(row)

    def making(self, version_id: str) -> Job | None:
        """The job that makes, or made, a version."""
        row = self._database.row("SELECT * FROM jobs WHERE version_id = ?", version_id)
        return _job(row) if row else None

    def active(self, key_id: str | None = None) -> int:
        """How many jobs of a key, or of all, wait or run."""
        whose, values = (" AND key_id = ?", (key_id,)) if key_id else ("", ())
        row = self._database.row(f"SELECT COUNT(*) FROM jobs WHERE state IN ('queued', 'running'){whose}", *values)
        return int(row[0]) if row else 0

    def audio_seconds_today(self, key_id: str) -> float:
        """Seconds of music that a key has asked for since midnight (UTC), but for what failed or was cancelled."""
        midnight = now() // _DAY_SECONDS * _DAY_SECONDS
        row = self._database.row(
            "SELECT COALESCE(SUM(audio_seconds), 0) FROM jobs WHERE key_id = ? AND created >= ?"
            " AND state NOT IN ('failed', 'cancelled')", key_id, midnight
        )  # fmt: skip
        return float(row[0]) if row else 0.0

    def counts(self) -> dict[str, int]:
        """How many jobs there are in each state."""
        return {row[0]: row[1] for row in self._database.rows("SELECT state, COUNT(*) FROM jobs GROUP BY state")}

    def queued(self) -> list[str]:
        """Jobs that wait, oldest first."""
        return [row[0] for row in self._database.rows("SELECT id FROM jobs WHERE state = 'queued' ORDER BY created")]

    def claim(self, identifier: str, worker: str) -> Job | None:
        """Take a job that waits; None if somebody else has it or it is no longer wanted."""
        with self._database.transaction() as connection:
            taken = connection.execute(
                "UPDATE jobs SET state = 'running', stage = 'starting', worker = ?, heartbeat = ?,"
                " attempt = attempt + 1, started = COALESCE(started, ?) WHERE id = ? AND state = 'queued'",
                (worker, now(), now(), identifier),
            ).rowcount
        return self.find(identifier) if taken else None

    def report(self, identifier: str, worker: str, stage: str, fraction: float) -> bool:
        """Note progress and life; False if the worker should stop: the job was cancelled, or taken from it."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE jobs SET stage = ?, fraction = ?, heartbeat = ?"
                " WHERE id = ? AND worker = ? AND state = 'running'",
                (stage, fraction, now(), identifier, worker),
            )
            row = connection.execute("SELECT cancel, worker, state FROM jobs WHERE id = ?", (identifier,)).fetchone()
        return bool(row and not row["cancel"] and row["worker"] == worker and row["state"] == "running")

    def beat(self, identifier: str, worker: str) -> None:
        """Note that the worker lives."""
        with self._database.transaction() as connection:
            connection.execute("UPDATE jobs SET heartbeat = ? WHERE id = ? AND worker = ?", (now(), identifier, worker))

    def end(
        self, identifier: str, state: State, *, worker: str | None, error: str | None, connection: sqlite3.Connection
    ) -> bool:
        """End a running job within a transaction; False if it is no longer the worker's."""
        whose, values = (" AND worker = ?", (worker,)) if worker else ("", ())
        ended = connection.execute(
            "UPDATE jobs SET state = ?, stage = ?, fraction = CASE WHEN ? = 'completed' THEN 1 ELSE fraction END,"
            f" error = ?, finished = ? WHERE id = ? AND state = 'running'{whose}",
            (state, state, state, error, now(), identifier, *values),
        ).rowcount
        return bool(ended)

    def cancel(self, identifier: str) -> None:
        """End a job that waits, and ask the worker of one that runs to stop."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE jobs SET state = 'cancelled', stage = 'cancelled', finished = ?"
                " WHERE id = ? AND state = 'queued'",
                (now(), identifier),
            )
            connection.execute("UPDATE jobs SET cancel = 1 WHERE id = ? AND state = 'running'", (identifier,))

    def reclaim(self, lease_seconds: float, attempts: int) -> list[str]:
        """Jobs whose worker gives no sign of life go back to the queue, or fail after so many attempts.

        Returns
        -------
        list of str
            Those that wait again.
        """
        late = now() - lease_seconds
        again = []
        with self._database.transaction() as connection:
            for row in connection.execute(
                "SELECT id, attempt, cancel FROM jobs WHERE state = 'running' AND heartbeat < ?", (late,)
            ).fetchall():
                if row["cancel"]:
                    self.end(row["id"], "cancelled", worker=None, error=None, connection=connection)
                elif row["attempt"] >= attempts:
                    why = f"the worker died {row['attempt']} times while it made this: try again, or ask for less"
                    self.end(row["id"], "failed", worker=None, error=why, connection=connection)
                else:
                    connection.execute(
                        "UPDATE jobs SET state = 'queued', stage = 'queued', worker = NULL WHERE id = ?", (row["id"],)
                    )
                    again.append(row["id"])
        return again


def _job(row: sqlite3.Row) -> Job:
    return Job(
        row["id"], row["key_id"], row["kind"], row["project_id"], row["session_id"], json.loads(row["payload"]),
        row["state"], row["stage"], row["fraction"], row["attempt"], row["version_id"], row["parent"], row["error"],
        row["audio_seconds"], row["created"], row["started"], row["finished"],
    )  # fmt: skip
