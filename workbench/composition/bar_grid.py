"""How the bars of a metre lie in bars of four or three quarter notes, which are what the networks write.

Compound metres are a matter of scale: a dotted quarter is a beat on the grid of triplets. Odd metres lack something:
a bar of 7/8 is a bar of four without the off-beat before its middle (3 + 2 + 2 eighths), 5/4 are two bars of three less
the second beat of the second (3 + 2), 7/4 two bars of four without the second beat of the second (4 + 3). What is left
out lies within the bar, so that pick-ups, fills and the last backbeat stay where they lead to the next one.
"""

from __future__ import annotations

from dataclasses import dataclass

from workbench.domain.theory import Metre

_FOUR, _THREE = Metre(4, 4), Metre(3, 4)
_TINY = 1e-6


@dataclass(frozen=True, slots=True)
class BarGrid:
    """`bars` of a song lie together in `canonical_bars` of `metre`.

    `scale` is the length of a canonical quarter note in quarter notes of the song; `gap` holds the beats that are left
    out of each such stretch, from and to, counted in canonical quarter notes.
    """

    metre: Metre
    scale: float = 1.0
    bars: int = 1
    canonical_bars: int = 1
    gap: tuple[float, float] | None = None

    def bars_for(self, bars: int) -> int:
        """How many canonical bars hold so many bars; a stretch that is begun counts whole."""
        return -(-bars // self.bars) * self.canonical_bars

    def range_for(self, first: int, end: int) -> tuple[int, int]:
        """The canonical bars, first and end, that hold some bars."""
        return first // self.bars * self.canonical_bars, self.bars_for(end)

    def is_left_out(self, beats: float) -> bool:
        """Whether a canonical place falls away in the song.

        Examples
        --------
        >>> bar_grid(Metre.parse("7/8")).is_left_out(5.5), bar_grid(Metre.parse("7/8")).is_left_out(6.0)
        (True, False)
        """
        if self.gap is None:
            return False
        within = (beats + _TINY) % self._period
        return self.gap[0] <= within < self.gap[1] - _TINY

    def to_song(self, beats: float) -> float:
        """Quarter notes of the song for canonical ones; what is left out falls on its beginning.

        Examples
        --------
        >>> five = bar_grid(Metre.parse("5/4"))
        >>> [five.to_song(beats) for beats in (3.0, 4.5, 5.0, 6.0)]
        [3.0, 4.0, 4.0, 5.0]
        """
        if self.gap is None:
            return beats * self.scale
        start, end = self.gap
        whole, within = divmod(beats + _TINY, self._period)
        within -= _TINY
        kept = min(within, start) if within < end else within - (end - start)
        return round((whole * (self._period - (end - start)) + kept) * self.scale, 9)

    def from_song(self, beats: float, *, ends: bool = False) -> float:
        """Canonical quarter notes for those of the song; at the seam what begins lies after the gap, what ends before.

        Examples
        --------
        >>> five = bar_grid(Metre.parse("5/4"))
        >>> five.from_song(4.0), five.from_song(4.0, ends=True), five.from_song(9.5)
        (5.0, 4.0, 11.5)
        """
        if self.gap is None:
            return beats / self.scale
        start, end = self.gap
        at = _TINY * (-1.0 if ends else 1.0)
        whole, within = divmod(beats / self.scale + at, self._period - (end - start))
        within += (end - start) * (within >= start)
        return round(whole * self._period + within - at, 9)

    @property
    def _period(self) -> float:
        return self.canonical_bars * self.metre.bar_beats


_ODD = {
    Metre(5, 4): BarGrid(_THREE, canonical_bars=2, gap=(4.0, 5.0)),
    Metre(7, 4): BarGrid(_FOUR, canonical_bars=2, gap=(5.0, 6.0)),
    Metre(7, 8): BarGrid(_FOUR, gap=(1.5, 2.0)),
}


def bar_grid(metre: Metre) -> BarGrid:
    """Where the bars of a metre lie."""
    if metre in _ODD:
        return _ODD[metre]
    if not metre.is_compound:
        return BarGrid(metre)
    canonical = _THREE if metre.is_triple else _FOUR
    return BarGrid(canonical, metre.beat_beats, round(canonical.bar_beats * metre.beat_beats / metre.bar_beats))
