"""The desk: strips, sum, rides, glue and headroom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from workbench.domain.arrays import Floats, Gain, Signal
from workbench.domain.audio import Audio, Desk, Mix, summed
from workbench.domain.elements import ELEMENTS
from workbench.domain.errors import ParameterError
from workbench.domain.moves import StripMove
from workbench.domain.plan import Plan
from workbench.domain.recordings import is_recorded
from workbench.domain.score import Score
from workbench.domain.units import db_to_gain, gain_to_db
from workbench.dsp.dynamics import compressor_gain
from workbench.dsp.equaliser import Band, equalise
from workbench.dsp.gains import amplify, sum_between
from workbench.dsp.levels import mean_square, peak_of
from workbench.dsp.limiter import Limiter, limiter_gain
from workbench.dsp.loudness import gated_loudness, hop_energies
from workbench.dsp.matching import apply_curve, bin_powers
from workbench.dsp.memory import fresh, rest, shortened
from workbench.dsp.mid_side import scale_side, scale_sides, side_guard
from workbench.dsp.parallel import blocks, each, each_block
from workbench.dsp.scratch import have_at_hand
from workbench.mixing.automation import fade_out, section_gain, section_rides_db
from workbench.mixing.inserts import with_inserts
from workbench.mixing.profiles import Colour, Profile, colour_of, coloured, load_profile, moved
from workbench.mixing.recall import (
    drawn_out,
    recallable,
    recallable_length,
    recallable_levels,
    recalled,
    recalled_curve,
    settled,
    thinned,
)
from workbench.mixing.recorded import mix_recorded
from workbench.mixing.strip import STAGE_LUFS, run_strip, strip_context
from workbench.mixing.tone import stem_curves

PEAK_DB = -6.0
"""Sample peak of a finished mix: headroom for the master."""

TAIL_SECONDS = 6.0
_CREST_RANGE_DB = (14.6, 17.7)
"""Crest factor to which the peaks of a mix are held: transients are left for the master to decide on."""
_SILENCE_DB = -84.0
_SMALL = 1 << 14
"""Samples that stay within a core's cache while several stems are added."""
_LEAST_CORRELATION = 0.25
"""Of any three seconds of the mix; a master may widen it further, down to its own limit."""
_LONGEST_FADE_SECONDS = 1.5
_SHORTEST_FADE_SECONDS = 0.02
_LEAST_TAIL_SECONDS = 0.4

# Gains that move in step with a low note leave a steady part behind; nothing below 18 Hz is music.
_SUBSONIC = (Band("high_pass", 18.0),)


def mix(
    stems: Mapping[str, Audio],
    score: Score,
    plan: Plan,
    *,
    profile: Profile | None = None,
    release: Callable[[str], object] | None = None,
) -> Mix:
    """Balance, shape and place the stems and sum them.

    Each stem is brought to one loudness, runs through the channel strip of its element (profile `plan.mix_profile`,
    coloured by `plan.processing_style` and `plan.sound`), is ducked by the kicks of the score and gets its own reverb
    and delay returns. An equaliser by third octave then moves the sum towards the spectrum of the profile's reference
    tracks, and takes from each stem where another one is stronger. What follows is one gain curve for all stems, so
    that they always add up to the mix: section rides, glue compression, peak control, headroom and the last fade, over
    eight bars where the plan ends in one.
    Channels that a user moved (`plan.mix`) are then mixed again on the desk as it stands. Recordings are summed as
    they are (`mixing.recorded`).

    Parameters
    ----------
    stems
        Audio of shape (2, n) by element, all of one length and sample rate.
    score
        Sections, tempo and kick onsets.
    plan
        Mix profile, processing style, seed and whether this is a preview.
    profile
        Settings in place of those that `plan.mix_profile` names.
    release
        Called with the name of each stem that is not needed any more, so that its owner can let go of it. A song is
        then held about once.

    Returns
    -------
    Mix
        Sample peak -6 dBFS; at most 6 s longer than the song, or as long as the stems if they are longer.

    Raises
    ------
    ParameterError
        If there are no stems, their lengths or rates differ, or profile or style are not known.
    """
    rate = _checked_rate(stems)
    if is_recorded(plan, stems):
        return mix_recorded(stems, score, plan)
    profile = profile or load_profile(plan.mix_profile)
    colour = colour_of(plan)
    toned, curves = _toned(stems, score, plan, profile, colour, release)
    sounds = list(toned.values())
    image = thinned(side_guard(sounds, rate, least_correlation=_LEAST_CORRELATION), rate)
    total = scale_sides(sounds, drawn_out(image, sounds[0].shape[1], rate))
    del sounds
    crest_limit_db = _crest_limit_db(profile, colour)
    gain = _bus_gain(total, score, profile, crest_limit_db, rate, plan.sound.contrast_lu)
    if plan.ending == "fade" and not plan.delivery.loop:
        gain *= fade_out(score, len(gain), rate)
    del total
    finished, envelope = _finish(toned, gain, score, rate)
    return _moved(replace(finished, desk=settled(curves, image, envelope, rate)), stems, score, plan)


