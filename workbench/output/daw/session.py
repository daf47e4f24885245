"""A song as a studio program sees it: tracks with clips, tempo, metre and markers, in the terms of no program.

Times are ticks of which `TICKS_PER_BEAT` make a quarter note, as in the MIDI files of a bundle: what a session holds,
its MIDI file holds too, and no format rounds a note on its own. A stem begins at tick 0 and is as long as every other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workbench.domain.elements import is_drums
from workbench.domain.moves import StripMove
from workbench.domain.plan import Plan
from workbench.domain.recordings import only_notes, plays_recording
from workbench.domain.score import Score
from workbench.domain.tempo_map import TempoMap
from workbench.domain.theory import Chord
from workbench.output.figures.palette import MUTED, element_colour
from workbench.output.files.midi_files import TICKS_PER_BEAT, note_spans

CHORD_TRACK = "chords"
"""Name of the track that states the harmony: one clip a chord, called by its symbol."""
KEY_NOTE = "key: "
"""What the key has before it in a session's notes, since no format has a place for it."""
STEM_SUFFIX = " stem"
"""What the name of an audio track has after its element's."""

BUSES = ("reverb", "delay")
"""Effect buses of the desk, by the names that their tracks have in a session."""

_CHORD_BASS, _CHORD_REGISTER, _CHORD_VELOCITY = 36, 60, 72


@dataclass(frozen=True, slots=True, order=True)
class SessionNote:
    """A note in ticks from the start of the song; `pitch` is a MIDI number, `velocity` lies in 1..127."""

    start_ticks: int
    end_ticks: int
    pitch: int
    velocity: int


@dataclass(frozen=True, slots=True)
class NoteClip:
    """A clip of notes; times of the notes count from the start of the song, not of the clip."""

    name: str
    start_ticks: int
    end_ticks: int
    notes: tuple[SessionNote, ...]


@dataclass(frozen=True, slots=True)
class AudioClip:
    """A stereo file that begins with the song: its name, and its length in samples."""

    file: str
    length_samples: int
    sample_rate_hz: int


@dataclass(frozen=True, slots=True)
class SessionTrack:
    """A track: a stem (`audio`) or notes (`clips`). `pan` lies in -1 (left) to 1, `colour` is `#rrggbb`.

    `sends` holds the level in dB of each of `BUSES` that the track is sent to, after its fader.
    """

    name: str
    colour: str
    gain_db: float = 0.0
    pan: float = 0.0
    mute: bool = False
    audio: AudioClip | None = None
    clips: tuple[NoteClip, ...] = ()
    is_drums: bool = False
    sends: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class DawSession:
    """A whole session. `tempi`, `metres` and `markers` each hold (tick, value), ascending; the first two start at 0.

    `remarks` say what was mended or left out when it was read. `keys` holds the key from each tick on, where sections
    have keys of their own: no format but the lead sheet has a place for them.
    """

    title: str
    tempi: tuple[tuple[int, float], ...]
    metres: tuple[tuple[int, tuple[int, int]], ...]
    markers: tuple[tuple[int, str], ...]
    tracks: tuple[SessionTrack, ...]
    length_ticks: int
    key: str = ""
    remarks: tuple[str, ...] = ()
    keys: tuple[tuple[int, str], ...] = field(default=(), compare=False)

    @property
    def tempo_map(self) -> TempoMap:
        """Tempi over quarter notes."""
        starts = tuple(tick / TICKS_PER_BEAT for tick, _ in self.tempi)
        return TempoMap(starts, tuple(tempo_bpm for _, tempo_bpm in self.tempi))

    def seconds_at(self, tick: int) -> float:
        """When a place sounds."""
        return self.tempo_map.seconds_at(tick / TICKS_PER_BEAT)

    @property
    def stems(self) -> tuple[SessionTrack, ...]:
        """Tracks of sound."""
        return tuple(track for track in self.tracks if track.audio is not None)

    @property
    def buses(self) -> tuple[str, ...]:
        """Effect buses that any track is sent to."""
        used = {bus for track in self.tracks for bus, _ in track.sends}
        return tuple(bus for bus in BUSES if bus in used)

    @property
    def voices(self) -> tuple[SessionTrack, ...]:
        """Tracks of notes, without that of the chords."""
        return tuple(track for track in self.tracks if track.audio is None and track.name != CHORD_TRACK)


