"""How far what a network writes lies from the songs that it is asked to write anew.

Nats a note ask how well a network follows a song note by note; they do not hear what comes out when it goes on from its
own notes. Here it writes eight bars of each of some held-out songs, and what it wrote is set beside the songs: where in
the bar notes begin, which pitches they have and by what steps they move, how long and how loud they are, how many stand
in a bar, and how much of a bar comes back in the next.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from training.dataset import EncodedPart
from training.excerpts import own_excerpt, write_excerpt
from training.samples import SAMPLE_BARS, choose_songs
from workbench.domain.elements import is_drums
from workbench.domain.score import Note, Score
from workbench.models.transformer import ElementTransformer
from workbench.tracking.comparing import Estimate

SONGS = 16
TRAITS = ("place", "pitch", "step", "length", "velocity", "notes a bar", "comes back")
_SEEDS = (1, 2, 3, 4)
_LONGEST_BEATS = 8.0

Counts = dict[str, Counter[int]]


def sample_distance(network: ElementTransformer, parts: Sequence[EncodedPart], *, songs: int = SONGS) -> Estimate:
    """The mean Jensen-Shannon distance between what a network writes and what the songs hold, over several traits.

    Parameters
    ----------
    network : ElementTransformer
        In evaluation mode.
    parts : sequence of EncodedPart
        The validation songs among them are written anew, four times each.
    songs : int
        At most so many, far apart in their order.

    Returns
    -------
    Estimate
        0 (alike) to 1 (nothing in common), in base 2 (Lin, "Divergence measures based on the Shannon entropy", 1991),
        of all songs and without each.
    """
    element, chosen = network.spec.name, choose_songs(parts, songs)
    human = [traits([own_excerpt(part, element, bar, SAMPLE_BARS)], element) for part, bar in chosen]
    written = [
        traits([write_excerpt(network, part, bar, SAMPLE_BARS, seed) for seed in _SEEDS], element)
        for part, bar in chosen
    ]
    without = tuple(_distance(_but(human, left), _but(written, left)) for left in range(len(chosen)))
    return Estimate(_distance(human, written), len(chosen), without if len(chosen) > 1 else ())


def _distance(human: Sequence[Counts], written: Sequence[Counts]) -> float:
    """Of the counts of each trait over all songs."""
    pooled = [(_pooled(human, name), _pooled(written, name)) for name in TRAITS]
    return float(np.mean([jensen_shannon(*pair) for pair in pooled]))


def _pooled(songs: Sequence[Counts], name: str) -> Counter[int]:
    return sum((song[name] for song in songs), Counter())


def _but(songs: Sequence[Counts], left: int) -> list[Counts]:
    return [*songs[:left], *songs[left + 1 :]]


def traits(scores: Iterable[Score], element: str) -> Counts:
    """Counts of each trait, pooled over excerpts."""
    pooled: Counts = {name: Counter() for name in TRAITS}
    for score in scores:
        notes, bars = _notes_of(score, element), _bars(score, element)
        pooled["place"].update(round(note.onset_beats % score.metre.bar_beats * 12) for note in notes)
        pooled["pitch"].update((note.pitch - score.key.tonic) % 12 if _tonal(element) else note.pitch for note in notes)
        pooled["step"].update(max(-13, min(13, after.pitch - note.pitch)) for note, after in itertools.pairwise(notes))
        pooled["length"].update(round(4 * min(note.duration_beats, _LONGEST_BEATS)) for note in notes)
        pooled["velocity"].update(note.velocity // 8 for note in notes)
        pooled["notes a bar"].update(len(bar) for bar in bars)
        pooled["comes back"].update(round(8 * _shared(bar, after)) for bar, after in itertools.pairwise(bars))
    return pooled


def jensen_shannon(first: Counter[int], second: Counter[int]) -> float:
    """The Jensen-Shannon distance of two histograms, in base 2; 0 if both are empty and 1 if one is.

    Examples
    --------
    >>> jensen_shannon(Counter({1: 5}), Counter({1: 2})), jensen_shannon(Counter({1: 5}), Counter({2: 2}))
    (0.0, 1.0)
    """
    if not first or not second:
        return float(bool(first) != bool(second))
    values = sorted(first.keys() | second.keys())
    p, q = (np.array([counts[value] for value in values], float) / counts.total() for counts in (first, second))
    middle = (p + q) / 2
    divergence = (_entropy_gap(p, middle) + _entropy_gap(q, middle)) / 2
    return float(np.sqrt(min(1.0, max(0.0, divergence))))


def _entropy_gap(p: np.ndarray, middle: np.ndarray) -> float:
    held = p > 0
    return float((p[held] * np.log2(p[held] / middle[held])).sum())


def _notes_of(score: Score, element: str) -> Sequence[Note]:
    """The element's notes in order; of harmony the roots of its chords, as notes."""
    if element == "harmony":
        return [Note(chord.onset_beats, chord.root, chord.duration_beats, 80) for chord in score.chords]
    part = score.parts.get(element)
    return sorted(part.notes) if part else ()


def _bars(score: Score, element: str) -> list[set[tuple[int, int]]]:
    """What each bar holds: (place in twelfths of a beat, pitch)."""
    bars: list[set[tuple[int, int]]] = [set() for _ in range(score.bars)]
    for note in _notes_of(score, element):
        bar, place = divmod(note.onset_beats, score.metre.bar_beats)
        if 0 <= bar < len(bars):
            bars[int(bar)].add((round(place * 12), note.pitch))
    return bars


def _shared(bar: set[tuple[int, int]], after: set[tuple[int, int]]) -> float:
    either = bar | after
    return len(bar & after) / len(either) if either else 1.0


def _tonal(element: str) -> bool:
    return not is_drums(element)
