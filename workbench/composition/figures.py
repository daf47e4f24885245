"""Accompaniment in figures: the voicings of pads as broken chords, comping, strums and stabs.

The network finds voicings and leads them; a figure of the style's book plays them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from workbench.composition.figure_book import FREE, TRIPLETS, Figure, Strike, figures, section_figures
from workbench.composition.performance import without_unisons
from workbench.composition.phrases import habit
from workbench.composition.voicing import chords_within, missing_tones, wanted_tones
from workbench.domain.elements import plays
from workbench.domain.plan import PartTraits, Plan, SectionPlan
from workbench.domain.score import Note
from workbench.domain.seeding import generator
from workbench.domain.theory import Chord

_HAND, _LONE_HAND = 3, 4
"""Tones of a chord that make a hand, and that are played at least without a bass."""
_COME_BACK = 0.8
"""Share of songs whose player has one voicing for each chord of a section."""
_WHOLE = {"u": "x", "l": "x", "t": "x", "b": "B"}
"""What is struck where a chord arrives; "B" is both hands, which ring."""
_STATED = 0.65
"""Share of songs in which a broken chord is struck whole where it arrives."""
_RINGS_BEATS = 2.0
_INVERTED = 0.4
"""Share of songs whose player turns to the next inversion in the second half of a chord, so that the top moves."""
_OPEN, _OPEN_WIDTH, _OPEN_ABOVE = 0.6, 12, 45
"""Share of songs whose held chords are voiced openly, how wide a hand is that is open already, and the lowest pitch to
which a tone comes down for it.
"""
_WIDE, _ABOVE_BASS = 0.6, 45
"""Share of songs whose pianist plays the left hand at the bottom of the register, and the lowest pitch that it has over
somebody who plays the bass.
"""
_TOP_MOVES = 0.7
"""Share of songs whose held chords have a top voice that moves with them."""
_Hand = tuple[tuple[int, str], int]
"""The chord (root and quality) and the top pitch of a hand."""
_Place = tuple[str, int, str, int]
_HELD_FROM, _BLOCK = 0.5, frozenset("xult.")
"""Sustain from which chords are held rather than struck, and the steps of figures that do not break them: stabs and
broken chords stay close.
"""
_LATE_BEATS, _EARLY_BEATS = 1.0, 0.1
_LEAST_BEATS = 0.08
_ON_BEAT, _UPPER, _TOUCH = 4.0, -5.0, 3.5
"""Velocity on a beat and of upper tones, and its spread."""


def play_figures(notes: Iterable[Note], plan: Plan, element: str, chords: Sequence[Chord]) -> tuple[Note, ...]:
    """The notes of pads, with the voicings of each section played as its figure.

    Parameters
    ----------
    notes : iterable of Note
        As `voicing.state_chords` returns them. Bars in which they are silent stay so.
    plan : Plan
        `parts[element].figures` names the figures of the style; where there are none, or where a section's is "free",
        notes stay as they are.
    element : str
        One that plays chords.
    chords : sequence of Chord
        Of the whole song.

    Returns
    -------
    tuple of Note
        Sorted.
    """
    written = sorted(notes)
    bar_beats = plan.metre.bar_beats
    played: list[Note] = []
    found: dict[_Place, list[Note]] = {}
    before: list[_Hand] = []
    for section, name in zip(plan.sections, section_figures(plan, element), strict=True):
        start, end = section.start_bar * bar_beats, section.end_bar * bar_beats
        own = [note for note in written if start - _EARLY_BEATS < note.onset_beats + _EARLY_BEATS < end]
        if name == FREE or not own:
            played += own
            continue
        for bar in range(section.bars):
            played += _play_bar(own, plan, element, section, bar, figures("chords")[name], chords, found, before)
    return tuple(without_unisons(played))


def _play_bar(
    own: Sequence[Note],
    plan: Plan,
    element: str,
    section: SectionPlan,
    bar: int,
    figure: Figure,
    chords: Sequence[Chord],
    found: dict[_Place, list[Note]],
    before: list[_Hand],
) -> Iterator[Note]:
    """A bar (from the section's start) of a figure; of each chord as much as lies in the bar.

    Without a bass, both hands state each chord at the beginning of the bar.
    Players who like to come back to the voicing that they `found` for a chord keep it there.
    """
    bar_beats = plan.metre.bar_beats
    begin = (section.start_bar + bar) * bar_beats
    triplets = plan.groove.steps_per_beat == TRIPLETS
    strikes = [(begin + beats, step) for beats, step in figure.strikes(bar, bar_beats, triplets=triplets)]
    states = habit(plan, element, "states chords") < _STATED
    rng, traits = generator(plan.seed, element, "touch", section.label, bar % 8), plan.parts[element]
    for chord, start, end in chords_within(chords, begin, begin + bar_beats):
        heard = [note for note in own if _is_heard(note, start, end)]
        if not (chord.sounds and heard):
            continue
        hand = _hand(heard, chord, traits, section, chords)
        if set(figure.steps) <= _BLOCK and figure.hold >= _HELD_FROM and _is_open(plan, element):
            hand = opened(hand, chord.root, traits)
        if habit(plan, element, "voicings") < _COME_BACK:
            hand = found.setdefault((section.label, chord.root, chord.quality, chord.bass), hand)
        hand = _moved_on(hand, chord, before, plan, element)
        inside = _arriving([one for one in strikes if start <= one[0] + 1e-6 < end], chord, start, states=states)
        wanted = wanted_tones(chord, alone=not plays(section.elements, "bass"))
        deep = habit(plan, element, "left hand") < _WIDE
        left = _left_hand(hand, chord, traits, deep=deep, least=_ABOVE_BASS if plays(section.elements, "bass") else 0)
        heard_tones = {
            note.pitch % 12 for _, step in inside if step != "t" for note in _tones(hand, step, traits.high_pitch, left)
        }
        if inside and not plays(section.elements, "bass"):
            inside[0] = (inside[0][0], "B")
        elif inside and not set(wanted) <= heard_tones:
            inside[0] = (inside[0][0], "x")
        turned = _turned(hand, traits.high_pitch) if habit(plan, element, "inversions") < _INVERTED else hand
        for (beats, step), (until, _) in pairwise([*inside, (end, "")]):
            length = _held(figure, until - beats, end - beats, traits.sustain)
            length = max(length, min(_RINGS_BEATS, end - beats)) if step == "B" else length
            lift = _ON_BEAT * (beats % 1.0 == 0.0) + _UPPER * (step == "u") + rng.normal(0.0, _TOUCH)
            later = beats >= (start + end) / 2 and step in "xul"
            for note in _tones(turned if later else hand, step, traits.high_pitch, left):
                struck = replace(note, onset_beats=round(beats, 6), duration_beats=round(length, 6))
                yield replace(struck, velocity=min(127, max(1, round(note.velocity + lift))))


def _moved_on(hand: list[Note], chord: Chord, before: list[_Hand], plan: Plan, element: str) -> list[Note]:
    """A hand whose top moves where the chord does: the next inversion, if the chord `before` had the same top.

    It takes the place of that one. Songs in which the top may stay are left alone.
    """
    word = (chord.root, chord.quality)
    last = before[-1] if before else None
    if last and last[0] != word and last[1] == hand[-1].pitch and habit(plan, element, "top voice") < _TOP_MOVES:
        turned = _turned(hand, plan.parts[element].high_pitch)
        hand = turned if turned[-1].pitch != hand[-1].pitch else hand
    before[:] = [(word, hand[-1].pitch) if last is None or last[0] != word else last]
    return hand


def _turned(hand: list[Note], high_pitch: int) -> list[Note]:
    """The next inversion of a hand, its lowest tone an octave higher, where there is room.

    Examples
    --------
    >>> [note.pitch for note in _turned([Note(0.0, pitch, 1.0, 80) for pitch in (60, 64, 67)], 84)]
    [64, 67, 72]
    """
    raised = hand[0].pitch + 12
    if len(hand) < 2 or raised > high_pitch or raised in {note.pitch for note in hand}:
        return hand
    return sorted([*hand[1:], replace(hand[0], pitch=raised)], key=lambda note: note.pitch)


def _is_heard(note: Note, start: float, end: float) -> bool:
    return start - _EARLY_BEATS < note.onset_beats < end - _EARLY_BEATS or (
        note.onset_beats < start < note.onset_beats + note.duration_beats - _EARLY_BEATS
    )


def _arriving(strikes: list[Strike], chord: Chord, start: float, *, states: bool) -> list[Strike]:
    """The strikes under a chord; one that is new is struck whole at its beginning.

    Where a figure breaks it, it is if the player `states` chords before breaking them.
    """
    first = strikes[0][0] if strikes else float("inf")
    if abs(chord.onset_beats - start) > _EARLY_BEATS:
        return strikes
    if first > start + _LATE_BEATS:
        return [(start, "x"), *strikes]
    step = strikes[0][1]
    if first < start + _EARLY_BEATS and (step in _WHOLE or (states and step.isdigit())):
        return [(start, _WHOLE.get(step, "x")), *strikes[1:]]
    return strikes


def _hand(
    heard: Sequence[Note], chord: Chord, traits: PartTraits, section: SectionPlan, chords: Sequence[Chord]
) -> list[Note]:
    """The voicing that is played: the network's tones of the chord, what they lack added, without what is spare.

    Spare are, in this order, tones that are doubled, the perfect fifth, and the root above a bass that plays it. Where
    more than three tones were asked for, they are wanted too.
    """
    lone = not plays(section.elements, "bass")
    tones = max(traits.hand_tones, _LONE_HAND) if lone else traits.hand_tones
    wanted = wanted_tones(chord, alone=lone)
    if traits.hand_tones > _HAND:
        wanted = tuple(dict.fromkeys([*wanted, *reversed(chord.pitch_classes)]))[:tones]
    by_pitch = {note.pitch: note for note in heard if note.pitch % 12 in chord.pitch_classes}
    voiced = [by_pitch[pitch] for pitch in sorted(by_pitch)] or [heard[0]]
    voiced += missing_tones(voiced, voiced, chord, wanted, traits, chords)
    voiced.sort(key=lambda note: note.pitch)
    classes = [note.pitch % 12 for note in voiced]
    spare = [note for place, note in enumerate(voiced) if note.pitch % 12 in classes[:place]]
    spare += [note for note in voiced for step in (7, 0) if (note.pitch - chord.root) % 12 == step]
    for note in spare:
        if len(voiced) <= tones:
            break
        if note in voiced and (note.pitch % 12 not in wanted or classes.count(note.pitch % 12) > 1):
            voiced.remove(note)
    return voiced


def _is_open(plan: Plan, element: str) -> bool:
    """Whether the chords that are held in a song are voiced openly."""
    return plan.parts[element].sustain >= _HELD_FROM and habit(plan, element, "open") < _OPEN


def opened(hand: Sequence[Note], root: int, traits: PartTraits) -> list[Note]:
    """A hand in open position: the root an octave lower, or the fifth where the root is on top.

    Where both would lie too low, the middle tone moves up instead.

    Examples
    --------
    >>> hand = [Note(0.0, pitch, 1.0, 80) for pitch in (60, 64, 67)]
    >>> [note.pitch for note in opened(hand, 0, PartTraits(low_pitch=40))]
    [48, 64, 67]
    >>> [note.pitch for note in opened(hand, 0, PartTraits(low_pitch=60))]
    [60, 67, 76]
    """
    ordered = sorted(hand, key=_by_pitch)
    if len(ordered) < _HAND or ordered[-1].pitch - ordered[0].pitch >= _OPEN_WIDTH:
        return ordered
    least = max(traits.low_pitch, _OPEN_ABOVE) + 12
    low = [note for step in (0, 7) for note in ordered[:-1] if (note.pitch - root) % 12 == step and note.pitch >= least]
    middle = ordered[-2]
    chosen, by = (low[0], -12) if low else (middle, 12)
    if chosen.pitch + by > traits.high_pitch:
        return ordered
    rest = [note for note in ordered if note is not chosen]
    return sorted([*rest, replace(chosen, pitch=chosen.pitch + by)], key=_by_pitch)


def _by_pitch(note: Note) -> int:
    return note.pitch


def _left_hand(hand: Sequence[Note], chord: Chord, traits: PartTraits, *, deep: bool, least: int = 0) -> Note:
    """The bass of the chord below the hand, or the lowest tone of the hand where the register ends.

    Of its octaves the one next to the hand, or with `deep` the lowest of the register from `least` on.
    """
    low = [pitch for pitch in range(max(least, traits.low_pitch), hand[0].pitch - 2) if pitch % 12 == chord.bass]
    return replace(hand[0], pitch=low[0 if deep else -1] if low else hand[0].pitch)


def _tones(hand: Sequence[Note], step: str, high_pitch: int, left: Note) -> Sequence[Note]:
    """Which notes of a hand, or of the `left` one, a strike plays.

    A tone beyond the hand is counted on, an octave higher where there is room.

    Examples
    --------
    >>> hand = [Note(0.0, pitch, 1.0, 80) for pitch in (60, 64, 67)]
    >>> [[note.pitch for note in _tones(hand, step, 84, Note(0.0, 48, 1.0, 80))] for step in "lu4b"]
    [[60, 64], [64, 67], [72], [48]]
    """
    if step in "bB":
        return [left] if step == "b" else [left, *hand]
    if step == "t":
        return _turned(list(hand), high_pitch)
    if step in "xul":
        return {"x": hand, "u": hand[1:] or hand, "l": hand[:-1] or hand}[step]
    octaves, place = divmod(int(step) - 1, len(hand))
    tone = hand[place]
    raised = tone.pitch + 12 * octaves
    return [replace(tone, pitch=raised if raised <= high_pitch else tone.pitch)]


def _held(figure: Figure, gap: float, room: float, sustain: float) -> float:
    """How long a strike is held: by figure and style, and not beyond its chord."""
    return max(_LEAST_BEATS, min(room, gap * figure.hold * (0.5 + sustain)))
