"""Faders, places, equalisers and sends of a session's song: heard at once in the page, rendered the same by Python."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import traitlets

from workbench.domain.moves import StripMove
from workbench.domain.plan import Plan
from workbench.mixing.profiles import Strip, colour_of, coloured, load_profile
from workbench.output.figures.palette import element_colour
from workbench.session import Session
from workbench.widgets.instrument import InstrumentWidget, action, front_end, sheet
from workbench.widgets.places import sections_of

_HERE = Path(__file__).resolve().parent
_COUNTED = {"eq": "band", "inserts": "plug-in"}


class Mixer(InstrumentWidget):
    """The desk of a session: each move is one `mix` edit.

    The page moves the stems that it has as soon as a control moves; when it is let go, Python mixes the channel again
    and the page goes on with that. Sends are heard then.

    Parameters
    ----------
    session
        Holds a song; a finished one is heard in full quality.
    """

    _esm = front_end(_HERE / "mixer.js", "player.js")
    _css = sheet() + (_HERE / "mixer.css").read_text(encoding="utf-8")
    channels: Any = traitlets.List().tag(sync=True)
    sections: Any = traitlets.List().tag(sync=True)
    bars = traitlets.Int(1).tag(sync=True)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._heard = (1, 1)

    def refresh(self) -> None:
        """Show the channels as they stand."""
        song = self.session.state.song
        self.channels = [channel(song.plan, element) for element in song.score.parts]
        self.sections, self.bars = sections_of(song.plan), song.plan.bars

    @action
    def listen(self, first: int, last: int) -> None:
        """Send the stems of some bars, as they are mixed."""
        self._heard = (first, last)
        self._hear(None)

    @action
    def move(self, element: str, **moves: Any) -> None:
        """Move a channel: one `mix` edit, then the channel as Python mixes it."""
        self.change([{"edit": "mix", "element": element, **moves}], f"{element}: {_moves_text(moves)}")
        self._hear([element])

    @action
    def undo(self) -> None:
        """Go back by one change, and hear it."""
        super().undo()
        self._hear(None)

    @action
    def redo(self) -> None:
        """Go on by one change, and hear it."""
        super().redo()
        self._hear(None)

    def _hear(self, elements: list[str] | None) -> None:
        """The stems, and how their channels stood when they were mixed."""
        plan = self.session.state.song.plan
        names = elements or list(self.session.state.song.score.parts)
        self.sound(self._heard, elements, mixed={name: channel(plan, name) for name in names})


def channel(plan: Plan, element: str) -> dict[str, Any]:
    """How a channel stands: what was moved by hand, and where that is open what the profile says."""
    move, strip = plan.mix.get(element, StripMove()), _strip(plan, element)
    return {
        "name": element,
        "colour": element_colour(element),
        "gain_db": move.gain_db,
        "pan": strip.pan if move.pan is None else move.pan,
        "mute": move.mute,
        "eq": [{"kind": b.kind, "frequency_hz": b.frequency_hz, "gain_db": b.gain_db, "q": b.q} for b in move.eq],
        "reverb_send_db": strip.reverb_send_db if move.reverb_send_db is None else move.reverb_send_db,
        "delay_send_db": strip.delay_send_db if move.delay_send_db is None else move.delay_send_db,
    }


def _strip(plan: Plan, element: str) -> Strip:
    return coloured(load_profile(plan.mix_profile).strip_of(element), colour_of(plan))


def _moves_text(moves: dict[str, Any]) -> str:
    return ", ".join(_move_text(name, value) for name, value in moves.items())


def _move_text(name: str, value: Any) -> str:
    """One move in words: "gain -6 dB", "pan 30 left", "2 bands"."""
    if name in _COUNTED:
        return f"{len(value)} {_COUNTED[name]}{'' if len(value) == 1 else 's'}"
    if name == "mute":
        return "muted" if value else "not muted"
    if name == "pan":
        return "pan center" if not value else f"pan {abs(value) * 100:.0f} {'left' if value < 0 else 'right'}"
    return f"{name.removesuffix('_db').replace('_', ' ')} {value:g}{' dB' if name.endswith('_db') else ''}"
