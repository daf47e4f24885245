"""Leads: melody counted from the tonic, in sight of the chords, the drums and the bass; it remembers eight bars."""

from workbench.models.spec import NOTE_ATTRIBUTES, ElementSpec, Settings

LEADS = ElementSpec(
    name="leads",
    symbols=48,
    attributes=NOTE_ATTRIBUTES,
    lags=(1, 2, 4, 8),
    groups=(0,) * 48,
    streams=("kick", "snare", "bass"),
    density_edges=(1.0, 2.0, 3.0, 4.0, 5.5, 7.0, 10.0),
    lowest_pitch=-14,
    low_anchor=54,
    window_rows=160,
    styles=("pop", "rock"),
    settings=Settings(
        nucleus=0.96,
        step_temperature=0.53,
        symbol_temperature=0.94,
        attribute_temperature=0.85,
        offset_temperature=0.7,
        polyphony=1,
        pace=1.6,
        register=0.15,
        guidance=0.4,
    ),
    sources=("played", "sequenced"),
    guided_by=("style", "chords"),
)
