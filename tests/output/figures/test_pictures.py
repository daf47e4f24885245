"""Pictures: steady bytes, the right notes in the right place, numbers that agree with signals of known truth."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from workbench.domain.audio import Audio
from workbench.domain.results import Track
from workbench.domain.score import Note, Part, Score
from workbench.output.figures import audio_figures, score_figures
from workbench.output.figures import track_figures as figures
from workbench.output.figures.drawing import to_png
from workbench.output.figures.palette import ELEMENT_COLOURS, element_colour

RATE = 48000


def test_every_picture_is_a_png_and_the_bytes_are_steady(tiny_track: Track) -> None:
    first = figures.draw_all(tiny_track)
    assert list(first) == list(figures.CAPTIONS)
    assert all(data.startswith(b"\x89PNG") and len(data) > 2000 for data in first.values())
    for name in ("piano_roll", "waveform"):
        assert figures.draw_png(tiny_track, name) == first[name]
    assert b"Software" not in first["waveform"]
    assert b"matplotlib" not in first["waveform"].lower()


def test_drums_alone_keep_no_room_for_pitches(tiny_score: Score) -> None:
    drums = replace(tiny_score, parts={"percussion": tiny_score.parts["percussion"]})
    (axes,) = score_figures.piano_roll(drums).axes
    names = {text.get_text().strip() for text in axes.texts}
    assert {"intro", "verse", "chorus", "Fm7", "Ab"} <= names
    assert len(score_figures.piano_roll(replace(tiny_score, parts={})).axes) == 1


def test_bytes_are_steady_and_hold_no_date(tiny_score: Score) -> None:
    first, second = (to_png(score_figures.piano_roll(tiny_score)) for _ in range(2))
    assert first == second
    assert b"tIME" not in first
    assert b"Creation Time" not in first


def test_pictures_leave_matplotlib_settings_alone(tiny_track: Track) -> None:
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    figures.draw_png(tiny_track, "structure")
    assert dict(mpl.rcParams) == before


def test_another_song_gives_another_picture(tiny_score: Score) -> None:
    notes = (*tiny_score.parts["leads"].notes, Note(6.0, 91, 1.0, 120))
    other = replace(tiny_score, parts={**tiny_score.parts, "leads": Part("leads", notes)})
    assert to_png(score_figures.piano_roll(tiny_score)) != to_png(score_figures.piano_roll(other))


def test_piano_roll_draws_each_note_where_it_sounds(tiny_score: Score) -> None:
    melodic, drums = score_figures.piano_roll(tiny_score).axes
    drawn = {group.get_label(): group for group in melodic.collections if not group.get_label().startswith("_")}
    for element in ("bass", "pads", "leads"):
        notes, paths = tiny_score.parts[element].notes, drawn[element].get_paths()
        assert len(paths) == len(notes)
        second = 60.0 / tiny_score.tempo_bpm
        for note, path in zip(notes, paths, strict=True):
            low, high = path.vertices.min(axis=0), path.vertices.max(axis=0)
            assert low[0] == pytest.approx(note.start_beats * second)
            assert high[0] == pytest.approx(note.end_beats * second)
            assert low[1] < note.pitch < high[1]
    lanes = [label.get_text() for label in drums.get_yticklabels()]
    assert lanes == ["kick", "snare", "closed hat"]


def test_piano_roll_of_a_song_without_drums_has_no_lanes(tiny_score: Score) -> None:
    parts = {name: part for name, part in tiny_score.parts.items() if name != "percussion"}
    assert len(score_figures.piano_roll(replace(tiny_score, parts=parts)).axes) == 1


def test_piano_roll_of_drums_alone(tiny_score: Score) -> None:
    only = replace(tiny_score, parts={"percussion": tiny_score.parts["percussion"]})
    assert to_png(score_figures.piano_roll(only)).startswith(b"\x89PNG")


@pytest.mark.parametrize("hz", [55.0, 440.0, 5000.0])
def test_spectrogram_peaks_at_the_tone(hz: float) -> None:
    wave = (0.5 * np.sin(2 * np.pi * hz * np.arange(2 * RATE) / RATE)).astype(np.float32)
    image = audio_figures.log_spectrogram_db(Audio(np.stack([wave, wave]), RATE))
    rows = np.geomspace(30.0, 20000.0, image.shape[0])
    assert image.max() == 0.0
    # A bin is 11.7 Hz wide, a row a twentieth of an octave.
    assert rows[image.mean(axis=1).argmax()] == pytest.approx(hz, abs=max(8.0, 0.06 * hz))


@pytest.mark.parametrize(("right", "expected"), [(1.0, 1.0), (-1.0, -1.0), (0.0, 1.0)])
def test_correlation_over_time(right: float, expected: float) -> None:
    tone = np.sin(np.arange(RATE, dtype=np.float32) / 20)
    stereo = np.stack([tone, right * tone]).astype(np.float32)
    values = audio_figures.correlation_over_time(Audio(stereo, RATE))
    assert values == pytest.approx([expected, expected], abs=1e-6)


def test_correlation_of_unrelated_noise_is_near_zero() -> None:
    noise = np.random.default_rng(1).standard_normal((2, RATE)).astype(np.float32)
    assert np.abs(audio_figures.correlation_over_time(Audio(noise, RATE))).max() < 0.03


def test_references_are_drawn_beside_the_track(tiny_track: Track) -> None:
    bands = np.linspace(-30, -10, 30).tolist()
    figure = audio_figures.long_term_spectrum(np.geomspace(25, 20000, 30).tolist(), bands, {"one": bands, "two": bands})
    labels = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert labels == ["one", "two", "this track"]


def test_a_very_short_song_and_silence_can_be_drawn(tiny_track: Track) -> None:
    silent = replace(tiny_track, master=Audio(np.zeros((2, 4800), np.float32), RATE))
    assert all(data.startswith(b"\x89PNG") for data in figures.draw_all(silent, references=()).values())


def test_elements_keep_their_colours() -> None:
    assert len({*ELEMENT_COLOURS.values()}) == len(ELEMENT_COLOURS)
    assert element_colour("strings") == element_colour("strings")


def test_importing_the_pictures_imports_no_matplotlib() -> None:
    modules = "workbench.output.figures.track_figures, workbench.output.report.report_html"
    code = f"import sys, {modules}; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
