"""Plug-ins are found, listed, set and run; what is missing, hangs or crashes is told and loses nothing."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from workbench.domain.audio import Audio
from workbench.domain.automation import Point
from workbench.domain.errors import ParameterError
from workbench.domain.moves import Insert, StripMove
from workbench.domain.plan import Plan
from workbench.domain.results import Track
from workbench.domain.score import Note, Part, Score
from workbench.editing import edit_song, modify
from workbench.editing.song import Song
from workbench.mixing import mix
from workbench.pipeline import compose_only, generate
from workbench.plugins import failures, find_plugin, hosting, play_instrument, run_effect, scan, scanning, vst3
from workbench.quality.plugins import plugin_checks
from workbench.rendering import render

RATE_HZ = 48000
_STAND_IN = """
import json, os, sys, time
import numpy as np
request = json.loads(sys.stdin.read())
def tell(**answer):
    os.write(int(sys.argv[-1]), (json.dumps(answer) + chr(10)).encode())
if request["do"] == "describe":
    for path in request["paths"]:
        tell(looking=path)
        if "scanhang" in path:
            time.sleep(60)
        if "scancrash" in path:
            os.abort()
        kind = "instrument" if "synth" in path else "effect"
        name = os.path.basename(path)[:-3]
        tell(path=path, plugins=[{"name": name, "format": "ladspa", "kind": kind,
             "parameters": [{"name": "level", "value": 0.5, "low": 0.0, "high": 1.0}]}])
    tell(done=True)
    sys.exit()
tell(alive=0.0)
if "hang" in request["path"]:
    time.sleep(60)
if "crash" in request["path"]:
    os.kill(os.getpid(), 11)
if "refuse" in request["path"]:
    tell(error="ValueError: no licence")
level = request["settings"].get("level", 0.5)
if request["do"] == "effect":
    made = np.load(request["input"]) * np.float32(level)
else:
    made = np.zeros((2, request["length"]), np.float32)
    for at, (status, pitch, velocity) in request["events"]:
        if status == 144:
            start = round(at * request["sample_rate_hz"])
            made[:, start : start + 4800] += 0.3 * np.sin(np.arange(len(made[0, start : start + 4800])) * pitch / 500)
np.save(request["output"], made)
tell(done=True)
"""
"""A host that behaves as the file's name says."""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of pretended plug-ins: the names tell what they do."""
    folder = tmp_path / "plugins"
    folder.mkdir()
    for name in ("gain", "hangs", "crashes", "refuses", "synth", "synthcrash"):
        (folder / f"{name}.so").write_bytes(b"")
    (tmp_path / "host.py").write_text(_STAND_IN)
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BEATSFOUNDRY_PLUGINS", str(folder))
    monkeypatch.setattr(scanning, "_FOLDERS", {})
    monkeypatch.setattr(hosting, "_COMMAND", (sys.executable, str(tmp_path / "host.py")))
    monkeypatch.setattr(hosting, "PATIENCE_SECONDS", 1.5)
    return folder


@pytest.fixture
def sound() -> np.ndarray:
    rng = np.random.default_rng(0)
    return rng.uniform(-0.3, 0.3, (2, RATE_HZ)).astype(np.float32)


def test_an_effect_does_what_is_set(place: Path, sound: np.ndarray) -> None:
    for level in (0.25, 0.75):
        made = run_effect("gain", {"level": level}, sound, RATE_HZ)
        assert made is not None
        np.testing.assert_allclose(made, sound * level, atol=1e-7)
    assert failures(["gain"]) == {}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("hangs", "plug-in hangs hangs: it gave no sign for"),
        ("crashes", r"plug-in crashes crashed \(SIGSEGV\)"),
        ("refuses", "plug-in refuses failed: ValueError: no licence"),
        ("gaim", r"plug-in 'gaim' is not there \(did you mean gain\?\)"),
    ],
)
def test_what_fails_is_told_and_costs_its_time_once(place: Path, sound: np.ndarray, name: str, told: str) -> None:
    assert run_effect(name, {}, sound, RATE_HZ) is None
    why = failures([name])[name]
    assert pytest.importorskip("re").match(told, why), why
    began = time.monotonic()
    assert run_effect(name, {}, sound, RATE_HZ) is None
    assert time.monotonic() - began < 1.0, "it is remembered"
    if name in ("hangs", "crashes", "refuses"):
        assert any(name in path for path in scan().refused)
        assert not any(name in path for path in scan(again=True).refused)


