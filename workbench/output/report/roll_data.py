"""What the piano roll script draws of a score: notes, lanes, sections, chords and bars in seconds."""

from __future__ import annotations

from typing import Any

from workbench.domain.elements import is_drums
from workbench.domain.score import Note, Score
from workbench.domain.song import DRUM_ROLES, drum_role
from workbench.output.figures.palette import ACCENT, element_colour


def roll_data(score: Score) -> dict[str, Any]:
    """What the page draws, as plain values.

    A note is `[start_seconds, length_seconds, row, velocity, element, is_drum, "bar.beat"]`: the row is a MIDI
    pitch, for drums an index into `lanes`; `element` is an index into `elements`. In a song of drums alone `high` lies
    just below `low`, so that no room is kept for pitches.
    """
    elements = list(score.parts)
    lanes = _lanes(score)
    notes = [
        _note(note, index, score, lanes if is_drums(name) else None)
        for index, name in enumerate(elements)
        for note in score.parts[name].notes
    ]
    pitches = [note[2] for note in notes if not note[5]]
    return {
        "elements": [{"name": name, "colour": element_colour(name)} for name in elements],
        "notes": notes,
        "lanes": [lane.replace("_", " ") for lane in lanes],
        "low": min(pitches, default=62) - 2,
        "high": max(pitches, default=57) + 2,
        "sections": [
            {
                "name": s.name,
                "start": score.seconds_at_bar(s.start_bar),
                "end": score.seconds_at_bar(s.end_bar),
                "energy": s.energy,
            }
            for s in score.sections
        ],
        "chords": [
            {
                "start": score.tempo_map.seconds_at(chord.onset_beats),
                "symbol": chord.symbol(score.key_at(chord.onset_beats)),
            }
            for chord in score.chords
        ],
        "duration": score.duration_seconds,
        "bar_seconds": score.duration_seconds / score.bars,
        "bars": [round(score.seconds_at_bar(bar), 4) for bar in range(score.bars + 1)],
        "beats": score.metre.numerator,
        "accent": ACCENT,
    }


def _lanes(score: Score) -> list[str]:
    drums = score.parts["percussion"].notes if "percussion" in score.parts else ()
    heard = {drum_role(note.pitch) for note in drums}
    return [role for role in DRUM_ROLES if role in heard]


def _note(note: Note, element: int, score: Score, lanes: list[str] | None) -> list[Any]:
    bar, beat = divmod(note.onset_beats, score.metre.bar_beats)
    start, end = (score.tempo_map.seconds_at(beats) for beats in (note.start_beats, note.end_beats))
    return [
        round(start, 4),
        round(end - start, 4),
        note.pitch if lanes is None else lanes.index(drum_role(note.pitch)),
        note.velocity,
        element,
        lanes is not None,
        f"{int(bar) + 1}.{beat + 1:g}",
    ]
