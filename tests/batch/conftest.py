"""Short songs and quick stand-ins for batches."""

import pytest

from workbench.batch import BatchLine, numbered
from workbench.domain.request import GenerationRequest, parse_request
from workbench.domain.results import Track


def short_request(seed: int, seconds: float = 6.0) -> GenerationRequest:
    return parse_request(
        {
            "project_id": f"song-{seed}",
            "parameters": {"creative": {"concept": "night drive"}, "technical": {"duration": seconds}},
            "options": {"seed": seed, "preview": True},
        }
    )


def short_lines(count: int) -> tuple[BatchLine, ...]:
    return numbered(short_request(seed) for seed in range(count))


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch, tiny_track: Track) -> list[int]:
    """Seeds of the songs that were made; each is the tiny track, whose page is not drawn."""
    seeds: list[int] = []

    def generate(request: GenerationRequest) -> Track:
        seeds.append(request.options.seed)
        return tiny_track

    monkeypatch.setattr("workbench.output.files.bundle._report_html", lambda track: b"")
    monkeypatch.setattr("workbench.pipeline.generate", generate)
    return seeds
