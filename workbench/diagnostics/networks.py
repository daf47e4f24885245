"""Model validator: each network's file against the hash and the config of its card, and whether it loads."""

from __future__ import annotations

from workbench.diagnostics.findings import Finding, judged
from workbench.domain.errors import ModelError
from workbench.domain.song import ELEMENTS
from workbench.models.checkpoint import file_hash, load_compiled, read_card
from workbench.models.registry import weights_path

TOOL = "models"


def validate() -> list[Finding]:
    """Every network that writes songs."""
    return [_network(element) for element in ("harmony", *ELEMENTS)]


def _network(element: str) -> Finding:
    try:
        path = weights_path(element)
        card = read_card(path)
        digest = file_hash(path)
        if digest != card.get("sha256"):
            message = f"{path} has the hash {digest[:12]}, its card says {str(card.get('sha256'))[:12]}"
            return Finding(TOOL, element, "fail", message, "BFD011")
        load_compiled(path)
    except ModelError as error:
        return Finding(TOOL, element, "fail", str(error), "BFD010")
    return judged(TOOL, element, f"{digest[:12]}, of {card.get('date', 'an unknown day')}", "", fails=False)
