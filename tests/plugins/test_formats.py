"""CLAP and LV2 effects: Debian's zam-plugins in two interfaces give the same samples, set and moved alike."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from workbench.domain.automation import Point
from workbench.domain.moves import PluginSettings
from workbench.domain.plan import Plan
from workbench.domain.score import Score
from workbench.domain.tempo_map import TempoMap
from workbench.plugins import failures, find_plugin, place_in, play_instrument, run_effect, scan, scanning
from workbench.plugins.lilv import lilv_name
from workbench.rendering import render

RATE_HZ = 48000
PLACE = place_in(TempoMap((0.0,), (120.0,)), 4.0, RATE_HZ)


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Makes plug-ins of Debian's folders the only ones there are."""

    def only(*paths: str) -> None:
        for path in paths:
            if not Path(path).exists():
                pytest.skip(f"zam-plugins are absent: {path}")
            if path.endswith(".lv2") and lilv_name() is None:
                pytest.skip("lilv is absent: it reads LV2")
        folder = tmp_path / "effects"
        folder.mkdir(exist_ok=True)
        for path in paths:
            (folder / Path(path).name).symlink_to(path)
        monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path / "home"))
        monkeypatch.setenv("BEATSFOUNDRY_PLUGINS", str(folder))
        monkeypatch.setattr(scanning, "_FOLDERS", {})

    return only


@pytest.fixture
def sound() -> np.ndarray:
    """Three seconds that swell, differently on both sides."""
    times = np.arange(3 * RATE_HZ) / RATE_HZ
    swell = 0.4 * np.sin(2 * np.pi * 220 * times) * (1.0 + np.sin(2 * np.pi * 2 * times)) / 2.0
    noise = np.random.default_rng(0).normal(0.0, 0.02, (2, times.size))
    return (np.stack([swell, 0.5 * swell]) + noise).astype(np.float32)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("ZamComp", {"Threshold": -30.0, "Ratio": 8.0, "Makeup": (Point(1, 0.0), Point(2, 9.0), Point(2, 3.0))}),
        ("ZamEQ2", {"Boost/Cut 1": (Point(1, -12.0), Point(2, 12.0, beat=2.0)), "Frequency 1": 600.0}),
        ("ZaMaximX2", {"Threshold": -18.0}),
    ],
)  # fmt: skip
def test_clap_and_lv2_give_the_same_samples(  # type: ignore[no-untyped-def]
    there, sound: np.ndarray, name: str, settings: PluginSettings
) -> None:
    there(f"/usr/lib/clap/{name}.clap", f"/usr/lib/lv2/{name}.lv2")
    by_clap, by_lv2, plain = (
        run_effect(f"{form}/{name}", values, sound, RATE_HZ, PLACE)
        for form, values in (("clap", settings), ("lv2", settings), ("clap", {}))
    )
    assert failures([f"clap/{name}", f"lv2/{name}"]) == {}
    assert by_clap is not None
    assert by_lv2 is not None
    assert plain is not None
    np.testing.assert_array_equal(by_clap, by_lv2)
    assert np.abs(by_clap - plain).max() > 0.01
    again = run_effect(f"clap/{name}", settings, sound, RATE_HZ, PLACE)
    np.testing.assert_array_equal(by_clap, again)


@pytest.mark.parametrize("form", ["clap", "lv2"])
def test_what_they_say_of_themselves_is_read(there, form: str) -> None:  # type: ignore[no-untyped-def]
    there(f"/usr/lib/{form}/ZamComp.{form}")
    plugin = find_plugin("zamcomp")
    assert (plugin.format, plugin.kind, plugin.maker) == (form, "effect", "Damien Zammit")
    spans = {one.name: (one.low, one.value, one.high) for one in plugin.parameters}
    assert spans["Ratio"] == (1.0, 4.0, 20.0)
    assert "Gain Reduction" not in spans, "what it tells cannot be set"


def test_latency_is_taken_out(there) -> None:  # type: ignore[no-untyped-def]
    """A limiter that looks ahead: far below its threshold its sound is its input, on the same samples."""
    there("/usr/lib/lv2/ZaMaximX2.lv2")
    click = np.zeros((2, RATE_HZ), np.float32)
    click[:, 7000] = 0.1
    made = run_effect("ZaMaximX2", {}, click, RATE_HZ)
    assert made is not None
    np.testing.assert_allclose(made, click, atol=1e-5)


