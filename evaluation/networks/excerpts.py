"""Four-bar excerpts: what is compared when samples are held against human music.

A sample is written under the conditions of a validation excerpt and shares its song, tempo and surroundings; human
music of the same kind comes from training songs whose conditions match.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from training.dataset import EncodedPart
from workbench.domain.arrays import Integers
from workbench.domain.errors import CorpusError
from workbench.models.context import PREFIX_SIZES
from workbench.models.history import BAR_COLUMN, STEP_COLUMN
from workbench.models.spec import BAR_STEP, Conditioning
from workbench.models.vocabulary import STYLES

EXCERPT_BARS = 4
LEAST_NOTES = 4
"""Emptier excerpts are left out on both sides: they hold too little to be distinguished by."""
_CONDITIONS = list(PREFIX_SIZES)
_MATCHED_ON = (
    ("style", "source", "density", "dynamics", "register", "tempo", "mode", "section"),
    ("style", "source", "density", "dynamics", "register", "tempo"),
    ("style", "source", "density", "dynamics", "register"),
    ("style", "source", "density", "dynamics"), ("style", "source", "density"), ("style", "source"), (),
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class PartExcerpt:
    """Four bars of one part.

    Parameters
    ----------
    song_id, corpus : str
        Where it comes from; samples carry the song whose conditions they were written under.
    first_bar : int
        Its place in the song.
    tempo_bpm : float
    rows : Rows
        Bar lines and notes; bars are counted from 0.
    conditioning : Conditioning
        Of these bars.
    base_pitches : array (16,)
        MIDI pitch of symbol 0, by beat.
    """

    song_id: str
    corpus: str
    first_bar: int
    tempo_bpm: float
    rows: Integers
    conditioning: Conditioning
    base_pitches: npt.NDArray[np.int64]

    @property
    def style(self) -> str:
        """Style word of the condition; "" if none."""
        return ("", *STYLES)[self.condition("style")]

    @property
    def notes(self) -> Integers:
        """The rows without bar lines."""
        notes: Integers = self.rows[self.rows[:, STEP_COLUMN] != BAR_STEP]
        return notes

    def condition(self, name: str) -> int:
        """Index of a condition in the first bar."""
        return int(self.conditioning.prefix[0, _CONDITIONS.index(name)])


@dataclass(frozen=True, slots=True)
class ExcerptPlace:
    """Where an excerpt lies: the number of the part and the first bar."""

    part: int
    bar: int


def cut(part: EncodedPart, bar: int) -> PartExcerpt:
    """The excerpt of a part that begins at `bar`."""
    ends = np.r_[part.line_starts, len(part.rows)]
    rows = part.rows[ends[bar] : ends[bar + EXCERPT_BARS]].copy()
    rows[:, BAR_COLUMN] -= bar
    beats = slice(bar * part.bar_beats, (bar + EXCERPT_BARS) * part.bar_beats)
    conditioning = part.conditioning.bars(bar, bar + EXCERPT_BARS)
    return PartExcerpt(part.song_id, part.corpus, bar, part.tempo_bpm, rows, conditioning, part.base_pitches[beats])


def with_rows(excerpt: PartExcerpt, rows: Integers) -> PartExcerpt:
    """The same place with other music."""
    return replace(excerpt, rows=rows)


def places(parts: Sequence[EncodedPart], hop: int, least_notes: int = 0) -> list[ExcerptPlace]:
    """Every place in 4/4 parts at multiples of `hop` bars whose four bars hold so many notes."""
    found = []
    for number, part in enumerate(parts):
        if part.bar_beats != 4:
            continue
        ends = np.r_[part.line_starts, len(part.rows)]
        for bar in range(0, part.bars - EXCERPT_BARS + 1, hop):
            if ends[bar + EXCERPT_BARS] - ends[bar] - EXCERPT_BARS >= least_notes:
                found.append(ExcerptPlace(number, bar))
    return found


def choose_places(parts: Sequence[EncodedPart], n: int, seed: int = 0) -> list[ExcerptPlace]:
    """Places drawn without replacement, so many that `n` of them hold enough notes to be judged.

    They lie four bars apart, closer only where the songs are too few. Places with too few notes are among them, for a
    sample that is written there may hold enough: whether to rest is the player's choice.

    Raises
    ------
    CorpusError
        If the parts hold no excerpt.
    """
    found: list[ExcerptPlace] = []
    full: set[ExcerptPlace] = set()
    for hop in (4, 2, 1):
        found, full = places(parts, hop), set(places(parts, hop, LEAST_NOTES))
        if len(full) >= n:
            break
    if not full:
        raise CorpusError("no part is long enough: expected four bars of 4/4 with notes")
    order = np.random.default_rng(seed).permutation(len(found))
    enough = np.cumsum([found[index] in full for index in order])
    last = int(np.searchsorted(enough, min(n, len(full))))
    return [found[index] for index in np.sort(order[: last + 1])]


def matched_excerpts(targets: Sequence[PartExcerpt], pool: Sequence[EncodedPart], seed: int = 0) -> list[PartExcerpt]:
    """For each target one excerpt of the pool of the same corpus with as many equal conditions as can be had.

    No place is taken twice while another one matches as well.
    """
    candidates = [(place, _keys(pool[place.part], place.bar)) for place in places(pool, EXCERPT_BARS, LEAST_NOTES)]
    by_key: defaultdict[Hashable, list[int]] = defaultdict(list)
    for index, (_, keys) in enumerate(candidates):
        for key in keys:
            by_key[key].append(index)
    rng = np.random.default_rng(seed)
    used = np.zeros(len(candidates), np.int64)
    result = []
    for target in targets:
        index = _least_used(by_key, list(_excerpt_keys(target)), used, rng)
        used[index] += 1
        place = candidates[index][0]
        result.append(cut(pool[place.part], place.bar))
    return result


def _least_used(
    by_key: dict[Hashable, list[int]], keys: Sequence[Hashable], used: npt.NDArray[np.int64], rng: np.random.Generator
) -> int:
    for key in keys:
        free = [index for index in by_key.get(key, ()) if not used[index]]
        if free:
            return int(free[rng.integers(len(free))])
    everywhere = by_key.get(keys[-1])
    if not everywhere:
        raise CorpusError(f"the training songs hold no excerpt of {keys[-1]}")
    return int(everywhere[rng.integers(len(everywhere))])


def _keys(part: EncodedPart, bar: int) -> list[Hashable]:
    return list(_match_keys(part.corpus, part.conditioning.prefix[bar]))


def _excerpt_keys(excerpt: PartExcerpt) -> list[Hashable]:
    return list(_match_keys(excerpt.corpus, excerpt.conditioning.prefix[0]))


def _match_keys(corpus: str, prefix: npt.NDArray[np.int64]) -> Iterator[Hashable]:
    for names in _MATCHED_ON:
        yield (corpus, names, tuple(int(prefix[_CONDITIONS.index(name)]) for name in names))
