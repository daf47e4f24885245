"""Judges of sound on signals whose truth is known; the whole command on one short track."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from evaluation.cli import main
from evaluation.criteria import Criterion
from evaluation.sound import aliasing, automation, delivered, families, meters, parameter_checks, stems, tracks
from workbench.analysis.reference_halves import family_names, styles_of
from workbench.domain.audio import Audio, Mix
from workbench.domain.errors import ParameterError

RATE = 48000


def values(**changes: float) -> tracks.TrackValues:
    file = tracks.FileValues(-14.0, -1.0, -14.02, -14.05, -1.1, -1.08)
    fine = tracks.TrackValues(
        name="x", style="house", family="dance", files={"wav": file, "mp3": file},
        third_octave_db=tuple(_as_thirds("dance")),
        crest_db=12.0, mix_crest_db=15.0, correlation_min=0.3, correlation_low=0.99, mono_loss_db=1.0,
        faults=dict.fromkeys(("clicks", "offset"), 0.0), stem_residual_db=-140.0, kick_offset_db=0.1,
        bass_offset_db=0.1, overlap=0.2, overlap_unequalised=0.25,
    )  # fmt: skip
    return replace(fine, **changes)


def _as_thirds(family: str) -> np.ndarray:
    levels = np.full(families.BANDS.size, -60.0)
    levels[families.BANDS] = families.target(family) - 20.0
    return levels


def bars(rows: list) -> dict[str, Criterion]:
    return {row.name: row for row in rows if isinstance(row, Criterion)}


def test_a_fine_track_holds_every_bar_and_each_fault_breaks_its_own() -> None:
    assert all(bar.holds for bar in bars(delivered.judge_tracks([values()])).values())
    wrong = {
        "mix: crest factor, least": {"mix_crest_db": 12.0},
        "stereo: lowest correlation in 3 s": {"correlation_min": -0.1},
        "faults: clicks": {"faults": {"clicks": 1.0, "offset": 0.0}},
        "stems: overlap, equalised over unequalised": {"overlap": 0.4},
        "spectrum: a band's deviation, worst of all": {"third_octave_db": tuple(_as_thirds("dance") * 2.0)},
    }
    for name, change in wrong.items():
        assert not bars(delivered.judge_tracks([values(), values(**change)]))[name].holds, name


def test_aliasing_is_seen_and_harmonics_are_not() -> None:
    hz = aliasing.snapped(1000.0)
    time = np.arange(1 << 17) / RATE
    clean = np.sin(2 * np.pi * hz * time) + 0.3 * np.sin(2 * np.pi * 3 * hz * time)
    assert aliasing.alias_db(clean[None], hz) < -110.0
    dirty = clean + 1e-3 * np.sin(2 * np.pi * 5432.1 * time)
    assert aliasing.alias_db(dirty[None], hz) == pytest.approx(-60.0, abs=1.0)


def test_overlap_is_nought_for_stems_apart_and_half_for_equal_ones() -> None:
    rng = np.random.default_rng(0)
    noise = [Audio((0.1 * rng.standard_normal((2, RATE))).astype(np.float32), RATE) for _ in range(2)]
    both = Mix(noise[0], {"bass": noise[0], "pads": noise[1]})
    assert stems.overlap(both) == pytest.approx(0.5, abs=0.06)
    quiet = Audio(noise[1].samples * np.float32(1e-4), RATE)
    assert stems.overlap(Mix(noise[0], {"bass": noise[0], "pads": quiet})) < 1e-6
    left = Audio(np.stack([noise[0].samples[0], np.float32(0.5) * noise[0].samples[0]]), RATE)
    assert stems.lean(Mix(left, {"bass": left}))["bass"] == pytest.approx(6.02, abs=0.05)


def test_every_style_has_a_family_and_every_family_its_references() -> None:
    assert set(tracks.STYLES) == {style for family in family_names() for style in styles_of(family)}
    for family in family_names():
        assert families.target(family).mean() == pytest.approx(0.0, abs=1e-9)


def test_a_meter_that_reads_wrong_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    case = meters.Case("x", "integrated", meters.tone(-23.0, 5.0), -23.0, 0.1, 0.1)
    assert meters._outside(case) == 0.0
    monkeypatch.setitem(meters._READERS, "integrated", lambda audio: [-22.0])
    assert meters._outside(case) == pytest.approx(0.9)


def test_fingerprints_tell_sounds_apart() -> None:
    time = np.arange(RATE) / RATE
    low, high = (np.stack([np.sin(2 * np.pi * hz * time)] * 2).astype(np.float32) for hz in (100.0, 4000.0))
    assert np.abs(parameter_checks.fingerprint(low) - parameter_checks.fingerprint(low)).mean() == 0.0
    assert np.abs(parameter_checks.fingerprint(low) - parameter_checks.fingerprint(high)).mean() > 5.0


def test_clicks_are_counted_at_any_level_and_meant_attacks_are_not() -> None:
    jump = next(iter(automation.planted()))
    assert automation.count_clicks(jump) == automation.count_clicks(jump * np.float32(0.01)) == 1
    assert automation.count_clicks(jump, attacks_seconds=(0.999,)) == 0
    assert automation.count_clicks(np.zeros_like(jump)) == 0


def test_nothing_clicks_when_it_is_moved() -> None:
    rows = bars(automation.judge_automation())
    assert all(bar.holds for bar in rows.values()), [bar.name for bar in rows.values() if not bar.holds]
    assert rows["automation: clicks, modulation matrix"].n == 100
    assert rows["automation: planted jumps that are found"].n == 24


def test_the_command_prints_its_table_and_refuses_unknown_parts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sound", "meters", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert {"name", "value", "bar", "n", "holds"} <= set(printed["bars"][0])
    with pytest.raises(ParameterError, match="part 'drums' is not known"):
        main(["sound", "drums"])
