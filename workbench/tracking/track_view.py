"""The charts in which generated tracks stand beside each other in MLflow."""

from __future__ import annotations

from workbench.output.figures.labels import MEASUREMENT_GROUPS, measurement_group
from workbench.tracking.dashboard import TRACKS_VIEW
from workbench.tracking.saved_views import ChartSection, SavedView

_SECTIONS = {
    "Loudness": ("integrated_loudness_lufs", "true_peak_dbtp", "loudness_range_lu", "plr_db"),
    "Spectrum": ("spectral_centroid_hz", "spectral_tilt_db_per_octave", "band_sub_db", "band_bass_db"),
    "Stereo": ("width", "correlation", "correlation_low", "mono_loss_db"),
    "Rhythm and harmony": ("tempo_bpm", "tempo_error_bpm", "onset_rate_hz", "key_strength"),
    "Notes": ("score_note_count", "score_scale_consistency", "bass_chord_tone_share", "leads_chord_tone_share"),
}
_CHECKS = ("quality/checks_fail", "quality/checks_warn")
_COST = ("score/duration_seconds", "time/all_seconds")
_FOLDED = (*MEASUREMENT_GROUPS, "quality", "check", "score", "time")


def tracks_view() -> SavedView:
    """The view of all generated tracks: checks first, then a few figures of each kind."""
    sections = [ChartSection("Checks: lower is better", _CHECKS)]
    for title, names in _SECTIONS.items():
        sections.append(ChartSection(title, tuple(f"{measurement_group(name)}/{name}" for name in names)))
    sections.append(ChartSection("Length and time", _COST))
    return SavedView(TRACKS_VIEW, "Tracks beside each other", tuple(sections), folded=_FOLDED)
