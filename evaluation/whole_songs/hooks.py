"""Whether a chorus's tune comes back in every chorus, and stays out of the verse."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evaluation.whole_songs.voices import Voice, voice_of
from workbench.domain.plan import SectionPlan
from workbench.domain.score import Score
from workbench.domain.song import HOOK_SECTIONS

VERSE_SECTIONS = ("verse", "build", "breakdown")
HOOK_BARS = 4
_LARGEST_TRANSPOSITION = 12

Cells = frozenset[tuple[int, int]]
"""Notes as (twelfth of a quarter note from the start, pitch)."""


@dataclass(frozen=True, slots=True)
class Hook:
    """Likeness, 0 to 1, of the hook to its return in each later chorus (the least of them), and to the verse's most
    similar bars; None where there is nothing to compare with.
    """

    returns: float | None
    in_verse: float | None


def find_hook(score: Score) -> Hook | None:
    """The first bars of the first chorus, compared with the other sections; None without a chorus that is sung.

    The hook is sought at every bar of the other sections, in any transposition.
    """
    line = voice_of(score, "leads").line(highest=True)
    choruses = [section for section in score.sections if section.name in HOOK_SECTIONS]
    hook = next((found for one in choruses if (found := _cells(line, one, 0, _length(one)))), None)
    if hook is None:
        return None
    bars = _length(choruses[0])
    returns = [_most_alike(hook, bars, line, section) for section in choruses[1:]]
    verses = [section for section in score.sections if section.name in VERSE_SECTIONS]
    heard = [_most_alike(hook, bars, line, section) for section in verses]
    return Hook(min(returns) if returns else None, max(heard) if heard else None)


def likeness(first: Iterable[tuple[int, int]], second: Iterable[tuple[int, int]]) -> float:
    """F1 of two sets of notes after the transposition that fits best, 0 to 1.

    Examples
    --------
    >>> likeness({(0, 60), (12, 64)}, {(0, 62), (12, 66)}), likeness({(0, 60), (12, 64)}, {(0, 60)})
    (1.0, 0.6666666666666666)
    """
    one, other = set(first), set(second)
    if not one or not other:
        return 0.0
    moves = range(-_LARGEST_TRANSPOSITION, _LARGEST_TRANSPOSITION + 1)
    most = max(len(one & {(step, pitch + move) for step, pitch in other}) for move in moves)
    return 2.0 * most / (len(one) + len(other))


def _length(section: SectionPlan) -> int:
    return min(HOOK_BARS, section.bars)


def _most_alike(hook: Cells, bars: int, line: Voice, section: SectionPlan) -> float:
    offsets: Sequence[int] = range(max(1, section.bars - bars + 1))
    return max(likeness(hook, _cells(line, section, offset, bars)) for offset in offsets)


def _cells(line: Voice, section: SectionPlan, offset: int, bars: int) -> Cells:
    start = (section.start_bar + offset) * line.bar_steps
    end = min(section.end_bar * line.bar_steps, start + bars * line.bar_steps)
    inside = (line.steps >= start) & (line.steps < end)
    steps, pitches = (line.steps[inside] - start).tolist(), line.pitches[inside].tolist()
    return frozenset(zip(steps, pitches, strict=True))
