"""Scores played to ports, and knobs that move a session: on a loopback object, and on ALSA where there is any."""

import os
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import mido
import numpy as np
import pytest

from workbench.domain.edit_state import EditState
from workbench.domain.errors import ParameterError
from workbench.domain.plan import Plan
from workbench.domain.results import Track
from workbench.domain.score import Note, Part, Score
from workbench.session import Session
from workbench.session.midi_controller import KnobTarget, MidiController
from workbench.session.midi_out import CLOCKS_PER_BEAT, play, timed_messages
from workbench.session.midi_ports import open_input, open_output, output_names


class Loopback:
    """A port that keeps what is sent, with its time, and gives it back as what came in."""

    def __init__(self, now: Any = time.perf_counter) -> None:
        self.sent: list[tuple[float, mido.Message]] = []
        self._now = now
        self._pending: list[mido.Message] = []

    def send(self, message: mido.Message) -> None:
        self.sent.append((self._now(), message))
        self._pending.append(message)

    def iter_pending(self) -> list[mido.Message]:
        pending, self._pending = self._pending, []
        return pending


class Time:
    """A clock that only sleeping moves on."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.fixture
def song(tiny_score: Score) -> Score:
    """An intro of four beats at 120 BPM, a verse of eight at 97.3, a chorus of four; three notes of a lead."""
    sections = tuple(replace(one, tempo_bpm=97.3 if one.name == "verse" else None) for one in tiny_score.sections)
    notes = (Note(0.0, 72, 1.0, 100), Note(3.5, 74, 1.0, 90), Note(8.0, 76, 0.5, 80))
    return replace(tiny_score, sections=sections, parts={"leads": Part("leads", notes)})


def times(port: Loopback, kind: str, began: float = 100.0) -> list[float]:
    return [moment - began for moment, message in port.sent if message.type == kind]


def test_notes_and_clock_come_when_they_are_due(song: Score) -> None:
    clock = Time()
    port = Loopback(clock)
    play(song, port, now=clock, sleep=clock.sleep)
    verse = 60 / 97.3
    assert times(port, "note_on") == pytest.approx([0.0, 3.5 * 0.5, 2.0 + 4 * verse], abs=1e-9)
    # The second note begins in the intro and ends half a beat into the verse.
    assert times(port, "note_off") == pytest.approx([0.5, 2.0 + 0.5 * verse, 2.0 + 4.5 * verse], abs=1e-9)
    four, eight = np.arange(4), np.arange(8)
    beats = [*four * 0.5, *(2.0 + eight * verse), *(2.0 + 8 * verse + four * 0.5)]
    assert times(port, "clock")[::CLOCKS_PER_BEAT] == pytest.approx(beats)
    assert len(times(port, "clock")) == 16 * 24
    assert times(port, "start") == [0.0]
    assert times(port, "stop") == pytest.approx([4.0 + 8 * verse])


def test_a_later_bar_begins_there(song: Score) -> None:
    kinds = [(round(one.seconds, 9), one.message.type) for one in timed_messages(song, first_bar=3)]
    # Bar 3 begins at beat 8, song position 32.
    assert kinds[0] == (0.0, "songpos")
    assert kinds[1] == (0.0, "continue")
    assert timed_messages(song, first_bar=3)[0].message.pos == 32
    assert (0.0, "note_on") in kinds
    assert sum(kind == "note_on" for _, kind in kinds) == sum(kind == "note_off" for _, kind in kinds) == 1
    assert [one.message.type for one in timed_messages(song, clock=False)].count("clock") == 0
    with pytest.raises(ParameterError, match="first bar 9: expected 1 to 4"):
        timed_messages(song, first_bar=9)


def test_nothing_sounds_on_after_an_interruption(song: Score) -> None:
    clock = Time()
    port = Loopback(clock)

    def interrupted(seconds: float) -> None:
        if clock.seconds > 100.4:
            raise KeyboardInterrupt
        clock.sleep(seconds)

    with pytest.raises(KeyboardInterrupt):
        play(song, port, now=clock, sleep=interrupted)
    ended = [message for _, message in port.sent][-17:]
    assert ended[0].type == "stop"
    assert {(message.channel, message.control) for message in ended[1:]} == {(channel, 123) for channel in range(16)}


def test_a_delay_does_not_add_up(song: Score) -> None:
    """A sleep that is always 3 ms late: every message is at most that late, the last as the first."""
    clock = Time()
    port = Loopback(clock)
    play(song, port, now=clock, sleep=lambda seconds: clock.sleep(seconds + 0.003))
    wanted = [one.seconds for one in timed_messages(song)]
    late = np.array([moment - 100.0 for moment, _ in port.sent[: len(wanted)]]) - wanted
    assert late.min() >= 0.0
    assert late.max() < 0.0031


def test_real_time_is_kept(tiny_score: Score) -> None:
    """A bar at 240 BPM by the machine's own clock: after the start the median message is at most 5 ms late."""
    quick = replace(tiny_score, tempo_bpm=240.0, sections=tiny_score.sections[:1])
    port = Loopback()
    play(quick, port)
    wanted = np.array([one.seconds for one in timed_messages(quick)])
    came = np.array([moment - port.sent[0][0] for moment, _ in port.sent[: len(wanted)]])
    assert np.median(came - wanted) < 0.005


