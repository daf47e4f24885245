"""An element is composed beside recordings: to their tempo, key and chords, while they stay what they were."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from workbench.domain.errors import ParameterError
from workbench.domain.results import Track
from workbench.domain.theory import Chord, Key
from workbench.dsp.loudness import loudness
from workbench.editing import StemWishes, import_stems, modify
from workbench.editing.beside import _in_key
from workbench.mixing.profiles import load_profile
from workbench.output import export, load
from workbench.output.daw import session_of
from workbench.output.files import bundle as bundles

RATE_HZ = 44100
BPM, BAR_SECONDS = 120.0, 2.0
SYMBOLS = ("Am", "F", "C", "G", "Am", "F", "C", "G")
KEY = Key.parse("A minor")


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A user's folder for this module, and reports without pictures."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BEATSFOUNDRY_HOME", str(folder))
        patch.setattr(bundles, "_report_html", lambda track: b"<!doctype html>")
        yield folder


def hertz(pitch: int) -> float:
    """The frequency of a MIDI pitch."""
    return float(440.0 * 2.0 ** ((pitch - 69) / 12.0))


def takes(place: Path, *, chords: bool = True) -> Path:
    """Clicks on each beat, and eight bars of triads over their roots."""
    place.mkdir()
    times = np.arange(round(BAR_SECONDS * RATE_HZ)) / RATE_HZ
    click = np.exp(-(times % 0.5) * 60.0) * np.random.default_rng(0).uniform(-0.3, 0.3, times.size)
    soundfile.write(place / "drums.wav", np.tile(click, len(SYMBOLS)), RATE_HZ, subtype="FLOAT")
    if chords:
        bars = []
        for symbol in SYMBOLS:
            chord = Chord.parse(symbol)
            pitches = [36 + chord.root, *(60 + tone for tone in chord.pitch_classes)]
            bars.append(sum(0.05 * np.sin(2 * np.pi * hertz(pitch) * times) for pitch in pitches))
        soundfile.write(place / "keys.wav", np.concatenate(bars), RATE_HZ, subtype="FLOAT")
    return place


@pytest.fixture(scope="module")
def track(home: Path) -> Track:
    return import_stems(takes(home / "takes"), StemWishes(BPM), concept="house", seed=3)


@pytest.fixture(scope="module")
def beside(track: Track) -> Track:
    return modify(track, [{"edit": "add", "element": "bass"}])


def test_it_follows_the_tempo_key_and_chords_that_are_heard(track: Track, beside: Track) -> None:
    assert [chord.symbol(KEY) for chord in beside.score.chords] == list(SYMBOLS)
    assert beside.score.tempo_bpm == BPM
    assert str(beside.plan.key) == str(track.plan.key)
    assert "by bar: 1 Am, 2 F, 3 C, 4 G, 5 Am" in beside.plan.decisions[-1].reason
    notes = beside.score.parts["bass"].notes
    assert len({int(note.onset_beats // 4) for note in notes}) >= 6
    inside = [
        note for note in notes if note.pitch % 12 in Chord.parse(SYMBOLS[int(note.onset_beats // 4)]).pitch_classes
    ]
    assert len(inside) / len(notes) > 0.6
    assert modify(track, [{"edit": "add", "element": "bass"}]).score == beside.score


def test_the_recordings_stay_what_they_were(track: Track, beside: Track) -> None:
    for name in ("percussion", "pads"):
        before, after = track.mix.stems[name].samples, beside.mix.stems[name].samples
        np.testing.assert_array_equal(after[:, : before.shape[1]], before)
        assert not after[:, before.shape[1] :].any()
    total = sum(stem.samples.astype(np.float64) for stem in beside.mix.stems.values())
    np.testing.assert_allclose(beside.mix.audio.samples, total, atol=1e-6)
    back = modify(beside, [{"edit": "drop", "element": "bass"}])
    np.testing.assert_array_equal(back.mix.audio.samples, track.mix.audio.samples)


def test_it_is_as_loud_as_the_profile_would_have_it_beside_them(beside: Track) -> None:
    profile = load_profile(beside.plan.mix_profile)
    level = {name: loudness(stem.samples, RATE_HZ) for name, stem in beside.mix.stems.items()}
    over = [level[name] - profile.strip_of(name).level_lu for name in ("percussion", "pads")]
    own = level["bass"] - profile.strip_of("bass").level_lu
    # Ducking, and what comes back from the sends, move it beside the level of its channel.
    assert min(over) - 4.0 < own < max(over) + 4.0


def test_it_is_edited_as_any_element_and_keeps_through_its_bundle(beside: Track, tmp_path: Path) -> None:
    export(beside, tmp_path / "song")
    again = load(tmp_path / "song")
    softer = modify(again, [{"edit": "mix", "element": "bass", "gain_db": -6.0}])
    levels = [loudness(one.mix.stems["bass"].samples, RATE_HZ) for one in (beside, softer)]
    assert levels[0] - levels[1] == pytest.approx(6.0, abs=0.3)
    anew = modify(again, [{"edit": "regenerate", "element": "bass", "bars": [1, 2]}])
    changed = {
        note.onset_beats // 4 for note in set(anew.score.parts["bass"].notes) ^ set(beside.score.parts["bass"].notes)
    }
    assert changed
    assert changed <= {0.0, 1.0}
    longer = modify(again, [{"edit": "extend", "section": "theme", "bars": 1, "strength": 0}])
    assert longer.plan.bars == beside.plan.bars + 1
    session = session_of(beside.plan, beside.score, {})
    assert [voice.name for voice in session.voices] == ["bass"]


def test_what_its_chords_are_can_be_stated(beside: Track) -> None:
    stated = modify(beside, [{"edit": "chords", "bars": [1, 2], "chords": "Dm | E"}])
    assert [chord.symbol(KEY) for chord in stated.score.chords][:3] == ["Dm", "E", "C"]
    np.testing.assert_array_equal(stated.mix.stems["pads"].samples, beside.mix.stems["pads"].samples)


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        ({"edit": "regenerate"}, r"the name of an element that plays notes \(bass\)"),
        ({"edit": "regenerate", "element": "pads"}, "plays recordings, and this edit needs notes"),
        ({"edit": "tempo", "bpm": 100}, "plays recordings, and this edit needs notes"),
        ({"edit": "add", "element": "pads", "bars": [1, 2]}, "pads plays a recording"),
    ],
)
def test_what_needs_notes_of_a_recording_is_refused(beside: Track, edit: dict[str, object], told: str) -> None:
    with pytest.raises(ParameterError, match=told):
        modify(beside, [edit])


def test_drums_need_no_chords(tmp_path: Path) -> None:
    place = takes(tmp_path / "keys")
    (place / "drums.wav").unlink()
    keys = import_stems(place, StemWishes(BPM, "A minor"), concept="house")
    with_drums = modify(keys, [{"edit": "add", "element": "percussion"}])
    assert len(with_drums.score.parts["percussion"].notes) > 20
    assert not any(chord.sounds for chord in with_drums.score.chords)
    length = keys.mix.stems["pads"].samples.shape[1]
    np.testing.assert_array_equal(with_drums.mix.stems["pads"].samples[:, :length], keys.mix.stems["pads"].samples)


def test_without_a_chord_nothing_is_guessed(tmp_path: Path) -> None:
    drums = import_stems(takes(tmp_path / "drums", chords=False), StemWishes(BPM, "A minor"), concept="house")
    with pytest.raises(ParameterError, match="no chords are heard in the recordings: state them first with the edit"):
        modify(drums, [{"edit": "add", "element": "bass"}])
    stated = modify(drums, [{"edit": "chords", "chords": "Am | F"}, {"edit": "add", "element": "bass"}])
    assert stated.score.parts["bass"].notes


@pytest.mark.parametrize(
    ("heard", "key", "expected"),
    [
        ((9, "maj"), "A minor", (9, "min")),
        ((2, "maj"), "A minor", (2, "min")),
        ((4, "maj"), "A minor", (4, "maj")),
        ((0, "min"), "A minor", (0, "maj")),
        ((1, "maj"), "A minor", (1, "maj")),
    ],
)
def test_a_heard_triad_has_the_third_of_the_key(heard: tuple[int, str], key: str, expected: tuple[int, str]) -> None:
    """Of a bass alone no third is heard; a root that the key has not is left as it is."""
    assert _in_key(heard, Key.parse(key)) == expected
