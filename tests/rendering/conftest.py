"""Songs by hand for the rendering tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest

from workbench.domain.plan import Delivery, Groove, HarmonyTraits, Plan, SectionPlan
from workbench.domain.score import Note, Part, Score
from workbench.domain.theory import Chord, Key, Metre

_METRE, _KEY = Metre(4, 4), Key(0, "minor")


def _sections(elements: Sequence[str], bars: int) -> tuple[SectionPlan, ...]:
    return (SectionPlan("verse", "verse", 0, bars, 0.6, tuple(elements)),)


@pytest.fixture(scope="session")
def make_score() -> Callable[..., Score]:
    """Build a score from notes by element."""

    def build(parts: Mapping[str, Sequence[Note]], *, tempo_bpm: float = 120.0, bars: int = 1) -> Score:
        return Score(
            title="test",
            tempo_bpm=tempo_bpm,
            metre=_METRE,
            key=_KEY,
            sections=_sections(tuple(parts), bars),
            chords=(Chord(0.0, 4.0 * bars, 0, "min", 0),),
            parts={name: Part(name, tuple(sorted(notes))) for name, notes in parts.items()},
        )

    return build


@pytest.fixture(scope="session")
def make_plan() -> Callable[..., Plan]:
    """Build a plan from patches by element."""

    def build(
        patches: Mapping[str, str],
        *,
        seed: int = 1,
        bars: int = 1,
        tempo_bpm: float = 120.0,
        sample_rate_hz: int = 48000,
        preview: bool = False,
    ) -> Plan:
        return Plan(
            project_id="test",
            concept="test",
            seed=seed,
            style="pop",
            model_style="pop",
            tempo_bpm=tempo_bpm,
            metre=_METRE,
            key=_KEY,
            valence=0.0,
            arousal=0.0,
            sections=_sections(tuple(patches), bars),
            palette=tuple(patches),
            texture_density=0.5,
            groove=Groove(),
            harmony=HarmonyTraits(),
            parts={},
            patches=patches,
            processing_style="clean",
            mix_profile="pop",
            delivery=Delivery(sample_rate_hz=sample_rate_hz, preview=preview),
        )

    return build
