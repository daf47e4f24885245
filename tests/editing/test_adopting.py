"""A session becomes a song that edits understand, and the same song where it came from us."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.midi.writing import body, chunk, header, meta, note
from workbench.domain.errors import ParameterError
from workbench.domain.moves import StripMove
from workbench.domain.plan import Plan
from workbench.domain.score import Score
from workbench.domain.theory import Key
from workbench.editing import adopt, edit_song, parse_edits
from workbench.output import export_composition, write_midi
from workbench.output.daw import export_session, read_session, session_of
from workbench.output.daw.session import AudioClip, DawSession, NoteClip, SessionNote, SessionTrack

BAR = 4 * 960


@pytest.fixture
def song(tiny_plan: Plan, tiny_score: Score) -> tuple[Plan, Score]:
    """The tiny song with a verse of its own tempo, and two moves on the desk."""
    sections = tuple(replace(one, tempo_bpm=97.3) if one.name == "verse" else one for one in tiny_plan.sections)
    mix = {"bass": StripMove(gain_db=-3.7, pan=-0.25)}
    return replace(tiny_plan, sections=sections, mix=mix), replace(tiny_score, sections=sections)


def voice(name: str, *notes: tuple[float, float, int], drums: bool = False, gain_db: float = 0.0) -> SessionTrack:
    laid = tuple(SessionNote(round(960 * at), round(960 * end), pitch, 90) for at, end, pitch in notes)
    clip = NoteClip(name, 0, max(note.end_ticks for note in laid), laid)
    return SessionTrack(name, "#123456", clips=(clip,), is_drums=drums, gain_db=gain_db)


def session(*tracks: SessionTrack, **changes: object) -> DawSession:
    whole = DawSession("idea", ((0, 100.0),), ((0, (4, 4)),), (), tracks, 4 * BAR)
    return replace(whole, **changes)  # type: ignore[arg-type]


EIGHTHS = [(0.5 * n, 0.5 * n + 0.4, 36 + n % 5) for n in range(16)]


@pytest.mark.parametrize("daw", ["dawproject", "reaper"])
def test_the_song_is_the_same_after_a_visit(daw: str, song: tuple[Plan, Score], tmp_path: Path) -> None:
    export_composition(*song, tmp_path / "song")
    adopted = adopt(read_session(export_session(tmp_path / "song", daw, tmp_path / "tiny"))).song
    went, back = session_of(*song, {}), session_of(adopted.plan, adopted.score, {})
    assert [replace(track, gain_db=0.0) for track in back.tracks] == [replace(t, gain_db=0.0) for t in went.tracks]
    for track, before in zip(back.tracks, went.tracks, strict=True):
        assert track.gain_db == pytest.approx(before.gain_db, abs=1e-5)
    assert replace(back, tracks=()) == replace(went, tracks=())
    assert adopted.score.chords == song[1].chords
    assert [(s.name, s.start_bar, s.bars, s.tempo_bpm) for s in adopted.score.sections] == [
        ("intro", 0, 1, None), ("verse", 1, 2, 97.3), ("chorus", 3, 1, None)
    ]  # fmt: skip


def test_a_midi_file_becomes_the_same_notes(song: tuple[Plan, Score], tmp_path: Path) -> None:
    write_midi(song[1], tmp_path / "tiny.mid")
    adopted = adopt(read_session(tmp_path / "tiny.mid")).song
    back = session_of(adopted.plan, adopted.score, {})
    went = session_of(replace(song[0], mix={}), song[1], {})
    assert replace(back, tempi=()) == replace(went, tempi=())
    assert [tempo for _, tempo in back.tempi] == pytest.approx([120.0, 97.3, 120.0], abs=1e-3)


def test_edits_understand_it(song: tuple[Plan, Score], tmp_path: Path) -> None:
    export_composition(*song, tmp_path / "song")
    adopted = adopt(read_session(export_session(tmp_path / "song", "reaper", tmp_path / "tiny"))).song
    edited = edit_song(adopted, parse_edits([{"edit": "transpose", "element": "leads", "semitones": 2}]))
    before, after = adopted.score.parts["leads"].notes, edited.score.parts["leads"].notes
    assert [note.pitch for note in after] == [note.pitch + 2 for note in before]
    assert edited.score.parts["bass"] == adopted.score.parts["bass"]


def test_faders_of_stem_and_notes_count_together() -> None:
    stem = SessionTrack("bass stem", "#123456", gain_db=1.5, pan=0.5, audio=AudioClip("bass.wav", 9, 48000))
    notes = replace(voice("bass", *EIGHTHS, gain_db=-4.0), mute=True)
    plan = adopt(session(stem, notes)).song.plan
    assert plan.mix == {"bass": StripMove(gain_db=-2.5, pan=0.5)}
    plan = adopt(session(replace(stem, mute=True, gain_db=0.0, pan=0.0), replace(notes, gain_db=0.0))).song.plan
    assert plan.mix == {"bass": StripMove(mute=True)}


def test_tracks_of_other_names_are_known_by_their_notes() -> None:
    kit = voice("Kit 1", *((n * 0.5, n * 0.5 + 0.1, 36 + 2 * (n % 2)) for n in range(16)), drums=True)
    low = voice("Moog", *((n * 1.0, n + 0.9, 33) for n in range(16)))
    song = adopt(session(kit, low)).song
    assert set(song.score.parts) == {"percussion", "bass"}
    assert len(song.score.parts["bass"].notes) == 16


def test_key_and_chords_are_heard_where_nothing_states_them() -> None:
    triads = ((57, 60, 64), (53, 57, 60), (60, 64, 67), (55, 59, 62))
    pads = voice("pads", *((4.0 * bar, 4.0 * bar + 4, pitch) for bar, tones in enumerate(triads) for pitch in tones))
    score = adopt(session(pads)).song.score
    assert score.key in (Key.parse("A minor"), Key.parse("C major"))
    assert [chord.symbol() for chord in score.chords] == ["Am", "F", "C", "G"]
    assert score.chords[-1].end_beats == 16.0


def test_a_tempo_inside_a_section_begins_one() -> None:
    sections = adopt(
        session(voice("bass", *EIGHTHS), tempi=((0, 100.0), (2 * BAR, 90.0)), markers=((0, "Verse 1"),))
    ).song.plan.sections
    assert [(one.name, one.start_bar, one.tempo_bpm) for one in sections] == [("verse", 0, None), ("verse", 2, 90.0)]


def test_a_note_just_before_the_end_stays_in_the_last_bar() -> None:
    """Rounded to the grid it would begin where the song is over (found by the fuzzer)."""
    song = adopt(session(voice("bass", (0.0, 1.0, 36), (15.975, 0.02, 40)), length_ticks=4 * BAR)).song
    last = song.score.parts["bass"].notes[-1]
    assert (round(last.onset_beats, 4), round(last.onset_beats + last.shift_beats, 4)) == (15.875, 15.975)
    assert song.score.length_beats == 16.0


def test_unknown_markers_keep_their_place_and_are_reported() -> None:
    song = adopt(session(voice("bass", *EIGHTHS), markers=((0, "intro"), (BAR, "fix the snare")))).song
    assert [one.name for one in song.plan.sections] == ["intro", "theme"]
    assert any("fix the snare" in remark for remark in song.remarks)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"metres": ((0, (4, 4)), (BAR, (3, 4)))}, "changes its metre .4/4, 3/4 from bar 2."),
        ({"metres": ((0, (4, 4)), (BAR, (1, 4)), (BAR + 960, (4, 4)))}, "4/4, 1/4 from bar 2, 4/4 from bar 3"),
        ({"metres": ((0, (3, 2)),)}, "metre '3/2' is not known"),
        ({"metres": ((0, (11, 8)),)}, "metre '11/8' is not known"),
        ({"tempi": ((0, 100.0), (BAR + 960, 90.0))}, "inside bar 2"),
        ({"tempi": ((0, 100.0), (BAR, 300.0))}, "to 300 BPM in bar 2: expected 40 to 240 BPM"),
        ({"tracks": ()}, "holds no notes"),
        ({"length_ticks": 10**9}, "lasts 260,417 bars: expected at most 1,000"),
        ({"tempi": ((0, 400.0),)}, "tempo"),
    ],
)
def test_what_no_plan_can_hold_is_refused(changes: dict[str, object], told: str) -> None:
    with pytest.raises(ParameterError, match=told):
        adopt(session(voice("bass", *EIGHTHS), **changes))


@pytest.mark.parametrize(("metre", "read"), [((2, 2), "4/4"), ((8, 8), "4/4"), ((12, 8), "12/8"), ((3, 4), "3/4")])
def test_bars_of_one_length_are_one_metre(metre: tuple[int, int], read: str) -> None:
    """MuseScore 10962, 28678: metres of a DAW were read as others; every track may repeat them."""
    song = adopt(session(voice("bass", *EIGHTHS), metres=((0, metre),))).song
    assert str(song.score.metre) == read
    assert any("is read as 4/4" in line for line in song.remarks) == (metre[0] / metre[1] == 1)


def test_a_closing_metre_that_nothing_sounds_in_does_not_count() -> None:
    """LMMS 8002 and files whose last event is a metre."""
    song = adopt(session(voice("bass", *EIGHTHS), metres=((0, (4, 4)), (3 * BAR, (2, 4))))).song
    assert str(song.score.metre) == "4/4"


def test_a_pickup_ends_the_first_bar() -> None:
    """partitura 40: a score whose first bar has one beat; its downbeat is the second bar's."""
    notes = [(0.0, 0.9, 43), *((1.0 + 4.0 * bar, 2.0 + 4.0 * bar, 36) for bar in range(3))]
    song = adopt(session(voice("bass", *notes), metres=((0, (1, 4)), (960, (4, 4))), length_ticks=3 * BAR + 960)).song
    assert [note.onset_beats for note in song.score.parts["bass"].notes] == [3.0, 4.0, 8.0, 12.0]
    assert song.plan.bars == 4
    assert any("pickup of 1 beats" in line for line in song.remarks)


