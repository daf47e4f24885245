"""A folder of stems becomes a song that plays them: exact where nothing is changed, and cut where bars are."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from workbench.domain.audio import Audio
from workbench.domain.errors import ParameterError
from workbench.domain.results import Track
from workbench.editing import StemWishes, adopt_stems, import_stems, is_stem_folder, modify
from workbench.output import export, load
from workbench.output.daw import read_session, session_of
from workbench.output.files import bundle as bundles

RATE_HZ = 44100
BAR = RATE_HZ
BARS = 6
LENGTH = BARS * BAR - 1234


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A user's folder for this module, and reports without pictures."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BEATSFOUNDRY_HOME", str(folder))
        patch.setattr(bundles, "_report_html", lambda track: b"<!doctype html>")
        yield folder


def noise(seed: int, length: int = LENGTH) -> np.ndarray:
    """Sound of 24 bits that nowhere repeats, louder on each half second, (n, 2)."""
    rng = np.random.default_rng(seed)
    shape = 0.02 + 0.15 * np.exp(-(np.arange(length) % (RATE_HZ // 4)) / 2000.0)
    shape[-RATE_HZ // 4 :] *= np.linspace(1, 0, RATE_HZ // 4) ** 4
    return np.round(rng.uniform(-1, 1, (length, 2)) * shape[:, None] * 2**23) / 2**23


def takes(place: Path) -> Path:
    """Three stems in two formats; the bass ends early."""
    place.mkdir()
    soundfile.write(place / "Drum Loop.wav", noise(1), RATE_HZ, subtype="PCM_24")
    soundfile.write(place / "02_SubBass.flac", noise(2, LENGTH - 5000), RATE_HZ, subtype="PCM_24")
    soundfile.write(place / "LeadVox.wav", noise(3), RATE_HZ, subtype="PCM_24")
    return place


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return takes(tmp_path / "takes")


WISHES = StemWishes(240.0, "D minor", sections="intro 1, verse 2, chorus 3")


@pytest.fixture(scope="module")
def track(home: Path) -> Track:
    return import_stems(takes(home / "takes"), WISHES)


def whole(folder: Path, element: str) -> np.ndarray:
    """A stem of the folder as float32, (2, n), silent to the common length."""
    name = {"percussion": "Drum Loop.wav", "bass": "02_SubBass.flac", "leads": "LeadVox.wav"}[element]
    samples = soundfile.read(folder / name, dtype="float32")[0].T
    return np.pad(samples, ((0, 0), (0, LENGTH - samples.shape[1])))


def test_the_mix_is_the_sum_of_the_stems_to_the_last_bit(track: Track, folder: Path, tmp_path: Path) -> None:
    expected = whole(folder, "percussion") + whole(folder, "bass") + whole(folder, "leads")
    assert track.mix.audio.sample_rate_hz == RATE_HZ
    np.testing.assert_array_equal(track.mix.audio.samples, expected)
    export(track, tmp_path / "out")
    again = load(tmp_path / "out")
    for element in track.score.parts:
        np.testing.assert_array_equal(again.mix.stems[element].samples, whole(folder, element))
    assert [(s.name, s.bars) for s in again.plan.sections] == [("intro", 1), ("verse", 2), ("chorus", 3)]
    assert (again.plan.tempo_bpm, str(again.plan.key)) == (240.0, "D minor")
    assert abs(track.report.measurements["integrated_loudness_lufs"] - track.plan.delivery.target_lufs) < 0.1
    assert [one.code for one in track.report.checks if one.outcome == "fail"] == ["BF020"], "noise is bright"


def test_gains_mutes_and_pans_move_the_recording_and_come_back(track: Track, folder: Path, tmp_path: Path) -> None:
    export(track, tmp_path / "out")
    quiet = modify(
        tmp_path / "out",
        [{"edit": "mix", "element": "bass", "gain_db": -6.0}, {"edit": "mix", "element": "leads", "mute": True}],
    )
    expected = whole(folder, "bass") * np.float32(10 ** (-6 / 20))
    np.testing.assert_allclose(quiet.mix.stems["bass"].samples, expected, atol=1e-7)
    assert not quiet.mix.stems["leads"].samples.any()
    np.testing.assert_array_equal(quiet.mix.stems["percussion"].samples, whole(folder, "percussion"))
    back = modify(
        quiet, [{"edit": "mix", "element": "bass", "gain_db": 0.0}, {"edit": "mix", "element": "leads", "mute": False}]
    )
    np.testing.assert_array_equal(back.mix.audio.samples, track.mix.audio.samples)
    left = modify(track, [{"edit": "mix", "element": "leads", "pan": -1.0}]).mix.stems["leads"].samples
    assert np.abs(left[1]).max() < 1e-6
    wet = modify(track, [{"edit": "mix", "element": "leads", "reverb_send_db": -6.0}]).mix.stems["leads"].samples
    assert np.abs(wet[:, :LENGTH] - whole(folder, "leads")).max() > 1e-3
    dull = modify(track, [{"edit": "mix", "element": "leads", "eq": [{"kind": "low_pass", "frequency_hz": 200}]}])
    assert np.square(dull.mix.stems["leads"].samples).sum() < 0.2 * np.square(whole(folder, "leads")).sum()


def test_sections_are_cut_and_joined_on_bar_lines(track: Track, folder: Path) -> None:
    fade = round(0.005 * RATE_HZ)
    turned = modify(track, [{"edit": "reorder", "sections": ["chorus", "verse"]}])
    for element in track.score.parts:
        heard, source = turned.mix.stems[element].samples, whole(folder, element)
        # The chorus is bars 3 to 5 of the recording; its last bar is 1234 samples short, and the verse begins after it.
        np.testing.assert_array_equal(heard[:, fade : 3 * BAR - 1234], source[:, 3 * BAR + fade : LENGTH])
        np.testing.assert_array_equal(heard[:, 3 * BAR + fade : 5 * BAR], source[:, BAR + fade : 3 * BAR])
        # Faded in, and out beyond the bar line, so that nothing clicks.
        assert np.abs(heard[:, 0]).max() < np.abs(source[:, 3 * BAR]).max() + 1e-9
        assert heard.shape[1] == 5 * BAR + fade
    shorter = modify(track, [{"edit": "shorten", "section": "chorus", "bars": 1}])
    assert shorter.mix.audio.samples.shape[1] == 5 * BAR - 1234
    longer = modify(track, [{"edit": "extend", "section": "verse", "bars": 2}])
    assert longer.mix.audio.samples.shape[1] == 8 * BAR - 1234


def test_a_muted_place_is_silent_and_sounds_again(track: Track, folder: Path) -> None:
    fade = round(0.005 * RATE_HZ)
    muted = modify(track, [{"edit": "mute", "element": "leads", "section": "verse"}])
    heard, source = muted.mix.stems["leads"].samples, whole(folder, "leads")
    assert not heard[:, BAR + fade : 3 * BAR].any()
    np.testing.assert_array_equal(heard[:, :BAR], source[:, :BAR])
    np.testing.assert_array_equal(heard[:, 3 * BAR + fade :], source[:, 3 * BAR + fade :])
    np.testing.assert_array_equal(muted.mix.stems["bass"].samples, whole(folder, "bass"))
    back = modify(muted, [{"edit": "unmute", "element": "leads"}])
    np.testing.assert_array_equal(back.mix.audio.samples, track.mix.audio.samples)


def test_mastering_is_asked_for_as_of_any_song(track: Track) -> None:
    warm = modify(track, [{"edit": "mix", "processing_style": "warm"}])
    np.testing.assert_array_equal(warm.mix.audio.samples, track.mix.audio.samples)
    assert not np.array_equal(warm.master.samples, track.master.samples)


@pytest.mark.parametrize(
    "edit",
    [
        {"edit": "transpose", "semitones": 2},
        {"edit": "tempo", "bpm": 100},
        {"edit": "regenerate", "element": "bass"},
        {"edit": "patch", "element": "bass", "patch": "sub-sine"},
        {"edit": "vary"},
    ],
    ids=lambda edit: edit["edit"],
)
def test_edits_that_need_notes_are_refused(track: Track, edit: dict[str, object]) -> None:
    with pytest.raises(ParameterError, match=r"plays recordings, .*notes: expected one of lock") as told:
        modify(track, [edit])
    assert "\n" not in str(told.value)


def test_a_session_holds_the_stems_and_no_invented_notes(track: Track) -> None:
    session = session_of(track.plan, track.score, {})
    assert session.voices == ()
    assert session.tempi == ((0, 240.0),)
    assert [name for _, name in session.markers] == ["intro", "verse", "chorus"]


def test_tempo_and_key_are_heard_where_none_is_stated(tmp_path: Path) -> None:
    place = tmp_path / "heard"
    place.mkdir()
    seconds, rate = 16, 48000
    times = np.arange(seconds * rate) / rate
    click = np.exp(-(times % 0.5) * 60.0) * np.random.default_rng(0).uniform(-0.3, 0.3, times.size)
    chord = sum(0.08 * np.sin(2 * np.pi * hz * times) for hz in (220.0, 261.63, 329.63, 440.0))
    soundfile.write(place / "drums.wav", click, rate)
    soundfile.write(place / "keys.wav", chord, rate)
    song = adopt_stems(place).song
    assert song.plan.tempo_bpm == pytest.approx(120.0, abs=0.1)
    assert str(song.plan.key) == "A minor"
    assert any("tempo 120 BPM is estimated" in remark for remark in song.remarks)
    # A mono file stands in both channels.
    assert song.plan.palette == ("percussion", "pads")


def test_stems_of_other_rates_are_resampled_and_told(folder: Path) -> None:
    soundfile.write(folder / "pad.wav", noise(4)[::2], RATE_HZ // 2, subtype="PCM_24")
    song = adopt_stems(folder, WISHES).song
    assert song.plan.delivery.sample_rate_hz == RATE_HZ
    assert "resampled to 44100 Hz: pad.wav (22050 Hz)" in song.remarks


def test_names_that_tell_nothing_need_a_word(folder: Path) -> None:
    soundfile.write(folder / "Take 3.wav", noise(4), RATE_HZ)
    soundfile.write(folder / "final mix.wav", noise(5), RATE_HZ)
    with pytest.raises(ParameterError, match=r"Take 3.wav: no element is in the name: say which, such as --as"):
        adopt_stems(folder, WISHES)
    with pytest.raises(ParameterError, match=r"no stem is called 'take 4.wav' \(did you mean Take 3.wav\?\)"):
        adopt_stems(folder, StemWishes(120.0, elements={"Take 4.wav": "pads"}))
    with pytest.raises(ParameterError, match="expected percussion, bass, pads, leads or none, got 'piano'"):
        adopt_stems(folder, StemWishes(120.0, elements={"take 3": "piano"}))
    song = adopt_stems(folder, StemWishes(120.0, elements={"take 3": "pads"})).song
    assert song.plan.palette == ("percussion", "bass", "pads", "leads")
    assert "left out: final mix.wav" in song.remarks


def test_a_recording_that_is_gone_is_named(track: Track, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path))
    with pytest.raises(ParameterError, match=r"recording 'takes-percussion-\w+' is not in .*: import its folder"):
        modify(track, [{"edit": "mix", "element": "bass", "gain_db": -6.0}])


@pytest.mark.parametrize("text", ["verse", "verse 0", "verse 8 bars", "xyzzy 4"])
def test_sections_that_cannot_be_read_are_refused(folder: Path, text: str) -> None:
    with pytest.raises(ParameterError):
        adopt_stems(folder, StemWishes(120.0, sections=text))


def test_what_is_a_folder_of_stems(folder: Path, tmp_path: Path) -> None:
    assert is_stem_folder(folder)
    assert not is_stem_folder(tmp_path / "nowhere")
    (folder / "session.rpp").write_text("<REAPER_PROJECT 0.1\n>\n")
    assert not is_stem_folder(folder)
    assert read_session(folder).tracks == ()


def test_sums_over_full_scale_stay_sums(tmp_path: Path) -> None:
    place = tmp_path / "loud"
    place.mkdir()
    for name in ("bass", "pads", "lead"):
        soundfile.write(
            place / f"{name}.wav",
            np.tile(0.5 * np.sin(np.arange(RATE_HZ * 4) / 9.0), (2, 1)).T,
            RATE_HZ,
            subtype="FLOAT",
        )
    track = import_stems(place, WISHES_SHORT)
    assert track.mix.audio.samples.max() == pytest.approx(1.5, abs=1e-3)
    assert isinstance(track.master, Audio)
    assert np.abs(track.master.samples).max() <= 1.0


WISHES_SHORT = StemWishes(120.0, "C major")
