"""What is true of a song, in seconds: JAMS (Humphrey et al., ISMIR 2014), version 0.3.4.

The score is the truth that the sound was made from, so that nothing here is estimated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from workbench.domain.chord_symbols import CHORD_QUALITIES, intervals_of
from workbench.domain.score import Part, Score
from workbench.domain.theory import Chord, Key

JAMS_VERSION = "0.3.4"
_DEGREES = ("1", "b9", "9", "b3", "3", "11", "#11", "5", "#5", "13", "b7", "7")
"""Harte's degrees by semitones above the root; tensions lie above the octave."""
_BASS_DEGREES = ("1", "b2", "2", "b3", "3", "4", "b5", "5", "b6", "6", "b7", "7")

Observation = dict[str, Any]


def harte_label(chord: Chord, key: Key) -> str:
    """A chord in Harte's syntax (Harte et al., ISMIR 2005); qualities that it has no name for are lists of degrees.

    Examples
    --------
    >>> harte_label(Chord.parse("Fm7/Ab"), Key.parse("F minor")), harte_label(Chord.parse("G7b9"), Key.parse("C major"))
    ('F:min7/b3', 'G:(3,5,b7,b9)')
    """
    if not chord.sounds:
        return "N"
    steps = [interval % 12 for interval in intervals_of(chord.quality) if interval % 12]
    degrees = ",".join(sorted((_DEGREES[step] for step in steps), key=lambda name: int(name.strip("b#"))))
    quality = chord.quality if chord.quality in CHORD_QUALITIES else f"({degrees})"
    bass = (chord.bass - chord.root) % 12
    return f"{key.name_of(chord.root)}:{quality}{f'/{_BASS_DEGREES[bass]}' if bass else ''}"


def jams_document(score: Score, *, identifier: str, duration_seconds: float) -> dict[str, Any]:
    """Tempo, beats, chords, keys, sections, elements and notes of a song.

    Parameters
    ----------
    score : Score
    identifier : str
        Of the song in its data set.
    duration_seconds : float
        Of its sound, with the tail.

    Returns
    -------
    dict
        Annotations of the namespaces `tempo` (of the felt beat), `beat` (value: place in the bar, 1 is the downbeat),
        `chord`, `key_mode`, `segment_open` (names of sections), `tag_open` (elements that play in a section) and, for
        each element, `note_midi` with its name in the sandbox. Notes begin where they sound, microtiming included.
    """
    annotations = [
        _annotation("tempo", _tempi(score)),
        _annotation("beat", _beats(score)),
        _annotation("chord", _chords(score)),
        _annotation("key_mode", _keys(score)),
        _annotation("segment_open", _sections(score)),
        _annotation("tag_open", _elements(score)),
        *(_annotation("note_midi", _notes(score, part), element=name) for name, part in score.parts.items()),
    ]
    return {
        "annotations": annotations,
        "file_metadata": {
            "title": score.title, "artist": "", "release": "", "duration": round(duration_seconds, 6),
            "identifiers": {"beatsfoundry": identifier}, "jams_version": JAMS_VERSION,
        },
        "sandbox": {"metre": str(score.metre)},
    }  # fmt: skip


def _annotation(namespace: str, data: Iterable[Observation], **sandbox: str) -> dict[str, Any]:
    about = {
        "curator": {"name": "", "email": ""}, "annotator": {}, "version": "", "corpus": "", "annotation_rules": "",
        "annotation_tools": "BeatsFoundry", "validation": "", "data_source": "program",
    }  # fmt: skip
    found = list(data)
    end = max((one["time"] + one["duration"] for one in found), default=0.0)
    return {
        "namespace": namespace, "data": found, "annotation_metadata": about, "sandbox": sandbox, "time": 0.0,
        "duration": round(end, 6),
    }  # fmt: skip


def _observed(score: Score, start_beats: float, end_beats: float, value: Any) -> Observation:
    start, end = (score.tempo_map.seconds_at(beats) for beats in (start_beats, end_beats))
    return {"time": round(start, 6), "duration": round(end - start, 6), "value": value, "confidence": 1.0}


def _tempi(score: Score) -> Iterable[Observation]:
    """One for each stretch of one tempo."""
    tempi, starts = score.tempo_map.tempi_bpm, score.tempo_map.starts_beats
    changes = [number for number in range(len(tempi)) if number == 0 or tempi[number] != tempi[number - 1]]
    ends = [*(starts[number] for number in changes[1:]), score.length_beats]
    for number, end in zip(changes, ends, strict=True):
        yield _observed(score, starts[number], end, round(tempi[number] / score.metre.beat_beats, 6))


def _beats(score: Score) -> Iterable[Observation]:
    for bar in range(score.bars):
        for number, beat in enumerate(score.metre.felt_beats):
            place = bar * score.metre.bar_beats + beat
            yield _observed(score, place, place, 1 + number)


def _chords(score: Score) -> Iterable[Observation]:
    for chord in score.chords:
        label = harte_label(chord, score.key_at(chord.onset_beats))
        yield _observed(score, chord.onset_beats, chord.end_beats, label)


def _keys(score: Score) -> Iterable[Observation]:
    bar = score.metre.bar_beats
    for section in score.sections:
        key = section.key or score.key
        value = f"{key.name_of(key.tonic)}:{key.mode}"
        yield _observed(score, section.start_bar * bar, section.end_bar * bar, value)


def _sections(score: Score) -> Iterable[Observation]:
    bar = score.metre.bar_beats
    for section in score.sections:
        yield _observed(score, section.start_bar * bar, section.end_bar * bar, section.name)


def _elements(score: Score) -> Iterable[Observation]:
    """Each section with each element that begins a note in it."""
    bar = score.metre.bar_beats
    for section in score.sections:
        start, end = section.start_bar * bar, section.end_bar * bar
        for name, part in score.parts.items():
            if any(start <= note.onset_beats < end for note in part.notes):
                yield _observed(score, start, end, name)


def _notes(score: Score, part: Part) -> Iterable[Observation]:
    for note in part.notes:
        yield _observed(score, note.start_beats, note.end_beats, float(note.pitch))


def observations(document: Mapping[str, Any], namespace: str) -> list[Observation]:
    """The data of a document's first annotation of a namespace; none if it has no such annotation."""
    found = [one for one in document["annotations"] if one["namespace"] == namespace]
    return list(found[0]["data"]) if found else []