def _toned(
    stems: Mapping[str, Audio],
    score: Score,
    plan: Plan,
    profile: Profile,
    colour: Colour,
    release: Callable[[str], object] | None,
) -> tuple[dict[str, Signal], dict[str, Floats]]:
    """The stems through their strips and on the spectrum that the profile aims at, and the curve that took each there.

    The order is that of the elements.
    """
    rate, elements = _checked_rate(stems), _ordered(stems)
    length = _length(stems, score, profile, rate)
    context = strip_context(score, plan, profile, rate)
    strips = {element: coloured(profile.strip_of(element), colour) for element in elements}
    low_cut = _low_cut(profile)

    def take(element: str) -> Signal:
        samples = stems[element].samples
        if release is not None and element not in plan.mix:
            release(element)
        return samples

    listens = profile.tone.strength > 0
    spectra: dict[str, Floats | None] = {}

    def process(element: str) -> Signal:
        done = run_strip(take(element), strips[element], colour, context, length)
        spectra[element] = bin_powers(done) if listens and done.any() else None
        return rest(done)

    # Stems are independent of each other, so the number of threads cannot change a byte.
    processed = dict(zip(elements, each(process, elements), strict=True))
    heard = {element: spectra[element] for element in elements}
    # What the desk settles on is applied as it will be recalled, so that a stem that is mixed again keeps its bytes.
    found = stem_curves(heard, profile.tone, colour.bands, rate)
    curves = {element: recallable_levels(curve) for element, curve in found.items()}

    def tone(element: str) -> Signal:
        samples = processed.pop(element)
        equalise(samples, low_cut, rate, out=samples)
        return rest(apply_curve(samples, curves[element], rate, out=samples))

    return dict(zip(elements, each(tone, elements), strict=True)), curves


def _moved(mixed: Mix, stems: Mapping[str, Audio], score: Score, plan: Plan) -> Mix:
    """The mix with the channels that a user moved mixed again on the desk that it settled on.

    The desk listens to the channels before they are moved: what it does to balance them does not undo the move.
    """
    wanted = {element: stem for element, stem in stems.items() if element in plan.mix}
    if not wanted or mixed.desk is None:
        return mixed
    both = {**mixed.stems, **mix_again(wanted, score, plan, mixed.desk)}
    return Mix(summed(both.values()), both, mixed.desk)


def mix_again(stems: Mapping[str, Audio], score: Score, plan: Plan, desk: Desk) -> dict[str, Audio]:
    """Mix some stems on a desk that stands as it was left: they lie beside the other stems of that mix unchanged.

    Each stem runs through its own strip as in `mix`, with the strip as a user moved it; what the desk found for all of
    them together is recalled.

    Parameters
    ----------
    stems
        Audio by element, all of one length and sample rate; only those that are to be mixed again.
    score
        The whole score: sections, tempo and kick onsets.
    plan
        As for `mix`.
    desk
        `Mix.desk` of the mix that they belong to.

    Returns
    -------
    dict of str to Audio
        Each as long as that mix.

    Raises
    ------
    ParameterError
        As `mix`.
    """
    rate = _checked_rate(stems)
    profile, colour = load_profile(plan.mix_profile), colour_of(plan)
    context = strip_context(score, plan, profile, rate)
    length = _length(stems, score, profile, rate)
    side_gain, gain = (recalled(curve, desk) for curve in (desk.side_gain, desk.gain))

    def process(element: str) -> Audio:
        move = plan.mix.get(element, StripMove())
        if move.mute:
            return Audio(np.zeros((2, desk.length_samples), np.float32), rate)
        strip = moved(coloured(profile.strip_of(element), colour), move)
        heard = with_inserts(stems[element].samples, move, score, rate)
        samples = run_strip(heard, strip, colour, context, max(length, desk.length_samples))
        equalise(samples, _low_cut(profile), rate, out=samples)
        apply_curve(samples, recalled_curve(element, desk), rate, out=samples)
        placed = scale_side(samples[:, : desk.length_samples], side_gain)
        return Audio(amplify(placed, gain), rate)

    return dict(zip(stems, each(process, stems), strict=True))


def _low_cut(profile: Profile) -> tuple[Band, ...]:
    return _SUBSONIC if profile.tone.strength > 0 else ()


def _crest_limit_db(profile: Profile, colour: Colour) -> float:
    return min(max(profile.crest_limit_db + colour.crest_db, _CREST_RANGE_DB[0]), _CREST_RANGE_DB[1])


def _checked_rate(stems: Mapping[str, Audio]) -> int:
    if not stems:
        raise ParameterError("mix: expected at least one stem, got none")
    shapes = {(audio.sample_rate_hz, audio.samples.shape[1]) for audio in stems.values()}
    if len(shapes) > 1:
        found = ", ".join(f"{rate} Hz x {length}" for rate, length in sorted(shapes))
        raise ParameterError(f"mix: expected stems of one sample rate and length, got {found}")
    return next(iter(shapes))[0]


def _ordered(stems: Mapping[str, Audio]) -> list[str]:
    """Elements in the order of composition, others after them by name: sums are always taken in this order."""
    return sorted(stems, key=lambda name: (ELEMENTS.index(name) if name in ELEMENTS else len(ELEMENTS), name))


