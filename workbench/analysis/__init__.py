"""Everything that can be measured in audio and notes."""

from workbench.analysis.audio_reading import read_audio
from workbench.analysis.distances import distance
from workbench.analysis.profile import AnalysisResult, Measurements, analyze, measure
from workbench.analysis.references import ReferenceLibrary, ReferenceProfile

__all__ = [
    "AnalysisResult",
    "Measurements",
    "ReferenceLibrary",
    "ReferenceProfile",
    "analyze",
    "distance",
    "measure",
    "read_audio",
]
