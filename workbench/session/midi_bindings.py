"""Which knob of a controller moves what, kept in the user's folder for the next session."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path

from workbench.domain.errors import ParameterError
from workbench.domain.files import write_text_atomically
from workbench.domain.paths import home_dir
from workbench.session.midi_controller import KnobTarget

Bindings = Mapping[tuple[int, int], KnobTarget]


def bindings_file() -> Path:
    """`controllers.json` in the user's folder (`~/.beatsfoundry`, or `BEATSFOUNDRY_HOME`)."""
    return home_dir() / "controllers.json"


def keep_bindings(bindings: Bindings, path: Path | None = None) -> Path:
    """Write what was learned; returns the file."""
    target = path or bindings_file()
    entries = [
        {"channel": channel, "control": control, **dataclasses.asdict(bound)}
        for (channel, control), bound in sorted(bindings.items())
    ]
    write_text_atomically(target, json.dumps(entries, indent=1) + "\n")
    return target


def kept_bindings(path: Path | None = None) -> dict[tuple[int, int], KnobTarget]:
    """What was learned before, by channel (from 0) and number of the controller; nothing where there is no file.

    Raises
    ------
    ParameterError
        If the file is not as `keep_bindings` writes it.
    """
    source = path or bindings_file()
    if not source.is_file():
        return {}
    try:
        return dict(_read(entry) for entry in json.loads(source.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ParameterError(f"{source}: these are no knobs of a controller ({error!r}): delete the file") from None


def _read(entry: Mapping[str, object]) -> tuple[tuple[int, int], KnobTarget]:
    place = (int(str(entry["channel"])), int(str(entry["control"])))
    low, high = float(str(entry["low"])), float(str(entry["high"]))
    return place, KnobTarget(str(entry["element"]), str(entry["parameter"]), low, high)
