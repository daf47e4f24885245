"""A song under one user's hands: states, previews and tracks."""

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.session.conftest import REQUEST
from workbench import modify
from workbench.domain.errors import CancelledError, ParameterError
from workbench.domain.request import parse_request
from workbench.domain.results import Track
from workbench.domain.units import gain_to_db
from workbench.session import Session
from workbench.store import Store

EDITS: list[dict[str, Any]] = [
    {"edit": "mix", "element": "bass", "gain_db": 4.0, "pan": -0.5},
    {"edit": "sound", "element": "leads", "settings": {"amplifier.release_ms": 400}},
]


@pytest.fixture
def session(track: Track) -> Session:
    made = Session()
    made.open(track)
    return made


def same(one: Track, other: Track) -> bool:
    stems = all(np.array_equal(one.mix.stems[name].samples, other.mix.stems[name].samples) for name in one.mix.stems)
    return stems and np.array_equal(one.master.samples, other.master.samples) and one.plan == other.plan


def rms_db(samples: np.ndarray) -> float:
    return gain_to_db(float(np.sqrt(np.mean(samples.astype(np.float64) ** 2))))


def test_a_session_makes_what_generate_and_modify_make(track: Track, tmp_path: Path) -> None:
    session = Session(store=Store(tmp_path, 10**9))
    assert same(session.generate(parse_request(REQUEST)), track)
    session.modify(EDITS)
    assert same(session.track(), modify(track, EDITS))


def test_step_by_step_is_the_same_as_at_once(session: Session, track: Track) -> None:
    for edit in EDITS:
        session.modify([edit])
        session.track()
    assert same(session.track(), modify(track, EDITS))


def test_undo_and_redo_move_through_states_that_never_change(session: Session, track: Track) -> None:
    first = session.state
    with pytest.raises(ParameterError, match="nothing to undo"):
        session.undo()
    second = session.set_mix("bass", gain_db=-3.0)
    third = session.set_patch("leads", {"amplifier.release_ms": 400})
    assert session.undo() is second
    assert session.undo() is first
    assert session.track() is track
    assert session.redo() is second
    assert session.history == (first, second, third)
    fourth = session.set_mix("bass", gain_db=-6.0)
    assert session.history == (first, second, fourth)
    with pytest.raises(ParameterError, match="nothing to redo"):
        session.redo()
    assert second.song.plan.mix["bass"].gain_db == -3.0


def test_a_preview_of_what_stands_is_cut_from_the_track(session: Session, track: Track) -> None:
    heard = session.preview((3, 4))
    beat_samples = 44100 * 60 / 160
    first, end = round(8 * beat_samples), round(16 * beat_samples)
    for name, stem in heard.stems.items():
        np.testing.assert_array_equal(stem.samples, track.mix.stems[name].samples[:, first:end])
    total = np.sum([stem.samples for stem in heard.stems.values()], axis=0, dtype=np.float32)
    np.testing.assert_allclose(heard.audio.samples, total, atol=1e-6)


def test_a_moved_fader_is_heard_as_far_as_it_was_moved(session: Session, track: Track) -> None:
    before = session.preview((3, 6))
    session.set_mix("bass", gain_db=6.0)
    after = session.preview((3, 6))
    moved = rms_db(after.stems["bass"].samples) - rms_db(before.stems["bass"].samples)
    assert moved == pytest.approx(6.0, abs=0.7)
    for name in ("percussion", "pads", "leads"):
        np.testing.assert_array_equal(after.stems[name].samples, before.stems[name].samples)
    final = session.track().mix.stems["bass"]
    assert rms_db(final.samples) - rms_db(track.mix.stems["bass"].samples) == pytest.approx(6.0, abs=0.3)


def test_pan_and_mute_reach_preview_and_track_alike(session: Session) -> None:
    session.set_mix("leads", pan=-1.0)
    heard, final = session.preview((5, 8)).stems["leads"], session.track().mix.stems["leads"]
    for stem in (heard, final):
        left, right = (rms_db(channel) for channel in stem.samples)
        assert left > right + 6.0
    session.set_mix("leads", mute=True)
    assert not session.preview((5, 8)).stems["leads"].samples.any()
    assert not session.track().mix.stems["leads"].samples.any()


def test_a_preview_of_a_new_sound_is_near_to_the_final_one(session: Session, track: Track) -> None:
    session.set_patch("bass", {"amplifier.release_ms": 200})
    heard = session.preview((5, 8), elements=["bass"])
    session.track()
    final = session.preview((5, 8), elements=["bass"])
    assert heard.audio.samples.shape == final.audio.samples.shape
    assert rms_db(heard.audio.samples) == pytest.approx(rms_db(final.audio.samples), abs=1.5)


def test_notes_alone_can_be_heard_before_anything_is_finished() -> None:
    session = Session()
    session.compose(parse_request(REQUEST))
    heard = session.preview((1, 2), elements=["bass", "percussion"])
    assert set(heard.stems) == {"bass", "percussion"}
    assert heard.audio.samples.shape == (2, round(8 * 44100 * 60 / 160))
    assert rms_db(heard.audio.samples) > -60.0


def test_another_tempo_is_previewed_without_the_old_sound(session: Session) -> None:
    session.modify([{"edit": "tempo", "bpm": 120}])
    assert session.preview((3, 4)).audio.samples.shape == (2, round(8 * 44100 * 0.5))


def test_what_is_not_there_is_refused_in_one_line(session: Session) -> None:
    for wrong, told in (
        (lambda: session.preview((1, 99)), "bar 99 is not in the song"),
        (lambda: session.preview((1, 2), elements=["tuba"]), "tuba is not in the song"),
        (lambda: session.set_patch("bass", {"filter.cutof_hz": 1.0}), "did you mean cutoff_hz"),
        (lambda: session.set_patch("bass", {"amplifier.sustain": 7.0}), "expected a number of 0 to 1"),
        (lambda: session.set_mix("bass"), "expected an element with gain_db"),
        (lambda: Session().preview((1, 2)), "holds no song yet"),
    ):
        with pytest.raises(ParameterError, match=told):
            wrong()
    assert len(session.history) == 1


def test_work_that_is_called_off_leaves_the_song_as_it_was(track: Track) -> None:
    session = Session()
    session.compose(parse_request(REQUEST))
    state = session.state
    started = threading.Event()
    ended: list[BaseException] = []

    def work() -> None:
        try:
            session.track(progress=lambda fraction, message: started.set())
        except CancelledError as error:
            ended.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    assert started.wait(60)
    session.cancel()
    thread.join(60)
    assert not thread.is_alive()
    assert "called off" in str(ended[0])
    assert session.state is state
    assert same(session.track(), track)


def test_a_new_song_that_is_called_off_leaves_the_one_before(track: Track) -> None:
    session = Session()
    session.open(track)
    session.set_mix("bass", gain_db=-3.0)
    history = session.history

    def make() -> None:
        with session.or_back():
            session.compose(parse_request(REQUEST))
            # Called off between two steps: the next one does not begin.
            session.cancel()
            session.preview((1, 1))
            session.track()

    with pytest.raises(CancelledError, match="the song stays as it was"):
        make()
    assert session.history is history
    session.undo()
    assert session.track() is track
