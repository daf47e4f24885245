"""Samples before and after: one request, once with the weights in use and once with the named network."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from training.before_after import CONCEPTS, write_before_after
from workbench import pipeline
from workbench.domain.plan import Plan
from workbench.domain.request import GenerationRequest
from workbench.domain.score import Part, Score


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tiny_plan: Plan, tiny_score: Score) -> list[GenerationRequest]:
    """What was asked of a stand-in for the line, which leaves half of the bass out if a network is named."""
    requests: list[GenerationRequest] = []

    def compose_only(request: GenerationRequest) -> tuple[Plan, Score]:
        requests.append(request)
        if not request.models:
            return tiny_plan, tiny_score
        fewer = Part("bass", tiny_score.parts["bass"].notes[::2])
        return tiny_plan, replace(tiny_score, parts={**tiny_score.parts, "bass": fewer})

    monkeypatch.setattr(pipeline, "compose_only", compose_only)
    return requests


def test_both_are_written_with_pictures(asked: list[GenerationRequest], tmp_path: Path) -> None:
    from training.corpora.note_tables import parse_midi

    files = write_before_after("bass", "mine", tmp_path / "new", concept="funk", seed=4)
    assert sorted(files) == sorted(
        ["before-after.html", *(f"{when}.{kind}" for when in ("before", "after") for kind in ("mid", "mp3", "png"))]
    )
    assert [request.models for request in asked] == [{}, {"bass": "mine"}]
    assert {(request.parameters.creative.concept, request.options.seed) for request in asked} == {("funk", 4)}
    scores = {when: parse_midi(files[f"{when}.mid"].read_bytes()) for when in ("before", "after")}
    counts = {when: [len(track.notes) for track in score.parts if len(track.notes)] for when, score in scores.items()}
    assert counts == {"before": [9], "after": [5]}
    assert files["before.png"].read_bytes() != files["after.png"].read_bytes()


def test_a_song_that_the_network_decides_on_is_chosen(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tiny_plan: Plan, tiny_score: Score
) -> None:
    """Where a figure of the style plays the bass, both takes hold the same notes, and nobody hears what was learned."""
    heard: list[str] = []

    def compose_only(request: GenerationRequest) -> tuple[Plan, Score]:
        heard.append(request.parameters.creative.concept)
        if not request.models or "pop" in heard[-1]:
            return tiny_plan, tiny_score
        fewer = Part("bass", tiny_score.parts["bass"].notes[::2])
        return tiny_plan, replace(tiny_score, parts={**tiny_score.parts, "bass": fewer})

    monkeypatch.setattr(pipeline, "compose_only", compose_only)
    files = write_before_after("bass", "mine", tmp_path)
    assert heard == [concept for concept in CONCEPTS for _ in range(2)]
    assert f"{CONCEPTS[1]}”, seed 1: 5 of 9 notes are the same" in files["before-after.html"].read_text()


def test_harmony_is_heard_in_every_part(asked: list[GenerationRequest], tmp_path: Path) -> None:
    files = write_before_after("harmony", "mine", tmp_path)
    assert files["before.mid"].stat().st_size > 500
