"""Pads: voicings and their rhythm, pitches counted from the tonic, in sight of the chords, the drums and the bass."""

from workbench.models.spec import NOTE_ATTRIBUTES, ElementSpec, Settings

PADS = ElementSpec(
    name="pads",
    symbols=56,
    attributes=NOTE_ATTRIBUTES,
    lags=(1, 2, 4),
    groups=(0,) * 56,
    streams=("kick", "snare", "bass"),
    density_edges=(3.0, 5.0, 7.0, 9.0, 12.0, 16.0, 22.0),
    lowest_pitch=-8,
    low_anchor=42,
    window_rows=224,
    styles=("hiphop", "house", "lofi", "techno", "pop", "trance", "funk", "dance", "ambient", "dnb", "rock"),
    settings=Settings(
        step_temperature=0.92,
        symbol_temperature=0.95,
        attribute_temperature=0.95,
        pace=3.3,
        register=0.5,
        guidance=0.3,
    ),
    sources=("played", "accompaniment"),
)
