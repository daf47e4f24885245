"""Holding a part to the density and the register that were asked of it.

A network is told a class of notes a bar and mostly keeps to it, but less so where style or section speak against it.
Here the steps that would bring it back are made likelier the farther it has strayed, and more than in proportion: a
little is human, twice as much is not. While it keeps to its class, nothing is changed.
The same is done for its mean pitch, from which a long line wanders off, and for single notes that lie far from it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from workbench.models.context import DENSITY_COLUMN, REGISTER_COLUMN, REGISTER_EDGES, REGISTER_WIDTH
from workbench.models.grid import SLOTS_PER_BAR, SLOTS_PER_BEAT
from workbench.models.history import BAR_COLUMN, SLOT_COLUMN, STEP_COLUMN, SYMBOL_COLUMN, Rows
from workbench.models.spec import BAR_STEP, SAME_STEP, STEPS, ElementSpec, Settings, Surroundings

LOOK_BACK_BARS = 4
_PRIOR_BARS = 0.5
_LARGEST_BIAS = 4.0
_PRIOR_NOTES = 2.0
_COMPASS = 7.0
"""Semitones from the middle of a register within which a note is not held."""
_OPEN_CLASS = 1.5
_PATIENCE = 0.25
"""How far it may stray, as a logarithm, before the pull is twice what it would be in proportion."""

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def density_limits(spec: ElementSpec, classes: Integers) -> tuple[Floats, Floats]:
    """Fewest and most notes a bar of density classes 1..8.

    Examples
    --------
    >>> from workbench.models.elements import get_spec
    >>> density_limits(get_spec("bass"), np.array([1, 2]))
    (array([0. , 1.5]), array([1.5, 3. ]))
    """
    edges = np.array([0.0, *spec.density_edges, spec.density_edges[-1] * _OPEN_CLASS])
    return edges[classes - 1], edges[classes]


def bars_alike(classes: Integers) -> Integers:
    """For each bar of a song, how many bars up to it, at most four and itself included, are asked for its density.

    Examples
    --------
    >>> bars_alike(np.array([3, 3, 3, 3, 3, 5, 5]))
    array([1, 2, 3, 4, 4, 1, 2])
    """
    bars = np.arange(len(classes))
    begins = np.r_[True, classes[1:] != classes[:-1]] if len(classes) else np.zeros(0, bool)
    first: Integers = np.maximum.accumulate(np.where(begins, bars, 0))
    alike: Integers = np.minimum(bars - first + 1, LOOK_BACK_BARS)
    return alike


def pace_bias(
    spec: ElementSpec, strength: float, classes: Integers, notes: Integers, bars: Integers, slots: Integers,
    together: Integers, bar_slots: Integers,
) -> Floats:  # fmt: skip
    """What is added to the step logits of n parts, (n, STEPS).

    Parameters
    ----------
    spec : ElementSpec
    strength : float
        Nats a beat sooner or later, over the logarithm of how far the density is off, while that is little.
    classes : array (n,)
        Density class asked of the bar under way; 0 where none is told.
    notes : array (n,)
        Notes of the bars that are looked back over (`bars_alike`), the one under way included.
    bars : array (n,)
        Bars among them that are complete.
    slots : array (n,)
        Slot of the last note in the bar under way, -1 if there is none.
    together : array (n,)
        Notes in that slot.
    bar_slots : array (n,)
        Slots in a bar.
    """
    low, high = density_limits(spec, np.maximum(classes, 1))
    middle = (low + high) / 2.0
    # A note fills the time until the next one is due, so that a downbeat is not taken for haste.
    inside = np.where(slots >= 0, np.minimum(slots / bar_slots + together / middle, 1.0), 0.0)
    elapsed = bars + inside
    rate = (notes + _PRIOR_BARS * middle) / (elapsed + _PRIOR_BARS)
    strayed = np.log(rate / np.clip(rate, low, high))
    pull = -strength * strayed * (1.0 + np.abs(strayed) / _PATIENCE)
    pull = np.where(classes > 0, np.clip(pull, -_LARGEST_BIAS, _LARGEST_BIAS), 0.0)
    steps = np.arange(STEPS)
    wait = np.clip(steps - 1 - slots[:, None], 0, SLOTS_PER_BAR).astype(np.float64)
    wait[:, SAME_STEP] = 0.0
    wait[:, BAR_STEP] = bar_slots - np.maximum(slots, 0)
    bias: Floats = -pull[:, None] * wait / SLOTS_PER_BEAT
    return bias


def register_limits(classes: Integers) -> tuple[Floats, Floats]:
    """Lowest and highest mean MIDI pitch of register classes 1..15.

    Examples
    --------
    >>> register_limits(np.array([1, 9]))
    (array([26., 58.]), array([30., 62.]))
    """
    low = REGISTER_EDGES[0] + REGISTER_WIDTH * (classes.astype(np.float64) - 2.0)
    high = low + REGISTER_WIDTH
    return low, high


def register_bias(
    strength: float, compass: float, classes: Integers, notes: Integers, sums: Integers, pitches: Integers
) -> Floats:
    """What is added to the symbol logits of n parts, (n, symbols).

    Parameters
    ----------
    strength : float
        Nats for each width of a class by which a choice leaves the notes so far out of theirs.
    compass : float
        Nats for each width of a class by which a choice lies beyond a fifth from the middle of its class.
    classes : array (n,)
        Register class asked of the bar under way; 0 where none is told.
    notes, sums : array (n,)
        Number of notes, and sum of their MIDI pitches, in the bars that are looked back over (`bars_alike`).
    pitches : array (n, symbols)
        MIDI pitch of each symbol.

    Examples
    --------
    >>> notes, sums, pitches = np.array([7]), np.array([7 * 66]), np.array([[60, 72]])
    >>> register_bias(1.0, 0.0, np.array([9]), notes, sums, pitches).round(1)
    array([[-5.5, -8.5]])
    >>> register_bias(0.0, 1.0, np.array([9]), notes, sums, pitches).round(1)
    array([[-0. , -1.2]])
    """
    low, high = (limit[:, None] for limit in register_limits(classes))
    count = notes[:, None] + _PRIOR_NOTES + 1.0
    mean = (sums[:, None] + _PRIOR_NOTES * (low + high) / 2.0 + pitches) / count
    bias: Floats = -strength * count * np.abs(mean - np.clip(mean, low, high)) / REGISTER_WIDTH
    far = np.maximum(np.abs(pitches - (low + high) / 2.0) - _COMPASS, 0.0)
    return np.where(classes[:, None] > 0, bias - compass * far / REGISTER_WIDTH, 0.0)


class Holding:
    """What is asked of one part, and the pull towards it while it is written.

    Parameters
    ----------
    spec : ElementSpec
    settings : Settings
    around : Surroundings
    bar_beats : int
        Quarter notes in a bar.
    """

    def __init__(self, spec: ElementSpec, settings: Settings, around: Surroundings, bar_beats: int) -> None:
        self._spec, self._settings, self._around = spec, settings, around
        self._bar_slots = bar_beats * SLOTS_PER_BEAT
        self._alike, self._alike_register = (
            bars_alike(around.prefix[:, column]) for column in (DENSITY_COLUMN, REGISTER_COLUMN)
        )

    def steps(self, rows: Rows, bar: int, slot: int, together: int) -> Floats | float:
        """What is added to the step logits after `together` notes in a slot (-1: none in the bar yet).

        `rows` reach at least `LOOK_BACK_BARS` back, where the song does, and up to the last note written.
        """
        if self._settings.pace == 0.0:
            return 0.0
        alike = int(self._alike[bar])
        place = (len(_notes_of(rows, bar, alike)), alike - 1, slot, together, self._bar_slots)
        classes = self._around.prefix[[bar], DENSITY_COLUMN]
        bias: Floats = pace_bias(self._spec, self._settings.pace, classes, *(np.array([value]) for value in place))[0]
        return bias

    def symbols(self, rows: Rows, bar: int, slot: int) -> Floats | float:
        """What is added to the symbol logits in a slot."""
        if not (self._settings.register or self._settings.compass):
            return 0.0
        notes, base = _notes_of(rows, bar, int(self._alike_register[bar])), self._around.base
        total = (base[notes[:, BAR_COLUMN], notes[:, SLOT_COLUMN] // SLOTS_PER_BEAT] + notes[:, SYMBOL_COLUMN]).sum()
        pitches = base[bar, slot // SLOTS_PER_BEAT] + np.arange(self._spec.symbols)[None]
        classes = self._around.prefix[[bar], REGISTER_COLUMN]
        so_far = (np.array([len(notes)]), np.array([total]))
        bias: Floats = register_bias(self._settings.register, self._settings.compass, classes, *so_far, pitches)[0]
        return bias


def _notes_of(rows: Rows, bar: int, bars: int) -> Rows:
    notes: Rows = rows[(rows[:, STEP_COLUMN] != BAR_STEP) & (rows[:, BAR_COLUMN] > bar - bars)]
    return notes
