"""Plain names for measurements: which group a measurement belongs to, its unit, and how its number is printed."""

from __future__ import annotations

import re

from workbench.domain.results import CheckResult

_UNITS = (
    ("_db_per_octave", "dB/octave"),
    ("_lufs", "LUFS"),
    ("_dbtp", "dBTP"),
    ("_db", "dB"),
    ("_lu", "LU"),
    ("_hz", "Hz"),
    ("_bpm", "BPM"),
    ("_seconds", "s"),
    ("_ms", "ms"),
    ("_percent", "%"),
    ("_beats", "beats"),
    ("_samples", "samples"),
    ("_cents", "cents"),
    ("_bits", "bits"),
    ("_per_bar", "a bar"),
)
_GROUPS = (
    ("defects", r"click|clip|dc_offset|finite|silen|unexplained"),
    ("stems", r"stem|^[a-z]+_rms_db$"),
    ("notes", r"^score_|notes|polyphony|groove|chord_tone|entropy|coverage"),
    ("loudness", r"lufs|_lu$|dbtp|loudness|crest|plr|psr|peak|dynamic|rms|headroom"),
    ("stereo", r"stereo|correlation|mono|width|balance_db$|side|phase"),
    ("rhythm", r"tempo|bpm|onset|beat|swing|rhythm|pulse"),
    ("harmony", r"key|chord|chroma|tuning|pitch|harmony|consonan|scale"),
    ("spectrum", r"spectr|_hz$|tilt|centroid|rolloff|band|low|mid|high|bright|octave"),
)
_DISTANCES = {
    "brightness_octaves": ("Brightness", "octaves"),
    "correlation": ("Stereo correlation", ""),
    "key_fifths": ("Key", "fifths"),
    "plr_db": ("Peak to loudness", "dB"),
    "width": ("Stereo width", ""),
}
MEASUREMENT_GROUPS = ("loudness", "spectrum", "stereo", "rhythm", "harmony", "notes", "stems", "defects", "other")
"""Groups of measurements in reading order."""


def measurement_group(name: str) -> str:
    """The group of a measurement, one of `MEASUREMENT_GROUPS`.

    Examples
    --------
    >>> measurement_group("true_peak_dbtp"), measurement_group("mono_loss_db"), measurement_group("duration_seconds")
    ('loudness', 'stereo', 'other')
    """
    return next((group for group, pattern in _GROUPS if re.search(pattern, name)), "other")


def label_and_unit(name: str) -> tuple[str, str]:
    """The printed label of a name with a unit suffix, and the unit.

    Examples
    --------
    >>> label_and_unit("integrated_loudness_lufs")
    ('Integrated loudness', 'LUFS')
    """
    for suffix, unit in _UNITS:
        if name.endswith(suffix) and len(name) > len(suffix):
            return _sentence(name.removesuffix(suffix)), unit
    return _sentence(name), ""


def distance_label(name: str) -> str:
    """A distance of `analysis.distances` as a reader knows it, with its unit.

    Examples
    --------
    >>> distance_label("key_fifths"), distance_label("loudness_lu"), distance_label("correlation")
    ('Key, fifths', 'Loudness, LU', 'Stereo correlation')
    """
    label, unit = _DISTANCES.get(name) or label_and_unit(name)
    return f"{label}, {unit}" if unit else label


def format_number(value: float) -> str:
    """A number with as many digits as a reader needs, and a true minus sign.

    Examples
    --------
    >>> format_number(-14.018), format_number(1840.2), format_number(92.0), format_number(0.0421)
    ('−14.02', '1840', '92', '0.042')
    """
    digits = 0 if abs(value) >= 1000 else 2 if abs(value) >= 1 or value == 0 else 3
    text = f"{value:.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text.replace("-", "\N{MINUS SIGN}")


def measured_value(check: CheckResult) -> str:
    """What a check measured, with its unit; a dash where it measured nothing."""
    if check.value is None:
        return "\N{EN DASH}"
    number = check.value if isinstance(check.value, str) else format_number(check.value)
    return f"{number} {check.unit}".strip()


def _sentence(name: str) -> str:
    words = name.replace("_", " ").replace("/", ": ").replace(".", ": ").strip()
    return words[:1].upper() + words[1:]
