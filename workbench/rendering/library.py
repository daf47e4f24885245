"""Where patches and kits are found: the files that ship, then a user's folder, which may replace them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from workbench.domain.data_files import read_yaml
from workbench.domain.elements import PITCHED_ELEMENTS, is_drums, likeness
from workbench.domain.errors import ParameterError, unknown_name
from workbench.domain.paths import MODEL_NAME, home_dir
from workbench.rendering.kit import Kit
from workbench.rendering.parameters import build
from workbench.rendering.patch import Patch

_HERE = Path(__file__).parent


def list_patches(element: str, *, folder: Path | None = None) -> tuple[str, ...]:
    """Name the patches of an element, in alphabetical order.

    Parameters
    ----------
    element : str
        One of pitches, such as "pads"; for "percussion" the kits are listed.
    folder : Path, optional
        A user's folder that holds `patches/<element>/*.yaml` and `kits/*.yaml` as the shipped one does; by default
        `~/.beatsfoundry`.

    Raises
    ------
    ParameterError
        If the element has no patches.

    Examples
    --------
    >>> "sub-sine" in list_patches("bass")
    True
    """
    if is_drums(element):
        return list_kits(folder=folder)
    if element not in PITCHED_ELEMENTS:
        raise ParameterError(f"element {element!r} has no patches: expected percussion, {', '.join(PITCHED_ELEMENTS)}")
    return tuple(sorted(_patch_files(element, folder)))


def list_kits(*, folder: Path | None = None) -> tuple[str, ...]:
    """Name the drum kits, in alphabetical order.

    Parameters
    ----------
    folder : Path, optional
        A user's folder as for `list_patches`.

    Examples
    --------
    >>> "studio" in list_kits()
    True
    """
    return tuple(sorted(_files("kits", folder)))


def load_patch(element: str, name: str, *, folder: Path | None = None) -> Patch:
    """Read and check one patch.

    Parameters
    ----------
    element : str
        One of pitches, such as "pads".
    name : str
        A name that `list_patches` gives.
    folder : Path, optional
        A user's folder as for `list_patches`; its files win over those that ship.

    Raises
    ------
    ParameterError
        If the patch is not known (the message lists the known ones), or a value lies outside its range.
    """
    names = list_patches(element, folder=folder)
    if element not in PITCHED_ELEMENTS or name not in names:
        raise unknown_name(f"{element} patch", name, names)
    path = _patch_files(element, folder)[name]
    return build(Patch, {"name": name, "element": element, **_read(path)}, f"patch {name}")


def load_kit(name: str, *, folder: Path | None = None) -> Kit:
    """Read and check one drum kit.

    Parameters
    ----------
    name : str
        A name that `list_kits` gives.
    folder : Path, optional
        A user's folder as for `list_patches`.

    Raises
    ------
    ParameterError
        If the kit is not known (the message lists the known ones), or a value lies outside its range.
    """
    names = list_kits(folder=folder)
    if name not in names:
        raise unknown_name("kit", name, names)
    return build(Kit, {"name": name, **_read(_files("kits", folder)[name])}, f"kit {name}")


def save_sound(sound: Patch | Kit, name: str, *, folder: Path | None = None) -> Path:
    """Keep a patch or kit under a name of its own, so that requests can name it; an earlier one of this name gives way.

    Parameters
    ----------
    sound : Patch or Kit
        What is kept.
    name : str
        Letters, digits, dots, dashes and underscores; no name of a sound that ships.
    folder : Path, optional
        A user's folder as for `list_patches`.

    Raises
    ------
    ParameterError
        If the name cannot be used.
    """
    below = f"patches/{sound.element}" if isinstance(sound, Patch) else "kits"
    if not re.match(MODEL_NAME, name):
        raise ParameterError(f"name {name!r}: expected letters, digits, dots, dashes and underscores")
    if (_HERE / below / f"{name}.yaml").is_file():
        raise ParameterError(f"{name} is a sound that ships: choose another name")
    data = {key: value for key, value in asdict(sound).items() if key not in ("name", "element")}
    file = (home_dir() if folder is None else folder) / below / f"{name}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    # Through JSON, where a tuple is a list: YAML would write it as a type of Python's.
    file.write_text(yaml.safe_dump(json.loads(json.dumps(data)), sort_keys=False), encoding="utf-8")
    return file


def _patch_files(element: str, folder: Path | None) -> dict[str, Path]:
    """Patches of an element, and those of the one that it is like."""
    return {
        name: path for one in reversed(likeness(element)) for name, path in _files(f"patches/{one}", folder).items()
    }


def _files(below: str, folder: Path | None) -> dict[str, Path]:
    roots = [_HERE, home_dir() if folder is None else folder]
    return {path.stem: path for root in roots for path in sorted((root / below).glob("*.yaml"))}


def _read(path: Path) -> Mapping[str, Any]:
    return _parsed(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _parsed(path: Path, modified: int) -> Mapping[str, Any]:
    """A file as it was at a time: reading YAML takes longer than rendering a bar."""
    data = read_yaml(path, path.name)
    if not isinstance(data, Mapping):
        raise ParameterError(f"{path.name}: expected a mapping of parameters, got {type(data).__name__}")
    return data