def test_files_that_hang_or_crash_while_they_are_looked_at_stop_nothing(
    place: Path,
) -> None:
    for name in ("a-scanhang", "b-scancrash"):
        (place / f"{name}.so").write_bytes(b"")
    found = scan()
    assert [one.name for one in found.plugins] == ["crashes", "gain", "hangs", "refuses", "synth", "synthcrash"]
    assert sorted(Path(path).stem for path in found.refused) == ["a-scanhang", "b-scancrash"]
    began = time.monotonic()
    assert scan() == found
    assert time.monotonic() - began < 0.2, "the second look starts no process"


def test_a_song_goes_on_without_what_fails(place: Path, tiny_plan: Plan, tiny_score: Score) -> None:
    stems = {name: Audio(stem, RATE_HZ) for name, stem in _tones(tiny_score).items()}
    dry = mix(stems, tiny_score, replace(tiny_plan, mix={"bass": StripMove()}))
    for name in ("crashes", "nowhere"):
        inserts = {"bass": StripMove(inserts=(Insert(name, {"level": 0.5}),))}
        plan = replace(tiny_plan, mix=inserts)
        heard = mix(stems, tiny_score, plan)
        np.testing.assert_array_equal(heard.audio.samples, dry.audio.samples)
        (told,) = plugin_checks(plan)
        assert (told.code, told.outcome) == ("BF060", "warn")
        assert name in str(told.value)
    assert plugin_checks(tiny_plan) == ()
    good = replace(tiny_plan, mix={"bass": StripMove(inserts=(Insert("gain"),))})
    mix(stems, tiny_score, good)
    assert plugin_checks(good)[0].outcome == "pass"


def _tones(score: Score) -> dict[str, np.ndarray]:
    length = round(score.duration_seconds * RATE_HZ)
    rng = np.random.default_rng(3)
    return {name: rng.uniform(-0.1, 0.1, (2, length)).astype(np.float32) for name in score.parts}


def test_an_instrument_plays_the_notes_and_a_patch_plays_where_it_fails(
    place: Path, tiny_plan: Plan, tiny_score: Score
) -> None:
    notes = (Note(4.0, 60, 1.0, 100), Note(8.0, 67, 1.0, 100))
    score = replace(tiny_score, parts={"leads": Part("leads", notes)})
    played = render(score, replace(tiny_plan, patches={"leads": "plugin:synth"}))["leads"].samples
    level = np.abs(played).max(axis=0)
    assert level[: 2 * RATE_HZ - 10].max() < 0.01
    assert level[2 * RATE_HZ + 100 : 2 * RATE_HZ + 4000].max() > 0.05
    fallen = render(score, replace(tiny_plan, patches={"leads": "plugin:synthcrash"}))["leads"].samples
    own = render(score, replace(tiny_plan, patches={}))["leads"].samples
    np.testing.assert_array_equal(fallen, own)
    assert "synthcrash" in failures(["synthcrash"])
    assert play_instrument("synth", {}, [(0.5, (144, 60, 100))], RATE_HZ, RATE_HZ) is not None


