"""Outside measures of a delivered track: by librosa and pyloudnorm from the master, by mido from the MIDI file.

None of them is used by the workbench to make or to check a song, so what moves here is what others would hear.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import librosa
import mido
import numpy as np
import pyloudnorm

from workbench.domain.arrays import Floats, Signal
from workbench.domain.audio import Audio

_FLOOR = 1e-9
_LOW_HZ = 150.0
_AFTER_SECONDS = 0.15
_MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
"""Key profiles of Krumhansl and Kessler (1982)."""
_DRUM_CHANNEL = 9
_HALF_BEAT, _SIXTEENTH = 0.5, 0.25


@dataclass(frozen=True, slots=True)
class Received:
    """What somebody receives: samples (2, n) at a rate in Hz, and the notes of the MIDI file.

    `notes` holds onset and length in quarter notes, pitch, velocity and whether it is a drum, a row each.
    """

    samples: Signal
    rate_hz: int
    notes: Floats

    @property
    def mono(self) -> Signal:
        """Both channels together, (n,)."""
        return np.ascontiguousarray(self.samples.mean(axis=0))

    @property
    def pitched(self) -> Floats:
        """The notes that are no drums."""
        pitched: Floats = self.notes[self.notes[:, 4] == 0]
        return pitched


def received(master: Audio, midi: bytes) -> Received:
    """A track as it is measured.

    Parameters
    ----------
    master : Audio
    midi : bytes
        Its MIDI file.
    """
    return Received(master.samples, master.sample_rate_hz, _notes(mido.MidiFile(file=io.BytesIO(midi))))


def _notes(file: mido.MidiFile) -> Floats:
    rows: list[tuple[float, ...]] = []
    for track in file.tracks:
        tick, sounding = 0, dict[tuple[int, int], tuple[int, int]]()
        for message in track:
            tick += message.time
            if message.type not in ("note_on", "note_off"):
                continue
            name = (message.channel, message.note)
            if name in sounding:
                began, velocity = sounding.pop(name)
                drum = float(message.channel == _DRUM_CHANNEL)
                beats = began / file.ticks_per_beat, (tick - began) / file.ticks_per_beat
                rows.append((*beats, message.note, velocity, drum))
            if message.type == "note_on" and message.velocity:
                sounding[name] = (tick, message.velocity)
    return np.array(rows or np.zeros((0, 5)), np.float64)


def _centroid_hz(track: Received) -> float:
    return float(np.median(librosa.feature.spectral_centroid(y=track.mono, sr=track.rate_hz)))


def _onsets_a_second(track: Received) -> float:
    found = librosa.onset.onset_detect(y=track.mono, sr=track.rate_hz)
    return float(len(found) * track.rate_hz / track.samples.shape[1])


def _tempo_bpm(track: Received) -> float:
    return float(librosa.feature.tempo(y=track.mono, sr=track.rate_hz)[0])


def _width_db(track: Received) -> float:
    left, right = track.samples
    return _db(np.mean((left - right) ** 2)) - _db(np.mean((left + right) ** 2))


def _decay_db(track: Received) -> float:
    """The level 150 ms after onsets, compared with that at the onset; nearer to 0 where a room sounds on."""
    hop = 256
    level = librosa.feature.rms(y=track.mono, frame_length=1024, hop_length=hop)[0]
    onsets = librosa.onset.onset_detect(y=track.mono, sr=track.rate_hz, hop_length=hop)
    later = round(_AFTER_SECONDS * track.rate_hz / hop)
    onsets = onsets[onsets + later < len(level)]
    at = np.array([level[onset : onset + 4].max() for onset in onsets])
    return float(np.median(20 * np.log10((level[onsets + later] + _FLOOR) / (at + _FLOOR)))) if len(onsets) else 0.0


def _flatness_db(track: Received) -> float:
    return float(np.median(10 * np.log10(librosa.feature.spectral_flatness(y=track.mono) + _FLOOR)))


def _lows_db(track: Received) -> float:
    power = np.abs(librosa.stft(track.mono, n_fft=4096)) ** 2
    low = librosa.fft_frequencies(sr=track.rate_hz, n_fft=4096) < _LOW_HZ
    return _db(power[low].sum()) - _db(power.sum())


def _major(track: Received) -> float:
    """How much better the best major key fits the chroma than the best minor one."""
    chroma = librosa.feature.chroma_cqt(y=librosa.effects.harmonic(track.mono), sr=track.rate_hz).mean(axis=1)
    best = [max(np.corrcoef(chroma, np.roll(profile, up))[0, 1] for up in range(12)) for profile in (_MAJOR, _MINOR)]
    return float(best[0] - best[1])


def _swing(track: Received) -> float:
    """How far the second of two sixteenths, or of two eighths, lies behind the middle, as a share of the pair."""
    found = []
    for pair in (_HALF_BEAT, 2 * _HALF_BEAT):
        place = track.notes[:, 0] % pair / pair
        inner = place[(place > 0.38) & (place < 0.72)]
        found.append(float(np.mean(inner)) - 0.5 if len(inner) else 0.0)
    return max(found)


def _off_grid_beats(track: Received) -> float:
    drums = track.notes[track.notes[:, 4] == 1]
    notes = drums if len(drums) else track.notes
    return float(np.std((notes[:, 0] + _SIXTEENTH / 2) % _SIXTEENTH - _SIXTEENTH / 2)) if len(notes) else 0.0


def _note_beats(track: Received) -> float:
    """Mean of the share of the time to the next onset of its channel that a pitched note lasts."""
    onsets = np.unique(track.pitched[:, 0].round(2))
    following = np.searchsorted(onsets, track.pitched[:, 0].round(2), side="right")
    inside = following < len(onsets)
    gaps = onsets[following[inside]] - track.pitched[inside, 0]
    return float(np.mean(np.minimum(track.pitched[inside, 1] / np.maximum(gaps, 1e-3), 4.0))) if inside.any() else 0.0


def _mean_pitch(track: Received) -> float:
    return float(track.pitched[:, 2].mean()) if len(track.pitched) else 0.0


def _lufs(track: Received) -> float:
    return float(pyloudnorm.Meter(track.rate_hz).integrated_loudness(track.samples.T.astype(np.float64)))


def _pitch_class_entropy(track: Received) -> float:
    counts = np.bincount(track.pitched[:, 2].astype(np.int64) % 12, minlength=12) / max(1, len(track.pitched))
    return float(-np.sum(counts[counts > 0] * np.log2(counts[counts > 0])))


def _loudness_range_db(track: Received) -> float:
    """From the 10th to the 95th percentile of the level in windows of 3 s."""
    frame = 3 * track.rate_hz
    level = librosa.feature.rms(y=track.mono, frame_length=frame, hop_length=track.rate_hz // 2)[0]
    low, high = np.percentile(20 * np.log10(level + _FLOOR), [10, 95])
    return float(high - low)


def _contrast_db(track: Received) -> float:
    """Peaks of onset strength above its median."""
    strength = librosa.onset.onset_strength(y=track.mono, sr=track.rate_hz)
    return _db(np.percentile(strength, 95) + _FLOOR) - _db(np.median(strength) + _FLOOR)


def _voices(track: Received) -> float:
    """Mean number of pitched notes that sound at once, where one does."""
    times = np.arange(0.0, track.notes[:, 0].max(initial=0.0) + 1.0, 0.25)
    begin, end = np.sort(track.pitched[:, 0]), np.sort(track.pitched[:, 0] + track.pitched[:, 1])
    sounding = np.searchsorted(begin, times, side="right") - np.searchsorted(end, times, side="right")
    return float(sounding[sounding > 0].mean()) if (sounding > 0).any() else 0.0


def _db(power: float) -> float:
    return float(10 * np.log10(power + _FLOOR**2))


MEASURES: Mapping[str, tuple[Callable[[Received], float], float]] = {
    "centroid_hz": (_centroid_hz, 50.0),
    "contrast_db": (_contrast_db, 0.3),
    "decay_db": (_decay_db, 0.3),
    "flatness_db": (_flatness_db, 0.5),
    "loudness_range_db": (_loudness_range_db, 0.3),
    "lows_db": (_lows_db, 0.3),
    "lufs": (_lufs, 0.5),
    "major": (_major, 0.02),
    "mean_pitch": (_mean_pitch, 0.5),
    "note_beats": (_note_beats, 0.05),
    "off_grid_beats": (_off_grid_beats, 0.002),
    "onsets_a_second": (_onsets_a_second, 0.1),
    "pitch_class_entropy": (_pitch_class_entropy, 0.02),
    "swing": (_swing, 0.01),
    "tempo_bpm": (_tempo_bpm, 1.0),
    "voices": (_voices, 0.1),
    "width_db": (_width_db, 0.5),
}
"""Outside measures by name, each with the least change that counts as one."""
