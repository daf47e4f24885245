"""From an edited song to sound: stems whose inputs did not change are taken as they are, the others are made again.

A stem's inputs are what its samples are made from: the element's notes, its patch or kit with what was set by hand, how
its channel was moved, the key that a kit is tuned to, tempo, metre, the sections and their energies, seed, mix profile,
processing style and delivery; and where the profile ducks the element, the kicks. Beyond these the desk listens to all
stems together. An edit recalls what it had settled on, so that no stem depends on another; `remix`, and every edit that
touches all stems, sets it anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from workbench.domain.clock import SOUND_STAGES, Clock, Progress
from workbench.domain.elements import is_drums
from workbench.domain.moves import PluginSettings, StripMove
from workbench.domain.plan import Plan
from workbench.domain.results import Track
from workbench.domain.score import Score
from workbench.domain.song import drum_role
from workbench.domain.theory import Key
from workbench.editing.loops import finish_loop
from workbench.editing.song import Song
from workbench.mixing import load_profile
from workbench.pipeline import finish, load_references
from workbench.store import Store


@dataclass(frozen=True, slots=True)
class _Inputs:
    """All that the samples of one stem depend on, but for the desk."""

    notes: tuple[Any, ...]
    patch: str | None
    settings: PluginSettings
    move: StripMove | None
    key: Key | None
    form: tuple[Any, ...]
    sound: tuple[Any, ...]
    kicks: tuple[Any, ...]


def stem_inputs(plan: Plan, score: Score, element: str) -> _Inputs:
    """The inputs of an element's stem: two that are equal give the same samples on one desk."""
    percussion = score.parts.get("percussion")
    ducked = load_profile(plan.mix_profile).strip_of(element).duck_db > 0
    kicks = [note for note in percussion.notes if drum_role(note.pitch) == "kick"] if percussion and ducked else ()
    sections = [(s.name, s.start_bar, s.bars, s.energy, s.tempo_bpm) for s in score.sections]
    return _Inputs(
        notes=score.parts[element].notes,
        patch=plan.patches.get(element),
        settings=plan.patch_settings.get(element, {}),
        move=plan.mix.get(element),
        key=plan.key if is_drums(element) else None,
        form=(score.tempo_bpm, score.metre, *sections),
        sound=(
            plan.seed,
            plan.mix_profile,
            plan.processing_style,
            plan.sound,
            replace(plan.delivery, stem_export=True),
        ),
        kicks=tuple(note.start_beats for note in kicks),
    )


def kept_stems(track: Track, song: Song) -> tuple[str, ...]:
    """Elements of an edited song whose stems of the track stay as they are."""
    if track.mix.desk is None:
        return ()
    return tuple(
        name
        for name in song.score.parts
        if name in track.mix.stems
        and stem_inputs(track.plan, track.score, name) == stem_inputs(song.plan, song.score, name)
    )


def make_sound(
    track: Track, song: Song, *, remix: bool = False, progress: Progress | None = None, store: Store | None = None
) -> Track:
    """The track of an edited song.

    Parameters
    ----------
    track : Track
        The song before.
    song : Song
        The song after.
    remix : bool
        Whether the desk is set anew in any case.
    progress, store
        As for `generate`.
    """
    request = track.request
    if request.options.iterations != 1:
        options = request.options.model_copy(update={"iterations": 1})
        request = request.model_copy(update={"options": options})
    if not remix and _sounds_alike(track, song):
        if progress is not None:
            progress(1.0, "nothing that sounds has changed")
        return replace(track, request=request, plan=song.plan, score=song.score, edits=song.state, alternatives=())
    references = load_references(request)
    if song.plan.delivery.loop:
        made = finish_loop(request, song.plan, song.score, references, Clock(progress, SOUND_STAGES), store)
    else:
        kept = () if remix else kept_stems(track, song)
        stems = {name: track.mix.stems[name] for name in kept}
        standing = replace(track.mix, stems=stems) if kept else None
        made = finish(
            request,
            song.plan,
            song.score,
            references=references,
            standing=standing,
            progress=progress,
            store=store,
        )
    return replace(made, edits=song.state)


def _sounds_alike(track: Track, song: Song) -> bool:
    """Whether nothing that is heard or measured has changed, as after a lock."""
    before, after = (replace(plan, decisions=()) for plan in (track.plan, song.plan))
    return before == after and track.score == song.score