def test_edits_set_inserts_and_keep_them(place: Path, tiny_track: Track) -> None:
    song = Song(tiny_track.plan, tiny_track.score, tiny_track.edits)
    wanted = {"edit": "mix", "element": "bass", "inserts": [{"plugin": "gain", "settings": {"level": 0.25}}]}
    changed = edit_song(song, [wanted])
    assert changed.plan.mix["bass"].inserts == (Insert("gain", {"level": 0.25}),)
    # Of one that is not there nobody knows what it takes: it is kept for the machine that has it.
    kept = edit_song(changed, [{"edit": "mix", "element": "pads", "inserts": [{"plugin": "Elsewhere"}]}])
    assert kept.plan.mix["pads"].inserts == (Insert("Elsewhere", {}),)
    assert edit_song(changed, [{"edit": "mix", "element": "bass", "inserts": []}]).plan.mix == {}
    with pytest.raises(ParameterError, match=r"gain: level: expected 0 to 1, got 2.0"):
        edit_song(song, [{**wanted, "inserts": [{"plugin": "gain", "settings": {"level": 2.0}}]}])
    with pytest.raises(ParameterError, match=r"gain: parameter 'lvel' is not known \(did you mean level\?\)"):
        edit_song(song, [{**wanted, "inserts": [{"plugin": "gain", "settings": {"lvel": 0.5}}]}])
    with pytest.raises(ParameterError, match="plug-in synth is an instrument: name it as patch plugin:synth"):
        edit_song(song, [{**wanted, "inserts": [{"plugin": "synth"}]}])
    played = edit_song(song, [{"edit": "patch", "element": "leads", "patch": "plugin:synth"}])
    assert edit_song(played, [{"edit": "sound", "element": "leads", "settings": {"level": 0.75}}])
    with pytest.raises(ParameterError, match="plug-in gain is an effect"):
        render(tiny_track.score, replace(tiny_track.plan, patches={"leads": "plugin:gain"}))


