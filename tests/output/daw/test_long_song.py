"""Four minutes with tempo changes: stems and notes lie on the same samples in every session, to the last bar.

Each stem holds one click a note, at the sample that the tempo map gives it; a program that reads the session must find
the note where the click is. Where a real program is installed, it plays the session and its sound is looked at.
"""

import io
import shutil
import zipfile
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from xml.etree import ElementTree as ET

import mido
import numpy as np
import pytest
import soundfile

from tests.output.daw.test_real_programs import _LMMS_SETTINGS, program, run
from workbench.domain.audio import Audio, Mix, summed
from workbench.domain.plan import SectionPlan
from workbench.domain.results import Track
from workbench.domain.score import Note, Part, Score
from workbench.output import export, export_composition
from workbench.output.daw import export_session, read_session
from workbench.output.files import bundle as bundles

RATE_HZ = 48000
TEMPI_BPM = (97.3, 123.45, 88.888, 140.1, 171.7, 61.803, 110.0, 132.7, 97.3)
BARS = (9, 14, 10, 20, 24, 8, 16, 16, 10)
NAMES = ("intro", "verse", "bridge", "chorus", "drop", "breakdown", "verse", "chorus", "outro")
ELEMENTS = ("percussion", "leads")

pytestmark = pytest.mark.long


def _sections(tempi: tuple[float | None, ...]) -> tuple[SectionPlan, ...]:
    starts = [0, *accumulate(BARS)]
    rows = zip(NAMES, starts, BARS, tempi, strict=False)
    return tuple(SectionPlan(name, name, at, bars, 0.5, ELEMENTS, tempo_bpm=bpm) for name, at, bars, bpm in rows)


def _notes(pitch: int, bars: int) -> tuple[Note, ...]:
    """One note a bar, each later by 7/960 of a beat than in the bar before: on ticks, rarely on a beat."""
    return tuple(Note(4.0 * bar + 1.0 + (7 * bar % 960) / 960, pitch, 0.25, 100) for bar in range(bars))


def _places(score: Score, element: str) -> list[int]:
    """The sample that each note begins on."""
    return [round(score.tempo_map.seconds_at(note.start_beats) * RATE_HZ) for note in score.parts[element].notes]


def _song(track: Track, tempi: tuple[float | None, ...], tempo_bpm: float) -> Track:
    sections = _sections(tempi)
    parts = {"percussion": Part("percussion", _notes(37, sum(BARS))), "leads": Part("leads", _notes(72, sum(BARS)))}
    plan = replace(track.plan, sections=sections, tempo_bpm=tempo_bpm, palette=ELEMENTS)
    chord = replace(track.score.chords[0], duration_beats=4.0 * sum(BARS))
    score = replace(track.score, sections=sections, tempo_bpm=tempo_bpm, parts=parts, chords=(chord,))
    stems = {}
    for level, element in zip((0.5, 0.25), ELEMENTS, strict=True):
        samples = np.zeros((2, round(score.duration_seconds * RATE_HZ) + RATE_HZ), np.float32)
        samples[:, _places(score, element)] = level
        stems[element] = Audio(samples, RATE_HZ)
    mix = Mix(summed(stems.values()), stems)
    return replace(track, plan=plan, score=score, mix=mix, master=mix.audio)


@pytest.fixture(scope="module")
def song(tiny_track: Track) -> Track:
    """Four minutes in nine tempi."""
    made = _song(tiny_track, TEMPI_BPM, TEMPI_BPM[0])
    assert made.score.duration_seconds > 240
    return made


@pytest.fixture(scope="module")
def bundle(song: Track, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bundles, "_report_html", lambda track: b"<!doctype html>")
        export(song, tmp_path_factory.mktemp("long") / "song")
    return next(tmp_path_factory.getbasetemp().glob("long*/song"))


def clicks(samples: np.ndarray) -> list[int]:
    """Samples on which anything sounds."""
    return np.flatnonzero(np.abs(samples).max(axis=-1) > 0.05).tolist()


def read_stems(session: Path) -> dict[str, np.ndarray]:
    """The stems of a session, of shape (n, 2)."""
    if zipfile.is_zipfile(session):
        with zipfile.ZipFile(session) as archive:
            sounds = {name: archive.read(name) for name in archive.namelist() if name.endswith(".wav")}
    else:
        sounds = {str(path): path.read_bytes() for path in session.parent.rglob("*.wav")}
    found = {}
    for name, data in sounds.items():
        samples, rate = soundfile.read(io.BytesIO(data))
        assert rate == RATE_HZ
        found[Path(name).stem] = samples
    return found