def test_the_first_format_is_taken_and_each_can_be_named(there) -> None:  # type: ignore[no-untyped-def]
    files = ["/usr/lib/ladspa/ZamComp-ladspa.so", "/usr/lib/clap/ZamComp.clap", "/usr/lib/lv2/ZamComp.lv2"]
    there(*files)
    assert [one.format for one in scan().plugins] == ["ladspa", "clap", "lv2"]
    assert find_plugin("ZamComp").format == "ladspa"
    assert [find_plugin(f"{form}/ZamComp").format for form in ("clap", "lv2")] == ["clap", "lv2"]


def test_an_lv2_effect_that_needs_more_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if lilv_name() is None:
        pytest.skip("lilv is absent: it reads LV2")
    bundle = tmp_path / "plugins" / "odd.lv2"
    bundle.mkdir(parents=True)
    prefix = "@prefix lv2: <http://lv2plug.in/ns/lv2core#> .\n@prefix doap: <http://usefulinc.com/ns/doap#> .\n"
    see = "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
    (bundle / "manifest.ttl").write_text(
        f"{prefix}{see}<urn:odd> a lv2:Plugin ; lv2:binary <odd.so> ; rdfs:seeAlso <odd.ttl> .\n"
    )
    ports = " , ".join(
        f'[ a lv2:{side}Port, lv2:AudioPort ; lv2:index {number} ; lv2:symbol "s{number}" ; lv2:name "{side}" ]'
        for number, side in enumerate(("Input", "Output"))
    )
    (bundle / "odd.ttl").write_text(
        f'{prefix}<urn:odd> a lv2:Plugin ; doap:name "Odd" ; lv2:requiredFeature <urn:worker> ; lv2:port {ports} .\n'
    )
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BEATSFOUNDRY_PLUGINS", str(bundle.parent))
    monkeypatch.setattr(scanning, "_FOLDERS", {})
    assert scan().refused == {str(bundle): "RuntimeError: it needs urn:worker"}


def test_an_lv2_instrument_plays_each_note_on_its_sample(  # type: ignore[no-untyped-def]
    there, tiny_plan: Plan, tiny_score: Score
) -> None:
    """Ardour's small synthesiser: notes sound from their samples on, at their pitch, and end."""
    there("/usr/lib/lv2/reasonablesynth.lv2")
    name = "ACE Reasonable Synth"
    assert find_plugin(name).kind == "instrument"
    events = [(0.5, (0x90, 69, 100)), (1.0, (0x80, 69, 0)), (1.0, (0x90, 81, 100)), (1.5, (0x80, 81, 0))]
    made = play_instrument(name, {}, events, 2 * RATE_HZ, RATE_HZ)
    assert made is not None
    assert made.shape == (2, 2 * RATE_HZ)
    level = np.abs(made).max(axis=0)
    assert not level[: RATE_HZ // 2].any()
    assert int(np.argmax(level > 1e-3)) == pytest.approx(RATE_HZ // 2, abs=64)
    for start, hertz in ((0.6, 440.0), (1.1, 880.0)):
        piece = made[0, round(start * RATE_HZ) :][: RATE_HZ // 4]
        spectrum = np.abs(np.fft.rfft(piece * np.hanning(piece.size)))
        assert int(np.argmax(spectrum)) * 4 == pytest.approx(hertz, abs=8)
    assert level[round(1.9 * RATE_HZ) :].max() < 0.05 * level.max()
    part = {"leads": tiny_score.parts["leads"]}
    played = render(replace(tiny_score, parts=part), replace(tiny_plan, patches={"leads": f"plugin:{name}"}))["leads"]
    own = render(replace(tiny_score, parts=part), replace(tiny_plan, patches={}))["leads"]
    assert failures([name]) == {}
    # At the level of our own patches, as every instrument.
    levels = [float(np.sqrt(np.mean(one.samples[:, : 4 * RATE_HZ] ** 2))) for one in (played, own)]
    assert levels[0] / levels[1] == pytest.approx(1.0, rel=0.6)
