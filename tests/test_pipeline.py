"""The order of the line, its seeds and its delivery, with the tiny song in place of the slow stages."""

import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from workbench import pipeline
from workbench.domain.audio import Audio, Mix
from workbench.domain.errors import ParameterError, UnknownReferenceError
from workbench.domain.plan import Delivery, Plan
from workbench.domain.request import GenerationRequest, parse_request
from workbench.domain.results import CheckResult, QualityReport
from workbench.domain.score import Score
from workbench.dsp.headroom import within_full_scale
from workbench.mastering import as_heard
from workbench.output import roundtrip


class Line:
    """Stages that answer with the tiny song and note what they were given."""

    def __init__(self, plan: Plan, score: Score, mix: Mix) -> None:
        self.plan, self.score, self.mixed = plan, score, mix
        self.calls: list[str] = []
        self.heard: list[Audio] = []
        self.distance = 1.0

    def translate(self, request: GenerationRequest, *, references: Sequence[Any] = ()) -> Plan:
        self.calls.append("translate")
        options = request.options
        delivery = Delivery(format=options.format, sample_rate_hz=options.sample_rate)
        return replace(self.plan, seed=options.seed, delivery=delivery)

    def compose(self, plan: Plan, *, progress: Any = None, store: Any = None) -> Score:
        self.calls.append(f"compose {plan.seed}")
        if progress:
            progress(0.5, "half of the notes")
        return self.score

    def render(self, score: Score, plan: Plan, *, progress: Any = None, store: Any = None) -> dict[str, Audio]:
        self.calls.append("render")
        return dict(self.mixed.stems)

    def mix(self, stems: Any, score: Score, plan: Plan, *, release: Callable[[str], object]) -> Mix:
        self.calls.append("mix")
        for element in list(stems):
            release(element)  # as the desk does: whoever owns the stems must not need them afterwards
        return self.mixed

    def master(self, audio: Audio, *, target_lufs: float, ceiling_dbtp: float, processing_style: str) -> Audio:
        self.calls.append(f"master {ceiling_dbtp:.1f}")
        gain = 10 ** ((ceiling_dbtp - 0.1) / 20) / np.abs(audio.samples).max()
        return Audio((audio.samples * gain).astype(np.float32), audio.sample_rate_hz)

    def colour(self, audio: Audio, processing_style: str) -> Any:
        def delivered(target_lufs: float, ceiling_dbtp: float) -> Audio:
            wanted = {"target_lufs": target_lufs, "ceiling_dbtp": ceiling_dbtp}
            return self.master(audio, **wanted, processing_style=processing_style)

        return SimpleNamespace(delivered=delivered)

    def check(self, *, master: Audio, **_: Any) -> QualityReport:
        self.calls.append("check")
        self.heard.append(master)
        return QualityReport((), {"integrated_loudness_lufs": -14.0}, {})


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch, tiny_plan: Plan, tiny_score: Score, tiny_mix: Mix) -> Line:
    for licences in ("workbench.models.licences", "workbench.rendering.sampler.licences"):
        import_module(licences)  # before the stages that they belong to are others
    fake = Line(tiny_plan, tiny_score, tiny_mix)
    # The style is read, once and for all, before its room is a fake one.
    import_module("workbench.concept.style").load_style(tiny_plan.style)
    from workbench.quality import merits_of, rank

    rooms = {
        "concept": "translate", "composition": "compose", "rendering": "render", "mixing": "mix",
        "mastering": "master", "quality": "check",
    }  # fmt: skip
    for room, stage in rooms.items():
        module = ModuleType(f"workbench.{room}")
        setattr(module, stage, getattr(fake, stage))
        monkeypatch.setitem(sys.modules, module.__name__, module)
    for room, readers in {"rendering": ["load_sounds"], "mixing": ["load_colour", "load_profile"]}.items():
        for reader in readers:
            setattr(sys.modules[f"workbench.{room}"], reader, lambda *_: None)
    sys.modules["workbench.mastering"].master_below = as_heard.master_below  # type: ignore[attr-defined]
    monkeypatch.setattr(as_heard, "colour", fake.colour)
    sys.modules["workbench.mastering"].load_style = lambda _: None  # type: ignore[attr-defined]
    sys.modules["workbench.quality"].rank = rank  # type: ignore[attr-defined]
    sys.modules["workbench.quality"].merits_of = merits_of  # type: ignore[attr-defined]
    sys.modules["workbench.quality"].distance_of = lambda first, second: fake.distance  # type: ignore[attr-defined]
    registry = ModuleType("workbench.models.registry")
    registry.model_hashes = lambda names: {"bass": "abc"}  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, registry.__name__, registry)
    return fake


