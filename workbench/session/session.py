"""One song in one process: networks, kernels and stages stay warm between one change and the next."""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from workbench.domain.asking import RequestLike, as_request
from workbench.domain.audio import Audio, Mix
from workbench.domain.clock import Progress
from workbench.domain.edit_state import EditState
from workbench.domain.errors import CancelledError, ParameterError
from workbench.domain.moves import Setting
from workbench.domain.request import GenerationRequest
from workbench.domain.results import Track
from workbench.editing import Edit, Song, edit_song, parse_edits
from workbench.editing.song import bars_of, check_element
from workbench.editing.stem_reuse import make_sound
from workbench.output import load
from workbench.pipeline import candidate_request, compose_only, finish, load_references
from workbench.session.keys import key_sounds, mix_gain_db
from workbench.session.preview import preview
from workbench.session.steps import steps_to
from workbench.store import MemoryStore, Store

_PREVIEW_BYTES = 256_000_000
_TRACKS_KEPT = 3


@dataclass(frozen=True, slots=True)
class State:
    """The song at one point of its history. `edits` led here from the state before; none did to the first."""

    number: int
    song: Song
    edits: tuple[Edit, ...] = ()


class Session:
    """A song that is changed, heard and finished step by step.

    Every change gives a new `State`; none is ever altered, so that `undo` and `redo` cost nothing. Notes are written at
    once, sound is made when it is asked for: `preview` for a few bars, `track` for all of it. What an edit does not
    touch keeps its bytes, and `track` gives the track that `generate` and `modify` would have given.

    Any thread may call; one works at a time and the others wait, but for `cancel`, which is heard at once.

    Parameters
    ----------
    store : Store, optional
        Where scores and stems are kept beyond this process, such as `workbench.open_store()`.

    Examples
    --------
    >>> session = Session()
    >>> session.history
    ()
    """

    def __init__(self, *, store: Store | None = None) -> None:
        self._store = store
        self._request: GenerationRequest | None = None
        self._states: tuple[State, ...] = ()
        self._at = -1
        self._tracks: OrderedDict[int, Track] = OrderedDict()
        self._excerpts = MemoryStore(_PREVIEW_BYTES)
        self._lock = threading.RLock()
        self._called_off = threading.Event()
        self._together = 0
        """How many blocks of work that belongs together are open: what calls them off holds for their next step too."""

    @property
    def state(self) -> State:
        """The song as it stands.

        Raises
        ------
        ParameterError
            If there is no song yet.
        """
        if not self._states:
            raise ParameterError("the session holds no song yet: compose, generate or open one first")
        return self._states[self._at]

    @property
    def history(self) -> tuple[State, ...]:
        """Every state from the first to the last that `redo` can reach."""
        return self._states

    def compose(self, request: RequestLike, *, progress: Progress | None = None) -> State:
        """Begin a new song: its notes alone. Of a request with several iterations the first is written.

        Raises
        ------
        WorkbenchError
            As `workbench.compose_only`.
        """
        with self._working(progress) as report:
            wanted = candidate_request(as_request(request), 0)
            plan, score = compose_only(wanted, progress=report, store=self._store)
            return self._begin(wanted, Song(plan, score, EditState()))

    def generate(self, request: RequestLike, *, progress: Progress | None = None) -> Track:
        """Begin a new song and finish it: `compose`, then `track`. What is called off leaves the song before it."""
        with self._lock, self.or_back():
            self.compose(request, progress=progress)
            return self.track(progress=progress)

    @contextlib.contextmanager
    def or_back(self) -> Iterator[None]:
        """What fails or is called off within leaves the song, its history and its finished tracks as they were.

        `cancel` calls off all that is done within, whichever step it finds.

        Examples
        --------
        >>> session = Session()
        >>> with contextlib.suppress(ParameterError), session.or_back():
        ...     _ = session.compose("two chords at 100 bpm, 10 seconds")
        ...     raise ParameterError("the rest failed")
        >>> session.history
        ()
        """
        with self._lock:
            before = self._request, self._states, self._at, self._tracks.copy()
            self._called_off.clear()
            self._together += 1
        try:
            yield
        except BaseException:
            with self._lock:
                self._request, self._states, self._at, self._tracks = before
            raise
        finally:
            self._together -= 1

    def open(self, source: Track | str | Path) -> State:
        """Take up a finished track, or the folder of its bundle.

        Raises
        ------
        OutputError
            If the folder is no finished bundle.
        """
        with self._working(None):
            track = source if isinstance(source, Track) else load(source)
            state = self._begin(track.request, Song(track.plan, track.score, track.edits))
            self._tracks[state.number] = track
            return state

    def go_on(self, song: Song) -> State:
        """Go on with a song that was edited from this one elsewhere, as by changes that were kept without their sound.

        Raises
        ------
        ParameterError
            If there is no song yet.
        """
        with self._working(None):
            before = self.state.song.state.history
            since = song.state.history[len(before) :] if song.state.history[: len(before)] == before else ()
            edits = parse_edits([dict(edit) for edit in since]) if since else ()
            for made, step in steps_to(song, self.state.song, edits):
                self._add(made, step)
            return self.state

    def modify(self, edits: Sequence[Edit | Mapping[str, Any]]) -> State:
        """Apply edits as `workbench.modify` takes them; what was undone before can no longer be redone.

        Raises
        ------
        ParameterError
            If an edit is not valid or does not fit the song; then nothing was done.
        """
        with self._working(None):
            wanted = parse_edits(edits)
            return self._add(edit_song(self.state.song, wanted), wanted)

    def set_patch(self, element: str, settings: Mapping[str, Setting]) -> State:
        """Set parameters of an element's patch or kit, such as `{"filter.cutoff_hz": 800}`."""
        return self.modify([{"edit": "sound", "element": element, "settings": dict(settings)}])

    def set_mix(self, element: str, **move: Any) -> State:
        """Move an element's channel: `gain_db`, `pan`, `mute`, `eq`, `reverb_send_db`, `delay_send_db`."""
        return self.modify([{"edit": "mix", "element": element, **move}])

    def undo(self) -> State:
        """Go back by one state.

        Raises
        ------
        ParameterError
            If this is the first.
        """
        return self._move(-1, "undo")

    def redo(self) -> State:
        """Go on by one state that was undone.

        Raises
        ------
        ParameterError
            If this is the last.
        """
        return self._move(1, "redo")

    def preview(self, bars: tuple[int, int], *, elements: Sequence[str] | None = None) -> Mix:
        """Some bars of the song as it stands, at once; docs/sessions.md tells how they differ from the final sound.

        Parameters
        ----------
        bars : tuple of int
            First and last bar, counted from 1.
        elements : sequence of str, optional
            What is to be heard; all elements if left out.

        Returns
        -------
        Mix
            Stems and their sum, exactly as long as the bars, before the master.

        Raises
        ------
        ParameterError
            If the bars or an element are not in the song.
        """
        with self._working(None):
            song = self.state.song
            (place,) = bars_of(song.plan, None, bars)
            names = list(song.score.parts) if elements is None else list(elements)
            for name in names:
                check_element(song, name)
            return preview(song, place, names, self._base(), self._excerpts)

    def keys(self, element: str, pitches: Sequence[int], *, bars: tuple[int, int]) -> dict[int, Audio]:
        """Single notes on an element's patch or kit, as loud as it plays in some bars; without the desk's colour.

        Parameters
        ----------
        element : str
            An element of the song.
        pitches : sequence of int
            MIDI numbers; of percussion General MIDI drum notes.
        bars : tuple of int
            First and last bar, counted from 1, that the loudness is taken from.

        Returns
        -------
        dict of int to Audio of shape (2, n)
            Each held for 2.5 s at velocity 100.

        Raises
        ------
        ParameterError
            If the bars or the element are not in the song, or a pitch is no MIDI number.
        """
        if wrong := [pitch for pitch in pitches if isinstance(pitch, bool) or pitch not in range(128)]:
            raise ParameterError(f"pitch {wrong[0]!r}: expected a MIDI number from 0 to 127")
        mixed = self.preview(bars, elements=[element])
        with self._working(None):
            song = self.state.song
            (place,) = bars_of(song.plan, None, bars)
            gain_db = mix_gain_db(song, element, place, mixed.stems[element], self._excerpts)
            return key_sounds(song, element, pitches, gain_db=gain_db, store=self._excerpts)

    def track(self, *, progress: Progress | None = None) -> Track:
        """The finished track of the song as it stands; only what changed since the last one is made.

        Raises
        ------
        CancelledError
            If `cancel` was called meanwhile; the song stays as it is.
        """
        with self._working(progress) as report:
            path = self._since_base()
            for state in path:
                last, remix = state is path[-1], any(edit.edit == "remix" for edit in state.edits)
                if last or remix:
                    self._keep(state, self._finished(state, report, remix=remix))
            return self._tracks[self.state.number]

    def cancel(self) -> None:
        """Call off what another thread is waiting for; it ends at the next block with `CancelledError`."""
        self._called_off.set()

    def _begin(self, request: GenerationRequest, song: Song) -> State:
        number = self._states[-1].number + 1 if self._states else 0
        self._request, self._states, self._at = request, (State(number, song),), 0
        self._tracks.clear()
        return self.state

    def _add(self, song: Song, edits: tuple[Edit, ...]) -> State:
        kept = self._states[: self._at + 1]
        for state in self._states[self._at + 1 :]:
            self._tracks.pop(state.number, None)
        self._states = (*kept, State(kept[-1].number + 1, song, edits))
        self._at += 1
        return self.state

    def _move(self, step: int, name: str) -> State:
        with self._lock:
            if not 0 <= self._at + step < len(self._states):
                raise ParameterError(f"there is nothing to {name}")
            self._at += step
            return self.state

    def _base(self) -> Track | None:
        """The finished track that is nearest to the song as it stands, of those that led to it."""
        for state in reversed(self._states[: self._at + 1]):
            if state.number in self._tracks:
                return self._tracks[state.number]
        return None

    def _since_base(self) -> list[State]:
        """The states after that track, in order; all of them if there is none."""
        path: list[State] = []
        for state in reversed(self._states[: self._at + 1]):
            if state.number in self._tracks:
                break
            path.insert(0, state)
        return path

    def _finished(self, state: State, report: Progress, *, remix: bool) -> Track:
        base = self._base_before(state)
        if base is not None:
            return make_sound(base, state.song, remix=remix, progress=report, store=self._store)
        if self._request is None:
            raise ParameterError("the session holds no song yet: compose, generate or open one first")
        references = load_references(self._request)
        song = state.song
        made = finish(self._request, song.plan, song.score, references=references, progress=report, store=self._store)
        return replace(made, edits=song.state)

    def _base_before(self, state: State) -> Track | None:
        numbers = [earlier.number for earlier in self._states if earlier.number < state.number]
        return next((self._tracks[number] for number in reversed(numbers) if number in self._tracks), None)

    def _keep(self, state: State, track: Track) -> None:
        """Keep a track; of many, the first and the latest: one of four minutes takes half a gigabyte."""
        self._tracks[state.number] = track
        while len(self._tracks) > _TRACKS_KEPT:
            self._tracks.pop(list(self._tracks)[1])

    @contextlib.contextmanager
    def _working(self, progress: Progress | None) -> Iterator[Progress]:
        """One thread at a time; gives a progress function that ends the work when it was called off."""
        with self._lock:
            if not self._together:
                self._called_off.clear()

            def report(fraction: float, message: str) -> None:
                if self._called_off.is_set():
                    raise CancelledError(f"called off at {fraction:.0%} ({message}): the song stays as it was")
                if progress is not None:
                    progress(fraction, message)

            yield report
