"""Score to stems: every element through its patch or kit, side by side, the same bytes whatever the order."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from workbench.domain.arrays import Signal
from workbench.domain.audio import Audio
from workbench.domain.clock import Progress
from workbench.domain.elements import element_of, is_drums
from workbench.domain.errors import ParameterError
from workbench.domain.moves import Settings, standing
from workbench.domain.plan import Plan
from workbench.domain.recordings import is_recorded, plays_recording
from workbench.domain.score import Score, in_one_tempo
from workbench.dsp.envelopes import fade_edges
from workbench.dsp.memory import duplicate, rest, shortened
from workbench.dsp.parallel import each
from workbench.plugins import PLUGIN_PREFIX, place_in
from workbench.plugins.running import Place
from workbench.rendering.drums import render_drums
from workbench.rendering.kit import Kit
from workbench.rendering.library import load_kit, load_patch
from workbench.rendering.patch import Patch
from workbench.rendering.plugin_instrument import PluginInstrument, find_instrument_plugin, play_notes
from workbench.rendering.recordings import Recording, find_recording, play_recordings
from workbench.rendering.sampler import Instrument, render_instrument
from workbench.rendering.sampler.instrument import SAMPLES_PREFIX
from workbench.rendering.sampler.loading import find_instrument
from workbench.rendering.sampler.player import levelled
from workbench.rendering.settings import with_settings
from workbench.rendering.synth import render_synth
from workbench.rendering.tuning import tuned
from workbench.store import SampleStore, code_version, content_key

Sound = Patch | Kit | Instrument | Recording | PluginInstrument

LONGEST_TAIL_SECONDS = 6.0
SHORTEST_TAIL_SECONDS = 1.0
_FADE_SECONDS = 2.0
_SILENT_SECONDS = 0.05
_AUDIBLE = 10.0 ** (-90.0 / 20.0)


def render(
    score: Score, plan: Plan, *, progress: Progress | None = None, store: SampleStore | None = None
) -> dict[str, Audio]:
    """Render each element of the score by the patch or kit that the plan names.

    Parameters
    ----------
    score : Score
        The notes.
    plan : Plan
        Patches by element, seed, sample rate and whether a preview is enough.
    progress : callable, optional
        Called with a fraction 0..1 and a message, never from two threads at once.
    store : Store or MemoryStore, optional
        Where elements that were rendered before are taken from, and those that were not are kept.

    Returns
    -------
    dict of str to Audio of shape (2, n)
        One stem an element, all of one length: the song and a tail of 1 to 6 s that fades to digital silence.
        A stem reads about -20 dBFS RMS where it plays; below 120 Hz bass and drums are mono. Recordings come as they
        were recorded, without a tail.

    Raises
    ------
    ParameterError
        If a patch, a kit (the known ones are listed) or an instrument of samples is absent, or a part has no patches.
    """
    rate = plan.delivery.sample_rate_hz
    if is_recorded(plan, score.parts):
        return _with_recordings(score, plan, progress, store)
    timed = in_one_tempo(score)
    sounds = load_sounds(score.parts, plan)
    song = round(score.duration_seconds * rate)
    length = song + round(LONGEST_TAIL_SECONDS * rate)
    meter = _Meter(sum(len(part.notes) for part in score.parts.values()), progress)

    def one(name: str) -> Signal:
        if isinstance(sounds[name], PluginInstrument):
            # What a plug-in gives is not kept: the same notes need not sound the same again.
            place = place_in(score.tempo_map, score.metre.bar_beats, rate)
            played = _by_plugin(name, sounds[name], timed, place, rate, length)
            if played is not None:
                return played
            sounds[name] = _load(name, replace(plan, patches={}, patch_settings={}))

        def make() -> Signal:
            return _render_part(name, sounds[name], timed, plan, length, meter)

        return rest(make() if store is None else store.samples(_key(name, sounds[name], timed, plan, length), make))

    # The part that sounds longest takes longest: it begins, and the others fill the time beside it.
    ordered = sorted(score.parts, key=lambda name: -sum(note.duration_beats for note in score.parts[name].notes))
    stems = dict(zip(ordered, each(one, ordered), strict=True))
    kept = _trimmed_length(stems, song, length, rate)
    # What a store gave is kept there; what was just made is ours to cut.
    cut = shortened if store is None else _cut_out
    finished = {name: rest(_ended(cut(stems.pop(name), kept), rate)) for name in score.parts}
    meter.finish()
    return {name: Audio(stem, rate) for name, stem in finished.items()}


def _with_recordings(
    score: Score, plan: Plan, progress: Progress | None, store: SampleStore | None
) -> dict[str, Audio]:
    """The recordings as they are, and beside them what plays notes; all as long as the longest."""
    recorded, written = (
        {name: part for name, part in score.parts.items() if plays_recording(plan.patches.get(name)) is plays}
        for plays in (True, False)
    )
    stems = play_recordings(replace(score, parts=recorded), plan)
    if written:
        stems |= render(replace(score, parts=written), plan, progress=progress, store=store)
    length = max(stem.samples.shape[1] for stem in stems.values())
    rate = plan.delivery.sample_rate_hz

    def padded(stem: Audio) -> Audio:
        missing = length - stem.samples.shape[1]
        return Audio(np.pad(stem.samples, ((0, 0), (0, missing))), rate) if missing else stem

    return {name: padded(stems[name]) for name in score.parts}


def load_sounds(elements: Iterable[str], plan: Plan) -> dict[str, Sound]:
    """What each element is played on.

    Raises
    ------
    ParameterError
        As `render`.
    """
    return {element: _load(element, plan) for element in elements}


def _key(name: str, sound: Sound, score: Score, plan: Plan, length: int) -> str:
    """The name of a rendered part in the store: all that `_render_part` looks at."""
    delivery = plan.delivery
    inputs = (name, score.parts[name].notes, score.tempo_bpm, length, plan.seed, delivery.sample_rate_hz)
    return content_key(
        "render", *inputs, delivery.preview, _identity(sound), code=code_version("rendering", "dsp", "domain")
    )


def _identity(sound: Sound) -> Any:
    """What tells a sound from every other one; of an instrument that is read from a folder, the files there."""
    if not isinstance(sound, Instrument) or sound.folder is None:
        return sound
    return sound.name, sound.zones, [sound.folder / zone.sample for zone in sound.zones]


def _load(element: str, plan: Plan) -> Sound:
    name = plan.patches.get(element) or element_of(element).patch
    if not name:
        raise ParameterError(f"element {element!r} has no patch: name one in plan.patches")
    settings = plan.patch_settings.get(element, {})
    if plays_recording(name):
        return _recording(element, name, standing(settings))
    if name.startswith(PLUGIN_PREFIX):
        return find_instrument_plugin(name, settings)
    settings = standing(settings)
    if name.startswith(SAMPLES_PREFIX):
        if settings:
            raise ParameterError(f"{element} plays samples, which have no parameters: choose a patch or kit first")
        return find_instrument(name.removeprefix(SAMPLES_PREFIX))
    if is_drums(element):
        return with_settings(tuned(load_kit(name), plan.key), settings)
    return with_settings(load_patch(element, name), settings)


def _by_plugin(name: str, sound: Sound, score: Score, place: Place, rate: int, length: int) -> Signal | None:
    """What a plug-in makes of a part, at the level of patches; None where it fails."""
    if not isinstance(sound, PluginInstrument):
        return None
    played = play_notes(
        score.parts[name].notes, sound, place=place, samples_per_beat=rate * 60.0 / score.tempo_bpm, length=length,
        sample_rate_hz=rate,
    )  # fmt: skip
    return None if played is None else levelled(played, rate)


def _recording(element: str, name: str, settings: Settings) -> Recording:
    if settings:
        raise ParameterError(f"{element} plays a recording, which has no parameters")
    return find_recording(name)


def _render_part(name: str, sound: Sound, score: Score, plan: Plan, length: int, meter: _Meter) -> Signal:
    rate = plan.delivery.sample_rate_hz
    notes = score.parts[name].notes
    samples_per_beat = rate * 60.0 / score.tempo_bpm

    def advance(count: int) -> None:
        meter.advance(count, name)

    if isinstance(sound, Recording | PluginInstrument):
        raise ParameterError(f"{name}: expected a patch, a kit or samples, got {type(sound).__name__}")
    if isinstance(sound, Instrument):
        return levelled(
            render_instrument(
                notes, sound, samples_per_beat=samples_per_beat, length=length, sample_rate_hz=rate, advance=advance
            ),
            rate,
        )
    if isinstance(sound, Kit):
        return render_drums(
            notes,
            sound,
            samples_per_beat=samples_per_beat,
            length=length,
            sample_rate_hz=rate,
            seed=plan.seed,
            advance=advance,
        )
    return render_synth(
        notes,
        sound,
        samples_per_beat=samples_per_beat,
        length=length,
        sample_rate_hz=rate,
        seed=plan.seed,
        preview=plan.delivery.preview,
        advance=advance,
    )


def _trimmed_length(stems: dict[str, Signal], song: int, length: int, rate: int) -> int:
    """Samples until the last stem has fallen silent, within the shortest and the longest tail."""
    last = song
    for stem in stems.values():
        heard = np.flatnonzero(np.abs(stem[:, song:]).max(axis=0) > _AUDIBLE)
        last = max(last, song + int(heard[-1]) if heard.size else song)
    wanted = last + round((_SILENT_SECONDS + 0.2) * rate)
    return min(length, max(wanted, song + round(SHORTEST_TAIL_SECONDS * rate)))


def _cut_out(stem: Signal, length: int) -> Signal:
    return duplicate(stem[:, :length])


def _ended(stem: Signal, rate: int) -> Signal:
    """Fade the end out, to digital silence for the last 50 ms, in place."""
    silent = round(_SILENT_SECONDS * rate)
    fade_ms = 1000.0 * _tail_fade(stem, rate)
    tail = min(stem.shape[1], silent + round(fade_ms / 1000.0 * rate))
    faded = slice(stem.shape[1] - tail, stem.shape[1] - silent)
    stem[:, faded] = fade_edges(stem[:, faded], rate, out_ms=fade_ms)
    stem[:, stem.shape[1] - silent :] = 0.0
    return stem


def _tail_fade(stem: Signal, rate: int) -> float:
    """Long where the sound still rings at the end, short where it has died away by itself."""
    end = stem[:, -round(0.5 * rate) :]
    return _FADE_SECONDS if end.size and float(np.abs(end).max()) > _AUDIBLE * 10.0 else 0.2


class _Meter:
    """Counts notes over all threads and reports each hundredth."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._total = max(1, total)
        self._progress = progress
        self._done = 0
        self._reported = 0.0
        self._lock = threading.Lock()

    def advance(self, count: int, element: str) -> None:
        if self._progress is None:
            return
        with self._lock:
            self._done += count
            fraction = 0.95 * min(1.0, self._done / self._total)
            if fraction >= self._reported + 0.01:
                self._reported = fraction
                self._progress(fraction, f"rendering {element}")

    def finish(self) -> None:
        if self._progress is not None:
            self._progress(1.0, "rendered")