def request(**options: Any) -> GenerationRequest:
    return GenerationRequest.from_concept("a tiny test song", **options)


def test_stages_run_in_order(line: Line) -> None:
    track = pipeline.generate(request(seed=5))
    assert line.calls == ["translate", "compose 5", "render", "mix", "master -1.1", "check"]
    assert tuple(track.provenance.seconds_by_stage) == pipeline.STAGES
    assert track.provenance.model_hashes == {"bass": "abc"}
    assert track.provenance.versions["beatsfoundry"] != "not installed"


def test_a_sound_that_is_not_there_is_reported_before_anything_is_composed(tiny_plan: Plan) -> None:
    pipeline.check_sound(tiny_plan)
    for change in ({"processing_style": "crunchy"}, {"mix_profile": "polka"}, {"patches": {"bass": "tuba"}}):
        with pytest.raises(ParameterError, match="is not known"):
            pipeline.check_sound(replace(tiny_plan, **change))


def test_what_is_checked_is_what_will_be_heard(line: Line) -> None:
    track = pipeline.generate(request())
    assert np.array_equal(line.heard[0].samples, pipeline_heard(track.master, track.plan))
    assert np.array_equal(line.heard[0].samples, track.master.samples), "the master is what its file holds"


def pipeline_heard(master: Audio, plan: Plan) -> np.ndarray:
    from workbench.output import master_as_heard

    return master_as_heard(master, plan).samples


def test_alternatives_have_seeds_of_their_own_and_can_be_made_alone(line: Line) -> None:
    track = pipeline.generate(request(seed=5, iterations=4))
    candidates = (track, *track.alternatives)
    assert len({candidate.plan.seed for candidate in candidates}) == 4
    assert track.plan.seed == 5
    assert track.request.options.iterations == 4
    for other in track.alternatives:
        assert other.alternatives == ()
        alone = pipeline.generate(other.request)
        assert alone.plan.seed == other.plan.seed
    again = pipeline.generate(request(seed=5, iterations=4))
    assert [t.plan.seed for t in again.alternatives] == [t.plan.seed for t in track.alternatives]
    fewer = pipeline.generate(request(seed=5, iterations=2))
    assert fewer.alternatives[0].plan.seed == track.alternatives[0].plan.seed