@pytest.mark.parametrize("daw", ["dawproject", "reaper", "ableton"])
def test_notes_that_come_back_lie_on_their_clicks(daw: str, song: Track, bundle: Path, tmp_path: Path) -> None:
    path = export_session(bundle, daw, tmp_path / "out")
    back = read_session(path)
    stems = read_stems(path)
    assert set(stems) == set(ELEMENTS)
    assert len({len(samples) for samples in stems.values()}) == 1
    for element in ELEMENTS:
        (track,) = [one for one in back.tracks if one.name == element]
        starts = [note.start_ticks for clip in track.clips for note in clip.notes]
        assert [round(back.seconds_at(tick) * RATE_HZ) for tick in starts] == clicks(stems[element])
    markers = [round(back.seconds_at(tick) * RATE_HZ) for tick, _ in back.markers]
    assert markers == [round(song.score.seconds_at_bar(one.start_bar) * RATE_HZ) for one in song.score.sections]


def test_a_midi_file_drifts_by_no_more_than_its_own_rounding(song: Track, bundle: Path) -> None:
    """A MIDI file tells whole microseconds a quarter note, so half of one is lost at most with each."""
    file = mido.MidiFile(bundle / "midi" / "song.mid")
    now, beats, tempo, found = 0.0, 0.0, 500_000, []
    for message in mido.merge_tracks(file.tracks):
        beats += message.time / file.ticks_per_beat
        now += message.time / file.ticks_per_beat * tempo / 1e6
        if message.type == "set_tempo":
            tempo = message.tempo
        if message.type == "note_on" and message.velocity and message.note == 72:
            found.append((now, beats))
    expected = [song.score.tempo_map.seconds_at(note.start_beats) for note in song.score.parts["leads"].notes]
    assert len(found) == len(expected)
    for (seconds, place), wanted in zip(found, expected, strict=True):
        assert abs(seconds - wanted) <= 0.5e-6 * place + 1e-9
    assert max(abs(seconds - wanted) for (seconds, _), wanted in zip(found, expected, strict=True)) < 0.25e-3


_SYNTH = "https://community.ardour.org/node/7596"


def _with_synthesiser(session: Path, element: str) -> None:
    """Makes a track of notes sound in Ardour, on the synthesiser that comes with it, and nothing else."""
    root = ET.parse(session)
    routes = root.getroot().find("Routes")
    assert routes is not None
    for route in routes:
        name = route.get("name")
        if name == "Master":
            ports = route.findall("IO[@direction='Input']/Port")
            for number, port in enumerate(ports, start=1):
                port.clear()
                port.attrib.update({"type": "audio", "name": f"Master/audio_in {number}"})
                ET.SubElement(port, "Connection", {"other": f"{element}/audio_out {number}"})
            continue
        for mute in route.findall("MuteMaster"):
            mute.set("muted", str(int(name != element)))
        for mute in route.findall("Controllable[@name='mute']"):
            mute.set("value", str(float(name != element)))
        if name != element:
            continue
        output = route.find("IO[@direction='Output']")
        assert output is not None
        output.clear()
        output.attrib.update({"name": element, "id": "9000", "direction": "Output", "default-type": "audio"})
        for number in (1, 2):
            port = ET.SubElement(output, "Port", {"type": "audio", "name": f"{element}/audio_out {number}"})
            ET.SubElement(port, "Connection", {"other": f"Master/audio_in {number}"})
        amp = next(one for one in route.findall("Processor") if one.get("type") == "amp")
        synth = ET.Element(
            "Processor",
            {"id": "9001", "name": "ACE Reasonable Synth", "active": "1", "type": "lv2", "unique-id": _SYNTH,
             "count": "1", "custom": "0"},
        )  # fmt: skip
        counts = {"ConfiguredInput": (0, 1), "CustomSinks": (0, 1), "ConfiguredOutput": (2, 0), "PresetOutput": (0, 0)}
        for kind, (audio, midi) in counts.items():
            told = ET.SubElement(synth, kind)
            for sort, number in (("audio", audio), ("midi", midi)):
                if number:
                    ET.SubElement(told, "Channels", {"type": sort, "count": str(number)})
        ET.SubElement(
            synth, "lv2", {"last-preset-uri": "", "last-preset-label": "", "parameter-changed-since-last-preset": "0"}
        )
        route.insert(list(route).index(amp), synth)
    root.write(session)


def test_ardour_plays_stems_and_notes_on_the_same_samples(song: Track, bundle: Path, tmp_path: Path) -> None:
    ardour = program("ardour7-export", "ardour8-export")
    session = export_session(bundle, "ardour", tmp_path / "night")
    run([ardour, "-o", str(tmp_path / "heard.wav"), str(session.parent), session.stem], tmp_path / "home")
    heard, rate = soundfile.read(tmp_path / "heard.wav")
    assert rate == RATE_HZ
    assert clicks(heard) == sorted(_places(song.score, "leads"))
    if not Path("/usr/lib/lv2/reasonablesynth.lv2").is_dir():
        return
    copy = shutil.copytree(session.parent, tmp_path / "played") / session.name
    _with_synthesiser(copy, "leads")
    for _ in range(12):
        # On a busy machine Ardour at times exports before it has read a track's notes: then nothing sounds at all.
        run([ardour, "-o", str(tmp_path / "notes.wav"), str(copy.parent), copy.stem], tmp_path / "home", tries=12)
        if soundfile.read(tmp_path / "notes.wav")[0].any():
            break
    onsets = np.array(heard_onsets(tmp_path / "notes.wav", _places(song.score, "leads"), 0.004))
    late = onsets - _places(song.score, "leads")
    # Ardour's synthesiser starts single notes up to a millisecond off, and all of them a few samples from run to run;
    # the tempo map adds nothing to that: the end is as late as the beginning.
    quarter = len(late) // 4
    assert abs(np.median(late[:quarter]) - np.median(late[-quarter:])) <= 2, late
    assert abs(np.median(late)) <= 16, late
    assert np.abs(late).max() < 0.002 * RATE_HZ, late