@pytest.mark.long
def test_a_plug_in_that_hangs_costs_less_than_ten_seconds(
    place: Path, sound: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the limits that ship: one that gives a sign and then hangs, the longest that there can be."""
    monkeypatch.setattr(hosting, "PATIENCE_SECONDS", 9.0)
    find_plugin("hangs")
    began = time.monotonic()
    assert run_effect("hangs", {}, sound, RATE_HZ) is None
    assert time.monotonic() - began < 10.0


def test_zam_compressor_is_listed_and_compresses(real: Callable[[str], None]) -> None:
    real("ZamComp")
    plugin = find_plugin("ZamComp")
    assert (plugin.format, plugin.kind, plugin.maker) == ("ladspa", "effect", "Damien Zammit")
    spans = {one.name: (one.low, one.high) for one in plugin.parameters}
    assert spans["Ratio"] == (1.0, 20.0)
    assert spans["Threshold"] == (-80.0, 0.0)
    times = np.arange(2 * RATE_HZ) / RATE_HZ
    tone = (0.5 * np.sin(2 * np.pi * 1000 * times)).astype(np.float32)
    loud, soft = np.stack([tone, tone]), np.stack([tone, tone]) * np.float32(0.1)
    settings = {"Threshold": -30.0, "Ratio": 10.0, "Attack": 1.0}
    levels = []
    for sound in (loud, soft):
        made = run_effect("ZamComp", settings, sound, RATE_HZ)
        assert made is not None
        assert made.shape == sound.shape
        levels.append(20 * np.log10(np.sqrt(np.mean(made[:, RATE_HZ:] ** 2))))
    # 20 dB between them: 23.9 dB and 3.9 dB over the threshold, of which a tenth is left.
    assert levels[0] - levels[1] == pytest.approx(2.0, abs=0.5)


def test_zam_delay_begins_when_it_says(real: Callable[[str], None]) -> None:
    real("ZamDelay")
    click = np.zeros((2, RATE_HZ), np.float32)
    click[:, 100] = 0.5
    made = run_effect("ZamDelay", {"Time": 250.0, "Dry/Wet": 1.0, "LPF": 20000.0}, click, RATE_HZ)
    assert made is not None
    assert int(np.argmax(np.abs(made[0]))) == pytest.approx(100 + RATE_HZ // 4, abs=2)


@pytest.mark.parametrize(("body", "told"), [("for (;;) {}", "hangs"), ("*(volatile int *)0 = 0;", "crashed")])
def test_a_library_that_hangs_or_crashes_when_it_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, told: str
) -> None:
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler is installed")
    source = tmp_path / "bad.c"
    source.write_text(f"void *ladspa_descriptor(unsigned long n) {{ {body} return 0; }}\n")
    folder = tmp_path / "bad"
    folder.mkdir()
    subprocess.run([compiler, "-shared", "-fPIC", "-o", str(folder / "bad.so"), str(source)], check=True)
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BEATSFOUNDRY_PLUGINS", str(folder))
    monkeypatch.setattr(scanning, "_FOLDERS", {})
    monkeypatch.setattr(hosting, "PATIENCE_SECONDS", 1.5)
    (why,) = scan().refused.values()
    assert why.startswith(told)


class _Parameter:
    """A parameter that shows a text for each place between 0 and 1, as pedalboard gives it."""

    def __init__(self, name: str, place: float, shown: Callable[[float], str], steps: int = 1 << 31) -> None:
        self.name, self.raw_value, self.num_steps, self.label = name, place, steps, "dB"
        self.get_text_for_raw_value = shown

    @property
    def string_value(self) -> str:
        return self.get_text_for_raw_value(self.raw_value)


class _Plugin:
    """Stands in for a VST3 plug-in as pedalboard gives it: mono, as loud as it is set, 100 samples late."""

    name, manufacturer_name, version, is_instrument = "Half", "Us", "1.0", False

    def __init__(self, path: str, plugin_name: str) -> None:
        self.held = np.zeros((1, 100), np.float32)
        # Bent, as knobs are: half way up it shows -15 dB.
        self.gain = _Parameter("Gain", 0.9, lambda place: f"{-60.0 * (1.0 - place) ** 2:.4f}")
        self.mode = _Parameter("Mode", 0.0, lambda place: "AB"[round(place)], steps=2)
        self._parameters = [_Parameter("MIDI Ch. 1 CC 0", 0.0, str), self.gain, self.mode]

    @staticmethod
    def get_plugin_names_for_file(path: str) -> list[str]:
        return ["Half"]

    def process(self, sound: np.ndarray, rate: float, reset: bool = True) -> np.ndarray:
        if len(sound) != 1:
            raise ValueError("Plugin 'Half' does not support 2-channel output.")
        level = np.float32(10 ** (float(self.gain.string_value) / 20))
        queue = np.concatenate([self.held, sound * level * (-1 if self.mode.string_value == "B" else 1)], axis=1)
        self.held = queue[:, sound.shape[1] :]
        return queue[:, : sound.shape[1]]


def test_vst3_is_run_piece_by_piece_and_once_a_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    board = ModuleType("pedalboard")
    board.__dict__["VST3Plugin"] = _Plugin
    monkeypatch.setitem(sys.modules, "pedalboard", board)
    (facts,) = vst3.describe("half.vst3")
    assert facts["parameters"] == [
        {"name": "Gain", "value": -0.6, "low": -60.0, "high": 0.0, "unit": "dB"},
        {"name": "Mode", "value": "A", "options": ["A", "B"]},
    ]
    rng = np.random.default_rng(1)
    sound = rng.uniform(-0.5, 0.5, (2, RATE_HZ)).astype(np.float32)
    signs: list[float] = []
    made = vst3.run("half.vst3", "Half", sound, RATE_HZ, {"Gain": -20.0, "Mode": "B"}, signs.append, {})
    np.testing.assert_allclose(made[:, 100:], -0.1 * sound[:, :-100], atol=1e-5)
    assert signs == sorted(signs) == [0.25, 0.5, 0.75, 1.0]


def test_zam_plugins_in_vst3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same compressor in the other format, by pedalboard itself."""
    pytest.importorskip("pedalboard", reason="pedalboard is absent: pip install beatsfoundry[plugins]")
    folder = Path("/usr/lib/vst3/ZamComp.vst3")
    if not folder.is_dir():
        pytest.skip(f"zam-plugins are absent: {folder}")
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path / "home"))
    shutil.copytree(folder, tmp_path / "vst3" / folder.name)
    monkeypatch.setenv("BEATSFOUNDRY_PLUGINS", str(tmp_path / "vst3"))
    monkeypatch.setattr(scanning, "_FOLDERS", {})
    plugin = find_plugin("ZamComp")
    assert (plugin.format, plugin.kind) == ("vst3", "effect")
    times = np.arange(2 * RATE_HZ) / RATE_HZ
    tone = (0.5 * np.sin(2 * np.pi * 1000 * times)).astype(np.float32)
    levels = []
    for level in (1.0, 0.1):
        made = run_effect(
            "ZamComp",
            {"Threshold": -30.0, "Ratio": 10.0, "Attack": 1.0},
            np.float32(level) * np.stack([tone, tone]),
            RATE_HZ,
        )
        assert made is not None
        levels.append(20 * np.log10(np.sqrt(np.mean(made[:, RATE_HZ:] ** 2))))
    assert levels[0] - levels[1] == pytest.approx(2.0, abs=0.5)


