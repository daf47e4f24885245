"""Sessions: a workflow as a line of versions with a place in it, which undo and redo move.

A session belongs to one key and ends when it was not used for a while. Working on from an earlier place drops what came
after it from the line; the versions themselves stay in their projects.
"""

from __future__ import annotations

import secrets
import sqlite3
from dataclasses import dataclass

from workbench.api.database import Database, now


@dataclass(frozen=True, slots=True)
class WorkSession:
    """A session: its versions in order, and how many of them are done (those after `cursor` were undone)."""

    id: str
    key_id: str
    created: float
    used: float
    steps: tuple[str, ...]
    cursor: int

    @property
    def current(self) -> str | None:
        """The version that the session stands at."""
        return self.steps[self.cursor - 1] if self.cursor else None


class SessionStore:
    """The sessions in a server's database."""

    def __init__(self, database: Database, lifetime_seconds: float) -> None:
        self._database, self._lifetime = database, lifetime_seconds

    def create(self, key_id: str) -> WorkSession:
        """Begin a session."""
        identifier = secrets.token_urlsafe(18)
        with self._database.transaction() as connection:
            connection.execute("INSERT INTO sessions VALUES (?, ?, ?, ?, 0)", (identifier, key_id, now(), now()))
        return WorkSession(identifier, key_id, now(), now(), (), 0)

    def find(self, identifier: str, key_id: str) -> WorkSession | None:
        """A key's session that has not expired, or None; finding it counts as use."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE sessions SET used = ? WHERE id = ? AND key_id = ? AND used >= ?",
                (now(), identifier, key_id, now() - self._lifetime),
            )
            row = connection.execute(
                "SELECT * FROM sessions WHERE id = ? AND key_id = ? AND used >= ?",
                (identifier, key_id, now() - self._lifetime),
            ).fetchone()
            steps = connection.execute(
                "SELECT version_id FROM session_steps WHERE session_id = ? ORDER BY place", (identifier,)
            ).fetchall()
        if row is None:
            return None
        done = tuple(step["version_id"] for step in steps)
        return WorkSession(row["id"], row["key_id"], row["created"], row["used"], done, row["cursor"])

    def append(self, identifier: str, version_id: str, *, parent: str | None, connection: sqlite3.Connection) -> None:
        """Put a version after the place where the session stands, within a transaction.

        A session that begins with a change begins at the version that was changed, so that the change can be undone.
        """
        row = connection.execute("SELECT cursor FROM sessions WHERE id = ?", (identifier,)).fetchone()
        if row is None:
            return
        done = row["cursor"]
        connection.execute("DELETE FROM session_steps WHERE session_id = ? AND place > ?", (identifier, done))
        steps = [version_id] if done or parent is None else [parent, version_id]
        for place, step in enumerate(steps, done + 1):
            connection.execute("INSERT INTO session_steps VALUES (?, ?, ?)", (identifier, place, step))
        connection.execute("UPDATE sessions SET cursor = ? WHERE id = ?", (done + len(steps), identifier))

    def move(self, session: WorkSession, by: int) -> WorkSession | None:
        """Undo (-1) or redo (+1); None if there is nothing to undo or redo. The first version is not undone."""
        place = session.cursor + by
        if not 1 <= place <= len(session.steps):
            return None
        with self._database.transaction() as connection:
            connection.execute("UPDATE sessions SET cursor = ? WHERE id = ?", (place, session.id))
        return WorkSession(session.id, session.key_id, session.created, session.used, session.steps, place)

    def delete(self, identifier: str) -> None:
        """Forget a session; its projects stay."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM session_steps WHERE session_id = ?", (identifier,))
            connection.execute("DELETE FROM sessions WHERE id = ?", (identifier,))

    def sweep(self) -> None:
        """Forget the sessions that have expired."""
        with self._database.transaction() as connection:
            late = now() - self._lifetime
            connection.execute(
                "DELETE FROM session_steps WHERE session_id IN (SELECT id FROM sessions WHERE used < ?)", (late,)
            )
            connection.execute("DELETE FROM sessions WHERE used < ?", (late,))