def session_of(plan: Plan, score: Score, stems: Mapping[str, AudioClip]) -> DawSession:
    """The session of a song.

    Stems stand at 0 dB in the centre, since they hold what the desk did to them. Tracks of notes carry gain, pan and
    sends by which a user moved the element, for an instrument that takes the stem's place, and are silent where there
    is one.
    """
    end = _ticks(score.length_beats)
    score = only_notes(score, plan.patches)
    written = [name for name in score.parts if not plays_recording(plan.patches.get(name))]
    return DawSession(
        title=score.title,
        tempi=_tempi(score),
        metres=((0, (score.metre.numerator, score.metre.denominator)),),
        markers=tuple((_ticks(one.start_bar * score.metre.bar_beats), one.name) for one in score.sections),
        tracks=(
            *(_stem(name, clip, plan.mix.get(name, StripMove())) for name, clip in stems.items()),
            *(_voice(score, name, plan.mix.get(name, StripMove()), silent=name in stems) for name in written),
            _chords(score),
        ),
        length_ticks=end,
        key=str(score.key),
        keys=_keys(score),
    )


def _tempi(score: Score) -> tuple[tuple[int, float], ...]:
    found: list[tuple[int, float]] = []
    for start, tempo_bpm in zip(score.tempo_map.starts_beats, score.tempo_map.tempi_bpm, strict=True):
        if not found or found[-1][1] != tempo_bpm:
            found.append((_ticks(start), tempo_bpm))
    return tuple(found)


def _keys(score: Score) -> tuple[tuple[int, str], ...]:
    found: list[tuple[int, str]] = []
    for section in score.sections:
        key = str(section.key or score.key)
        if not found or found[-1][1] != key:
            found.append((_ticks(section.start_bar * score.metre.bar_beats), key))
    return tuple(found)


def _stem(element: str, clip: AudioClip, move: StripMove) -> SessionTrack:
    return SessionTrack(element + STEM_SUFFIX, element_colour(element), mute=move.mute, audio=clip)


def _voice(score: Score, element: str, move: StripMove, *, silent: bool) -> SessionTrack:
    notes = tuple(sorted(SessionNote(*span) for span in note_spans(score.parts[element].notes)))
    last = max((note.end_ticks for note in notes), default=0)
    return SessionTrack(
        element,
        element_colour(element),
        gain_db=move.gain_db,
        pan=move.pan or 0.0,
        mute=silent or move.mute,
        clips=(NoteClip(element, 0, max(last, _ticks(score.length_beats)), notes),),
        is_drums=is_drums(element),
        sends=tuple(
            (bus, level)
            for bus, level in zip(BUSES, (move.reverb_send_db, move.delay_send_db), strict=True)
            if level is not None
        ),
    )


def _chords(score: Score) -> SessionTrack:
    clips = []
    for chord in score.chords:
        start, end = _ticks(chord.onset_beats), _ticks(chord.onset_beats + chord.duration_beats)
        symbol = chord.symbol(score.key_at(chord.onset_beats))
        notes = tuple(SessionNote(start, end, pitch, _CHORD_VELOCITY) for pitch in _voicing(chord))
        clips.append(NoteClip(symbol, start, end, notes))
    return SessionTrack(CHORD_TRACK, MUTED, mute=True, clips=tuple(clips))


def _voicing(chord: Chord) -> list[int]:
    """The chord in close position from its root on, over its bass; nothing where no chord is stated."""
    if not chord.pitch_classes:
        return []
    above = sorted(_CHORD_REGISTER + chord.root + (one - chord.root) % 12 for one in chord.pitch_classes)
    return [_CHORD_BASS + chord.bass, *above]


def _ticks(beats: float) -> int:
    return round(beats * TICKS_PER_BEAT)
