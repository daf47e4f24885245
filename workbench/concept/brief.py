"""The brief: all that decisions stand on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from workbench.concept.mood import Mood
from workbench.concept.moves import Moves
from workbench.concept.statements import Statements
from workbench.concept.style import Style
from workbench.domain.request import GenerationRequest
from workbench.domain.seeding import generator

if TYPE_CHECKING:
    from workbench.analysis.references import ReferenceProfile

STATED = "it is stated in the request"


@dataclass(frozen=True, slots=True)
class Brief:
    """The request (completed by preset and template), what its text states, style, mood, references and moves.

    `valence` and `arousal` are the mood blended with the style's own, moves included. `origins` tells which fields of
    the request a preset or template filled in.
    """

    request: GenerationRequest
    extracted: Statements
    style: Style
    mood: Mood
    valence: float
    arousal: float
    references: tuple[ReferenceProfile, ...] = ()
    moves: Moves = field(default_factory=Moves)
    origins: Mapping[str, str] = field(default_factory=dict)

    def generator(self, name: str) -> np.random.Generator:
        """A random generator for one decision, the same for the same seed and name."""
        return generator(self.request.options.seed, "concept", name)

    def why_stated(self, name: str) -> str:
        """Why a field of the request holds: somebody wrote it, or a preset or template filled it in."""
        origin = self.origins.get(name)
        return f"{origin} says so" if origin else STATED

    @property
    def reference_weight(self) -> float:
        """How far references move the plan, 0 to 1."""
        return self.request.parameters.creative.reference_weight
