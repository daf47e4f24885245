"""Names of parameters as a page says them, in place of those that scripts use."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.domain.moves import Setting

_UNITS = {"_db": "dB", "_hz": "Hz", "_ms": "ms"}


@dataclass(frozen=True, slots=True)
class ParameterWords:
    """What a parameter belongs to, its own name, and its unit; the first and the last may be empty."""

    group: str
    label: str
    unit: str

    @property
    def whole(self) -> str:
        """Group and name together: "oscillator 1 level"."""
        return f"{self.group} {self.label}".strip()

    def at(self, value: Setting) -> str:
        """The parameter as it stands: "oscillator 1 level -6 dB"."""
        shown = f"{value:.4g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
        return f"{self.whole} {shown} {self.unit}".rstrip()


def parameter_words(name: str) -> ParameterWords:
    """The words of a parameter that a script names "oscillators.0.level_db".

    What stands in a list is counted from 1, as people do.

    Examples
    --------
    >>> parameter_words("oscillators.0.level_db").at(-6.0)
    'oscillator 1 level -6 dB'
    >>> parameter_words("mix.gain_db").whole
    'mix gain'
    """
    *path, last = name.split(".")
    unit = next((ending for ending in _UNITS if last.endswith(ending)), "")
    groups: list[str] = []
    for part in path:
        if part.isdigit() and groups:
            groups[-1] = f"{groups[-1].removesuffix('s')} {int(part) + 1}"
        else:
            groups.append(part.replace("_", " "))
    label = last.removesuffix(unit).replace("_", " ")
    return ParameterWords(" ".join(groups), label, _UNITS.get(unit, ""))
