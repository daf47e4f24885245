"""One file an element, one registration here. Order is the order of composition."""

from dataclasses import replace

from workbench.domain.elements import likeness
from workbench.domain.errors import ModelError, unknown_name
from workbench.models.elements.bass import BASS
from workbench.models.elements.harmony import HARMONY
from workbench.models.elements.leads import LEADS
from workbench.models.elements.pads import PADS
from workbench.models.elements.percussion import PERCUSSION
from workbench.models.spec import ElementSpec

SPECS: dict[str, ElementSpec] = {spec.name: spec for spec in (HARMONY, PERCUSSION, BASS, PADS, LEADS)}
"""All element models by name; harmony first, then the elements that sound."""


def get_spec(name: str) -> ElementSpec:
    """The spec of an element, or of the one that it is like.

    Raises
    ------
    ModelError
        If no element has that name.
    """
    found = next((SPECS[one] for one in likeness(name) if one in SPECS), None)
    if found is None:
        raise unknown_name("element", name, SPECS, ModelError)
    return found if found.name == name else replace(found, name=name)


__all__ = ["BASS", "HARMONY", "LEADS", "PADS", "PERCUSSION", "SPECS", "get_spec"]
