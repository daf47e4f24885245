"""Points over bars: their places, the values between them, and bars that move."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.automation import Point, laid, placed, shifted, value_at
from workbench.domain.tempo_map import TempoMap

BAR_BEATS = 4.0


@st.composite
def lanes(draw: st.DrawFn) -> tuple[Point, ...]:
    """Points in order, on quarters of beats, in eight bars; some leap, some hold."""
    places = sorted(draw(st.lists(st.integers(0, 8 * 16 - 1), min_size=1, max_size=8)))
    return tuple(
        Point(place // 16 + 1, draw(st.integers(-9, 9)) * 1.0, 1.0 + place % 16 / 4.0, draw(st.booleans()))
        for place in places
    )


@given(lanes(), st.lists(st.integers(0, 7), min_size=1, max_size=10))
def test_every_bar_sounds_as_it_did_wherever_it_goes(lane: tuple[Point, ...], order: list[int]) -> None:
    moved = laid(lane, order, BAR_BEATS)
    places = [point.place_beats(BAR_BEATS) for point in moved]
    assert places == sorted(places)
    for bar, source in enumerate(order):
        for beat in (0.1, 1.0, 1.25, 2.6, 3.9):
            now = value_at(moved, bar * BAR_BEATS + beat, BAR_BEATS)
            then = value_at(lane, source * BAR_BEATS + beat, BAR_BEATS)
            assert abs(float(now) - float(then)) < 1e-9


@given(lanes())
def test_a_lane_that_is_read_between_points_lies_between_their_values(lane: tuple[Point, ...]) -> None:
    for first, second in pairwise(lane):
        middle = (first.place_beats(BAR_BEATS) + second.place_beats(BAR_BEATS)) / 2.0
        if first.place_beats(BAR_BEATS) < middle:
            value = value_at(lane, middle, BAR_BEATS)
            wanted = first.value if first.hold else (float(first.value) + float(second.value)) / 2.0
            assert value == wanted


def test_points_lie_on_samples_by_the_tempo_map() -> None:
    tempi = TempoMap((0.0, 8.0), (120.0, 60.0))
    lane = (Point(1, 0.0), Point(3, 1.0), Point(3, 2.0, beat=2.5, hold=True))
    found = placed(lane, lambda beats: round(tempi.seconds_at(beats) * 48000), BAR_BEATS)
    assert found == [(0, 0.0, False), (4 * 48000, 1.0, False), (round(5.5 * 48000), 2.0, True)]


def test_words_stay_until_the_next_point() -> None:
    lane = (Point(1, "low"), Point(2, "high"))
    assert [value_at(lane, beats, BAR_BEATS) for beats in (0.0, 3.99, 4.0, 9.0)] == ["low", "low", "high", "high"]
    assert shifted(lane, -1)[1].bar == 1
