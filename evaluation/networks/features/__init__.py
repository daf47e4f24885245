"""Hand-made features of four-bar excerpts, fixed by element: what the two-sample test and the overlap see."""

from __future__ import annotations

from evaluation.networks.features.harmony import harmony_features
from evaluation.networks.features.percussion import percussion_features
from evaluation.networks.features.pitched import pitched_features
from evaluation.networks.features.table import Features
from evaluation.networks.notes import ExcerptNotes
from workbench.domain.elements import is_drums

OVERLAP_FEATURES: dict[str, tuple[str, ...]] = {
    "percussion": (
        "density", "onsets", "polyphony", "gap_mean", "velocity_mean", "velocity_spread", "offset_mean",
        "offset_spread", "same_mean", "slot_0", "slot_3", "slot_6", "slot_9", "roles",
    ),
    "pitched": (
        "density", "onsets", "polyphony", "gap_mean", "velocity_mean", "velocity_spread", "offset_spread",
        "duration_mean", "duration_spread", "pitch_mean", "pitch_range", "interval_size", "degree_entropy",
        "same_mean", "slot_0", "slot_3", "slot_6", "slot_9",
    ),
    "harmony": (
        "changes", "distinct_chords", "root_entropy", "gap_mean", "interval_entropy", "in_scale", "same_mean",
        "quality_entropy", "tonic", "fifth", "fourth", "sixth",
    ),
}  # fmt: skip
"""Features whose distributions are held against each other: density, onsets, velocity, microtiming, pitch, interval,
duration, polyphony, range, repetition."""


def features_of(notes: ExcerptNotes) -> Features:
    """The features of the element that the notes belong to."""
    if is_drums(notes.spec.name):
        return percussion_features(notes)
    return harmony_features(notes) if notes.spec.name == "harmony" else pitched_features(notes)


def overlap_features(element: str) -> tuple[str, ...]:
    """Names of the features that the overlap area is averaged over."""
    return OVERLAP_FEATURES.get(element, OVERLAP_FEATURES["pitched"])


__all__ = ["Features", "features_of", "overlap_features"]
