"""Matching a reference by amount, and the command that masters for a place of delivery."""

from __future__ import annotations

import re
import resource
from pathlib import Path

import numpy as np
import pytest
import soundfile

from workbench.analysis.loudness import integrated_loudness
from workbench.analysis.peaks import true_peak_dbtp
from workbench.analysis.profile import Measurements, measure
from workbench.cli.main import main
from workbench.domain.audio import Audio
from workbench.domain.errors import OutputError, ParameterError
from workbench.domain.plan import Delivery
from workbench.dsp.equaliser import Band, equalise
from workbench.mastering import Match, master, master_below, match
from workbench.output import decode, roundtrip, write_audio

RATE = 48000


def noise(seed: int = 0, side: float = 0.3) -> Audio:
    rng = np.random.default_rng(seed)
    mid, apart = rng.standard_normal((2, 6 * RATE)) * 0.05
    both = np.stack([mid + side * apart, mid - side * apart]).astype(np.float32)
    return Audio(equalise(both, [Band("low_pass", 900.0)], RATE), RATE)


def spectrum_gap(one: Measurements, other: Measurements) -> float:
    gap = (np.array(one.third_octave_db) - np.array(other.third_octave_db))[4:26]
    return float(np.abs(gap - gap.mean()).mean())


def test_matching_goes_as_far_as_asked() -> None:
    dull, reference = noise(), Audio(equalise(noise(1).samples, [Band("high_shelf", 1500.0, 6.0)], RATE), RATE)
    wanted = measure(reference)
    gaps = [spectrum_gap(measure(match(dull, wanted, Match(a, 0.0, 0.0))), wanted) for a in (0.0, 0.5, 1.0)]
    assert gaps[0] > gaps[1] > gaps[2]
    assert gaps[2] < 0.4 * gaps[0]


def test_width_and_dynamics_are_matched_too() -> None:
    narrow, wide = noise(side=0.2), measure(noise(1, side=0.5))
    before, after = (measure(audio).numbers["width"] for audio in (narrow, match(narrow, wide, Match(0.0, 1.0, 0.0))))
    assert before < after <= wide["width"] + 0.05
    spiky = Audio(narrow.samples.copy(), RATE)
    spiky.samples[:, ::9000] *= 12.0
    held = match(spiky, measure(narrow), Match(0.0, 0.0, 1.0))
    assert measure(held)["crest_factor_db"] < measure(spiky)["crest_factor_db"] - 3.0
    with pytest.raises(ParameterError, match="0 to 1"):
        Match(2.0)


def test_the_command_masters_for_a_delivery(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mix = write_audio(noise(), tmp_path / "mix.wav")
    out = tmp_path / "master.flac"
    assert main(["master", str(mix), "--out", str(out), "--delivery", "apple", "--match", str(mix)]) == 0
    assert "-16.0" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    assert main(["master", str(mix), "--out", str(out)]) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert main(["master", str(mix), "--out", str(tmp_path / "x.wav"), "--style", "none-such"]) == 2
    assert not (tmp_path / "x.wav").exists()


def test_the_command_never_writes_over_what_it_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mix, reference = write_audio(noise(), tmp_path / "mix.wav"), write_audio(noise(1), tmp_path / "reference.wav")
    link = tmp_path / "link.wav"
    link.hardlink_to(mix)
    before = mix.read_bytes(), reference.read_bytes()
    command = ["master", str(mix), "--overwrite", "--match", str(reference), "--out"]
    for out, what in ((mix, "the mix that is mastered"), (link, "the mix"), (reference, "the reference")):
        assert main([*command, str(out)]) == 2
        assert f"{out} is {what}" in capsys.readouterr().err
    assert (mix.read_bytes(), reference.read_bytes()) == before


def test_the_command_refuses_before_it_works(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path / "home"))
    (tmp_path / "home" / "styles").mkdir(parents=True)
    (tmp_path / "home" / "styles" / "broken.yaml").write_text("mix: {volume: 11}\n", encoding="utf-8")
    (tmp_path / "folder.wav").mkdir()
    mix = write_audio(noise(), tmp_path / "mix.wav")
    for out, options, said in (
        ("q.ogg", [], "beatsfoundry: q.ogg: expected a suffix of .wav, .aiff, .flac, .mp3, got '.ogg'"),
        ("q.wav", ["--style", "broken"], "processing style 'broken', mix.volume: unknown field"),
        ("q.wav", ["--amount", "0.9"], "--amount says how far to match a reference: name one with --match"),
        ("folder.wav", ["--overwrite"], "is a folder: name a file"),
        ("mix.wav/q.wav", [], "mix.wav: File exists"),
    ):
        assert main(["master", str(mix), "--out", str(tmp_path / out), *options]) == 2
        told = capsys.readouterr().err
        assert said in told
        assert told.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.wav", "home", "mix.wav"]


def white(level: float = 0.1, seconds: float = 4.0) -> Audio:
    rng = np.random.default_rng(4)
    return Audio((rng.standard_normal((2, round(seconds * RATE))) * level).astype(np.float32), RATE)


