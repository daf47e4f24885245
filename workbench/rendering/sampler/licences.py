"""Licences of samples: which file beside them states one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from workbench.rendering.sampler.instrument import SAMPLES_PREFIX
from workbench.rendering.sampler.loading import find_instrument

NOT_STATED = "not stated"
_NAMES = ("licence", "license", "copying", "copyright")


def sample_licences(patches: Mapping[str, str]) -> dict[str, str]:
    """By name of the samples that some patches play: the file of their folder that states a licence, or that none does.

    Raises
    ------
    ParameterError
        If samples are not there.
    """
    names = sorted({name.removeprefix(SAMPLES_PREFIX) for name in patches.values() if name.startswith(SAMPLES_PREFIX)})
    return {name: _stated(find_instrument(name).folder) for name in names}


def _stated(folder: Path | None) -> str:
    if folder is None:
        return NOT_STATED
    files: Iterable[Path] = sorted(path for path in folder.iterdir() if path.is_file())
    found = next((path.name for path in files if path.name.lower().startswith(_NAMES)), None)
    return NOT_STATED if found is None else f"see {found} beside them"
