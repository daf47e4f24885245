"""Projects: what a key calls a song, and its versions, each a bundle in a folder that the server named."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.api.database import Database, now


@dataclass(frozen=True, slots=True)
class Version:
    """One finished bundle of a project; `number` counts from 1, `parent` is the version that it was made from."""

    id: str
    key_id: str
    project_id: str
    number: int
    parent: str | None
    created: float
    response: Mapping[str, Any]


class ProjectStore:
    """The finished songs in a server's database."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database, self._folder = database, folder

    def bundle(self, version_id: str) -> Path:
        """The folder of a version's bundle."""
        return self._folder / version_id

    def add(
        self,
        version_id: str,
        key_id: str,
        project_id: str,
        response: Mapping[str, Any],
        *,
        parent: str | None,
        connection: sqlite3.Connection,
    ) -> None:
        """Note a finished version within a transaction."""
        number = connection.execute(
            "SELECT COALESCE(MAX(number), 0) + 1 FROM versions WHERE key_id = ? AND project_id = ?",
            (key_id, project_id),
        ).fetchone()[0]
        connection.execute(
            "INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?, ?)",
            (version_id, key_id, project_id, number, parent, now(), json.dumps(response)),
        )

    def find(self, version_id: str) -> Version | None:
        """A version by the server's identifier, or None."""
        row = self._database.row("SELECT * FROM versions WHERE id = ?", version_id)
        return _version(row) if row else None

    def get(self, key_id: str, project_id: str, number: int | None = None) -> Version | None:
        """A version of a key's project, by default the newest; None if the key has none such."""
        which, values = (" AND number = ?", (number,)) if number is not None else ("", ())
        row = self._database.row(
            f"SELECT * FROM versions WHERE key_id = ? AND project_id = ?{which} ORDER BY number DESC LIMIT 1",
            key_id, project_id, *values,
        )  # fmt: skip
        return _version(row) if row else None

    def versions(self, key_id: str, project_id: str | None = None) -> list[Version]:
        """Every version of a key, or of one of its projects, oldest first."""
        which, values = (" AND project_id = ?", (project_id,)) if project_id is not None else ("", ())
        query = f"SELECT * FROM versions WHERE key_id = ?{which} ORDER BY created, number"
        return [_version(row) for row in self._database.rows(query, key_id, *values)]


def _version(row: sqlite3.Row) -> Version:
    return Version(
        row["id"], row["key_id"], row["project_id"], row["number"], row["parent"], row["created"],
        json.loads(row["response"]),
    )  # fmt: skip