def test_the_command_lists_them(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from workbench.cli.main import main

    assert main(["plugins"]) == 0
    assert "ladspa  effect      gain" in capsys.readouterr().out
    assert main(["plugins", "gain"]) == 0
    assert "level = 0.5 (0 to 1)" in capsys.readouterr().out
    assert main(["plugins", "--json"]) == 0
    assert {one["name"] for one in json.loads(capsys.readouterr().out)["plugins"]} >= {"gain", "synth"}
    assert main(["plugins", "gaim"]) == 2
    assert "did you mean gain?" in capsys.readouterr().err


def test_a_request_names_effects_and_the_song_goes_on_without_those_that_fail(place: Path) -> None:
    inserts = [
        {"plugin": "gain", "settings": {"level": 0.25}},
        {"plugin": "crashes"},
        {"plugin": "hangs"},
        {"plugin": "Nowhere", "settings": {"x": [{"bar": 1, "value": 0}, {"bar": 2, "value": 1}]}},
        {"plugin": "refuses", "bypass": True},
    ]
    form = {
        "parameters": {
            "creative": {"concept": "house, 8 seconds"},
            "sound_design": {"palette": ["bass", "pads"], "inserts": {"bass": inserts}},
        },
        "options": {"preview": True},
    }
    began = time.monotonic()
    track = generate(form)
    assert time.monotonic() - began < 60.0
    move = track.plan.mix["bass"]
    assert [one.plugin for one in move.inserts] == ["gain", "crashes", "hangs", "Nowhere", "refuses"]
    assert move.inserts[3].settings == {"x": (Point(1, 0.0), Point(2, 1.0))}
    decision = next(one for one in track.plan.decisions if one.parameter == "inserts.bass")
    assert (decision.value, decision.source) == ("gain, crashes, hangs, Nowhere, refuses (bypassed)", "stated")
    told = next(check for check in track.report.checks if check.code == "BF060")
    assert told.outcome == "warn"
    assert all(name in str(told.value) for name in ("crashes: ", "hangs: ", "Nowhere: "))
    assert "refuses" not in str(told.value)
    # What fails is passed by: the song is the one without it.
    alone = generate(
        {
            **form,
            "parameters": {
                **form["parameters"],
                "sound_design": {"palette": ["bass", "pads"], "inserts": {"bass": inserts[:1]}},
            },
        }
    )
    np.testing.assert_array_equal(track.mix.audio.samples, alone.mix.audio.samples)
    changed = modify(track, [{"edit": "mix", "element": "bass", "inserts": inserts[:1]}])
    assert [one.plugin for one in changed.plan.mix["bass"].inserts] == ["gain"]


@pytest.mark.parametrize(
    ("inserts", "told"),
    [
        ({"leads": [{"plugin": "gain"}]}, "inserts name leads, which the palette does not hold"),
        ({"bass": [{"plugin": "gain", "settings": {"level": 2}}]}, "gain: level: expected 0 to 1, got 2.0"),
        ({"bass": [{"plugin": "synth"}]}, "plug-in synth is an instrument: name it as patch plugin:synth"),
        ({"bass": []}, "parameters.sound_design.inserts.bass: is empty"),
        ({"bass": [{"plugin": "gain", "wet": 1}]}, r"inserts.bass\[0\].wet: unknown field"),
    ],
)
def test_effects_that_cannot_be_are_refused_before_anything_is_made(
    place: Path, inserts: dict[str, object], told: str
) -> None:
    sound = {"palette": ["bass", "pads"], "inserts": inserts}
    with pytest.raises(ParameterError, match=told):
        compose_only({"parameters": {"creative": {"concept": "house"}, "sound_design": sound}})
