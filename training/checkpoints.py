"""Where a training leaves its checkpoints: a folder, or an object store by its address (fsspec)."""

from __future__ import annotations

import io
import os
import pickle
import shutil
from pathlib import Path
from typing import Any

import torch

from workbench.domain.errors import ModelError

LAST = "last.ckpt"


def fetched_checkpoint(place: str, folder: Path) -> Path | None:
    """The checkpoint that a stopped run goes on from as a file of this machine; refused before anything is learned.

    Parameters
    ----------
    place : str
        Folder or address that checkpoints are written to.
    folder : Path
        Where the copy of one that lies elsewhere goes. Several processes of a machine may write it at once.

    Returns
    -------
    Path or None
        None if there is nothing to go on from.

    Raises
    ------
    ModelError
        If it holds anything but tensors and plain values, is damaged, or cannot be fetched.
    """
    system, root = _system(place)
    source = f"{root.rstrip('/')}/{LAST}"
    try:
        system.invalidate_cache()
        if not system.isfile(source):
            return None
        if _is_local(system):
            read_checkpoint(source)
            return Path(source)
        folder.mkdir(parents=True, exist_ok=True)
        copy, draft = folder / LAST, folder / f".{LAST}.{os.getpid()}"
        with system.open(source, "rb") as stored, draft.open("wb") as file:
            shutil.copyfileobj(stored, file)
        draft.replace(copy)
    except OSError as error:
        raise ModelError(f"checkpoint {place.rstrip('/')}/{LAST} cannot be read ({error})") from None
    read_checkpoint(copy)
    return copy


def read_checkpoint(place: str | Path) -> dict[str, Any]:
    """A checkpoint of Lightning's as tensors and plain values: whatever else lies in it is refused, and runs nothing.

    Raises
    ------
    ModelError
        If it holds anything else, or is damaged.
    """
    system, path = _system(str(place))
    stored = io.BytesIO(system.cat_file(path))
    try:
        state: dict[str, Any] = torch.load(stored, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, KeyError, ValueError) as error:
        raise ModelError(
            f"{place} is no checkpoint of tensors and plain values ({type(error).__name__}), so it is not read: "
            "remove it to begin anew"
        ) from None
    return state


def check_place(place: str) -> str:
    """Make sure that checkpoints can be written, before anything is learned; the place as Lightning takes it.

    Lightning takes a `file:` address for a folder of that name.

    Raises
    ------
    ModelError
        If the address is of no known kind, or nothing can be written there.
    """
    system, root = _system(place)
    try:
        system.makedirs(root, exist_ok=True)
        system.pipe_file(f"{root.rstrip('/')}/.writable-{os.getpid()}", b"")
        system.rm_file(f"{root.rstrip('/')}/.writable-{os.getpid()}")
    except Exception as error:
        raise ModelError(f"checkpoints cannot be written to {place} ({' '.join(str(error).split())[:200]})") from None
    return root if _is_local(system) else place


def _system(place: str) -> tuple[Any, str]:
    import fsspec

    try:
        return fsspec.core.url_to_fs(place)  # type: ignore[no-any-return]
    except (ImportError, ValueError) as error:
        raise ModelError(f"checkpoints cannot lie in {place}: {' '.join(str(error).split())[:200]}") from None


def _is_local(system: Any) -> bool:
    return "file" in (system.protocol if isinstance(system.protocol, tuple) else (system.protocol,))
