"""A recording as music theorists look at it: mel spectrum, chroma with chords, tempogram with its tempo."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import librosa.display
import numpy as np
import numpy.typing as npt

from workbench.analysis.chords import HeardChord, estimate_chords
from workbench.analysis.rhythm import estimate_tempo
from workbench.analysis.second_ear import HOP, MEL_HIGH_HZ, RATE_HZ, constant_q_chroma, mel_db, tempogram
from workbench.domain.audio import Audio, check_audible
from workbench.output.figures.drawing import canvas, look, time_axis
from workbench.output.figures.labels import format_number
from workbench.output.figures.palette import INK, PAPER

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SLOWEST_BPM, _FASTEST_BPM = 30.0, 300.0
_PULSE_AT_MOST = 0.6
_SECONDS_A_LABEL = 1.5
"""Chords that last shorter, in a picture of a minute, have no room for their name."""


def listening(
    audio: Audio, *, tempo_bpm: float | None = None, chords: Sequence[HeardChord] | None = None, title: str = ""
) -> Figure:
    """Mel spectrum, constant-Q chroma and tempogram of a recording, one above the other over the same time.

    Parameters
    ----------
    audio : Audio
    tempo_bpm : float, optional
        Drawn over the tempogram; what is heard if left out.
    chords : sequence of HeardChord, optional
        Written over the chroma; those that are heard if left out.
    title : str

    Raises
    ------
    ParameterError
        If nothing sounds.
    """
    check_audible({title or "the recording": audio})
    chords = estimate_chords(audio) if chords is None else chords
    bpm = estimate_tempo(audio).bpm if tempo_bpm is None else tempo_bpm
    with look():
        figure, (mel, chroma, tempo) = canvas(7.2, 3, heights=[1.5, 1.5, 1.2])
        draw = partial(librosa.display.specshow, sr=RATE_HZ, hop_length=HOP, x_axis="s")
        draw(mel_db(audio), y_axis="mel", fmax=MEL_HIGH_HZ, cmap="magma", ax=mel)
        mel.set(ylabel="Hz (mel)", title=title)
        draw(constant_q_chroma(audio), y_axis="chroma", cmap="Blues", ax=chroma)
        chroma.set_ylabel("pitch class")
        _write_chords(chroma, chords, audio.duration_seconds)
        pulse = np.clip(tempogram(audio), 0.0, None) ** 2
        draw(pulse, y_axis="tempo", y_coords=_tempi(len(pulse)), cmap="Greens", vmax=_PULSE_AT_MOST, ax=tempo)
        tempo.set(ylabel="BPM", ylim=(_SLOWEST_BPM, _FASTEST_BPM))
        if bpm > 0.0:
            tempo.axhline(bpm, color=INK, linewidth=1.0, linestyle="--", label=f"{format_number(round(bpm, 2))} BPM")
            tempo.legend(loc="upper right", facecolor=PAPER, frameon=True)
        for axes in (mel, chroma, tempo):
            axes.set_xlabel("")
        time_axis(tempo, max(audio.duration_seconds, 0.1))
    return figure


def _tempi(lags: int) -> npt.NDArray[np.float64]:
    """The tempo of each row of a tempogram, (lags,) BPM: librosa's own axis draws each at that of the next row."""
    bpm = np.asarray(librosa.tempo_frequencies(lags, sr=RATE_HZ, hop_length=HOP), np.float64)
    bpm[0] = 2.0 * bpm[1]
    return bpm


def _write_chords(axes: Axes, chords: Sequence[HeardChord], end_seconds: float) -> None:
    """Names above the chroma, where each has room for its own."""
    room = _SECONDS_A_LABEL * max(1.0, end_seconds / 60.0)
    free_from = -np.inf
    for chord in chords:
        if chord.triad is None:
            continue
        axes.axvline(chord.start_seconds, color=INK, linewidth=0.5, alpha=0.35)
        if chord.start_seconds >= free_from:
            axes.text(
                chord.start_seconds, 1.02, chord.symbol, transform=axes.get_xaxis_transform(), color=INK, fontsize=7.5
            )
            free_from = chord.start_seconds + room
