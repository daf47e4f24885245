"""Harmony: chords by section. The symbol is the root above the tonic (12 is "no chord"), then quality and bass."""

from workbench.domain.chord_symbols import CHORD_QUALITIES
from workbench.models.spec import ElementSpec, Settings

NO_CHORD = 12

HARMONY = ElementSpec(
    name="harmony",
    symbols=13,
    attributes={"quality": len(CHORD_QUALITIES), "bass": 12},
    lags=(1, 2, 4, 8),
    groups=tuple(range(13)),
    sees_chords=False,
    density_edges=(0.6, 0.9, 1.1, 1.4, 1.8, 2.2, 3.0),
    window_rows=96,
    styles=("pop",),
    sources=("played",),
    sees_mood=True,
    settings=Settings(nucleus=0.995, attribute_temperature=1.0, polyphony=1, on_downbeat=True, pace=1.3),
)
