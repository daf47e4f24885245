"""A song under the hands of one user: warm, incremental, with undo, and heard a few bars at a time."""

from workbench.session.midi_controller import MidiController
from workbench.session.midi_out import play
from workbench.session.session import Session, State

__all__ = ["MidiController", "Session", "State", "play"]
