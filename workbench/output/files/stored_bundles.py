"""Whole bundles in the store: the same request again is copied."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.output.files.folder import appearing, read_manifest
from workbench.output.files.formats import SOUND_SUFFIXES
from workbench.store import Store

_ANSWER = ".answer.json"


class _MissingError(Exception):
    """The entry was evicted or is damaged."""


def keep_bundle(store: Store, key: str, directory: str | Path, answer: Mapping[str, Any]) -> None:
    """Keep a copy of a bundle, and beside it what was answered when it was made, as plain data."""
    store.keep_folder(key, Path(directory), {_ANSWER: json.dumps(answer)})


def bundle_again(store: Store, key: str, directory: str | Path, *, overwrite: bool = False) -> dict[str, Any] | None:
    """Write a bundle that is in the store into a folder; return what was answered, or None if it is not there.

    Raises
    ------
    OutputError
        As `export`.
    """
    if not store.holds(key):
        return None
    try:
        with appearing(directory, overwrite=overwrite) as folder:
            if not store.copy_to(key, folder):
                raise _MissingError
            answer: dict[str, Any] = json.loads((folder / _ANSWER).read_text(encoding="utf-8"))
            (folder / _ANSWER).unlink()
    except _MissingError:
        return None
    return answer


def outputs_in(directory: str | Path) -> dict[str, Any]:
    """The `outputs` of the published response, as the manifest of a bundle names them."""
    root = Path(directory)
    sound = [Path(name) for name in read_manifest(root)["files"] if Path(name).suffix in SOUND_SUFFIXES]
    masters = [name for name in sound if name.stem == "master"]
    return {
        "master": str(root / masters[0]),
        "stems": {name.stem: str(root / name) for name in sound if name.parts[0] == "stems"},
        "alternatives": [str(root / name) for name in masters[1:]],
    }
