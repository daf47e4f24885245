"""Empty, silent, damaged and impossible arguments to the public functions: a result, or one line of our own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import evaluation
import evaluation.review as review
import workbench
from workbench import widgets
from workbench.domain.audio import Audio
from workbench.domain.results import Track
from workbench.domain.theory import Chord, Key, parse_pitch_class

RATE = 48000


def sound(samples: Any) -> Audio:
    return Audio(np.asarray(samples, np.float32), RATE)


ODD = {
    "empty": sound(np.zeros((2, 0))),
    "one sample": sound(np.full((2, 1), 0.1)),
    "6 ms": sound(np.full((2, 300), 0.1)),
    "silence": sound(np.zeros((2, RATE))),
    "no numbers": sound(np.full((2, RATE), np.nan)),
    "far too loud": sound(np.full((2, RATE), 1e30)),
}
TONE = sound(np.tile(0.1 * np.sin(np.arange(RATE) / 20), (2, 1)))
PATHS = ("", "nowhere", "\0", ".", "/", "/dev/null", "/proc/self/mem", "x" * 5000)


def told(call: Callable[[], Any]) -> str:
    """The line that a call is refused with; empty where it gives a result."""
    try:
        call()
    except workbench.WorkbenchError as error:
        line = str(error)
        assert line
        assert "\n" not in line
        return line
    return ""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", ODD)
def test_odd_sounds(name: str, tmp_path: Path, tiny_track: Track) -> None:
    odd, style = ODD[name], {"target_lufs": -14.0, "ceiling_dbtp": -1.0, "processing_style": "clean"}
    pair = {"a": odd, "b": TONE}
    calls: list[Callable[[], Any]] = [
        lambda: workbench.measure(odd),
        lambda: workbench.master(odd, **style),
        lambda: widgets.SoundSwitcher({"a": odd}),
        lambda: widgets.SoundSwitcher(pair, together=False),
        lambda: widgets.spectra_picture(pair, beside_first=True),
        lambda: replace(tiny_track, master=odd)._repr_mimebundle_(),
        lambda: widgets.picture(replace(tiny_track, master=odd), "waveform"),
        lambda: widgets.picture(replace(tiny_track, master=odd), "spectrum"),
        lambda: review.ab_session({"i": pair}, name="s", reviewer="r"),
        lambda: review.mushra_session({"i": {"reference": odd, "y": TONE}}, name="s", reviewer="r"),
        lambda: workbench.roundtrip(odd, workbench.Delivery()),
        *(lambda form=form: workbench.write_audio(odd, tmp_path / f"x.{form}") for form in ("wav", "flac", "aiff")),
    ]
    lines = [told(call) for call in calls]
    assert any(lines) or name in ("silence", "6 ms", "one sample")
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("path", PATHS)
def test_odd_paths(path: str, tiny_track: Track) -> None:
    library = workbench.ReferenceLibrary()
    for call in (
        lambda: workbench.analyze(path),
        lambda: workbench.read_audio(path),
        lambda: workbench.load(path),
        lambda: workbench.load_request(path),
        lambda: workbench.load_style(path),
        lambda: workbench.modify(path, [{"edit": "mute", "element": "bass"}]),
        lambda: workbench.write_audio(TONE, path),
        lambda: workbench.log_track(tiny_track, f"{path}/no-bundle"),
        lambda: evaluation.load_run(path),
        lambda: evaluation.load_suite(path),
        lambda: library.get(path),
        lambda: library.add(path),
        lambda: library.remove(path),
        lambda: library.audio_path(path),
        lambda: widgets.picture(tiny_track, path),
    ):
        assert told(call), "nothing of this name can be used"


@pytest.mark.parametrize(
    ("call", "line"),
    [
        (lambda: widgets.SoundSwitcher({"mix": None}), "sound 'mix': expected an Audio, got NoneType"),
        (lambda: widgets.spectra_picture({"mix": "mix.wav"}), "sound 'mix': expected an Audio, got str"),
        (lambda: widgets.SoundSwitcher({}), "sounds: expected one at least, got none"),
        (lambda: widgets.spectra_picture({}), "sounds: expected one at least, got none"),
        (lambda: widgets.spectra_picture({}, beside_first=True), "sounds: expected one at least, got none"),
        (lambda: review.ab_session({}, name="s", reviewer="r"), "expected the same two versions"),
        (lambda: review.results([]), "got none"),
        (lambda: Audio([[0.0], [0.0]], RATE), "expected an array"),
        (lambda: Audio(np.zeros((2, 4), np.float32), 0), "above 0 Hz"),
        (lambda: Audio(np.zeros((2, 4), np.float32), 44.1), "whole sample rate"),
        (lambda: review.ab_session({"i": {"a": TONE, "b": TONE}}, name="s", reviewer="r", longest_seconds=-1.0),
         "longest_seconds: expected more than 0"),
        (lambda: widgets.launch_lab(port=70000), "expected 1 to 65535"),
    ],
)  # fmt: skip
def test_nothing_at_all(call: Callable[[], Any], line: str) -> None:
    assert line in told(call)


def test_scores_without_a_section(tiny_track: Track) -> None:
    empty = replace(tiny_track.score, sections=(), chords=(), parts={})
    for call in (lambda: widgets.PianoRoll(empty), lambda: widgets.before_and_after(empty, tiny_track.score)):
        assert "expected one section at least" in told(call)


@pytest.mark.parametrize("odd", [None, 3, [], b"C", 1j], ids=repr)
def test_what_is_no_text_is_no_key_chord_or_style(odd: Any) -> None:
    for read in (Key.parse, Chord.parse, parse_pitch_class, workbench.load_style):
        assert told(lambda read=read: read(odd))


@pytest.mark.parametrize("odd", [None, 3, [], b"rain", Path("song.json")], ids=repr)
def test_what_is_no_request_is_named(odd: Any) -> None:
    line = f"expected a GenerationRequest, a mapping or a sentence, got {type(odd).__name__}"
    for make in (workbench.generate, workbench.compose_only, workbench.translate, workbench.Session().generate):
        assert line in told(lambda make=make: make(odd))


def test_a_sentence_and_a_mapping_are_requests() -> None:
    """Found in use: `generate("warm lo-fi")` ended in an AttributeError."""
    wanted = workbench.GenerationRequest.from_concept("warm lo-fi in D minor")
    plan = workbench.translate(wanted)
    assert workbench.translate("warm lo-fi in D minor") == plan
    assert workbench.translate({"parameters": {"creative": {"concept": "warm lo-fi in D minor"}}}) == plan
    assert "parameters.technical.tempo: 900" in told(
        lambda: workbench.generate({"parameters": {"creative": {"concept": "x"}, "technical": {"tempo": 900}}})
    )


@pytest.mark.parametrize("odd", [None, "a/bundle", 3], ids=repr)
def test_what_is_no_track_is_not_exported(odd: Any, tmp_path: Path) -> None:
    assert "track: expected a Track" in told(lambda: workbench.export(odd, tmp_path / "out"))
    assert not (tmp_path / "out").exists()
