"""Corpus songs to training rows: windows of a part with everything that is seen when each row is decided."""

from __future__ import annotations

import bisect
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from torch.utils.data import Dataset

from training.corpora.song import CorpusSong, NoteTable
from workbench.concept.mood import read_mood
from workbench.domain.arrays import Bytes, Integers
from workbench.domain.elements import is_drums
from workbench.domain.song import drum_role
from workbench.models.context import DYNAMICS_CLASSES, PREFIX_SIZES, SongContext, register_classes
from workbench.models.grid import SLOTS_PER_BAR, SLOTS_PER_BEAT, quantise
from workbench.models.history import BAR_COLUMN, SLOT_COLUMN, STEP_COLUMN, SYMBOL_COLUMN
from workbench.models.spec import BAR_STEP, VELOCITY_BINS, Conditioning, ElementSpec, base_pitches, conditioning_of
from workbench.models.tokenizer import encode_chords, encode_drums, encode_pitched
from workbench.models.vocabulary import mood_index
from workbench.models.window import Item, build_item, line_starts

_DENSITY_WINDOW_BARS = 4
_LEVEL_WINDOW_BARS = 8
_LEAST_NOTES = 8
_LEAST_BARS_TO_END = 2
_ENDING_SHARE = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class EncodedPart:
    """One part of one song as rows, with its conditioning and the song that it comes from.

    `line_starts` (bars,) is the row of each bar line, `base_pitches` (bars * bar_beats,) the MIDI pitch of symbol 0
    in each beat; `context` tells of the whole song, of which the part may lack the last bar.
    """

    song_id: str
    corpus: str
    split: str
    context: SongContext
    base_pitches: npt.NDArray[np.int64]
    rows: Integers
    line_starts: npt.NDArray[np.int64]
    conditioning: Conditioning

    @property
    def tempo_bpm(self) -> float:
        """Tempo of the song."""
        return self.context.tempo_bpm

    @property
    def bar_beats(self) -> int:
        """Quarter notes in a bar."""
        return self.context.bar_beats

    @property
    def bars(self) -> int:
        """Bars of the part."""
        return len(self.line_starts)


def encode_part(song: CorpusSong, spec: ElementSpec) -> EncodedPart | None:
    """Rows of the element in a song; None if the song does not hold it."""
    context = song_context(song)
    if spec.name == "harmony":
        if song.key is None or len(song.chords) < _LEAST_NOTES:
            return None
        rows = encode_chords(song.chords, song.key, song.bars, song.bar_beats)
    else:
        table = song.parts.get(spec.name)
        if table is None or len(table) < _LEAST_NOTES:
            return None
        rows = _encode_table(table, spec, context)
    register, dynamics = _level_classes(rows, spec, context)
    context = replace(context, density=density_classes(rows, context.bars, spec), register=register, dynamics=dynamics)
    part = EncodedPart(
        song.song_id, song.corpus, song.split, context, base_pitches(spec, context),
        rows, line_starts(rows), conditioning_of(spec, context),
    )  # fmt: skip
    return without_ending(part) if is_drums(spec.name) else part


def without_ending(part: EncodedPart) -> EncodedPart:
    """The part without a last bar that holds less than half of its usual notes.

    More than 40 % of drum recordings end with a single hit. A network that learns these bars stops a groove after every
    fill; the end of a song is for the composition to make.
    """
    if part.bars < _LEAST_BARS_TO_END:
        return part
    counts = np.diff(np.r_[part.line_starts, len(part.rows)]) - 1
    if counts[-1] >= _ENDING_SHARE * np.median(counts):
        return part
    kept, last = part.conditioning.bars(0, part.bars - 1), int(part.line_starts[-1])
    return replace(part, rows=part.rows[:last], line_starts=part.line_starts[:-1], conditioning=kept)


def _encode_table(table: NoteTable, spec: ElementSpec, context: SongContext) -> Integers:
    if is_drums(spec.name):
        return encode_drums(table.onsets_beats, table.pitches, table.velocities, context)
    return encode_pitched(table.onsets_beats, table.durations_beats, table.pitches, table.velocities, spec, context)


