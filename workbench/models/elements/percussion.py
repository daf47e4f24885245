"""Percussion: drum roles with velocity and microtiming, led by the style and the section, free of harmony."""

from workbench.domain.song import DRUM_ROLES
from workbench.models.spec import DRUM_ATTRIBUTES, ElementSpec, Settings

_GROUP = {"kick": 0, "snare": 1, "side_stick": 1, "clap": 1, "closed_hat": 2, "pedal_hat": 2, "open_hat": 2, "ride": 2}

PERCUSSION = ElementSpec(
    name="percussion",
    symbols=len(DRUM_ROLES),
    attributes=DRUM_ATTRIBUTES,
    lags=(1, 2, 4),
    groups=tuple(_GROUP.get(role, 3) for role in DRUM_ROLES),
    sees_chords=False,
    density_edges=(6.0, 9.0, 12.0, 15.0, 18.0, 22.0, 28.0),
    settings=Settings(
        step_temperature=0.83,
        symbol_temperature=0.87,
        attribute_temperature=0.85,
        offset_temperature=0.75,
        pace=0.7,
        guidance=0.3,
    ),
)
