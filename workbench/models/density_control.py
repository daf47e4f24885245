"""Holding a part to the density and the register that were asked of it.

A network is conditioned on a class of notes a bar and mostly keeps to it, but less so where style or section speak
against it. The farther a part has strayed, the likelier the steps that bring it back are made, and more than in
proportion: a little is human, twice as much is not. While it keeps to its class, nothing changes.
The same is done for its mean pitch, from which a long line wanders off, and for single notes that lie far from it.
"""

from __future__ import annotations

import math

import numpy as np

from workbench.domain.arrays import Floats, Integers
from workbench.models.context import DENSITY_COLUMN, REGISTER_COLUMN, REGISTER_EDGES, REGISTER_WIDTH
from workbench.models.grid import SLOTS_PER_BEAT
from workbench.models.history import BAR_COLUMN, SLOT_COLUMN, SYMBOL_COLUMN
from workbench.models.spec import BAR_STEP, SAME_STEP, STEPS, Conditioning, ElementSpec, Settings

LOOK_BACK_BARS = 4
_PRIOR_BARS = 0.5
_LARGEST_BIAS = 4.0
_PRIOR_NOTES = 2.0
_COMPASS = 7.0
"""Semitones from the middle of a register within which a note is not held."""
_OPEN_CLASS = 1.5
_PATIENCE = 0.25
"""How far it may stray, as a logarithm, before the pull is twice what it would be in proportion."""

_SLOT_OF_STEP = np.arange(STEPS) - 1.0


def density_limits(spec: ElementSpec, density: int) -> tuple[float, float]:
    """Fewest and most notes a bar of a density class 1..8.

    Examples
    --------
    >>> from workbench.models.elements import get_spec
    >>> density_limits(get_spec("bass"), 2)
    (1.5, 3.0)
    """
    edges = (0.0, *spec.density_edges, spec.density_edges[-1] * _OPEN_CLASS)
    return edges[density - 1], edges[density]


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


def density_bias(
    spec: ElementSpec, strength: float, density: int, notes: int, bars: int, slot: int, together: int, bar_slots: int
) -> Floats:
    """What is added to the step logits of a part, (STEPS,).

    Parameters
    ----------
    spec : ElementSpec
    strength : float
        Nats a beat sooner or later, over the logarithm of how far the density is off, while that is little.
    density : int
        Density class asked of the bar under way; 0 where none is asked.
    notes : int
        Notes of the bars that are looked back over (`bars_alike`), the one under way included.
    bars : int
        Bars among them that are complete.
    slot : int
        Slot of the last note in the bar under way, -1 if there is none.
    together : int
        Notes in that slot.
    bar_slots : int
        Slots in a bar.
    """
    if density == 0:
        return np.zeros(STEPS)
    low, high = density_limits(spec, density)
    middle = (low + high) / 2.0
    # A note fills the time until the next one is due, so that a downbeat is not taken for haste.
    inside = min(slot / bar_slots + together / middle, 1.0) if slot >= 0 else 0.0
    rate = (notes + _PRIOR_BARS * middle) / (bars + inside + _PRIOR_BARS)
    strayed = math.log(rate / min(max(rate, low), high))
    pull = -strength * strayed * (1.0 + abs(strayed) / _PATIENCE)
    pull = min(max(pull, -_LARGEST_BIAS), _LARGEST_BIAS)
    wait = np.maximum(_SLOT_OF_STEP - slot, 0.0)
    wait[SAME_STEP] = 0.0
    wait[BAR_STEP] = bar_slots - max(slot, 0)
    bias: Floats = wait * (-pull / SLOTS_PER_BEAT)
    return bias


def register_limits(register: int) -> tuple[float, float]:
    """Lowest and highest mean MIDI pitch of a register class 1..15.

    Examples
    --------
    >>> register_limits(9)
    (58.0, 62.0)
    """
    low = REGISTER_EDGES[0] + REGISTER_WIDTH * (register - 2.0)
    return low, low + REGISTER_WIDTH