def _length(stems: Mapping[str, Audio], score: Score, profile: Profile, rate: int) -> int:
    """Samples of stems and tail."""
    seconds = score.duration_seconds + _tail_seconds(profile, score.tempo_bpm)
    samples = max(int(next(iter(stems.values())).samples.shape[1]), round(seconds * rate))
    return recallable_length(samples, rate)


def _tail_seconds(profile: Profile, tempo_bpm: float) -> float:
    """Room for what rings on after the last note: the reverb and the echoes down to about -80 dB."""
    repeats = 4.0 / max(-np.log10(max(profile.delay.feedback, 1e-4)), 0.1)
    echoes = profile.delay.beats * 60.0 / tempo_bpm * (1.0 + repeats)
    return float(min(TAIL_SECONDS, max(1.4 * profile.reverb.decay_seconds, echoes)))


def _bus_gain(
    total: Signal, score: Score, profile: Profile, crest_limit_db: float, rate: int, contrast_lu: float
) -> Gain:
    """The gain that all stems share: staging of the sum, section rides, glue, control of the highest peaks.

    The sum goes through it in place.
    """
    energies = hop_energies(total, rate)
    level = gated_loudness(energies)
    if level <= -69.0:
        return np.ones(total.shape[1], dtype=np.float32)
    rides = section_rides_db(energies, score, profile.energy_slope_lu, contrast_lu)
    gain = section_gain(rides, score, total.shape[1], rate)
    gain *= np.float32(db_to_gain(STAGE_LUFS - level))
    glue = compressor_gain(amplify(total, gain), profile.glue, rate)
    amplify(total, glue)
    gain *= glue
    del glue
    ceiling_db = gain_to_db(float(np.sqrt(mean_square(total)))) + crest_limit_db
    gain *= limiter_gain(total, Limiter(ceiling_db, lookahead_ms=6.0, release_ms=60.0), rate)
    return gain


def _finish(stems: dict[str, Signal], gain: Gain, score: Score, rate: int) -> tuple[Mix, Gain]:
    """Apply the shared gain, cut silence after the song, fade the end out and set the peak; and all of it as a gain.

    Stems and gain are written over.
    """
    gain = recallable(gain, rate)
    song = round(score.duration_seconds * rate)
    peak, end = _peak_and_end(list(stems.values()), gain, song, rate)
    fade_seconds = np.clip(0.8 * (end - song) / rate, _SHORTEST_FADE_SECONDS, _LONGEST_FADE_SECONDS)
    envelope = gain[:end]
    fade = _final_fade(min(round(fade_seconds * rate), end))
    envelope[end - fade.size :] *= fade
    envelope *= np.float32(db_to_gain(PEAK_DB) / peak) if peak > 0 else np.float32(1.0)
    envelope = recallable(envelope, rate)
    finished = {element: shortened(stem, end) for element, stem in stems.items()}
    stems.clear()
    whole = fresh((2, end))

    def finish(start: int, stop: int) -> None:
        for stem in finished.values():
            have_at_hand(stem[:, start:stop])
        for begin, last in blocks(stop - start, _SMALL):
            piece = slice(start + begin, start + last)
            for stem in finished.values():
                np.multiply(stem[:, piece], envelope[piece], out=stem[:, piece])
            sum_between(list(finished.values()), piece.start, piece.stop, out=whole[:, piece])

    each_block(finish, end)
    sounds = {element: Audio(rest(samples), rate) for element, samples in finished.items()}
    return Mix(Audio(whole, rate), sounds), envelope


def _peak_and_end(sounds: list[Signal], gain: Gain, song_samples: int, rate: int) -> tuple[float, int]:
    """Highest magnitude of the sum of all stems, (2, n), behind the gain, and where it is silent after the song."""

    def summed_between(start: int, stop: int) -> Signal:
        piece = sum_between(sounds, start, stop)
        piece *= gain[start:stop]
        return piece

    def highest(start: int, stop: int) -> float:
        pieces = (summed_between(start + begin, start + last) for begin, last in blocks(stop - start, _SMALL))
        return float(np.max([peak_of(piece) for piece in pieces]))

    peak = float(np.max(each_block(highest, gain.size), initial=0.0))
    song = min(song_samples, gain.size)
    rings = _audible_samples(summed_between(song, gain.size), peak, round(_LEAST_TAIL_SECONDS * rate))
    return peak, recallable_length(song + rings, rate)


def _audible_samples(tail: Signal, peak: float, least_samples: int) -> int:
    """Samples of the tail (2, n) after the song until it falls below -84 dB of the peak; at least so many."""
    loud = np.flatnonzero(np.abs(tail).max(axis=0, initial=0.0) > peak * db_to_gain(_SILENCE_DB))
    rings = int(loud[-1]) + 1 if len(loud) else 0
    return min(int(tail.shape[1]), max(rings, least_samples))


def _final_fade(fade: int) -> Gain:
    return np.asarray(0.5 + 0.5 * np.cos(np.pi * np.arange(1, fade + 1) / max(fade, 1)), dtype=np.float32)
