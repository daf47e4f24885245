"""Sessions of studio programs: a song that opens in the user's own, and comes back from it."""

from workbench.output.daw.exporting import export_session
from workbench.output.daw.formats import FORMATS
from workbench.output.daw.session import CHORD_TRACK, STEM_SUFFIX, DawSession, SessionTrack, session_of
from workbench.output.daw.session_reading import read_session

__all__ = [
    "CHORD_TRACK",
    "FORMATS",
    "STEM_SUFFIX",
    "DawSession",
    "SessionTrack",
    "export_session",
    "read_session",
    "session_of",
]
