"""Form: which sections, how many bars each, how intense, and what plays in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from workbench.concept.style import MAYBE, Style
from workbench.domain.elements import ELEMENTS, USUAL_ELEMENTS, Kind, likeness, of_kind, plays
from workbench.domain.errors import ParameterError
from workbench.domain.seeding import generator
from workbench.domain.song import HOOK_SECTIONS

SECTION_BARS: Mapping[str, int] = {
    "intro": 8, "verse": 16, "pre-chorus": 8, "chorus": 16, "post-chorus": 8, "hook": 8, "refrain": 8, "build": 8,
    "drop": 16, "breakdown": 8, "break": 4, "bridge": 8, "solo": 8, "interlude": 8, "instrumental": 16, "theme": 16,
    "vamp": 8, "coda": 8, "outro": 8,
}  # fmt: skip
"""Usual lengths where the style says nothing."""

SECTION_ENERGY: Mapping[str, float] = {
    "intro": 0.35, "verse": 0.55, "pre-chorus": 0.62, "chorus": 0.8, "post-chorus": 0.75, "hook": 0.78, "refrain": 0.75,
    "build": 0.62, "drop": 0.88, "breakdown": 0.35, "break": 0.4, "bridge": 0.48, "solo": 0.78, "interlude": 0.4,
    "instrumental": 0.65, "theme": 0.65, "vamp": 0.6, "coda": 0.45, "outro": 0.35,
}  # fmt: skip
"""Usual intensity where the style says nothing, 0 to 1."""

SECTION_ELEMENTS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "intro": (("pads", "leads"),),
    "build": (("percussion", "pads", "leads"),),
    "breakdown": (("pads", "leads"),),
    "break": (("percussion", "bass"),),
    "bridge": (("bass", "pads", "leads"),),
    "solo": (("percussion", "bass", "leads"),),
    "interlude": (("bass", "pads", "leads"),),
    "outro": (("percussion", "bass", "pads", "leads"),),
    "coda": (("pads", "leads"),),
}
"""What plays where the style says nothing; a section without an entry plays everything."""

_STAND_INS: tuple[Kind, ...] = ("chords", "melody", "bass", "drums")
_PEAK = 0.72
_LEAST_GAP = 0.18
"""Intensity by which neighbours of different kinds stand apart at least."""

_SECONDS_A_SECTION = 12.0
_MOST_RETURNS = 4
"""Most times that a form is made to bring a section because one of that number is named."""
_OPENING = {"intro", "outro", "coda"}
_LEAST_HOOK_BARS, _HOOK_SHARE, _MOST_HOOK_SHARE = 8, 0.37, 0.52
"""What a song is remembered by has eight bars, and more than a third of the song, where there is room for it."""
_TOO_SHORT = 3.0
_REST = " (rest)"
"""Marks the section that takes the odd bars."""
"""Price of a shorter one, as a squared distance in octaves."""


def usual_bars(style: Style, names: Sequence[str]) -> int:
    """Bars of a form whose sections have their usual lengths."""
    return sum(_usual(style, name) for name in names)


def choose_form(style: Style, total_bars: int, seconds: float, wanted: Sequence[str] = ()) -> tuple[str, ...]:
    """The style's form that fits a length best: sections near their usual lengths, about one for each 12 seconds.

    Sections shorter than usual are a lesser evil than longer ones, and a form needs two bars a section. Every name in
    `wanted` is in the form; where no form of the style has them all, they come in their order, twice if that fits.

    Examples
    --------
    >>> from workbench.concept.style import load_style
    >>> choose_form(load_style("pop"), 4, 8.0)
    ('verse', 'chorus')
    """
    sections = min(10.0, max(1.0, seconds / _SECONDS_A_SECTION))

    def strain(form: tuple[str, ...]) -> float:
        stretch = float(np.log2(total_bars / usual_bars(style, form)))
        cramped = 4.0 if total_bars < 2 * len(form) else 0.0
        cramped += 0.0 if _has_room(form, total_bars) else 1.0
        return max(stretch, -0.4 * stretch) + 0.7 * abs(float(np.log2(len(form) / sections))) + cramped

    forms = _forms_with(style, wanted)
    fitting = [form for form in forms if len(form) <= total_bars]
    return min(fitting, key=strain) if fitting else forms[-1][:total_bars]


def choose_whole_form(style: Style, total_bars: int, most_bars: int, wanted: Sequence[str] = ()) -> tuple[str, ...]:
    """The form that comes nearest to a length with every section as long as usual, at most `most_bars` if one is."""

    def strain(form: tuple[str, ...]) -> float:
        bars = usual_bars(style, form)
        return abs(float(np.log2(bars / total_bars))) + (4.0 if bars > most_bars else 0.0)

    return min(_forms_with(style, wanted), key=strain)


def _forms_with(style: Style, wanted: Sequence[str]) -> list[tuple[str, ...]]:
    times: dict[str, int] = {}
    for name, number in map(_numbered, wanted):
        if number > _MOST_RETURNS:
            raise ParameterError(
                f"{name} {number} is named, but a form brings no section back so often: state structure"
            )
        times[name] = max(times.get(name, 1), number)
    fitting = [form for form in style.forms if all(form.count(name) >= number for name, number in times.items())]
    return fitting or _made_of(tuple(times), max(times.values(), default=1))


def _numbered(name: str) -> tuple[str, int]:
    """A section name and which of its kind is meant: "chorus 2" is the second chorus."""
    kind, _, number = name.rpartition(" ")
    return (kind, int(number)) if kind and number.isdigit() else (name, 1)


def _made_of(wanted: Sequence[str], times: int) -> list[tuple[str, ...]]:
    """Forms for sections that the style does not know together, or not so many times."""
    inner = tuple(name for name in wanted if name not in _OPENING)
    outer = tuple(name for name in wanted if name in _OPENING - {"intro"}) or ("outro",)
    whole = ("intro", *inner * max(2, times), *outer)
    return [whole] if times > 1 else [whole, ("intro", *inner, *outer), tuple(wanted)]


def allot_around(names: Sequence[str], total_bars: int, style: Style, fixed: Mapping[int, int]) -> tuple[int, ...]:
    """Divide bars where some sections (by place) have theirs already; the others share what is left.

    Raises
    ------
    ParameterError
        If too little is left for the others.

    Examples
    --------
    >>> from workbench.concept.style import load_style
    >>> allot_around(["verse", "chorus"], 24, load_style("pop"), {1: 6})
    (18, 6)
    """
    open_places = [place for place in range(len(names)) if place not in fixed]
    if not open_places:
        return tuple(fixed[place] for place in range(len(names)))
    rest = allot_bars([names[place] for place in open_places], total_bars - sum(fixed.values()), style)
    lengths = {**fixed, **dict(zip(open_places, rest, strict=True))}
    return tuple(lengths[place] for place in range(len(names)))


def allot_bars(names: Sequence[str], total_bars: int, style: Style) -> tuple[int, ...]:
    """Divide `total_bars` among sections, exactly; repeats of a name share one length.

    Each section gets at least one bar. Lengths stay close to the style's, scaled to the total, and are multiples of 8,
    4 or 2 where possible. One section that stands alone (the outro, else the intro, else the last) takes the odd rest.

    Raises
    ------
    ParameterError
        If there are more sections than bars.

    Examples
    --------
    >>> from workbench.concept.style import load_style
    >>> allot_bars(["intro", "verse", "chorus", "outro"], 32, load_style("pop"))
    (4, 12, 12, 4)
    """
    if total_bars < len(names):
        raise ParameterError(f"structure has {len(names)} sections but there is room for {total_bars} bars: "
                             "expected at least one bar a section; lengthen the duration or drop sections")  # fmt: skip
    ideal = _ideal_lengths(names, total_bars, style)
    groups = _groups(names)
    keys = list(dict.fromkeys(groups))
    counts = Counter(groups)
    ideals = {key: ideal[groups.index(key)] for key in keys}
    hooks = sum(name in HOOK_SECTIONS for name in names)
    least_of_hooks = max(_LEAST_HOOK_BARS, -(-total_bars // (3 * hooks))) if hooks else 1
    least = {key: least_of_hooks if _is_hook(key) and _has_room(names, total_bars) else 1 for key in keys}
    lengths = _cheapest([(counts[key], ideals[key], key == _absorber(groups), least[key]) for key in keys], total_bars)
    by_key = dict(zip(keys, lengths, strict=True))
    return tuple(by_key[key] for key in groups)


def _ideal_lengths(names: Sequence[str], total_bars: int, style: Style) -> list[float]:
    """Usual lengths scaled to the total, with room for hooks."""
    return _with_hooks(names, _scaled_lengths(names, total_bars, style), total_bars)


def _with_hooks(names: Sequence[str], lengths: Sequence[float], total_bars: int) -> list[float]:
    """Lengths in which choruses and drops have their share of the song; the others give way in proportion.

    Examples
    --------
    >>> [round(length, 1) for length in _with_hooks(["verse", "chorus"], [24.0, 8.0], 32)]
    [20.2, 11.8]
    """
    hooks = [name in HOOK_SECTIONS for name in names]
    now = sum(length for length, hook in zip(lengths, hooks, strict=True) if hook)
    wanted = _HOOK_SHARE * total_bars
    if _has_room(names, total_bars):
        wanted = max(wanted, float(_LEAST_HOOK_BARS * sum(hooks)))
    if not 0.0 < now < min(wanted, total_bars):
        return list(lengths)
    more, less = wanted / now, (total_bars - wanted) / (total_bars - now)
    return [length * (more if hook else less) for length, hook in zip(lengths, hooks, strict=True)]


def _has_room(names: Sequence[str], total_bars: int) -> bool:
    """Whether every chorus and drop may have eight bars without filling the song."""
    return _LEAST_HOOK_BARS * sum(name in HOOK_SECTIONS for name in names) <= _MOST_HOOK_SHARE * total_bars


def _is_hook(group: str) -> bool:
    return group.removesuffix(_REST) in HOOK_SECTIONS


def _scaled_lengths(names: Sequence[str], total_bars: int, style: Style) -> list[float]:
    """Usual lengths scaled to the total; where there is more time than usual, beginning and end do not grow."""
    usual = [_usual(style, name) for name in names]
    body = sum(length for length, name in zip(usual, names, strict=True) if name not in _OPENING)
    scale = total_bars / sum(usual)
    if scale <= 1.0 or body == 0:
        return [length * scale for length in usual]
    growth = (total_bars - (sum(usual) - body)) / body
    return [float(length) if name in _OPENING else length * growth for length, name in zip(usual, names, strict=True)]


def _groups(names: Sequence[str]) -> list[str]:
    """One key for each length to find: the name, apart from the section that takes the rest."""
    if "outro" in names:
        alone = len(names) - 1 - list(reversed(names)).index("outro")
    elif "intro" in names:
        alone = list(names).index("intro")
    else:
        alone = len(names) - 1
    return [f"{name}{_REST}" if index == alone else name for index, name in enumerate(names)]


def _absorber(groups: Sequence[str]) -> str:
    return next(key for key in groups if key.endswith(_REST))


def _cheapest(groups: Sequence[tuple[int, float, bool, int]], total: int) -> list[int]:
    """Lengths with the least cost whose counted sum is `total` (dynamic programming over groups and bars).

    The costs of each (count, ideal, absorbs, least) are those of `_length_cost`.
    """
    cost = np.full(total + 1, np.inf)
    cost[0] = 0.0
    choices: list[np.ndarray] = []
    for count, ideal, absorbs, least in groups:
        lengths = np.arange(1, total // count + 1)
        prices = count * _length_cost(lengths, ideal, absorbs, least)
        best = np.full(total + 1, np.inf)
        choice = np.zeros(total + 1, dtype=np.int64)
        for length, price in zip(lengths.tolist(), prices.tolist(), strict=True):
            used = count * length
            candidate = cost[: total + 1 - used] + price
            better = candidate < best[used:]
            best[used:][better] = candidate[better]
            choice[used:][better] = length
        cost = best
        choices.append(choice)
    return _trace(choices, [group[0] for group in groups], total)


def _length_cost(lengths: np.ndarray, ideal: float, absorbs: bool, least: int) -> np.ndarray:
    """Squared distance in octaves from the ideal, plus a price for lengths that are not 8, 4 or 2 times something, and
    one for those below the least.
    """
    odd = np.where(lengths % 8 == 0, 0.0, np.where(lengths % 4 == 0, 0.05, np.where(lengths % 2 == 0, 0.9, 2.5)))
    short = _TOO_SHORT * (lengths < least)
    return np.log2(lengths / ideal) ** 2 + odd * (0.25 if absorbs else 1.0) + short


def _trace(choices: Sequence[np.ndarray], counts: Sequence[int], total: int) -> list[int]:
    lengths: list[int] = []
    for choice, count in zip(reversed(choices), reversed(counts), strict=True):
        lengths.append(int(choice[total]))
        total -= count * lengths[-1]
    return lengths[::-1]


def shape_energy(names: Sequence[str], bars: Sequence[int], style: Style, arousal: float) -> tuple[float, ...]:
    """Intensity of each section, 0 to 1: the usual one, a swell that peaks at 0.72 of the song, repeats that grow.

    Arousal above or below the style's lifts or lowers all of it. Intros and endings do not swell. What is usually the
    calmer of two neighbours stays clearly below the other.
    """
    starts = np.concatenate([[0], np.cumsum(bars)[:-1]])
    middles = (starts + np.asarray(bars) / 2) / sum(bars)
    seen: Counter[str] = Counter()
    energies: list[float] = []
    for name, middle in zip(names, middles.tolist(), strict=True):
        base = style.section_energy.get(name, SECTION_ENERGY[name])
        swell = 0.0 if name in _OPENING else 0.09 * (1.0 - 2.0 * min(1.0, abs(middle - _PEAK) / _PEAK) ** 1.5)
        growth = 0.03 * min(seen[name], 3)
        energies.append(min(1.0, base + swell + growth + 0.15 * (arousal - style.arousal)))
        seen[name] += 1
    return tuple(round(max(0.05, energy), 3) for energy in _set_apart(names, energies, style))


def _set_apart(names: Sequence[str], energies: Sequence[float], style: Style) -> list[float]:
    """Energies in which the usually calmer of two neighbours is lowered until both differ, from the fullest down."""
    usual = [style.section_energy.get(name, SECTION_ENERGY[name]) for name in names]
    apart = list(energies)
    for place in sorted(range(len(names)), key=lambda one: -usual[one]):
        for other in (place - 1, place + 1):
            if 0 <= other < len(names) and names[other] != names[place] and usual[other] > usual[place]:
                apart[place] = min(apart[place], apart[other] - _LEAST_GAP)
    return apart


def assign_elements(
    names: Sequence[str], energies: Sequence[float], palette: Sequence[str], style: Style, seed: int = 0
) -> tuple[tuple[str, ...], ...]:
    """What plays in each section: the style's entries and exits, and every element of the palette somewhere.

    The `seed` decides on what a style leaves to the song ("pads?"), alike in all sections of a name.

    Examples
    --------
    >>> from workbench.concept.style import load_style
    >>> assign_elements(["intro", "chorus"], [0.3, 0.8], ["pads"], load_style("pop"))
    (('pads',), ('pads',))
    """
    seen: Counter[str] = Counter()
    chosen: list[tuple[str, ...]] = []
    for name in names:
        takes = style.arrangement.get(name, SECTION_ELEMENTS.get(name, (USUAL_ELEMENTS,)))
        wanted = _settled(takes[min(seen[name], len(takes) - 1)], name, seed)
        seen[name] += 1
        playing = tuple(element for element in ELEMENTS if element in palette and set(likeness(element)) & set(wanted))
        playing = _standing_in(playing, wanted, palette)
        chosen.append(playing or of_kind(palette, next(kind for kind in _STAND_INS if plays(palette, kind)))[:1])
    return _everyone_plays(chosen, energies, palette)


def _settled(take: Sequence[str], name: str, seed: int) -> tuple[str, ...]:
    """Who plays of those that a style names, of whom some ("pads?") may."""
    return tuple(
        one.removesuffix(MAYBE)
        for one in take
        if not one.endswith(MAYBE) or generator(seed, "arrangement", name, one).random() < 0.5
    )


def _standing_in(playing: tuple[str, ...], wanted: Sequence[str], palette: Sequence[str]) -> tuple[str, ...]:
    """Who plays once the palette lacks some that are wanted: pads, else leads, take over from them.

    A section that is left with drums or a bass is not one that the style wants bare.
    """
    if set(wanted) <= set(palette) or plays(playing, "chords"):
        return playing
    stepping_in = next(iter([*of_kind(palette, "chords"), *of_kind(palette, "melody")]), None)
    return tuple(element for element in ELEMENTS if element in playing or element == stepping_in)


def _everyone_plays(
    chosen: Sequence[tuple[str, ...]], energies: Sequence[float], palette: Sequence[str]
) -> tuple[tuple[str, ...], ...]:
    """Add elements that no section uses to the most intense section and those nearly as intense."""
    missing = set(palette) - {element for elements in chosen for element in elements}
    peak = max(energies)
    return tuple(
        tuple(element for element in ELEMENTS if element in elements or (element in missing and energy >= peak - 0.1))
        for elements, energy in zip(chosen, energies, strict=True)
    )


def _usual(style: Style, name: str) -> int:
    return style.section_bars.get(name, SECTION_BARS[name])
