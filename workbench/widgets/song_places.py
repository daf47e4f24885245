"""Where the instruments keep songs and write what is exported, and which song was last in hand."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

from workbench.domain.files import write_text_atomically
from workbench.domain.paths import workspace

_VARIABLE = "BEATSFOUNDRY_SONG_FOLDER"
_IN_HAND = ".in-hand.json"
NOTEBOOKS = {"arrange": "02_arrange_and_edit", "mix": "03_mix_and_sound_design", "play": "04_midi"}
"""Where a song can be taken to, and by which notebook."""


@dataclass(frozen=True, slots=True)
class InHand:
    """The song that was handed over last, and when, in seconds since 1970."""

    name: str
    at: float


def songs_folder() -> Path:
    """`BEATSFOUNDRY_SONG_FOLDER`, else `out` of the workspace, where `beatsfoundry generate` writes too."""
    named = os.environ.get(_VARIABLE)
    return Path(named).expanduser().absolute() if named else workspace() / "out"


def exports_folder() -> Path:
    """Where exported files go: `exports`, beside the folder of songs."""
    return songs_folder().with_name("exports")


def hand_over(folder: Path, name: str) -> None:
    """Say that a song is to be gone on with in another notebook."""
    write_text_atomically(folder / _IN_HAND, json.dumps({"name": name, "at": time.time()}) + "\n")


def in_hand(folder: Path) -> InHand:
    """The song that was handed over last; none has no name."""
    try:
        data = json.loads((folder / _IN_HAND).read_text(encoding="utf-8"))
        return InHand(str(data["name"]), float(data["at"]))
    except (OSError, ValueError, KeyError, TypeError):
        return InHand("", 0.0)


def paths_for_page(path: Path) -> dict[str, str]:
    """A path in both ways in which a page may know the folder that Jupyter serves: whole, and from the home folder."""
    whole, home = path.absolute().as_posix(), Path.home().as_posix()
    return {"path": whole, "short": f"~{whole[len(home) :]}" if whole.startswith(f"{home}/") else whole}
