"""BeatsFoundry's workbench: from a concept to a finished, measured track.

Every name is loaded when it is first used, so that importing this package costs next to nothing.

Examples
--------
>>> import workbench
>>> request = workbench.GenerationRequest.from_concept("rainy lo-fi study beat", seed=1)
>>> request.options.seed
1
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_PLACES = {
    "workbench.domain.audio": ("Audio", "Mix"),
    "workbench.domain.errors": (
        "AudioFileError",
        "CancelledError",
        "CorpusError",
        "ModelError",
        "OutputError",
        "ParameterError",
        "TrackingError",
        "UnknownReferenceError",
        "WorkbenchError",
    ),
    "workbench.domain.plan": ("Delivery", "Plan", "SectionPlan"),
    "workbench.domain.request": ("GenerationRequest", "load_request", "parse_request"),
    "workbench.domain.results": ("CheckResult", "Provenance", "QualityReport", "Track"),
    "workbench.domain.score": ("Note", "Part", "Score"),
    "workbench.domain.theory": ("Chord", "Key", "Metre"),
    "workbench.analysis.profile": ("analyze", "measure"),
    "workbench.analysis.audio_reading": ("read_audio",),
    "workbench.analysis.references": ("ReferenceLibrary", "ReferenceProfile"),
    "workbench.concept": ("explain", "list_macros", "list_starters", "list_styles", "load_style", "translate"),
    "workbench.composition": ("compose",),
    "workbench.rendering": ("render",),
    "workbench.mixing": ("mix",),
    "workbench.mastering": ("master",),
    "workbench.quality": ("check",),
    "workbench.output": ("export", "load", "roundtrip", "write_audio", "write_midi"),
    "workbench.output.daw": ("export_session", "read_session"),
    "workbench.output.files.verifying": ("verify",),
    "workbench.pipeline": ("compose_only", "generate"),
    "workbench.editing": (
        "StemWishes",
        "edit_song",
        "import_session",
        "import_stems",
        "modify",
        "parse_edits",
        "section_names",
    ),
    "workbench.session": ("Session",),
    "workbench.store": ("Store", "open_store"),
    "workbench.tracking": ("log_track",),
}
_HOME = {name: module for module, names in _PLACES.items() for name in names}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
