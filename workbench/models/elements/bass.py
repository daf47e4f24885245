"""Bass: pitches counted from the sounding chord's root, in sight of kick and snare and of the next root."""

from workbench.models.spec import NOTE_ATTRIBUTES, ElementSpec, Settings

BASS = ElementSpec(
    name="bass",
    symbols=30,
    attributes=NOTE_ATTRIBUTES,
    lags=(1, 2, 4),
    groups=(0,) * 30,
    streams=("kick", "snare"),
    relative_to_root=True,
    density_edges=(1.5, 3.0, 4.5, 6.0, 8.0, 10.0, 13.0),
    lowest_pitch=-5,
    low_anchor=28,
    window_rows=160,
    styles=("hiphop", "house", "lofi", "techno", "pop", "trance", "funk", "dance", "ambient", "dnb", "rock"),
    settings=Settings(
        nucleus=1.0,
        step_temperature=0.6,
        symbol_temperature=0.9,
        attribute_temperature=0.65,
        polyphony=2,
        pace=4.0,
        register=0.33,
        compass=1.0,
        guidance=0.7,
    ),
    sources=("accompaniment", "sequenced"),
)
