"""Fixtures that every room shares: a tiny song, written by hand, whose every number is known."""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import mido
import numpy as np
import pytest

from workbench.domain.audio import Audio, Mix
from workbench.domain.plan import Decision, Delivery, Groove, HarmonyTraits, PartTraits, Plan, SectionPlan
from workbench.domain.request import GenerationRequest
from workbench.domain.results import CheckResult, Provenance, QualityReport, Track
from workbench.domain.score import Note, Part, Score
from workbench.domain.theory import Chord, Key, Metre

# How long an example takes says how busy the machine is, not whether the code is right; what hangs ends with the run.
hypothesis.settings.register_profile("beatsfoundry", deadline=None)
hypothesis.settings.load_profile("beatsfoundry")

REPOSITORY = Path(__file__).resolve().parents[1]
_DATA = "BEATSFOUNDRY_TEST_DATA"
# The product takes this folder for its own: what is tested must not depend on whether a developer set it.
if "BEATSFOUNDRY_DATA" in os.environ:
    os.environ[_DATA] = os.environ.pop("BEATSFOUNDRY_DATA")
PALETTE = ("percussion", "bass", "pads", "leads")


@pytest.fixture(scope="session", autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A user's folder of the test run's own, unless one is named: no test fills or reads the real one."""
    with pytest.MonkeyPatch.context() as patch:
        if "BEATSFOUNDRY_HOME" not in os.environ:
            patch.setenv("BEATSFOUNDRY_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("BEATSFOUNDRY_SONG_FOLDER", str(tmp_path_factory.mktemp("songs") / "out"))
        yield


@pytest.fixture(scope="session", autouse=True)
def store_of_the_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A store of the test run's own, for fixtures that serve several tests: the user's is neither filled nor read."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("stores")
        patch.setenv("BEATSFOUNDRY_CACHE", str(folder / "run"))
        yield folder


@pytest.fixture(scope="session", autouse=True)
def own_logs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for the logs of commands that tests run."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("logs")
        patch.setenv("BEATSFOUNDRY_LOGS", str(folder))
        yield folder


@pytest.fixture(autouse=True)
def own_store(store_of_the_run: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty store for each test, so that none is answered with what another one made."""
    monkeypatch.setenv("BEATSFOUNDRY_CACHE", str(store_of_the_run / derived_name(request.node.nodeid)))


def derived_name(text: str) -> str:
    """A short name for a folder that no other text has."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@pytest.fixture(scope="session")
def repository() -> Path:
    """Root of the repository."""
    return REPOSITORY


@pytest.fixture(scope="session")
def development_data() -> Path:
    """Folder of the optional development data; a test that asks for it is skipped where it is absent."""
    folder = Path(os.environ.get(_DATA) or REPOSITORY.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"development data is absent: {folder} (set BEATSFOUNDRY_DATA)")
    return folder


def _sections() -> tuple[SectionPlan, ...]:
    return (
        SectionPlan("intro", "intro", 0, 1, 0.3, ("percussion", "pads")),
        SectionPlan("verse", "verse", 1, 2, 0.5, PALETTE),
        SectionPlan("chorus", "chorus", 3, 1, 0.9, PALETTE),
    )


@pytest.fixture(scope="session")
def tiny_plan() -> Plan:
    """Four bars of 4/4 in F minor at 120 BPM: eight seconds."""
    return Plan(
        project_id="tiny",
        concept="a tiny test song",
        seed=7,
        style="house",
        model_style="house",
        tempo_bpm=120.0,
        metre=Metre(),
        key=Key.parse("F minor"),
        valence=-0.2,
        arousal=0.3,
        sections=_sections(),
        palette=PALETTE,
        texture_density=0.6,
        groove=Groove(
            swing_percent=54.0, patterns={"kick": "x---x---x---x---", "snare": "----x-------x---"}, adherence=0.7
        ),
        harmony=HarmonyTraits(colour="sevenths"),
        parts={
            "percussion": PartTraits(0.6, 35, 59),
            "bass": PartTraits(0.5, 28, 48, sustain=0.6),
            "pads": PartTraits(0.3, 48, 76, sustain=0.95),
            "leads": PartTraits(0.4, 60, 84),
        },
        patches={},
        processing_style="warm",
        mix_profile="house",
        delivery=Delivery(),
        decisions=(Decision("tempo", "120 BPM", "stated", "the request says 120"),),
    )


def _chords() -> tuple[Chord, ...]:
    symbols = ("Fm7", "Dbmaj7", "Ab", "Eb/G")
    return tuple(Chord.parse(symbol, onset_beats=4.0 * bar) for bar, symbol in enumerate(symbols))


def _drums() -> tuple[Note, ...]:
    notes = []
    for bar in range(4):
        notes += [Note(4.0 * bar + beat, 36, 0.25, 110) for beat in range(4)]
        notes += [Note(4.0 * bar + beat, 38, 0.25, 100, 0.02) for beat in (1, 3)]
        notes += [Note(4.0 * bar + 0.5 * eighth, 42, 0.25, 70 + 8 * (eighth % 2), -0.01) for eighth in range(8)]
    return tuple(sorted(notes))


def _parts(chords: tuple[Chord, ...]) -> dict[str, Part]:
    bass = tuple(Note(c.onset_beats + b, 29 + (c.bass - 5) % 12, 0.75, 96) for c in chords[1:] for b in (0.0, 1.0, 2.5))
    pads = tuple(sorted(Note(c.onset_beats, 53 + (p - 5) % 12, 4.0, 72) for c in chords for p in c.pitch_classes))
    leads = tuple(
        Note(4.0 * bar + beat, pitch, 0.5, 90, 0.015)
        for bar in (1, 2, 3)
        for beat, pitch in ((0.0, 72), (0.75, 75), (1.5, 77), (2.5, 80))
    )
    lines = {"percussion": _drums(), "bass": bass, "pads": pads, "leads": leads}
    return {element: Part(element, notes) for element, notes in lines.items()}


@pytest.fixture(scope="session")
def tiny_score(tiny_plan: Plan) -> Score:
    """The song of `tiny_plan`: four-on-the-floor, roots, one chord a bar, a short melody; with microtiming."""
    chords = _chords()
    return Score(
        title="tiny",
        tempo_bpm=tiny_plan.tempo_bpm,
        metre=tiny_plan.metre,
        key=tiny_plan.key,
        sections=tiny_plan.sections,
        chords=chords,
        parts=_parts(chords),
    )


def _tone(hz: float, level: float, rate_hz: int, seconds: float) -> Audio:
    times = np.arange(int(seconds * rate_hz)) / rate_hz
    wave = level * np.sin(2 * np.pi * hz * times) * (0.6 + 0.4 * np.cos(2 * np.pi * 2.0 * times))
    return Audio(np.stack([wave, 0.8 * wave]).astype(np.float32), rate_hz)


@pytest.fixture(scope="session")
def tiny_stems() -> dict[str, Audio]:
    """Four tones of four seconds at 48 kHz, one for each element: quick stand-ins where only arithmetic is tested."""
    tones = {"percussion": (1200.0, 0.1), "bass": (55.0, 0.2), "pads": (220.0, 0.1), "leads": (880.0, 0.1)}
    return {element: _tone(hz, level, 48000, 4.0) for element, (hz, level) in tones.items()}


@pytest.fixture(scope="session")
def tiny_mix(tiny_stems: dict[str, Audio]) -> Mix:
    """The plain sum of `tiny_stems`."""
    total = np.sum([stem.samples for stem in tiny_stems.values()], axis=0, dtype=np.float32)
    return Mix(Audio(total, 48000), tiny_stems)


@pytest.fixture(scope="session")
def tiny_report() -> QualityReport:
    """A report with one check of each outcome, and the measurements that every report has."""
    checks = (
        CheckResult(
            "BF001", "Integrated loudness", "pass", -14.02, "-14 LUFS within 0.1 LU", "LUFS", "How loud it is."
        ),
        CheckResult("BF002", "True peak", "fail", -0.2, "at most -1 dBTP", "dBTP", "How high the signal peaks."),
        CheckResult("BF003", "Mono loss", "warn", -3.4, "at most 3 dB", "dB", "What is lost in mono."),
        CheckResult("BF004", "Reference distance", "not applicable", None, "below 1", "", "No reference was named."),
    )
    return QualityReport(checks, {"integrated_loudness_lufs": -14.02, "true_peak_dbtp": -0.2}, {})


@pytest.fixture(scope="session")
def tiny_track(tiny_plan: Plan, tiny_score: Score, tiny_mix: Mix, tiny_report: QualityReport) -> Track:
    """The tiny song with four seconds of tones as sound; its master is the mix itself."""
    return Track(
        request=GenerationRequest.from_concept("a tiny test song", seed=7),
        plan=tiny_plan,
        score=tiny_score,
        mix=tiny_mix,
        master=tiny_mix.audio,
        report=tiny_report,
        provenance=Provenance(
            7,
            {"bass": "0" * 64},
            {"python": "3.11"},
            {"compose": 1.25},
            created="2026-01-01T00:00:00+00:00",
            licences={"models": {"bass": "Apache-2.0"}},
        ),
    )


_GROOVE_FIELDS = ("drummer", "session", "id", "style", "bpm", "beat_type", "time_signature", "midi_filename", "split")


def write_drums(path: Path, bars: int, seed: int) -> None:
    """A rock beat of `bars` bars with human velocities and deviations."""
    rng = np.random.default_rng(seed)
    hits = []
    for bar in range(bars):
        for eighth in range(8):
            beat = 4 * bar + eighth / 2
            hits.append((beat, 42))
            hits += [(beat, 36)] if eighth in (0, 4, 5) else [(beat, 38)] if eighth in (2, 6) else []
    events = []
    for beat, pitch in hits:
        start = max(0, round((beat + rng.normal(0, 0.01)) * 480))
        events += [(start, mido.Message("note_on", channel=9, note=pitch, velocity=int(rng.integers(50, 120))))]
        events += [(start + 40, mido.Message("note_off", channel=9, note=pitch))]
    track, now = mido.MidiTrack(), 0
    for time, message in sorted(events, key=lambda event: event[0]):
        track.append(message.copy(time=time - now))
        now = time
    midi = mido.MidiFile(ticks_per_beat=480)
    midi.tracks.append(track)
    midi.save(path)


@pytest.fixture(scope="session")
def groove_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that holds five train and two validation performances, and one in 6/8 that is not read."""
    data = tmp_path_factory.mktemp("data")
    folder = data / "groove_gmd"
    folder.mkdir()
    with (folder / "info.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, _GROOVE_FIELDS)
        writer.writeheader()
        for number in range(8):
            write_drums(folder / f"{number}.mid", bars=8, seed=number)
            row = {"id": f"take{number}", "style": "rock/shuffle" if number else "punk", "bpm": "100"}
            row |= {"beat_type": "fill" if number == 1 else "beat", "midi_filename": f"{number}.mid"}
            row |= {"split": "train" if number < 5 else "validation"}
            writer.writerow({**row, "time_signature": "6-8" if number == 7 else "4-4"})
    return data
