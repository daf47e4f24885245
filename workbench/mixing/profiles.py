"""Mix profiles and processing styles: data files in, frozen settings out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from workbench.domain.data_files import DataFolder, read_shipped
from workbench.domain.elements import likeness
from workbench.domain.moves import StripMove
from workbench.domain.plain_data import from_plain
from workbench.domain.plan import Plan, SoundTraits
from workbench.domain.user_styles import read_user_style, unknown_style
from workbench.dsp.delay import Delay
from workbench.dsp.dynamics import Compressor
from workbench.dsp.equaliser import Band, tilt
from workbench.dsp.reverb import Reverb
from workbench.dsp.room import RoomAcoustics
from workbench.dsp.transients import Transients
from workbench.mixing.texture import Bed
from workbench.mixing.tone import Tone

_ROOT = "workbench.mixing"
_PROFILES = DataFolder("mix profile", _ROOT, "profiles")
_COLOURS = DataFolder("processing style", _ROOT, "styles")
_LOWS_HZ = 100.0


@dataclass(frozen=True, slots=True)
class Strip:
    """One channel of the desk. Levels count from the element's loudness, which staging brings to -20 LUFS first.

    `level_lu`: loudness in the mix relative to the other strips. `drive_db`: input to the saturation, 0 dB sends a
    full-scale peak to 0.76; `None` leaves it out. `side_db`: side over mid above 250 Hz, 0 is very wide; `None`
    leaves the image as it came. Sends are in dB, `None` is off. `duck_db`: dip at each kick. `opening_hz`: where the
    low-pass begins that opens over intro and build; `None` leaves it open. `throw_db`: how much more goes into the
    delay in the last beat of a section. `rising_hz`: where the low cut ends that rises through a build, to fall back
    with the next section. `sub_db`: level of an octave below the bass's notes where that lies from 37 to 46 Hz, against
    the notes' own lows; `None` adds none. `wide_above_hz`: from where a side is made that the sound has not.
    `air_db`: harmonics above 5 kHz of what it holds above 2.2 kHz. `parallel`: a heavy compressor beside the sound.
    `room_db`: what it feeds into the room in which all strips stand. `bed`: noise under the strip.
    """

    level_lu: float = -3.0
    highpass_hz: float | None = 30.0
    eq: tuple[Band, ...] = ()
    compressor: Compressor | None = None
    drive_db: float | None = None
    side_db: float | None = -10.0
    mono_below_hz: float = 120.0
    pan: float = 0.0
    reverb_send_db: float | None = None
    delay_send_db: float | None = None
    duck_db: float = 0.0
    opening_hz: float | None = None
    transients: Transients | None = None
    throw_db: float | None = None
    rising_hz: float | None = None
    sub_db: float | None = None
    wide_above_hz: float = 250.0
    air_db: float | None = None
    parallel: Compressor | None = None
    room_db: float | None = None
    bed: Bed | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """How a family of styles is mixed. `energy_slope_lu`: loudness gained from energy 0 to energy 1."""

    name: str
    description: str
    strips: Mapping[str, Strip]
    reverb: Reverb
    room: RoomAcoustics
    delay: Delay
    glue: Compressor
    duck_release_beats: float
    energy_slope_lu: float
    crest_limit_db: float
    tone: Tone

    def strip_of(self, element: str) -> Strip:
        """The strip of an element; one that the profile does not know is mixed like a lead."""
        return next((self.strips[name] for name in likeness(element) if name in self.strips), self.strips["leads"])


@dataclass(frozen=True, slots=True)
class Colour:
    """A processing style: what it adds to every strip of a profile.

    `tilt_db`: more above 800 Hz than below. `drive_db` is added to each strip's saturation, `bias` makes it
    asymmetric. `squeeze` multiplies what each compressor's ratio is above 1, `crest_db` is added to the crest limit
    of the bus, `side_db` to the width of strips that are wide. `low_pass_hz` and `bits` narrow the sound.
    """

    name: str
    description: str
    tilt_db: float = 0.0
    eq: tuple[Band, ...] = ()
    drive_db: float = 0.0
    bias: float = 0.0
    squeeze: float = 1.0
    side_db: float = 0.0
    crest_db: float = 0.0
    reverb_db: float = 0.0
    delay_db: float = 0.0
    low_pass_hz: float | None = None
    bits: float | None = None

    @property
    def bands(self) -> tuple[Band, ...]:
        """The linear part of the style as equaliser bands."""
        low_pass = (Band("low_pass", self.low_pass_hz),) if self.low_pass_hz else ()
        return (*self.eq, *(tilt(self.tilt_db) if self.tilt_db else ()), *low_pass)


def list_profiles() -> tuple[str, ...]:
    """Names of the mix profiles, sorted."""
    return _PROFILES.names()


def list_colours() -> tuple[str, ...]:
    """Names of the processing styles, sorted."""
    return _COLOURS.names()


@lru_cache(maxsize=64)
def load_profile(name: str) -> Profile:
    """Read a mix profile.

    Raises
    ------
    ParameterError
        If no profile has that name; the message lists the known ones.

    Examples
    --------
    >>> load_profile("house").strip_of("bass").duck_db > 3
    True
    """
    settings = _merged(read_shipped(_ROOT, "defaults.yaml"), _PROFILES.read(name))
    return from_plain(Profile, {"name": name, **settings}, f"mix profile {name}")


def load_colour(name: str) -> Colour:
    """Read a processing style: one that ships, or the part `mix` of a user's own.

    Raises
    ------
    ParameterError
        If no style has that name; the message lists the known ones.

    Examples
    --------
    >>> load_colour("bright").tilt_db > 0 > load_colour("dark").tilt_db
    True
    """
    own = None if name in list_colours() else read_user_style(name, "mix")
    return _shipped_colour(name) if own is None else _as_colour(name, own)


@lru_cache(maxsize=64)
def _shipped_colour(name: str) -> Colour:
    if name not in list_colours():
        raise unknown_style(name, list_colours())
    return _as_colour(name, _COLOURS.read(name))


def _as_colour(name: str, settings: Mapping[str, Any]) -> Colour:
    return from_plain(Colour, {"name": name, **settings}, f"processing style {name!r}, mix")


def colour_of(plan: Plan) -> Colour:
    """The plan's processing style with what the plan's sound adds to it."""
    return shaded(load_colour(plan.processing_style), plan.sound)


def shaded(colour: Colour, sound: SoundTraits) -> Colour:
    """A processing style with what the plan's sound adds to it.

    Examples
    --------
    >>> shaded(load_colour("wide"), SoundTraits(reverb_db=-2.0)).reverb_db
    0.5
    """
    lows = (Band("low_shelf", _LOWS_HZ, gain_db=sound.low_db),) if sound.low_db else ()
    return replace(
        colour,
        tilt_db=colour.tilt_db + sound.tilt_db,
        eq=(*colour.eq, *lows),
        drive_db=colour.drive_db + sound.drive_db,
        side_db=colour.side_db + sound.side_db,
        reverb_db=colour.reverb_db + sound.reverb_db,
        delay_db=colour.delay_db + sound.delay_db,
    )


def coloured(strip: Strip, colour: Colour) -> Strip:
    """A strip with a processing style applied to it."""
    compressor = strip.compressor
    if compressor is not None:
        compressor = replace(compressor, ratio=1.0 + (compressor.ratio - 1.0) * colour.squeeze)
    return replace(
        strip,
        compressor=compressor,
        drive_db=None if strip.drive_db is None else strip.drive_db + colour.drive_db,
        side_db=_coloured_side_db(strip.side_db, colour),
        reverb_send_db=None if strip.reverb_send_db is None else strip.reverb_send_db + colour.reverb_db,
        delay_send_db=None if strip.delay_send_db is None else strip.delay_send_db + colour.delay_db,
        room_db=None if strip.room_db is None else strip.room_db + colour.reverb_db + min(colour.side_db, 0.0),
    )


def moved(strip: Strip, move: StripMove) -> Strip:
    """A strip as a user moved it.

    Examples
    --------
    >>> moved(Strip(level_lu=-3.0, pan=0.2), StripMove(gain_db=2.0, pan=-0.5)).level_lu
    -1.0
    """
    bands = tuple(Band(band.kind, band.frequency_hz, band.gain_db, band.q) for band in move.eq)
    return replace(
        strip,
        level_lu=strip.level_lu + move.gain_db,
        pan=strip.pan if move.pan is None else move.pan,
        eq=(*strip.eq, *bands),
        reverb_send_db=strip.reverb_send_db if move.reverb_send_db is None else move.reverb_send_db,
        delay_send_db=strip.delay_send_db if move.delay_send_db is None else move.delay_send_db,
    )


def _coloured_side_db(side_db: float | None, colour: Colour) -> float | None:
    """Lows stay in the middle whatever the style: only strips that are wide already get wider."""
    return side_db if side_db is None or side_db <= -15.0 else side_db + colour.side_db


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`over` on top of `base`; mappings merge, everything else replaces."""
    result = dict(base)
    for key, value in over.items():
        below = result.get(key)
        result[key] = _merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return result