def song_context(song: CorpusSong) -> SongContext:
    """The song context of any part of a corpus song."""
    return SongContext(
        bars=song.bars,
        bar_beats=song.bar_beats,
        tempo_bpm=song.tempo_bpm,
        key=song.key,
        chords=song.chords,
        style=song.style,
        source=song.source,
        sections=song.sections,
        remaining=song.remaining,
        density=np.zeros(song.bars, np.int64),
        streams=_streams(song),
        mood=mood_class(song.mood),
    )


@functools.lru_cache(maxsize=256)
def mood_class(word: str) -> int:
    """Mood class of a mood word by the lexicon that concepts are read with; 0 if there is none or it is not known."""
    if not word:
        return 0
    mood = read_mood(word)
    return mood_index(mood.valence, mood.arousal) if mood.words else 0


def _streams(song: CorpusSong) -> dict[str, Bytes]:
    streams = {}
    drums = song.parts.get("percussion")
    if drums is not None:
        roles = np.array([drum_role(int(pitch)) for pitch in drums.pitches])
        for name in ("kick", "snare"):
            streams[name] = _onset_grid(drums.onsets_beats[roles == name], song)
    if "bass" in song.parts:
        streams["bass"] = _onset_grid(song.parts["bass"].onsets_beats, song)
    return streams


def _onset_grid(onsets_beats: npt.NDArray[np.float64], song: CorpusSong) -> Bytes:
    grid = np.zeros((song.bars, SLOTS_PER_BAR), np.uint8)
    bar, slot, _ = quantise(onsets_beats, song.tempo_bpm, song.bar_beats)
    inside = (bar >= 0) & (bar < song.bars)
    grid[bar[inside], slot[inside]] = 1
    return grid


def density_classes(rows: Integers, bars: int, spec: ElementSpec) -> npt.NDArray[np.int64]:
    """Density class 1..8 of each bar: notes a bar over its four bars, against the element's edges."""
    notes = np.bincount(rows[rows[:, STEP_COLUMN] != BAR_STEP, BAR_COLUMN], minlength=bars)[:bars]
    classes = np.zeros(bars, np.int64)
    for start in range(0, bars, _DENSITY_WINDOW_BARS):
        window = slice(start, start + _DENSITY_WINDOW_BARS)
        classes[window] = bisect.bisect_right(spec.density_edges, float(notes[window].mean())) + 1
    return classes


