"""Mutants that no test can notice, since they change no result: by room, line and change, with the reason.

`make mutants` leaves them out and counts them by themselves; `test_mutants.py` holds that each is still one that is
made.
"""

from __future__ import annotations

_SIZE = "the size of pieces, which no result depends on"
_ACCIDENTALS = "the line is reached with accidentals alone: E#, B#, Cb, Fb have one, the others two"

EQUIVALENT: dict[str, dict[tuple[str, str], str]] = {
    "workbench.analysis.peaks": {
        (
            "places = block[:, None] * MESH + np.arange(-_FINE_REACH, MESH + _FINE_REACH + 8)",
            "8 -> 9",
        ): "one more sample is read behind those that the taps reach",
        (
            "if channel.size > _MOST_FINE_BLOCKS:",
            "channel.size > _MOST_FINE_BLOCKS -> channel.size >= _MOST_FINE_BLOCKS",
        ): "of just as many places all are taken either way",
    },
    "workbench.dsp.levels": {
        ("_SMALL = 1 << 16", "1 -> 2"): _SIZE,
        ("_SMALL = 1 << 16", "16 -> 17"): _SIZE,
    },
    "workbench.domain.theory": {
        (
            "parent = (self.tonic - _MODE_OFFSET[self.mode]) % 12",
            "(self.tonic - _MODE_OFFSET[self.mode]) % 12 -> self.tonic - _MODE_OFFSET[self.mode] + 12",
        ): "the next line takes the remainder of seven times the number, and 84 is a multiple of 12",
        (
            'name = letter + ("#" if accidentals > 0 else "b") * abs(accidentals)',
            "accidentals > 0 -> accidentals >= 0",
        ): "where there are no accidentals the sign is written no times",
        (
            "return (NOTE_NAMES_FLAT if accidentals < 0 else NOTE_NAMES_SHARP)[pitch_class % 12]",
            "accidentals < 0 -> accidentals <= 0",
        ): _ACCIDENTALS,
        ("return (NOTE_NAMES_FLAT if accidentals < 0 else NOTE_NAMES_SHARP)[pitch_class % 12]", "0 -> 1"): _ACCIDENTALS,
    },
    "evaluation.metrics.overlap": {
        (
            "if high <= low:",
            "high <= low -> high < low",
        ): "where all numbers are one, every bin but the last is empty on both sides: 1 either way",
    },
    "training.corpora.splits": {
        (
            "border = min(max(border, 1), len(contents) - 1) if len(contents) > 1 else 0",
            "len(contents) > 1 -> len(contents) >= 1",
        ): "of a single content the border is 0 either way",
    },
}
