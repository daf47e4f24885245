"""A song on a shared beat: it begins with a bar, follows whoever changes the tempo, and alone it sets its own."""

import time
from dataclasses import replace
from importlib.util import find_spec
from typing import Any

import pytest

from workbench.cli.main import main
from workbench.domain.errors import ParameterError
from workbench.domain.plan import SectionPlan
from workbench.domain.score import Score
from workbench.session.link import Beat, joined, play_linked
from workbench.session.midi_out import timed_messages


class Room:
    """A session and a clock that only sleeping moves; `changes` are tempi by the second at which somebody sets them."""

    def __init__(
        self, tempo_bpm: float, *, peers: int = 0, beat: float = 0.0, changes: dict[float, float] | None = None
    ):
        self.seconds, self.last = 100.0, Beat(beat, 100.0, tempo_bpm, peers)
        self.changes = sorted((changes or {}).items())
        self.asked: list[tuple[float, float]] = []
        self.sent: list[tuple[float, Any]] = []

    def now(self) -> Beat:
        return self.last

    def set_tempo(self, tempo_bpm: float) -> None:
        self.asked.append((self.last.at(self.seconds), tempo_bpm))
        self.last = Beat(self.last.at(self.seconds), self.seconds, tempo_bpm, self.last.peers)

    def clock(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        assert 0 <= seconds <= 0.011
        until = self.seconds + max(seconds, 1e-6)
        while self.changes and self.changes[0][0] <= until:
            at, tempo_bpm = self.changes.pop(0)
            self.last = Beat(self.last.at(at), at, tempo_bpm, self.last.peers)
        self.seconds = until

    def send(self, message: Any) -> None:
        self.sent.append((self.last.at(self.seconds), message))


def notes(sent: list[tuple[float, Any]]) -> list[tuple[float, int]]:
    return [(beat, message.note) for beat, message in sent if message.type == "note_on" and message.velocity]


def test_the_song_begins_with_the_next_bar_and_stays_on_the_beat(tiny_score: Score) -> None:
    room = Room(100.0, peers=1, beat=2.0, changes={103.0: 140.0})
    play_linked(tiny_score, room, room, now=room.clock, sleep=room.sleep)
    expected = [
        (4.0 + one.seconds * 120.0 / 60.0, one.message.note)
        for one in timed_messages(tiny_score)
        if one.message.type == "note_on" and one.message.velocity
    ]
    found = notes(room.sent)
    assert [pitch for _, pitch in found] == [pitch for _, pitch in expected]
    for (beat, _), (wanted, _) in zip(found, expected, strict=True):
        assert 0.0 <= beat - wanted < 0.005
    assert room.asked == [], "their tempo holds"
    clocks = [beat for beat, message in room.sent if message.type == "clock"]
    assert clocks[0] == pytest.approx(4.0, abs=0.005)
    assert len(clocks) == 16 * 24


def test_alone_the_song_sets_its_tempi_where_they_change(tiny_score: Score) -> None:
    sections: tuple[SectionPlan, ...] = tuple(
        replace(one, tempo_bpm=97.3 if one.name == "verse" else None) for one in tiny_score.sections
    )
    room = Room(110.0, beat=7.9)
    play_linked(replace(tiny_score, sections=sections), room, room, now=room.clock, sleep=room.sleep)
    # A quarter of a beat before the bar is too near: the song begins at beat 12, its verse four beats later.
    assert [tempo for _, tempo in room.asked] == [120.0, 97.3, 120.0]
    places = [beat for beat, _ in room.asked]
    assert places[0] == pytest.approx(7.9, abs=1e-6)
    assert places[1:] == pytest.approx([16.0, 24.0], abs=0.01)


def test_a_song_that_is_stopped_leaves_no_note(tiny_score: Score) -> None:
    room = Room(120.0, peers=1)

    def interrupted(seconds: float) -> None:
        if room.seconds > 104.0:
            raise KeyboardInterrupt
        room.sleep(seconds)

    with pytest.raises(KeyboardInterrupt):
        play_linked(tiny_score, room, room, now=room.clock, sleep=interrupted)
    kinds = [message.type for _, message in room.sent[-17:]]
    assert kinds == ["stop", *["control_change"] * 16]


def test_without_aalink_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.session.link.find_spec", lambda name: None)
    with pytest.raises(ParameterError, match=r"needs aalink: pip install beatsfoundry\[link\]"), joined(120.0, 4.0):
        pass


@pytest.mark.skipif(find_spec("aalink") is None, reason="aalink is absent: pip install beatsfoundry[link]")
def test_two_peers_find_each_other_and_share_a_tempo() -> None:
    with joined(100.0, 4.0) as first, joined(132.0, 4.0) as second:
        until = time.monotonic() + 10.0
        while not (first.now().peers and second.now().peers) and time.monotonic() < until:
            time.sleep(0.05)
        if not first.now().peers:
            pytest.skip("peers do not find each other here: no multicast on this network")
        second.set_tempo(141.0)
        while abs(first.now().tempo_bpm - 141.0) > 0.01 and time.monotonic() < until:
            time.sleep(0.05)
        assert first.now().tempo_bpm == pytest.approx(141.0, abs=0.01)
        time.sleep(0.5)
        now = time.monotonic()
        apart = (first.now().at(now) - second.now().at(now)) % 1.0
        assert min(apart, 1.0 - apart) < 0.02


def test_a_song_is_played_to_a_port_or_refused_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["play", "nowhere", "--port", "x", "--link"]) == 2
    assert "nowhere" in capsys.readouterr().err