def _level_classes(
    rows: Integers, spec: ElementSpec, context: SongContext
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Register and dynamics of each bar by the means over its eight-bar phrase; a bar of a silent phrase has none."""
    notes = rows[rows[:, STEP_COLUMN] != BAR_STEP]
    phrase = notes[:, BAR_COLUMN] // _LEVEL_WINDOW_BARS
    count = np.bincount(phrase, minlength=context.bars)
    by_bar = np.arange(context.bars) // _LEVEL_WINDOW_BARS

    def means(values: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        return (np.bincount(phrase, weights=values, minlength=context.bars) / np.maximum(count, 1))[by_bar]

    register = dynamics = np.zeros(context.bars, np.int64)
    if "velocity" in spec.attributes:
        velocity = notes[:, SYMBOL_COLUMN + 1 + list(spec.attributes).index("velocity")]
        dynamics = (means(velocity) * DYNAMICS_CLASSES / VELOCITY_BINS).astype(np.int64) + 1
    if "duration" in spec.attributes:
        beat = notes[:, BAR_COLUMN] * context.bar_beats + notes[:, SLOT_COLUMN] // SLOTS_PER_BEAT
        pitch = notes[:, SYMBOL_COLUMN] + base_pitches(spec, context)[beat]
        register = register_classes(means(pitch))
    silent = count[by_bar] == 0
    return np.where(silent, 0, register), np.where(silent, 0, dynamics)


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """Rows `first`..`last` of a part; rows before `scored_from` are context only."""

    part: int
    first: int
    last: int
    scored_from: int


def validation_windows(parts: Sequence[EncodedPart], rows: int) -> list[Window]:
    """Four-bar blocks, each scored once, with up to four bars before them as context, at most `rows` rows in all."""
    windows = []
    for index, part in enumerate(parts):
        ends = np.r_[part.line_starts, len(part.rows)]
        for bar in range(0, part.bars, 4):
            last = int(ends[min(bar + 4, part.bars)])
            scored_from = int(ends[bar])
            start_bar = max(0, bar - 4)
            while start_bar < bar and last - ends[start_bar] > rows:
                start_bar += 1
            windows.append(Window(index, int(ends[start_bar]), min(last, int(ends[start_bar]) + rows), scored_from))
    return sorted(windows, key=lambda window: window.last - window.first)


class TrainingWindows(Dataset[Item]):
    """Random windows of parts, drawn by corpus weight and then by length; item `index` depends on seed and index only.

    Parameters
    ----------
    parts : sequence of EncodedPart
    spec : ElementSpec
    weights : mapping corpus -> share
        Shares of the corpora in the drawn windows.
    rows : int
        Longest window.
    size : int
        Items an epoch.
    seed : int
    """

    def __init__(
        self,
        parts: Sequence[EncodedPart],
        spec: ElementSpec,
        weights: Mapping[str, float],
        *,
        rows: int,
        size: int,
        seed: int,
    ) -> None:
        self._parts, self._spec, self._rows, self._size, self._seed = parts, spec, rows, size, seed
        lengths = np.array([len(part.rows) for part in parts], np.float64)
        corpora = np.array([part.corpus for part in parts])
        share = np.zeros(len(parts))
        for corpus, weight in weights.items():
            chosen = corpora == corpus
            if chosen.any():
                share[chosen] = weight * lengths[chosen] / lengths[chosen].sum()
        self._cumulative = np.cumsum(share / share.sum())

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, index: int) -> Item:
        rng = np.random.default_rng([self._seed, index])
        number = min(int(np.searchsorted(self._cumulative, rng.random())), len(self._parts) - 1)
        part = self._parts[number]
        latest = max(0, int(np.searchsorted(part.line_starts, len(part.rows) - self._rows // 2)))
        bar = int(rng.integers(0, latest + 1) if latest < part.bars else 0)
        first = int(part.line_starts[bar])
        last, ahead = min(first + self._rows, len(part.rows)), None
        if rng.random() < _INFILL_SHARE:
            last, ahead = _with_bars_ahead(part.rows, part.line_starts, first, last, max(self._spec.lags), rng)
        origin = bar if rng.random() < _COLD_START_SHARE else None
        item = build_item(
            part.rows, part.line_starts, part.conditioning, self._spec, first, last, first, ahead=ahead, origin=origin
        )
        item["prefix"] = drop_conditions(item["prefix"], rng)
        return item


_INFILL_SHARE = 0.35
"""Windows whose following bars are shown: a span is hidden and the network fills the middle."""
_COLD_START_SHARE = 0.5
"""Windows that remember nothing from before: an element that enters."""


def _with_bars_ahead(
    rows: Integers, starts: npt.NDArray[np.int64], first: int, last: int, reach: int, rng: np.random.Generator
) -> tuple[int, Integers | None]:
    """End the window at one of its later bar lines, and give the bars after it as far as the network can see."""
    half = int(np.searchsorted(starts, (first + last) // 2))
    ends = np.arange(half, np.searchsorted(starts, last, side="right"))
    ends = ends[(starts[ends] > first) & (starts[ends] <= last)]
    if not len(ends):
        return last, None
    end = int(rng.choice(ends))
    stop = int(starts[end + reach]) if end + reach < len(starts) else len(rows)
    return int(starts[end]), rows[starts[end] : stop]


_DROP_RATES = {
    "density": 0.1, "section": 0.2, "remaining": 0.2, "phrase": 0.2, "source": 0.05, "register": 0.25, "dynamics": 0.25,
}  # fmt: skip


def drop_conditions(prefix: npt.NDArray[np.int64], rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Conditions with some left out for the whole window, so that a network also learns to write without them."""
    prefix = prefix.copy()
    for column, name in enumerate(PREFIX_SIZES):
        if rng.random() < _DROP_RATES.get(name, 0.1):
            prefix[:, column] = 0
    return prefix
