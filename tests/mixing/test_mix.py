"""The desk: stems sum to the mix, kicks duck, sections breathe, styles differ, nothing clicks."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from workbench.domain.audio import Audio
from workbench.domain.errors import ParameterError
from workbench.domain.moves import StripMove
from workbench.domain.plan import SoundTraits
from workbench.domain.request import PROCESSING_STYLES
from workbench.dsp.loudness import loudness
from workbench.mixing import mix

RATE = 48000


def drums(score, length: int) -> np.ndarray:
    """Kick as a falling sine, everything else as a short burst of noise, at the times of the score."""
    rng = np.random.default_rng(0)
    t = np.arange(RATE // 4) / RATE
    kick = np.sin(2 * np.pi * (50 * t + 6 * (1 - np.exp(-40 * t)))) * np.exp(-12 * t)
    burst = 0.3 * rng.standard_normal((2, len(t))) * np.exp(-30 * t)
    out = np.zeros((2, length + len(t)))
    for note in score.parts["percussion"].notes:
        start = round(note.start_beats * 60 / score.tempo_bpm * RATE)
        out[:, start : start + len(t)] += (kick if note.pitch == 36 else burst) * note.velocity / 127
    return out[:, :length]


def tones(score, element: str, length: int) -> np.ndarray:
    """Saw-like notes, detuned between the ears for pads."""
    out = np.zeros((2, length))
    for note in score.parts[element].notes:
        start = round(note.start_beats * 60 / score.tempo_bpm * RATE)
        t = np.arange(min(round(note.duration_beats * 60 / score.tempo_bpm * RATE), length - start)) / RATE
        envelope = np.minimum(1, t / 0.01) * np.minimum(1, (t[-1] - t) / 0.02)
        for channel, detune in enumerate((0.998, 1.002) if element == "pads" else (1.0, 1.0)):
            hz = 440 * 2 ** ((note.pitch - 69) / 12) * detune
            wave = sum(np.sin(2 * np.pi * hz * k * t) / k for k in range(1, 12) if hz * k < 18000)
            out[channel, start : start + len(t)] += 0.1 * envelope * wave
    return out


@pytest.fixture(scope="module")
def stems(tiny_score):
    length = round((tiny_score.duration_seconds + 1.0) * RATE)
    raw = {element: tones(tiny_score, element, length) for element in ("bass", "pads", "leads")}
    raw["percussion"] = drums(tiny_score, length)
    return {element: Audio(samples.astype(np.float32), RATE) for element, samples in raw.items()}


@pytest.fixture(scope="module")
def mixed(stems, tiny_score, tiny_plan):
    return mix(stems, tiny_score, replace(tiny_plan, processing_style="clean"))


def db(value: float) -> float:
    return 20 * float(np.log10(max(value, 1e-12)))


SHADES = {"tilt_db": 4.0, "low_db": 4.0, "side_db": 4.0, "reverb_db": 9.0, "delay_db": 9.0, "drive_db": 10.0,
          "contrast_lu": 5.0}  # fmt: skip


@pytest.mark.parametrize("field", SHADES)
def test_every_sound_trait_is_heard(field, stems, tiny_score, tiny_plan, mixed):
    sound = SoundTraits(**{field: SHADES[field]})
    moved = mix(stems, tiny_score, replace(tiny_plan, processing_style="clean", sound=sound)).audio.samples
    usual = mixed.audio.samples
    length = min(moved.shape[1], usual.shape[1])
    assert db(np.abs(moved[:, :length] - usual[:, :length]).max()) > -60


def test_stems_sum_to_the_mix(mixed):
    total = np.sum([stem.samples.astype(np.float64) for stem in mixed.stems.values()], axis=0)
    assert db(np.abs(total - mixed.audio.samples).max()) < -90
    assert set(mixed.stems) == {"percussion", "bass", "pads", "leads"}


def test_headroom_and_crest(mixed):
    peak, rms = np.abs(mixed.audio.samples).max(), np.sqrt(np.mean(mixed.audio.samples**2))
    assert db(peak) == pytest.approx(-6.0, abs=0.1)
    assert 11 < db(peak / rms) < 18.5


def test_finite_no_dc_and_the_end_is_silent(mixed, tiny_score):
    samples = mixed.audio.samples
    assert np.isfinite(samples).all()
    for audio in (mixed.audio, *mixed.stems.values()):
        assert np.abs(audio.samples.mean(axis=1)).max() < 1e-4
    assert np.abs(samples[:, -1]).max() < 1e-4
    assert tiny_score.duration_seconds <= mixed.audio.duration_seconds <= tiny_score.duration_seconds + 6.0


def test_same_inputs_give_the_same_bytes(stems, mixed, tiny_score, tiny_plan, monkeypatch):
    monkeypatch.setenv("BEATSFOUNDRY_THREADS", "1")
    backwards = dict(reversed(stems.items()))
    again = mix(backwards, tiny_score, replace(tiny_plan, processing_style="clean"))
    assert again.audio.samples.tobytes() == mixed.audio.samples.tobytes()


def test_inputs_are_not_changed(stems, tiny_score, tiny_plan):
    before = {element: audio.samples.copy() for element, audio in stems.items()}
    mix(stems, tiny_score, tiny_plan)
    assert all(np.array_equal(before[element], audio.samples) for element, audio in stems.items())


def test_stems_are_released_unless_they_are_mixed_again(stems, mixed, tiny_score, tiny_plan):
    owned, plan = dict(stems), replace(tiny_plan, processing_style="clean")
    again = mix(owned, tiny_score, plan, release=owned.pop)
    assert not owned
    assert again.audio.samples.tobytes() == mixed.audio.samples.tobytes()
    owned = dict(stems)
    mix(owned, tiny_score, replace(plan, mix={"bass": StripMove(gain_db=3.0)}), release=owned.pop)
    assert set(owned) == {"bass"}


def test_balance_follows_the_profile(mixed):
    levels = {element: loudness(stem.samples, RATE) for element, stem in mixed.stems.items()}
    assert levels["percussion"] > levels["leads"] > levels["pads"]
    assert -7 < levels["bass"] - levels["percussion"] < -1


def test_input_level_does_not_matter(stems, mixed, tiny_score, tiny_plan):
    louder = dict(stems) | {"leads": Audio(stems["leads"].samples * np.float32(4), RATE)}
    again = mix(louder, tiny_score, replace(tiny_plan, processing_style="clean"))
    assert np.abs(again.audio.samples - mixed.audio.samples).max() < 1e-4


def test_kick_ducks_the_pads(stems, tiny_score, tiny_plan):
    plan = replace(tiny_plan, processing_style="clean")
    without = {name: part for name, part in tiny_score.parts.items() if name != "percussion"}
    ducked = mix(stems, tiny_score, plan).stems["pads"].samples
    plain = mix(stems, replace(tiny_score, parts=without), plan).stems["pads"].samples
    beat = RATE // 2
    at_kick = lambda x, n: float(np.sqrt(np.mean(x[:, n * beat + 500 : n * beat + 2000] ** 2)))  # noqa: E731
    off_beat = lambda x, n: float(np.sqrt(np.mean(x[:, n * beat + 18000 : n * beat + 23000] ** 2)))  # noqa: E731
    depths = [
        db(at_kick(plain, n) / off_beat(plain, n)) - db(at_kick(ducked, n) / off_beat(ducked, n)) for n in range(6, 13)
    ]
    assert 2.5 < np.median(depths) < 7.5


def test_chorus_is_louder_than_verse(mixed, tiny_score):
    bar = 2 * RATE
    verse = loudness(np.ascontiguousarray(mixed.audio.samples[:, bar : 3 * bar]), RATE)
    chorus = loudness(np.ascontiguousarray(mixed.audio.samples[:, 3 * bar : 4 * bar]), RATE)
    assert 0.7 < chorus - verse < 4.5


def test_lows_are_mono(mixed):
    from workbench.dsp.equaliser import Band, equalise

    low = equalise(mixed.audio.samples, [Band("low_pass", 80)] * 3, RATE)
    assert db((low[0] - low[1]).std() / (low[0] + low[1]).std()) < -20


def test_each_style_sounds_different(stems, tiny_score, tiny_plan):
    figures = {}
    for style in PROCESSING_STYLES:
        x = mix(stems, tiny_score, replace(tiny_plan, processing_style=style)).audio.samples.astype(np.float64)
        power = (np.abs(np.fft.rfft(x, axis=1)) ** 2).sum(axis=0)
        hz = np.fft.rfftfreq(x.shape[1], 1 / RATE)
        band = lambda low, high, p=power, f=hz: 10 * np.log10(p[(f > low) & (f < high)].sum())  # noqa: E731
        figures[style] = {
            "tilt": band(2000, 12000) - band(40, 400),
            "air": band(9000, 16000) - band(40, 16000),
            "side": db((x[0] - x[1]).std() / (x[0] + x[1]).std()),
            "crest": db(np.abs(x).max() / np.sqrt(np.mean(x**2))),
        }
    clean = figures["clean"]
    assert figures["bright"]["tilt"] > clean["tilt"] + 1 > figures["warm"]["tilt"] + 1.5 > figures["dark"]["tilt"] + 1.5
    assert figures["wide"]["side"] > clean["side"] + 1.5
    assert figures["lo-fi"]["side"] < clean["side"] - 0.7
    assert figures["lo-fi"]["air"] < clean["air"] - 4
    assert figures["vintage"]["air"] < clean["air"] - 1.5
    assert figures["aggressive"]["crest"] < clean["crest"] - 0.4
    rows = np.array([list(figures[style].values()) for style in PROCESSING_STYLES])
    gaps = np.abs(rows[:, None] - rows[None]).max(axis=2) + 10 * np.eye(len(rows))
    assert gaps.min() > 0.5, "no two styles measure alike"


def test_seed_preview_and_profile_change_the_mix(stems, mixed, tiny_score, tiny_plan):
    plan = replace(tiny_plan, processing_style="clean")
    base = mixed.audio.samples
    for other in (
        replace(plan, seed=8),
        replace(plan, mix_profile="ambient"),
        replace(plan, delivery=replace(plan.delivery, preview=True)),
    ):
        changed = mix(stems, tiny_score, other).audio.samples
        assert changed.shape != base.shape or not np.array_equal(changed, base)


def test_missing_and_silent_stems(stems, tiny_score, tiny_plan):
    only_pads = mix({"pads": stems["pads"]}, tiny_score, tiny_plan)
    assert np.array_equal(only_pads.audio.samples, only_pads.stems["pads"].samples)
    silent = Audio(np.zeros_like(stems["pads"].samples), RATE)
    muted = mix(dict(stems) | {"pads": silent}, tiny_score, tiny_plan)
    assert not muted.stems["pads"].samples.any()
    assert np.isfinite(muted.audio.samples).all()
    nothing = mix({"pads": silent}, tiny_score, tiny_plan)
    assert not nothing.audio.samples.any()


def test_wrong_inputs_are_refused(stems, tiny_score, tiny_plan):
    with pytest.raises(ParameterError, match="at least one stem"):
        mix({}, tiny_score, tiny_plan)
    short = Audio(stems["pads"].samples[:, :1000].copy(), RATE)
    with pytest.raises(ParameterError, match="one sample rate and length"):
        mix(dict(stems) | {"pads": short}, tiny_score, tiny_plan)
    with pytest.raises(ParameterError, match="mix profile 'polka'"):
        mix(stems, tiny_score, replace(tiny_plan, mix_profile="polka"))


def test_a_song_that_fades_falls_silent_in_mix_and_stems(stems, tiny_score, tiny_plan):
    plain = replace(tiny_plan, processing_style="clean")
    faded = mix(stems, tiny_score, replace(plain, ending="fade"))
    closed = mix(stems, tiny_score, plain)
    seconds = [slice(RATE * second, RATE * (second + 1)) for second in range(8)]
    fall = [
        db(np.abs(faded.audio.samples[:, one]).max()) - db(np.abs(closed.audio.samples[:, one]).max())
        for one in seconds
    ]
    assert fall[:4] == pytest.approx([fall[0]] * 4, abs=0.1)
    assert all(later < earlier for earlier, later in pairwise(fall[3:]))
    assert fall[-1] < -12.0
    assert not faded.audio.samples[:, 8 * RATE :].any()
    assert sum(stem.samples for stem in faded.stems.values()) == pytest.approx(faded.audio.samples, abs=1e-6)
