"""What the instruments share: a session under the hands, messages from the page, sound to the page."""

from workbench.widgets.instrument.answering import Answering, action
from workbench.widgets.instrument.instrument import InstrumentWidget, front_end, sheet
from workbench.widgets.instrument.loop_sound import loop_of

__all__ = ["Answering", "InstrumentWidget", "action", "front_end", "loop_of", "sheet"]