def register_bias(
    strength: float, compass: float, register: int, notes: int, pitch_sum: int, pitches: Integers
) -> Floats:
    """What is added to the symbol logits of a part, (symbols,).

    Parameters
    ----------
    strength : float
        Nats for each width of a class by which a choice leaves the notes so far out of theirs.
    compass : float
        Nats for each width of a class by which a choice lies beyond a fifth from the middle of its class.
    register : int
        Register class asked of the bar under way; 0 where none is asked.
    notes, pitch_sum : int
        Number of notes, and sum of their MIDI pitches, in the bars that are looked back over (`bars_alike`).
    pitches : array (symbols,)
        MIDI pitch of each symbol.

    Examples
    --------
    >>> register_bias(1.0, 0.0, 9, 7, 7 * 66, np.array([60, 72])).round(1)
    array([-5.5, -8.5])
    >>> register_bias(0.0, 1.0, 9, 7, 7 * 66, np.array([60, 72])).round(1)
    array([-0. , -1.2])
    """
    if register == 0:
        return np.zeros(len(pitches))
    low, high = register_limits(register)
    middle = (low + high) / 2.0
    count = notes + _PRIOR_NOTES + 1.0
    mean = (pitch_sum + _PRIOR_NOTES * middle + pitches) / count
    outside = np.maximum(np.maximum(low - mean, mean - high), 0.0)
    far = np.maximum(np.abs(pitches - middle) - _COMPASS, 0.0)
    bias: Floats = -(strength * count * outside + compass * far) / REGISTER_WIDTH
    return bias


class Holding:
    """What is asked of one part, and the pull towards it while it is written.

    Parameters
    ----------
    spec : ElementSpec
    settings : Settings
    conditioning : Conditioning
    bar_beats : int
        Quarter notes in a bar.
    """

    def __init__(self, spec: ElementSpec, settings: Settings, conditioning: Conditioning, bar_beats: int) -> None:
        self._spec, self._settings, self._base = spec, settings, conditioning.base
        self._bar_slots = bar_beats * SLOTS_PER_BEAT
        self._density, self._register = (conditioning.prefix[:, column] for column in (DENSITY_COLUMN, REGISTER_COLUMN))
        self._alike_density, self._alike_register = bars_alike(self._density), bars_alike(self._register)
        self._symbols = np.arange(spec.symbols)

    def steps(self, notes: Integers, bar: int, slot: int, together: int) -> Floats | float:
        """What is added to the step logits after `together` notes in a slot (-1: none in the bar yet).

        `notes` are those of the bars that are looked back over, see `first_bar_for_density`.
        """
        if self._settings.pace == 0.0:
            return 0.0
        place = (len(notes), int(self._alike_density[bar]) - 1, slot, together, self._bar_slots)
        return density_bias(self._spec, self._settings.pace, int(self._density[bar]), *place)

    def symbols(self, notes: Integers, bar: int, slot: int) -> Floats | float:
        """What is added to the symbol logits in a slot; `notes` as in `first_bar_for_register`."""
        if not (self._settings.register or self._settings.compass):
            return 0.0
        roots = self._base[notes[:, BAR_COLUMN], notes[:, SLOT_COLUMN] // SLOTS_PER_BEAT]
        pitch_sum = int((roots + notes[:, SYMBOL_COLUMN]).sum())
        pitches = self._base[bar, slot // SLOTS_PER_BEAT] + self._symbols
        strengths = self._settings.register, self._settings.compass
        return register_bias(*strengths, int(self._register[bar]), len(notes), pitch_sum, pitches)

    def first_bar_for_density(self, bar: int) -> int:
        """From which bar notes are counted in a bar."""
        return bar + 1 - int(self._alike_density[bar])

    def first_bar_for_register(self, bar: int) -> int:
        """From which bar pitches are averaged in a bar."""
        return bar + 1 - int(self._alike_register[bar])
