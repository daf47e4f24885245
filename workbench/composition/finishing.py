"""From written rows to an element's finished notes, for a whole song and for bars of a standing one alike."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.composition.bass_line import ornament, with_slides
from workbench.composition.figures import play_figures
from workbench.composition.lead_line import broken, ornamented, risen
from workbench.composition.performance import close, in_register, perform, shape_lengths, without_unisons
from workbench.composition.voicing import in_time, state_chords, with_last_chord, without_chord
from workbench.domain.arrays import Integers
from workbench.domain.elements import kind_of
from workbench.domain.plan import Plan
from workbench.domain.score import Note
from workbench.domain.theory import Chord
from workbench.models.tokenizer import decode_drums


def finished_drums(rows: Integers, plan: Plan, element: str) -> tuple[Note, ...]:
    """Rows of percussion as they are played."""
    notes = decode_drums(rows, round(plan.metre.bar_beats))
    return perform(close(notes, plan, element), plan, element)


def finished_line(
    notes: Sequence[Note],
    plan: Plan,
    element: str,
    chords: tuple[Chord, ...],
    *,
    following: Sequence[Note] | None = None,
    end_beats: float = float("inf"),
) -> tuple[Note, ...]:
    """Written notes of a pitched element as they are played: in its register, in figures, with touch and swing.

    Parameters
    ----------
    notes : sequence of Note
        As the network wrote them, sorted.
    plan : Plan
    element : str
    chords : tuple of Chord
        Of the whole song.
    following : sequence of Note, optional
        Where bars of a standing song are written anew, its notes after them; None for a whole song, whose tune and last
        chord are looked at as a whole too.
    end_beats : float
        Where those bars end.

    Returns
    -------
    tuple of Note
        Sorted, all before `end_beats`.
    """
    whole, kind = following is None, kind_of(element)
    traits = plan.parts[element]
    line = in_register(notes, traits.low_pitch, traits.high_pitch)
    if kind == "bass":
        line = ornament(line, plan, element, chords)
    elif kind == "melody":
        line = broken(ornamented(line, plan, element), plan, element, chords)
        line = risen(line, plan, element) if whole else line
    written = without_unisons(in_time(line, chords))
    line = shape_lengths([*written, *(following or ())], plan, element, chords)
    if kind == "bass":
        line = with_slides([note for note in line if note.onset_beats < end_beats], plan, element, chords)
    elif kind == "chords":
        line = play_figures(state_chords(line, plan, element, chords), plan, element, chords)
        line = with_last_chord(line, plan, element, chords) if whole else line
    if kind != "melody":
        line = without_chord(line, chords)
    ended = [note for note in line if note.onset_beats < end_beats]
    return perform(close(ended, plan, element), plan, element)
