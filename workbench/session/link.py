"""Ableton Link: a song is played on the beat of a session that other programs and devices share.

The session's beat comes from a peer in a process of its own (`link_peer`), which needs aalink (extra `link`, GPL-3).
With nobody else there the song's tempi are the session's; with others theirs holds, and the song follows it.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from workbench.domain.errors import ParameterError
from workbench.domain.score import Score
from workbench.session import link_peer
from workbench.session.midi_out import hush, placed_messages
from workbench.session.midi_ports import Output

_PATIENCE_SECONDS = 10.0
_LOOK_SECONDS = 0.01
_HEADROOM_BEATS = 0.25
"""A bar that begins sooner than this is let pass, so that its first notes are not late."""


@dataclass(frozen=True, slots=True)
class Beat:
    """Where a session's beat was at a time, how fast it goes in BPM, and how many others there are."""

    beat: float
    seconds: float
    tempo_bpm: float
    peers: int

    def at(self, seconds: float) -> float:
        """The beat at another time, if the tempo stays."""
        return self.beat + (seconds - self.seconds) * self.tempo_bpm / 60.0


class Timeline(Protocol):
    """A beat that others move too."""

    def now(self) -> Beat:
        """Where it was last."""

    def set_tempo(self, tempo_bpm: float) -> None:
        """Ask for a tempo."""


class LinkTimeline:
    """The beat of a Link session, as a peer beside us tells it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process, self._last = process, Beat(0.0, time.monotonic(), 0.0, 0)
        self._first = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()
        if not self._first.wait(_PATIENCE_SECONDS) or self._last.tempo_bpm <= 0:
            raise ParameterError("Ableton Link: the peer says nothing: expected aalink to work on this machine")

    def now(self) -> Beat:
        """Where the beat was when the peer last reported it."""
        return self._last

    def set_tempo(self, tempo_bpm: float) -> None:
        """Set the session's tempo, for everybody."""
        if self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.write(f"{tempo_bpm!r}\n")
                self._process.stdin.flush()

    def _listen(self) -> None:
        """Until the peer ends."""
        if self._process.stdout is None:
            return
        with self._process.stdout as lines:
            for line in lines:
                report_line = json.loads(line)
                self._last = Beat(report_line["beat"], report_line["time"], report_line["tempo"], report_line["peers"])
                self._first.set()
        self._first.set()


@contextlib.contextmanager
def joined(tempo_bpm: float, quantum_beats: float) -> Iterator[LinkTimeline]:
    """A Link session, joined for as long as the block lasts.

    Raises
    ------
    ParameterError
        If aalink is not installed, or if the peer cannot start.
    """
    if find_spec("aalink") is None:
        raise ParameterError("Ableton Link needs aalink: pip install beatsfoundry[link]")
    # By its file, since importing the workbench takes longer than joining.
    process = subprocess.Popen(
        [sys.executable, str(Path(link_peer.__file__)), repr(tempo_bpm), repr(quantum_beats)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env={**os.environ, "PYTHONSAFEPATH": "1"},
    )  # fmt: skip
    try:
        yield LinkTimeline(process)
    finally:
        with contextlib.suppress(BrokenPipeError):
            if process.stdin is not None:
                process.stdin.close()
        try:
            process.wait(_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def play_linked(
    score: Score,
    port: Output,
    timeline: Timeline,
    patches: Mapping[str, str] | None = None,
    *,
    first_bar: int = 1,
    clock: bool = True,
    now: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Play a score on a session's beat, from its next bar on; whoever changes the tempo, the song follows.

    Parameters
    ----------
    score, port, patches, first_bar, clock
        As for `midi_out.play`.
    timeline
        The session. Alone in it, the song sets its own tempi.
    now, sleep
        The clock that the timeline is counted by, in seconds.

    Raises
    ------
    ParameterError
        If the song has no such bar.
    """
    messages = placed_messages(score, patches, first_bar=first_bar, clock=clock)
    bar = score.metre.bar_beats
    start = (first_bar - 1) * bar
    began = math.ceil((timeline.now().at(now()) + _HEADROOM_BEATS) / bar) * bar
    tempo_bpm, ended = score.tempo_map.tempo_at(start), False
    if not timeline.now().peers:
        timeline.set_tempo(tempo_bpm)
    try:
        for beat, _, message in messages:
            due = began + beat - start
            while (left := due - timeline.now().at(now())) > 0:
                # Never long, since anybody may change the tempo meanwhile.
                sleep(min(_LOOK_SECONDS, left * 60.0 / timeline.now().tempo_bpm))
            if (own := score.tempo_map.tempo_at(beat)) != tempo_bpm:
                tempo_bpm = own
                if not timeline.now().peers:
                    timeline.set_tempo(own)
            port.send(message)
        ended = True
    finally:
        hush(port, stop=clock and not ended)