def heard_onsets(file: Path, places: list[int], level: float) -> list[int]:
    """Where each hit first exceeds a level, from 10 ms before its place on."""
    heard = np.abs(soundfile.read(file, always_2d=True)[0]).max(axis=1)
    assert heard.max() > level, "nothing sounds"
    return [max(0, at - 480) + int(np.argmax(heard[max(0, at - 480) :] > level)) for at in places]


def test_hydrogen_keeps_time_over_nine_tempi(song: Track, tmp_path: Path) -> None:
    hydrogen = program("h2cli")
    kit = Path("/usr/share/hydrogen/data/drumkits/GMRockKit")
    if not kit.is_dir():
        pytest.skip(f"Hydrogen's kit is absent: {kit}")
    alone = replace(song.score, parts={"percussion": song.score.parts["percussion"]})
    export_composition(song.plan, alone, tmp_path / "song")
    file = export_session(tmp_path / "song", "hydrogen", tmp_path / "long.h2song")
    run([hydrogen, "-s", str(file), "-d", "fake", "-o", str(tmp_path / "heard.wav"), "-r", "48000"], tmp_path / "home")
    places = _places(song.score, "percussion")
    late = np.array(heard_onsets(tmp_path / "heard.wav", places, 0.02)) - places
    # The kit's sample has its own way to its first loud value, the same for every hit.
    assert np.ptp(late) <= 2, late
    assert 0 <= late[0] < 0.003 * RATE_HZ


def test_lmms_keeps_time_over_four_minutes(song: Track, tiny_track: Track, tmp_path: Path) -> None:
    """One tempo, which is all that LMMS holds."""
    lmms = program("lmms")
    steady = _song(tiny_track, (None,) * len(NAMES), 120.0)
    export_composition(
        steady.plan, replace(steady.score, parts={"leads": steady.score.parts["leads"]}), tmp_path / "song"
    )
    project = export_session(tmp_path / "song", "lmms", tmp_path / "long.mmp")
    home = tmp_path / "home"
    home.mkdir()
    (home / ".lmmsrc.xml").write_text(_LMMS_SETTINGS.format(home=home))
    run([lmms, "render", str(project), "--allowroot", "-o", str(tmp_path / "heard.wav"), "-s", "48000"], home)
    # LMMS knows 48 ticks a quarter note, 10.4 ms at 120 BPM: a note begins on the nearest one, which is exact.
    ticks = [round(note.start_beats * 48) for note in steady.score.parts["leads"].notes]
    late = np.array(heard_onsets(tmp_path / "heard.wav", _places(steady.score, "leads"), 0.01)) - [
        round(tick * RATE_HZ / 96) for tick in ticks
    ]
    assert np.abs(late).max() <= 1, late


def test_musescore_finds_every_note_in_its_bar(song: Track, tmp_path: Path) -> None:
    musescore = program("mscore3", "musescore3", "mscore", "musescore")
    # A lead sheet is written in sixteenths.
    notes = tuple(
        replace(note, onset_beats=round(note.onset_beats * 4) / 4) for note in song.score.parts["leads"].notes
    )
    export_composition(song.plan, replace(song.score, parts={"leads": Part("leads", notes)}), tmp_path / "song")
    sheet = export_session(tmp_path / "song", "musicxml", tmp_path / "long.musicxml")
    run([musescore, "-o", str(tmp_path / "long.mid"), str(sheet)], tmp_path / "home")
    file = mido.MidiFile(tmp_path / "long.mid")
    beats, now, tempo, found = 0.0, 0.0, 500_000, []
    for message in mido.merge_tracks(file.tracks):
        beats += message.time / file.ticks_per_beat
        now += message.time / file.ticks_per_beat * tempo / 1e6
        if message.type == "set_tempo":
            tempo = message.tempo
        if message.type == "note_on" and message.velocity:
            found.append((beats, now))
    assert [at for at, _ in found] == [note.onset_beats for note in notes]
    # It writes a MIDI file, whose tempo is rounded.
    assert max(abs(now - song.score.tempo_map.seconds_at(at)) for at, now in found) < 0.25e-3
