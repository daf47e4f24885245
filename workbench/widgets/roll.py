"""The piano roll as a notebook widget: Python works out what is drawn, the page draws it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from workbench.domain.score import Note, Score
from workbench.domain.song import DRUM_ROLES, drum_role
from workbench.output.html_tables import asset
from workbench.output.palette import ACCENT, element_colour

_ASSETS = Path(__file__).resolve().parent / "assets"


class PianoRoll(anywidget.AnyWidget):
    """Every note of a score, with sections, chords and drum lanes; zooms, pans and tells of the note pointed at.

    `playhead_seconds` draws a line where it is 0 or more; a click sets `seek_seconds`. Link both to a
    `TrackPlayer` with `follow`.

    Parameters
    ----------
    score
        The song to show.
    """

    _esm = asset("parts.js") + (_ASSETS / "roll.js").read_text(encoding="utf-8")
    _css = (_ASSETS / "roll.css").read_text(encoding="utf-8")
    data = traitlets.Dict().tag(sync=True)
    playhead_seconds = traitlets.Float(-1.0).tag(sync=True)
    seek_seconds = traitlets.Float(-1.0).tag(sync=True)

    def __init__(self, score: Score) -> None:
        super().__init__(data=roll_data(score))

    def follow(self, player: Any) -> None:
        """Let the playhead follow a player, and let clicks here move it; both happen within the page."""
        from ipywidgets import jslink

        jslink((player, "position_seconds"), (self, "playhead_seconds"))
        jslink((self, "seek_seconds"), (player, "seek_seconds"))


def roll_data(score: Score) -> dict[str, Any]:
    """What the page draws, as plain values.

    A note is `[start_seconds, length_seconds, row, velocity, element, is_drum, "bar.beat"]`: the row is a MIDI
    pitch, for drums an index into `lanes`; `element` is an index into `elements`. In a song of drums alone `high` lies
    just below `low`, so that no room is kept for pitches.
    """
    elements = list(score.parts)
    lanes = _lanes(score)
    notes = [
        _note(note, index, score, lanes if name == "percussion" else None)
        for index, name in enumerate(elements)
        for note in score.parts[name].notes
    ]
    pitches = [note[2] for note in notes if not note[5]]
    bar_seconds = score.duration_seconds / score.bars
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
        "bar_seconds": bar_seconds,
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
