"""Names of results: a hash of all that a result depends on."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from workbench.domain.errors import ParameterError

_PACKAGE = Path(__file__).resolve().parent.parent
_SOURCES = (".py", ".yaml", ".json")
_LIBRARIES = ("numpy", "scipy", "numba", "torch", "soundfile", "soxr")
"""Packages whose version can change a byte."""


def content_key(stage: str, *inputs: Any, code: str) -> str:
    """The name of a result: 64 hexadecimal digits, the SHA-256 of the stage and of everything that went in.

    Parameters
    ----------
    stage : str
        What was done, such as "render".
    *inputs
        Frozen values: dataclasses, mappings, sequences, arrays, requests, plain values. A path stands for the file as
        it is: its size and the time of its last change.
    code : str
        Version of the code that matters, as `code_version` gives it.

    Raises
    ------
    ParameterError
        If an input cannot be distinguished from another one, as a function.

    Examples
    --------
    >>> content_key("render", (1.0, "saw"), code="a") == content_key("render", (1.0, "saw"), code="b")
    False
    """
    text = json.dumps([stage, code, [_canonical(value) for value in inputs]], separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@functools.cache
def code_version(*packages: str) -> str:
    """A hash of the sources of some of the workbench's packages, and of the libraries beneath them.

    Examples
    --------
    >>> code_version("dsp") == code_version("domain")
    False
    """
    digest = hashlib.sha256(",".join(map(_library_version, _LIBRARIES)).encode())
    for package in packages:
        for path in sorted(path for path in (_PACKAGE / package).rglob("*") if path.suffix in _SOURCES):
            digest.update(str(path.relative_to(_PACKAGE)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _library_version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _is_of(value: Any, module: str, kind: str) -> bool:
    """Whether a value is of a class of a library; where nobody loaded that, nothing is."""
    return module in sys.modules and isinstance(value, getattr(sys.modules[module], kind))


def _canonical(value: Any) -> Any:
    """A value as JSON that differs whenever the value does; the name of its type stands beside its fields."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [type(value).__name__, [_canonical(getattr(value, item.name)) for item in dataclasses.fields(value)]]
    if _is_of(value, "pydantic", "BaseModel"):
        return [type(value).__name__, value.model_dump(mode="json")]
    if isinstance(value, Mapping):
        return {"map": sorted([str(name), _canonical(inner)] for name, inner in value.items())}
    if isinstance(value, list | tuple):
        return [_canonical(inner) for inner in value]
    if isinstance(value, set | frozenset):
        return {"set": sorted(json.dumps(_canonical(inner)) for inner in value)}
    if _is_of(value, "numpy", "ndarray"):
        return ["array", value.shape, str(value.dtype), hashlib.sha256(value.tobytes()).hexdigest()]
    if isinstance(value, Path):
        found = value.stat() if value.exists() else None
        return ["file", str(value), found and found.st_size, found and found.st_mtime_ns]
    raise ParameterError(f"store: expected plain values and frozen dataclasses to name a result by, got {type(value)}")
