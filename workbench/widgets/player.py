"""The player as a notebook widget: master and stems in step, with solo and mute."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from workbench.domain.results import Track
from workbench.output.html_tables import asset, script
from workbench.output.page_audio import MIME, encode_for_page
from workbench.output.player_data import player_data, track_names

_ASSETS = Path(__file__).resolve().parent / "assets"


class TrackPlayer(anywidget.AnyWidget):
    """Plays a track's master, or its stems in step with solo and mute; a click on the waveform seeks.

    Parameters
    ----------
    track
        The song to play.
    stems
        Whether the stems are sent to the page too; each adds about 1 MB a minute.
    """

    _esm = script("player.js") + (_ASSETS / "player_widget.js").read_text(encoding="utf-8")
    _css = asset("player.css")
    data = traitlets.Dict().tag(sync=True)
    tracks: Any = traitlets.List().tag(sync=True)
    position_seconds = traitlets.Float(0.0).tag(sync=True)
    seek_seconds = traitlets.Float(-1.0).tag(sync=True)

    def __init__(self, track: Track, *, stems: bool = True) -> None:
        super().__init__(data=player_data(track), tracks=_encoded(track, stems))


def _encoded(track: Track, stems: bool) -> list[dict[str, Any]]:
    entries = [entry for entry in track_names(track) if stems or entry["name"] == "master"]
    audio = [track.master if entry["name"] == "master" else track.mix.stems[entry["name"]] for entry in entries]
    # The encoder releases the interpreter lock, so that stems are encoded beside each other.
    with ThreadPoolExecutor(max_workers=4) as pool:
        encoded = list(pool.map(encode_for_page, audio))
    return [{**entry, "mime": MIME, "audio": data} for entry, data in zip(entries, encoded, strict=True)]