@pytest.fixture
def session(tiny_plan: Plan, tiny_score: Score, tiny_track: Track) -> Session:
    made = Session()
    made.open(replace(tiny_track, edits=EditState()))
    return made


def turn(control: int, value: int, channel: int = 0) -> mido.Message:
    return mido.Message("control_change", channel=channel, control=control, value=value)


def test_knobs_are_learned_by_turning_them(session: Session) -> None:
    controller, port = MidiController(session), Loopback()
    over = threading.Event()
    controller.learn("bass", "mix.gain_db", low=-12.7, high=0.0)
    port.send(mido.Message("note_on", note=60))
    for value in (0, 127, 64):
        port.send(turn(21, value))
    port.send(turn(22, 5))
    follower = threading.Thread(target=controller.follow, args=(port, over), kwargs={"interval_seconds": 0.01})
    follower.start()
    deadline = time.monotonic() + 5.0
    while len(session.history) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    over.set()
    follower.join()
    assert controller.bindings == {(0, 21): KnobTarget("bass", "mix.gain_db", -12.7, 0.0)}
    # Three messages of one knob in one look are one step, to where it stands.
    assert len(session.history) == 2
    assert session.state.song.plan.mix["bass"].gain_db == pytest.approx(-6.3)


def test_two_knobs_of_a_patch_are_one_edit(session: Session) -> None:
    controller = MidiController(session)
    for number, name in enumerate(("filter.cutoff_hz", "amplifier.release_ms")):
        controller.learn("bass", name)
        controller.receive(turn(number, 0, channel=2))
    least = controller.bindings[2, 0]
    controller.receive(turn(0, 127, channel=2))
    (edit,) = controller.apply()
    assert (edit["edit"], edit["element"]) == ("sound", "bass")
    assert edit["settings"]["filter.cutoff_hz"] == pytest.approx(least.high)
    assert session.state.song.plan.patch_settings["bass"] == edit["settings"]
    assert controller.apply() == []


def test_a_knob_may_run_backwards_and_frequencies_go_by_factors() -> None:
    back = KnobTarget("leads", "mix.pan", 1.0, -1.0)
    assert [back.value_at(position) for position in (0, 127)] == [1.0, -1.0]
    cutoff = KnobTarget("leads", "filter.cutoff_hz", 100.0, 10000.0)
    middle = cutoff.value_at(63) * cutoff.value_at(64)
    assert middle == pytest.approx(100.0 * 10000.0, rel=1e-6)


@pytest.mark.parametrize(
    ("element", "parameter", "ends", "message"),
    [
        ("banjo", "mix.pan", (None, None), "element 'banjo' is not in the song"),
        ("bass", "mix.gian_db", (None, None), r"has no number 'mix.gian_db' \(did you mean mix.gain_db\?\)"),
        ("bass", "mix.pan", (-2.0, 1.0), "mix.pan: expected -1 to 1, got -2 to 1"),
    ],
)
def test_what_cannot_be_learned_is_refused(
    session: Session, element: str, parameter: str, ends: tuple[Any, Any], message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        MidiController(session).learn(element, parameter, *ends)


def alsa() -> None:
    pytest.importorskip("rtmidi", reason="python-rtmidi is absent: pip install -e .[midi]")
    if not Path("/dev/snd/seq").exists():
        pytest.skip("the kernel has no ALSA sequencer (/dev/snd/seq)")


def test_virtual_ports_of_alsa_carry_a_song(tiny_score: Score) -> None:
    alsa()
    name = f"beatsfoundry test {os.getpid()}"
    with open_input(name, virtual=True) as heard, open_output(name) as port:
        quick = replace(tiny_score, tempo_bpm=240.0, sections=tiny_score.sections[:1])
        play(quick, port)
        time.sleep(0.1)
        kinds = [message.type for message in heard.iter_pending()]
    assert kinds.count("note_on") == sum(one.message.type == "note_on" for one in timed_messages(quick))


def test_a_machine_without_midi_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.session.midi_ports.find_spec", lambda name: None)
    with pytest.raises(ParameterError, match="MIDI ports need python-rtmidi"):
        output_names()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has its ports from ALSA")
def test_a_kernel_without_a_sequencer_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("workbench.session.midi_ports.find_spec", lambda name: object())
    monkeypatch.setattr("workbench.session.midi_ports.SEQUENCER", tmp_path / "seq")
    with pytest.raises(ParameterError, match="its kernel has no ALSA sequencer"):
        output_names()