def test_loudness_that_an_encoder_takes_out_is_made_up_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wanted = {"target_lufs": -23.0, "ceiling_dbtp": -1.0, "processing_style": "clean"}
    plain = roundtrip(master(white(), **wanted), Delivery(format="mp3"))  # type: ignore[arg-type]
    assert integrated_loudness(plain) < -23.2, "the case must need the second look"
    mix, out = write_audio(white(), tmp_path / "noise.wav"), tmp_path / "out.mp3"
    assert main(["master", str(mix), "--out", str(out), "--delivery", "film"]) == 0
    told = capsys.readouterr()
    assert told.err == ""
    assert abs(float(told.out.split(": ")[1].split(" LUFS")[0]) + 23.0) <= 0.1
    assert abs(integrated_loudness(decode(out.read_bytes())) + 23.0) <= 0.1


def test_a_file_without_loss_is_mastered_once() -> None:
    looks: list[Audio] = []

    def heard(done: Audio) -> Audio:
        looks.append(done)
        return roundtrip(done, Delivery())

    done, _ = master_below(white(), target_lufs=-23.0, ceiling_dbtp=-1.0, processing_style="clean", heard=heard)
    plain = master(white(), target_lufs=-23.0, ceiling_dbtp=-1.0, processing_style="clean")
    assert len(looks) == 1
    assert np.array_equal(done.samples, plain.samples)


def test_of_what_a_format_spoils_the_ceiling_is_kept_first() -> None:
    """A format whose peaks rise with every look, by more than the last one told, until the last look is over."""
    looks: list[Audio] = []

    def heard(done: Audio) -> Audio:
        looks.append(done)
        gain, spike = (0.8, 0.5, 0.8, 0.8)[len(looks) - 1], (0.5, 0.6, 1.2, 1.2)[len(looks) - 1]
        samples = done.samples * np.float32(gain)
        samples[:, 1000] = spike
        return Audio(samples, RATE)

    done, decoded = master_below(white(), target_lufs=-23.0, ceiling_dbtp=-1.0, processing_style="clean", heard=heard)
    assert len(looks) == 4
    assert true_peak_dbtp(decoded) <= -1.0
    assert done is looks[0]


def test_a_target_that_is_missed_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clicks = white(0.0)
    clicks.samples[:, ::24000] = 0.9
    mix, out = write_audio(clicks, tmp_path / "clicks.wav"), tmp_path / "out.wav"
    assert main(["master", str(mix), "--out", str(out), "--delivery", "loud"]) == 0
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert f"{out}: " in told
    assert "LU below the -11 LUFS of loud" in told


@pytest.mark.parametrize(
    ("shape", "line"),
    [((2000, 2), "expected a mix of 0.4 s at least, .* got 0.0417 s"), ((RATE, 6), "mono or stereo, got 6 channels")],
)
def test_a_mix_that_cannot_be_mastered_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], shape: tuple[int, int], line: str
) -> None:
    soundfile.write(tmp_path / "mix.wav", np.random.default_rng(0).uniform(-0.3, 0.3, shape), RATE)
    assert main(["master", str(tmp_path / "mix.wav"), "--out", str(tmp_path / "out.wav")]) == 2
    told = capsys.readouterr().err
    assert re.search(line, told)
    assert told.count("\n") == 1
    assert not (tmp_path / "out.wav").exists()


def test_a_file_appears_whole_and_messages_name_it(tmp_path: Path) -> None:
    out = write_audio(noise(), tmp_path / "song.wav")
    before = out.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))  # the system refuses every byte after these
    try:
        with pytest.raises(OutputError) as caught:
            write_audio(noise(1), out)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert str(caught.value) == f"{out} cannot be written: File too large"
    assert out.read_bytes() == before
    assert list(tmp_path.iterdir()) == [out]


def test_a_users_own_style(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from workbench.mastering import load_style
    from workbench.mixing.profiles import load_colour

    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path))
    (tmp_path / "styles").mkdir()
    (tmp_path / "styles" / "mine.yaml").write_text("description: my own\nmix: {tilt_db: 3}\nmaster: {width: 1.2}\n")
    assert load_colour("mine").tilt_db == 3
    assert load_style("mine").width == 1.2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mix: {volume: 11}", "'bad', mix.volume: unknown field"),
        ("mix: {tilt_db: lots}", "mix: expected a number for tilt_db, got 'lots'"),
        ("mix: {eq: [{kind: peak, frequency_hz: 100, gain: 2}]}", "'bad', mix.eq\\[0\\].gain: unknown field"),
        ("mix: {eq: [{kind: bump, frequency_hz: 100}]}", "'bad', mix.eq\\[0\\].kind: \"bump\" is not known"),
        ("master: {volume: 11}", "'bad', master.volume: unknown field"),
        ("master: {glue: {ratio: 0.5}}", "'bad', master.glue: compressor: expected ratio at least 1"),
        ("master: [1]", "expected master to be a mapping"),
        ("loud", "expected a mapping of description, mix and master"),
    ],
)
def test_a_damaged_style_is_reported_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    from workbench.mastering import load_style
    from workbench.mixing.profiles import load_colour

    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path))
    (tmp_path / "styles").mkdir()
    (tmp_path / "styles" / "bad.yaml").write_text(text + "\n", encoding="utf-8")
    with pytest.raises(ParameterError, match=said) as caught:
        load_colour("bad"), load_style("bad")
    assert "\n" not in str(caught.value)
