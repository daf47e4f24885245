"""What is kept of a reference track: its features and whose work it is; never its sound."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from workbench.analysis.boundaries import section_boundaries
from workbench.analysis.chords import HeardChord, estimate_chords
from workbench.analysis.embedding import embed
from workbench.analysis.groove import groove_profile
from workbench.analysis.profile import Measurements, measure
from workbench.analysis.rhythm import STEADY_CONFIDENCE, estimate_tempo
from workbench.analysis.spectrum import THIRD_OCTAVE_HZ
from workbench.domain.audio import Audio
from workbench.domain.errors import ParameterError
from workbench.domain.theory import Key

MOST_WINDOWS = 60
"""Embedding windows that are kept of a track, spread over its length: three minutes."""


@dataclass(frozen=True, slots=True)
class ReferenceProfile:
    """Features of one reference track with its attribution; it holds no audio.

    `measurements` are the numbers of `analysis.profile.Measurements` (for example `tempo_bpm`,
    `integrated_loudness_lufs`), `third_octave_db` the spectrum in the bands of `spectrum.THIRD_OCTAVE_HZ`, `key` a
    text such as "F minor" or None. `groove` has three rows of sixteen steps (`analysis.groove`), or none without a
    pulse; `boundaries_seconds` tells where sections begin; `chords` are pairs of a time in seconds and the symbol of
    the triad heard from there on ("Am", "N" for none); `embedding` holds windows of `analysis.embedding`. `styles` and
    `sets` are the sets that it belongs to, `sha256` is that of the file, `path` where the user's file lay, and `note`
    tells what was repaired.
    """

    id: str
    title: str
    author: str
    licence: str
    source: str
    duration_seconds: float
    measurements: Mapping[str, float]
    third_octave_db: tuple[float, ...]
    key: str | None
    groove: tuple[tuple[float, ...], ...] = ()
    boundaries_seconds: tuple[float, ...] = ()
    chords: tuple[tuple[float, str], ...] = ()
    embedding: tuple[tuple[float, ...], ...] = ()
    styles: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    sha256: str = ""
    path: str = ""
    note: str = ""

    @property
    def measured(self) -> Measurements:
        """All figures in the form that `distance` compares."""
        return Measurements(self.measurements, self.key, self.third_octave_db)

    @property
    def tempo_bpm(self) -> float | None:
        """Tempo, or None where the track has no steady pulse."""
        steady = self.measurements["tempo_confidence"] >= STEADY_CONFIDENCE
        return self.measurements["tempo_bpm"] if steady else None

    def heard_chords(self) -> tuple[HeardChord, ...]:
        """The chords with their ends."""
        ends = [*(start for start, _ in self.chords[1:]), self.duration_seconds]
        return tuple(
            HeardChord.from_symbol(start, end, symbol) for (start, symbol), end in zip(self.chords, ends, strict=False)
        )

    def chord_shares(self) -> dict[str, float]:
        """Share of the track's length by chord, spelled in the track's key, the most heard first; no chord is none."""
        shares: dict[str, float] = {}
        for chord in self.heard_chords():
            if chord.triad is not None:
                name = chord.spelled(Key.parse(self.key)) if self.key else chord.symbol
                shares[name] = shares.get(name, 0.0) + (chord.end_seconds - chord.start_seconds)
        return {name: seconds / self.duration_seconds for name, seconds in sorted(shares.items(), key=_longest)}

    def to_json(self) -> str:
        """Text with sorted names; `from_json` reads it back unchanged."""
        return json.dumps(_compact(asdict(self)), indent=1, sort_keys=True, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> ReferenceProfile:
        """Read a profile back.

        Raises
        ------
        ParameterError
            If the text is no profile.
        """
        try:
            fields = _expanded(json.loads(text))
            profile = cls(**{**fields, "third_octave_db": tuple(float(level) for level in fields["third_octave_db"])})
            numbers_ok = all(isinstance(value, int | float) for value in profile.measurements.values())
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ParameterError(
                f"reference profile: expected the JSON that `references add` writes ({error})"
            ) from None
        if not numbers_ok or len(profile.third_octave_db) != len(THIRD_OCTAVE_HZ):
            raise ParameterError(f"reference profile {profile.id!r}: the figures are damaged")
        return profile


def measure_reference(audio: Audio, *, id: str, title: str, author: str, licence: str, source: str) -> ReferenceProfile:
    """Measure a track; 200 s take about 7 s on one core.

    Parameters
    ----------
    audio : Audio of shape (2, n)
    id, title, author, licence, source : str
        Name and attribution, kept as they are.

    Returns
    -------
    ReferenceProfile
        With at most `MOST_WINDOWS` rows of embedding, and no audio.

    Raises
    ------
    ParameterError
        As `analysis.measure`.

    Examples
    --------
    >>> wave = np.tile(0.1 * np.sin(np.arange(24000) / 2), (2, 1)).astype(np.float32)
    >>> words = {"title": "Tone", "author": "", "licence": "CC0", "source": ""}
    >>> profile = measure_reference(Audio(wave, 8000), id="tone", **words)
    >>> profile.duration_seconds, profile.tempo_bpm, ReferenceProfile.from_json(profile.to_json()) == profile
    (3.0, None, True)
    """
    figures = measure(audio)
    windows = embed(audio)
    kept = np.unique(np.linspace(0, len(windows) - 1, min(len(windows), MOST_WINDOWS)).astype(np.int64))
    return ReferenceProfile(
        id=id,
        title=title,
        author=author,
        licence=licence,
        source=source,
        duration_seconds=figures["duration_seconds"],
        measurements=figures.numbers,
        third_octave_db=figures.third_octave_db,
        key=figures.key,
        groove=_rows(groove_profile(audio, estimate_tempo(audio))),
        boundaries_seconds=section_boundaries(audio),
        chords=chords_of(audio),
        embedding=_rows(windows[kept]),
    )


def chords_of(audio: Audio) -> tuple[tuple[float, str], ...]:
    """The chords of a recording as a profile keeps them: when each begins, and its symbol.

    Parameters
    ----------
    audio : Audio of shape (2, n)

    Returns
    -------
    tuple of (float, str)
        Seconds, ascending from 0, and "C", "Am" or "N" for none.

    Examples
    --------
    >>> chords_of(Audio(np.zeros((2, 8000), np.float32), 8000))
    ((0.0, 'N'),)
    """
    return tuple((round(chord.start_seconds, 2), chord.symbol) for chord in estimate_chords(audio))


def located(profile: ReferenceProfile, path: Path, sha256: str) -> ReferenceProfile:
    """The profile of a file that lies elsewhere now.

    Parameters
    ----------
    profile : ReferenceProfile
        It stays as it is.
    path : Path
        Where the file lies; kept as an absolute path.
    sha256 : str
        Of the file's bytes, in hexadecimal.

    Returns
    -------
    ReferenceProfile

    Examples
    --------
    >>> found = ReferenceProfile("tone", "Tone", "", "CC0", "", 3.0, {}, (), None)
    >>> Path(located(found, Path("tone.wav"), "00").path).is_absolute()
    True
    """
    return replace(profile, path=str(path.resolve()), sha256=sha256)


def _longest(item: tuple[str, float]) -> float:
    return -item[1]


def _rows(table: np.ndarray) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(round(float(value), 3) for value in row) for row in table)


_TABLES = ("groove", "embedding")


def _compact(fields: dict[str, Any]) -> dict[str, Any]:
    """Tables as one text a row: a line each instead of one a number."""
    for name in _TABLES:
        fields[name] = [" ".join(f"{value:g}" for value in row) for row in fields[name]]
    fields["chords"] = [f"{start:g} {symbol}" for start, symbol in fields["chords"]]
    return fields


def _expanded(fields: dict[str, Any]) -> dict[str, Any]:
    for name in _TABLES:
        fields[name] = tuple(tuple(float(value) for value in row.split()) for row in fields.get(name, ()))
    chords = (row.partition(" ") for row in fields.get("chords", ()))
    fields["chords"] = tuple((float(start), symbol) for start, _, symbol in chords)
    for name in ("boundaries_seconds", "styles", "sets"):
        fields[name] = tuple(fields.get(name, ()))
    return fields