def test_candidates_are_ranked_by_quality(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second of three passes its check, the others fail it: it becomes the master."""

    made = [pipeline.candidate_request(request(seed=5), number).options.seed for number in range(3)]

    def check(*, plan: Plan, **_: Any) -> QualityReport:
        outcome: Any = "pass" if plan.seed == made[1] else "fail"
        result = CheckResult("BF001", "Loudness", outcome, 0.0, "", "", "")
        return QualityReport((result,), {"integrated_loudness_lufs": -14.0}, {})

    monkeypatch.setattr(sys.modules["workbench.quality"], "check", check)
    track = pipeline.generate(request(seed=5, iterations=3))
    assert [t.plan.seed for t in (track, *track.alternatives)] == [made[1], made[0], made[2]]
    assert track.ranking is not None
    assert (track.ranking.quality, track.ranking.distance) == (1.0, None)
    assert [t.ranking and t.ranking.quality for t in track.alternatives] == [0.0, 0.0]
    assert track.ranking.reason.startswith("checks 1.00 (+0.67)")
    assert track.response()["metadata"]["ranking"]["merits"]["checks"] == 1.0
    assert track.request.options.seed == 5


def test_a_candidate_like_another_is_written_again(line: Line) -> None:
    line.distance = 0.01
    track = pipeline.generate(request(seed=5, iterations=2))
    composed = [call for call in line.calls if call.startswith("compose")]
    assert len(composed) == 1 + 3
    assert line.calls.count("render") == 2, "only the last attempt is heard"
    assert track.alternatives[0].request.options.seed == pipeline.candidate_request(request(seed=5), 1, 2).options.seed


def test_the_next_candidate_is_written_while_one_is_heard(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each candidate's sound waits until the next is being written: one after the other would wait for ever."""
    second = threading.Event()
    compose, render = line.compose, line.render

    def noted(plan: Plan, *, progress: Any = None, store: Any = None) -> Score:
        if plan.seed != 5:
            second.set()
        return compose(plan, progress=progress)

    def waiting(score: Score, plan: Plan, *, progress: Any = None, store: Any = None) -> dict[str, Audio]:
        assert second.wait(30)
        return render(score, plan)

    monkeypatch.setattr(sys.modules["workbench.composition"], "compose", noted)
    monkeypatch.setattr(sys.modules["workbench.rendering"], "render", waiting)
    track = pipeline.generate(request(seed=5, iterations=2))
    assert len(track.alternatives) == 1


def test_a_lossy_file_keeps_the_ceiling(line: Line) -> None:
    from workbench.analysis.peaks import true_peak_dbtp

    noise = np.random.default_rng(1).uniform(-0.5, 0.5, (2, 96000)).astype(np.float32)
    line.mixed = Mix(Audio(noise, 48000), {"pads": Audio(noise, 48000)})
    naive = line.master(line.mixed.audio, target_lufs=-14.0, ceiling_dbtp=-1.0, processing_style="warm")
    assert true_peak_dbtp(roundtrip(naive, Delivery(format="mp3"))) > -1.0, "the case must need the second look"
    track = pipeline.generate(request(format="mp3"))
    heard = roundtrip(track.master, track.plan.delivery)
    assert true_peak_dbtp(heard) <= -1.0
    assert true_peak_dbtp(heard) > -3.0


@pytest.mark.parametrize(("first_dbtp", "looks"), [(-1.15, 1), (-1.02, 2), (-0.5, 2)])
def test_the_ceiling_is_kept_for_meters_that_read_a_little_more(line: Line, first_dbtp: float, looks: int) -> None:
    """What the format makes of a master is imitated by a gain that brings the first master to a given peak."""
    from workbench.analysis.peaks import true_peak_dbtp

    # Slow noise has no peaks between samples: where the peak holds, the gain moves loudness by 0.04 LU alone.
    rough = np.random.default_rng(1).uniform(-0.5, 0.5, (2, 96000))
    slow = np.stack([np.convolve(row, np.hanning(64), "same") for row in rough])
    noise = Audio(slow.astype(np.float32), 48000)
    seen: list[Audio] = []

    def heard(mastered: Audio) -> Audio:
        seen.append(mastered)
        gain = 10 ** ((first_dbtp - true_peak_dbtp(seen[0])) / 20)
        return Audio(mastered.samples * np.float32(gain), mastered.sample_rate_hz)

    _, decoded = as_heard.master_below(
        noise, target_lufs=-14.0, ceiling_dbtp=-1.0, processing_style="warm", heard=heard
    )
    assert true_peak_dbtp(decoded) <= -1.05
    assert len(seen) == looks


def test_stems_beyond_full_scale_are_turned_down_with_the_mix(line: Line) -> None:
    loud = {name: Audio(stem.samples * 8, 48000) for name, stem in line.mixed.stems.items()}
    total = np.sum([stem.samples for stem in loud.values()], axis=0, dtype=np.float32)
    line.mixed = Mix(Audio(total, 48000), loud)
    mix = pipeline.generate(request()).mix
    assert max(np.abs(audio.samples).max() for audio in (mix.audio, *mix.stems.values())) <= 1.0
    summed = np.sum([stem.samples for stem in mix.stems.values()], axis=0, dtype=np.float32)
    assert np.abs(summed - mix.audio.samples).max() < 10 ** (-90 / 20)


def test_a_mix_with_headroom_is_left_alone(tiny_mix: Mix) -> None:
    assert within_full_scale(tiny_mix) is tiny_mix


def test_progress_rises_from_nothing_to_all(line: Line) -> None:
    seen: list[tuple[float, str]] = []
    pipeline.generate(request(iterations=2), progress=lambda fraction, message: seen.append((fraction, message)))
    fractions = [fraction for fraction, _ in seen]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0.0
    assert fractions[-1] == pytest.approx(1.0)
    messages = [message for _, message in seen]
    assert "candidate 1 of 2: half of the notes" in messages
    assert "candidate 2 of 2: check" in messages


def test_progress_of_a_written_song_reaches_all_too(line: Line, tiny_plan: Plan, tiny_score: Score) -> None:
    seen: list[float] = []
    pipeline.finish(request(), tiny_plan, tiny_score, progress=lambda fraction, _: seen.append(fraction))
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0.0, pytest.approx(1.0))


def test_composing_alone_makes_no_sound(line: Line) -> None:
    plan, score = pipeline.compose_only(request(seed=3))
    assert (plan.seed, score.title) == (3, "tiny")
    assert line.calls == ["translate", "compose 3"]


def test_an_unknown_reference_stops_before_any_work(line: Line) -> None:
    data = {"parameters": {"creative": {"concept": "x", "references": ["no-such-track"]}}}
    with pytest.raises(UnknownReferenceError, match="no-such-track"):
        pipeline.generate(parse_request(data))
    assert line.calls == []
