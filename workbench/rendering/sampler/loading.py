"""Instruments found and read: a folder of samples, an SFZ file or a SoundFont, by name or by path."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from workbench.domain.errors import ParameterError
from workbench.domain.paths import home_dir
from workbench.domain.recordings import RECORDING_PREFIX
from workbench.plugins import PLUGIN_PREFIX
from workbench.rendering.sampler.files import FileFinder
from workbench.rendering.sampler.folders import map_folder
from workbench.rendering.sampler.index import SampleFacts, index_folder, index_instrument
from workbench.rendering.sampler.instrument import SAMPLES_PREFIX, Instrument
from workbench.rendering.sampler.sfz import read_sfz
from workbench.rendering.sampler.soundfont import read_soundfont

_MOST_NAMES = 3
_SUFFIXES = ("", ".sfz", ".sf2", ".sf3")


def load_instrument(path: Path, *, preset: str | None = None) -> Instrument:
    """An instrument from a folder of samples, an SFZ file, or one preset of an SF2 or SF3 file.

    Parameters
    ----------
    path : Path
        Folder or file.
    preset : str, optional
        Name of a SoundFont's preset, or its bank and program (`0:24`); the first one where left out.

    Raises
    ------
    ParameterError
        If nothing of the kind is there, or the file is damaged.
    """
    if path.is_dir():
        return map_folder(path)
    if not path.is_file():
        raise ParameterError(f"instrument {path} is not there: expected a folder, an SFZ, an SF2 or an SF3 file")
    if path.suffix.lower() == ".sfz":
        return read_sfz(path)
    if path.suffix.lower() in (".sf2", ".sf3"):
        return read_soundfont(path, preset)
    raise ParameterError(f"instrument {path.name}: expected a folder, .sfz, .sf2 or .sf3")


def look_at(path: Path, *, preset: str | None = None) -> tuple[list[SampleFacts], Instrument]:
    """The samples of a folder or an instrument, measured, and the instrument.

    Samples that neither name a drum nor have a pitch make an instrument without zones.

    Raises
    ------
    ParameterError, AudioFileError
        If there is no sound, or if the instrument cannot be read.
    """
    if not path.is_dir():
        instrument = load_instrument(path, preset=preset)
        return index_instrument(instrument), instrument
    facts = index_folder(path)
    try:
        return facts, load_instrument(path)
    except ParameterError:
        return facts, Instrument(path.name, ())


def find_instrument(name: str) -> Instrument:
    """An instrument by name: in `samples` of the user's folder, else a path; `FONT/PRESET` names a SoundFont's preset,
    which may be its bank and program (`font/0:24`).

    Raises
    ------
    ParameterError
        If it is not there, and then the message lists what the user's folder holds; or if samples of it are missing.
    """
    instrument = _find(name)
    if missing := instrument.missing():
        raise ParameterError(f"samples {name!r}: {missing_text(missing)}{near_names(instrument)}")
    return instrument


def check_in_library(patch: str) -> None:
    """Refuse a patch that names samples by a path, a plug-in or a recording: where others ask, the user's folder of
    samples alone is open to them, and no program of this machine.

    Raises
    ------
    ParameterError
        If it stands for samples outside `samples` of the user's folder or for none, for a plug-in or a recording.
    """
    if patch.startswith((PLUGIN_PREFIX, RECORDING_PREFIX)):
        raise ParameterError(f"patch {patch!r}: plug-ins and recordings cannot be used here")
    if not patch.startswith(SAMPLES_PREFIX):
        return
    name, home = patch.removeprefix(SAMPLES_PREFIX), os.path.normpath(home_dir() / "samples")
    named = [name, *(font for font, _ in _parted(name))]
    places = [os.path.normpath(f"{home}/{one}{suffix}") for one in named for suffix in _SUFFIXES]
    if not any(place.startswith(home + os.sep) and os.path.exists(place) for place in places):
        raise ParameterError(f"samples {name!r} are not in the library: expected a name in it, no path")


def missing_text(names: Sequence[str]) -> str:
    """Which sample files are missing, in one line.

    Examples
    --------
    >>> missing_text(["a.wav", "b.wav", "c.wav", "d.wav"])
    '4 sample files are missing: a.wav, b.wav, c.wav and 1 more'
    """
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    count = f"{len(names)} sample files are" if len(names) > 1 else "1 sample file is"
    return f"{count} missing: {', '.join(names[:_MOST_NAMES])}{more}"


def near_names(instrument: Instrument) -> str:
    """Files that the missing samples may mean, in words; empty where none is like them."""
    if instrument.folder is None:
        return ""
    finder = FileFinder(instrument.folder)
    near = [found for name in instrument.missing()[:_MOST_NAMES] if (found := finder.near(name)) is not None]
    return f" (did you mean {', '.join(near)}?)" if near else ""


def _parted(name: str) -> Iterator[tuple[str, str]]:
    """A SoundFont's name and a preset, parted at each slash, since both may hold some."""
    for place, letter in enumerate(name):
        if letter == "/" and name[:place]:
            yield name[:place], name[place + 1 :]


def _find(name: str) -> Instrument:
    home = home_dir() / "samples"
    for suffix in _SUFFIXES:
        if (path := home / f"{name}{suffix}").exists():
            return load_instrument(path)
    if (path := Path(name).expanduser()).exists():
        return load_instrument(path)
    for font, preset in _parted(name):
        for path in (home / f"{font}.sf2", home / f"{font}.sf3", home / font, Path(font).expanduser()):
            if path.is_file():
                return load_instrument(path, preset=preset)
    known = ", ".join(sorted(entry.name for entry in home.glob("*"))) or "nothing yet"
    raise ParameterError(f"samples {name!r} are not there: {home} holds {known}")
