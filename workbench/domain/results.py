"""What is measured and what comes out: measurements, checks, the report, the track."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from workbench.domain.audio import Audio, Mix
from workbench.domain.edit_state import EditState
from workbench.domain.plan import Plan
from workbench.domain.request import GenerationRequest
from workbench.domain.score import Score
from workbench.domain.showing import Shown

Outcome = Literal["pass", "warn", "fail", "not applicable"]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One coded check: `value` was measured in `unit`, `limit` says in words what is accepted."""

    code: str
    title: str
    outcome: Outcome
    value: float | str | None
    limit: str
    unit: str
    explanation: str


@dataclass(frozen=True, slots=True)
class QualityReport(Shown):
    """All checks, the flat measurements (name with unit suffix -> number) and the distances to references.

    `references` maps a reference id to distances by name (each has its unit as suffix).
    """

    checks: tuple[CheckResult, ...]
    measurements: Mapping[str, float]
    references: Mapping[str, Mapping[str, float]]

    @property
    def passed(self) -> bool:
        """Whether no check failed."""
        return all(check.outcome != "fail" for check in self.checks)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a track comes from: enough to make it again.

    `created` is when it was made (ISO 8601, UTC; "" where nobody knows). `licences` holds those of networks ("models"),
    of the data behind them ("data") and of the user's samples ("samples"), by name.
    """

    seed: int
    model_hashes: Mapping[str, str]
    versions: Mapping[str, str]
    seconds_by_stage: Mapping[str, float]
    created: str = ""
    licences: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Where a candidate stands, and why.

    `quality` is 0 to 1 by its merits, `distance` 0 to 1 from the nearest one before it; `merits` holds what was
    measured by name, each 0 to 1, and `reason` says in words where it stands above or below the others.
    """

    quality: float
    distance: float | None
    merits: Mapping[str, float] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Track(Shown):
    """One finished song with everything that led to it. `alternatives` holds further candidates, in their ranking.

    `edits` tells what was changed since it was generated.
    """

    request: GenerationRequest
    plan: Plan
    score: Score
    mix: Mix
    master: Audio
    report: QualityReport
    provenance: Provenance
    alternatives: tuple[Track, ...] = ()
    edits: EditState = field(default_factory=EditState)
    ranking: Ranking | None = None

    def __repr__(self) -> str:
        return f"<Track {self.score.title!r}: {self.plan.style}, {self.master.duration_seconds:.1f} s>"

    def response(self, outputs: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The published response form; `outputs` are the paths that the export wrote.

        `generation_parameters` is the request with what was decided in the place of what it left open.
        """
        return {
            "project_id": self.request.project_id,
            "status": "completed",
            "outputs": dict(outputs or {}),
            "metadata": {
                **({} if self.ranking is None else {"ranking": asdict(self.ranking)}),
                "duration": round(self.master.duration_seconds, 3),
                "tempo": self.plan.tempo_bpm,
                "key": str(self.plan.key),
                "loudness": round(self.report.measurements["integrated_loudness_lufs"], 2),
                "creation_time": self.provenance.created,
                "generation_parameters": self._decided(),
            },
        }

    def _decided(self) -> dict[str, Any]:
        """The request as it was carried out: what it left open holds what was decided, and nothing is null."""
        stated: dict[str, Any] = self.request.model_dump(mode="json", exclude_none=True)
        plan, parameters = self.plan, stated["parameters"]
        parameters["technical"] = {
            **parameters.get("technical", {}),
            "tempo": plan.tempo_bpm,
            "key": str(plan.key),
            "metre": str(plan.metre),
            "duration": round(self.score.duration_seconds, 3),
            "structure": [section.name for section in plan.sections],
        }
        parameters["sound_design"] = {
            **parameters.get("sound_design", {}),
            "palette": list(plan.palette),
            "texture_density": plan.texture_density,
            "processing_style": plan.processing_style,
        }
        stated["options"] = {**stated.get("options", {}), "seed": plan.seed}
        return stated
