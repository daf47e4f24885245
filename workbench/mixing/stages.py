"""What each stage of a channel strip does to a stem: the strip with one stage more at a time."""

from __future__ import annotations

from dataclasses import replace

from workbench.domain.audio import Audio
from workbench.domain.plan import Plan
from workbench.domain.score import Score
from workbench.mixing.profiles import Colour, Strip, colour_of, coloured, load_profile
from workbench.mixing.strip import run_strip, strip_context


def strip_stages(stem: Audio, element: str, score: Score, plan: Plan) -> dict[str, Audio]:
    """A stem after each stage of its strip, by the stage's name, in order; all at the loudness of the strip.

    Parameters
    ----------
    stem
        As it was rendered.
    element, score, plan
        Whose strip it is, and what the strip needs to know of the song.

    Returns
    -------
    dict of str to Audio
        "as rendered", "equaliser", "transients", "compressor", "saturation", "placement", "automation" and "sends".
    """
    profile, colour = load_profile(plan.mix_profile), colour_of(plan)
    context = strip_context(score, plan, profile, stem.sample_rate_hz)
    whole = coloured(profile.strip_of(element), colour)
    done = {}
    for name, strip, shade in _growing(whole, colour):
        done[name] = Audio(run_strip(stem.samples, strip, shade, context), stem.sample_rate_hz)
    return done


def _growing(whole: Strip, colour: Colour) -> list[tuple[str, Strip, Colour]]:
    plain = Colour("plain", "")
    bare = Strip(whole.level_lu, None, side_db=None, mono_below_hz=0.0)
    linear = replace(plain, tilt_db=colour.tilt_db, eq=colour.eq, low_pass_hz=colour.low_pass_hz)
    stages = [
        ("as rendered", {}, plain),
        ("equaliser", {"highpass_hz": whole.highpass_hz, "eq": whole.eq, "sub_db": whole.sub_db}, linear),
        ("transients", {"transients": whole.transients}, linear),
        ("compressor", {"compressor": whole.compressor, "parallel": whole.parallel}, linear),
        ("saturation", {"drive_db": whole.drive_db, "air_db": whole.air_db}, colour),
        (
            "placement",
            {
                "side_db": whole.side_db,
                "mono_below_hz": whole.mono_below_hz,
                "wide_above_hz": whole.wide_above_hz,
                "pan": whole.pan,
            },
            colour,
        ),
        (
            "automation",
            {
                "opening_hz": whole.opening_hz,
                "rising_hz": whole.rising_hz,
                "bed": whole.bed,
                "duck_db": whole.duck_db,
            },
            colour,
        ),
        (
            "sends",
            {
                "reverb_send_db": whole.reverb_send_db,
                "delay_send_db": whole.delay_send_db,
                "throw_db": whole.throw_db,
                "room_db": whole.room_db,
            },
            colour,
        ),
    ]
    found, strip = [], bare
    for name, settings, shade in stages:
        strip = replace(strip, **settings)  # type: ignore[arg-type]
        found.append((name, strip, shade))
    return found
