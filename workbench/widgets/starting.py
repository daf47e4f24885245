"""Where a song starts: preset, template, and the macros, folded away until they are wanted."""

from __future__ import annotations

from typing import Any

import ipywidgets as w

from workbench.concept import list_macros, list_starters, load_macro, load_starter

_OPEN = ""
_SLIDER = {"width": "auto", "flex": "1 1 auto", "min_width": "0"}


class StartingPoint(w.Accordion):
    """Lists of presets and templates, and a slider for each macro; a slider in the middle moves nothing."""

    def __init__(self) -> None:
        self.preset, self.template = _starters("preset"), _starters("template")
        self.macros = {name: _slider(name) for name in list_macros()}
        half = (len(self.macros) + 1) // 2
        sliders = list(self.macros.values())
        column = w.Layout(width="50%", padding="0 14px 0 0", min_width="0")
        rows = w.VBox(
            [
                w.HBox([w.HBox([_name("Preset"), self.preset], layout=column),
                        w.HBox([_name("Template"), self.template], layout=column)]),
                w.HBox([w.VBox(sliders[:half], layout=column), w.VBox(sliders[half:], layout=column)]),
            ]
        )  # fmt: skip
        super().__init__([rows], titles=("Preset, template and macros",), selected_index=None)

    @property
    def fields(self) -> dict[str, Any]:
        """What was chosen, as fields of a request; what is left open is not there."""
        chosen = {"preset": self.preset.value, "template": self.template.value}
        moved = {name: slider.value for name, slider in self.macros.items() if slider.value}
        return {name: value for name, value in chosen.items() if value != _OPEN} | ({"macros": moved} if moved else {})


def _starters(kind: str) -> w.Dropdown:
    names = [(f"{name}: {load_starter(kind, name).description}", name) for name in list_starters(kind)]
    return w.Dropdown(options=[("none", _OPEN), *names], value=_OPEN, layout=w.Layout(**_SLIDER))


def _slider(name: str) -> w.FloatSlider:
    return w.FloatSlider(
        value=0.0,
        min=-1.0,
        max=1.0,
        step=0.05,
        description=name,
        tooltip=load_macro(name).description,
        continuous_update=False,
        readout_format="+.2f",
        style={"description_width": "112px"},
        layout=w.Layout(**_SLIDER),
    )


def _name(text: str) -> w.Label:
    return w.Label(value=text, layout=w.Layout(width="112px"))
