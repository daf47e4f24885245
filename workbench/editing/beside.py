"""Elements that are composed beside recordings: what they hear of them, and which edits they take."""

from __future__ import annotations

from dataclasses import replace

from workbench.analysis.chords import HeardChord, Triad, estimate_chords
from workbench.domain.audio import summed
from workbench.domain.elements import is_drums
from workbench.domain.errors import ParameterError
from workbench.domain.recordings import is_recorded, only_notes, plays_recording
from workbench.domain.score import Score
from workbench.domain.theory import Chord, Key
from workbench.editing.edits import Edit
from workbench.editing.song import Song
from workbench.rendering.recordings import play_recordings

WRITING = ("regenerate", "vary", "transpose", "patch", "sound", "style", "notes")
"""Edits of an element that plays notes beside recordings; each has to name it."""
NEED_NOTES = (*WRITING, "tempo", "import")
"""Edits that a song of recordings alone has nothing for."""
_QUALITIES = {"maj": "maj", "min": "min"}


def recorded_elements(song: Song) -> tuple[str, ...]:
    """Elements of a song that play recordings."""
    return tuple(name for name in song.score.parts if plays_recording(song.plan.patches.get(name)))


def check_notes(song: Song, edit: Edit, others: str) -> None:
    """Refuse an edit that needs notes of what plays a recording; `others` lists the edits that need none.

    Raises
    ------
    ParameterError
        One line.
    """
    if not is_recorded(song.plan, song.score.parts):
        return
    recorded = recorded_elements(song)
    element = getattr(edit, "element", None)
    if edit.edit == "add" and element in recorded:
        raise ParameterError(f"{element} plays a recording: expected an element that is not in the song yet")
    if edit.edit not in NEED_NOTES:
        return
    written = [name for name in song.score.parts if name not in recorded]
    if edit.edit in WRITING and written and element not in (*recorded, None, "harmony"):
        return
    names = f", or the name of an element that plays notes ({', '.join(written)})" if written else ""
    raise ParameterError(f"the song plays recordings, and this edit needs notes: expected one of {others}{names}")


def composable(song: Song) -> Score:
    """The score as composing sees it: without recordings, whose notes nobody knows."""
    recorded = recorded_elements(song)
    if not recorded:
        return song.score
    bare = only_notes(song.score, song.plan.patches)
    return replace(bare, parts={name: part for name, part in bare.parts.items() if name not in recorded})


def with_heard_chords(song: Song) -> Song:
    """The song on the chords that are heard in its recordings, one a bar, where it has none of its own.

    A bar in which nothing is heard has the chord before it.

    Raises
    ------
    ParameterError
        If no chord is heard.
    """
    recorded = recorded_elements(song)
    if not recorded or any(chord.sounds for chord in song.score.chords):
        return song
    pitched = {name: part for name, part in song.score.parts.items() if name in recorded and not is_drums(name)}
    heard: tuple[HeardChord, ...] = ()
    if pitched:
        stems = play_recordings(replace(song.score, parts=pitched), song.plan)
        heard = estimate_chords(summed(stems.values()))
    triads = [_of_bar(song, heard, bar) for bar in range(song.plan.bars)]
    first = next((triad for triad in triads if triad is not None), None)
    if first is None:
        raise ParameterError("no chords are heard in the recordings: state them first with the edit chords")
    chords: list[Chord] = []
    standing = first
    for bar, triad in enumerate(triads):
        standing = _in_key(triad or standing, song.plan.key)
        chord = Chord(bar * song.bar_beats, song.bar_beats, standing[0], _QUALITIES[standing[1]], standing[0])
        last = chords[-1] if chords else None
        if last is not None and (last.root, last.quality) == (chord.root, chord.quality):
            chords[-1] = replace(last, duration_beats=last.duration_beats + song.bar_beats)
        else:
            chords.append(chord)
    shown = ", ".join(_by_bar(chord, song) for chord in chords)
    song = replace(song, score=replace(song.score, chords=tuple(chords)))
    return song.with_remarks(f"chords are heard in the recordings, by bar: {shown} (state others with the edit chords)")


def _by_bar(chord: Chord, song: Song) -> str:
    """Its bars, counted from 1, and its symbol: "9-12 Am"."""
    first = round(chord.onset_beats / song.bar_beats) + 1
    last = round(chord.end_beats / song.bar_beats)
    return f"{first if first == last else f'{first}-{last}'} {chord.symbol(song.plan.key)}"


def _in_key(triad: Triad, key: Key) -> Triad:
    """The triad with the third that the key has over its root, where it has just one: of a bass alone none is heard.

    The dominant of a minor key has either.
    """
    root, _ = triad
    if key.has_minor_third and (root - key.tonic) % 12 == 7:
        return triad
    thirds = [quality for quality, third in (("maj", 4), ("min", 3)) if (root + third) % 12 in key.pitch_classes]
    return (root, thirds[0]) if len(thirds) == 1 and root in key.pitch_classes else triad


def _of_bar(song: Song, heard: tuple[HeardChord, ...], bar: int) -> Triad | None:
    """The triad that sounds longest in a bar; None where that is none."""
    first, end = (song.score.seconds_at_bar(one) for one in (bar, bar + 1))
    seconds: dict[Triad | None, float] = {}
    for chord in heard:
        inside = min(end, chord.end_seconds) - max(first, chord.start_seconds)
        if inside > 0.0:
            seconds[chord.triad] = seconds.get(chord.triad, 0.0) + inside
    return max(seconds, key=lambda triad: seconds[triad]) if seconds else None