def test_midi_without_written_chords_becomes_a_song(tmp_path: Path) -> None:
    """The plainest file of all: one melody, no tempo, no metre, no text."""
    events = [event for at in range(32) for event in note(at, 0.9, 60 + at % 7, 90)]
    (tmp_path / "tune.mid").write_bytes(header(0, 1) + chunk(body(events)))
    song = adopt(read_session(tmp_path / "tune.mid")).song
    assert [len(part.notes) for part in song.score.parts.values()] == [32]
    assert (str(song.score.metre), song.plan.bars) == ("4/4", 8)


def test_what_the_reader_mended_is_told(tmp_path: Path) -> None:
    events = [(0.0, meta(0x59, b"\xfe\xff")), *(event for at in range(16) for event in note(at, 0.9, 40, 90))]
    (tmp_path / "tune.mid").write_bytes(header(0, 1) + chunk(body(events)))
    assert "left out: 1 key event that no reader understands" in adopt(read_session(tmp_path / "tune.mid")).song.remarks


@pytest.mark.parametrize("daw", ["dawproject", "reaper"])
def test_sends_come_back_as_moves(daw: str, tiny_plan: Plan, tiny_score: Score, tmp_path: Path) -> None:
    move = StripMove(reverb_send_db=-9.5, delay_send_db=-20.0)
    export_composition(replace(tiny_plan, mix={"leads": move}), tiny_score, tmp_path / "song")
    plan = adopt(read_session(export_session(tmp_path / "song", daw, tmp_path / "out"))).song.plan
    assert plan.mix["leads"].reverb_send_db == pytest.approx(-9.5, abs=1e-6)
    assert plan.mix["leads"].delay_send_db == pytest.approx(-20.0, abs=1e-6)
    assert set(plan.mix) == {"leads"}
