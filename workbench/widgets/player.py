"""The player as a notebook widget: master and stems in step, with solo and mute."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets

from workbench.domain.audio import Audio
from workbench.domain.results import Track
from workbench.output.html_tables import asset
from workbench.output.player_data import player_data, track_names

_ASSETS = Path(__file__).resolve().parent / "assets"
MIME = "audio/ogg"
# Vorbis is encoded three times as fast as MP3 and is as small; 0.5 gives about 110 kbit/s.
_COMPRESSION = 0.5
_BLOCK_FRAMES = 8192
_HIGHEST_RATE_HZ = 48000


class TrackPlayer(anywidget.AnyWidget):
    """Plays a track's master, or its stems in step with solo and mute; a click on the waveform seeks.

    Parameters
    ----------
    track
        The song to play.
    stems
        Whether the stems are sent to the page too; each adds about 1 MB a minute.
    """

    _esm = asset("player.js") + (_ASSETS / "player_widget.js").read_text(encoding="utf-8")
    _css = asset("player.css")
    data = traitlets.Dict().tag(sync=True)
    tracks: Any = traitlets.List().tag(sync=True)
    position_seconds = traitlets.Float(0.0).tag(sync=True)
    seek_seconds = traitlets.Float(-1.0).tag(sync=True)

    def __init__(self, track: Track, *, stems: bool = True) -> None:
        super().__init__(data=player_data(track), tracks=_encoded(track, stems))


def encode_for_page(audio: Audio) -> bytes:
    """The audio as Ogg Vorbis for listening in a page: small, and good enough to judge the music by.

    Rates above 48 kHz are halved, as loudspeakers in a browser play no more.
    """
    import soundfile

    samples, rate = audio.samples, audio.sample_rate_hz
    while rate > _HIGHEST_RATE_HZ:
        samples, rate = _halved(samples), rate // 2
    frames = np.clip(samples.T, -1.0, 1.0)
    buffer = io.BytesIO()
    with soundfile.SoundFile(
        buffer, "w", rate, 2, format="OGG", subtype="VORBIS", compression_level=_COMPRESSION
    ) as file:
        # The encoder takes its input on the stack: a long song in one piece would overflow it.
        for start in range(0, len(frames), _BLOCK_FRAMES):
            file.write(frames[start : start + _BLOCK_FRAMES])
    return buffer.getvalue()


def _halved(samples: Any) -> Any:
    from scipy.signal import resample_poly

    return resample_poly(samples, 1, 2, axis=1).astype(np.float32)


def _encoded(track: Track, stems: bool) -> list[dict[str, Any]]:
    entries = [entry for entry in track_names(track) if stems or entry["name"] == "master"]
    audio = [track.master if entry["name"] == "master" else track.mix.stems[entry["name"]] for entry in entries]
    # The encoder releases the interpreter lock, so that stems are encoded beside each other.
    with ThreadPoolExecutor(max_workers=4) as pool:
        encoded = list(pool.map(encode_for_page, audio))
    return [{**entry, "mime": MIME, "audio": data} for entry, data in zip(entries, encoded, strict=True)]
