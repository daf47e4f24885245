"""Model validator: each network's file against the hash and the config of its card, whether it loads, and whether it
computes what its card tells: nats a note and the likeliest choices on a slice of music that ships.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.diagnostics.findings import Diagnosis, judged
from workbench.domain.elements import ELEMENTS
from workbench.domain.errors import ModelError
from workbench.models.checkpoint import file_hash, load_compiled, read_card
from workbench.models.network import CompiledNetwork
from workbench.models.registry import ships, weights_path
from workbench.models.slices import measure_slice, read_slice

TOOL = "models"
LARGEST_GAP_NATS = 0.01
LEAST_ALIKE = 0.995
"""Processors round in other ways: a choice between two that are as good as equal may fall to the other."""


def validate() -> list[Diagnosis]:
    """Every network that writes songs."""
    return [_network(element) for element in ("harmony", *ELEMENTS)]


def _network(element: str) -> Diagnosis:
    try:
        path = weights_path(element)
        card = read_card(path)
        digest = file_hash(path)
        if digest != card.get("sha256"):
            message = f"{path} has the hash {digest[:12]}, its card says {str(card.get('sha256'))[:12]}"
            return Diagnosis(TOOL, element, "fail", message, "BFD011")
        network = load_compiled(path)
        if ships(path):
            return _on_its_slice(element, network, card, digest)
        figures = measure_slice(network, read_slice(element)[0])
    except ModelError as error:
        return Diagnosis(TOOL, element, "fail", str(error), "BFD010")
    found = f"{digest[:12]}, your own, {figures.nats_per_note['nll']:.3f} nats a note on the slice that ships"
    return judged(TOOL, element, found, "", fails=False)


def _on_its_slice(element: str, network: CompiledNetwork, card: Mapping[str, Any], digest: str) -> Diagnosis:
    """What a network that ships makes of its slice, against what its card tells."""
    stated = card.get("slice", {}).get("nats_per_note", {}).get("nll")
    if stated is None:
        return Diagnosis(TOOL, element, "fail", "its card tells no nats a note of the slice that ships", "BFD011")
    items, choices = read_slice(element)
    figures = measure_slice(network, items)
    nll = figures.nats_per_note["nll"]
    alike = float((figures.choices == choices).mean()) if figures.choices.shape == choices.shape else 0.0
    found = (
        f"{digest[:12]}, of {card.get('date', 'an unknown day')}, {nll:.3f} nats a note on {figures.notes} notes "
        f"(card {stated:.3f}), {100 * alike:.1f} % of the choices"
    )
    wrong = abs(nll - stated) > LARGEST_GAP_NATS or alike < LEAST_ALIKE
    return judged(TOOL, element, found, "BFD011", fails=wrong)
