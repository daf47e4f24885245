"""The request as a form: every range, choice and hint comes from the request's own schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import ipywidgets as w
import traitlets
from pydantic import BaseModel

from workbench.analysis.references import ReferenceLibrary
from workbench.concept import list_styles
from workbench.domain.errors import WorkbenchError
from workbench.domain.request import (
    PROCESSING_STYLES,
    Creative,
    GenerationRequest,
    Options,
    SoundDesign,
    Technical,
    parse_request,
)
from workbench.domain.song import ELEMENTS
from workbench.domain.theory import NOTE_NAMES_FLAT, SCALES
from workbench.domain.user_styles import user_style_names
from workbench.output.palette import ACCENT, element_colour
from workbench.widgets.progress import ProgressBar
from workbench.widgets.starting import StartingPoint

_ASSETS = Path(__file__).resolve().parent / "assets"
_CONTROL = {"width": "auto", "flex": "1 1 auto", "min_width": "0"}


class RequestForm(w.VBox):
    """A form for a request. `request` is what it says; the button makes the track and sets `track`.

    A parameter whose box is not ticked is left to the concept: the translation decides it and says why.

    Parameters
    ----------
    concept
        Text that the form starts with.
    """

    track = traitlets.Any(None, allow_none=True)

    def __init__(self, concept: str = "") -> None:
        self.concept = w.Textarea(
            value=concept, placeholder="late-night drive through the rain, warm and a little sad", rows=2,
            tooltip=_hint(Creative, "concept"), layout=_layout(width="auto", flex="1 1 auto", margin="2px"),
        )  # fmt: skip
        self.mood = w.Text(placeholder="optional, such as wistful but hopeful", layout=_layout(**_CONTROL))
        self._build_music()
        self._build_sound()
        self._build_references()
        self.start = StartingPoint()
        self.button = w.Button(
            description="Generate", icon="music", style={"button_color": ACCENT, "text_color": "white"},
            layout=_layout(width="150px", height="38px"),
        )  # fmt: skip
        self.button.on_click(lambda _: self.generate())
        self.progress = ProgressBar()
        self.progress.bar.layout.display = "none"
        super().__init__([_style(), *self._rows()], layout=_layout(width="100%"))
        self.add_class("bf-form")
        self.button.add_class("bf-generate")
        # What was said of an earlier text no longer holds.
        self.concept.observe(lambda _: self.progress.clear(), "value")

    @property
    def request(self) -> GenerationRequest:
        """What the form says, as a validated request.

        Raises
        ------
        ParameterError
            One line that names the field, what came and what is expected.
        """
        technical = {name: box.value for name, box in self.technical.items()}
        sound = {name: box.value for name, box in self.sound.items()}
        playing = [element for element, toggle in self.palette.items() if toggle.value]
        # Every element on is nobody's statement: "no drums" in the concept still counts.
        sound["palette"] = playing if len(playing) < len(self.palette) else None
        return parse_request(
            {
                "project_id": self.project_id.value or "untitled",
                "parameters": {
                    "creative": _present(
                        concept=self.concept.value,
                        mood=self.mood.value or None,
                        style=self.style.value,
                        references=self.references.value,
                        reference_weight=self.reference_weight.value,
                    ),
                    "technical": _present(**technical),
                    "sound_design": _present(**sound),
                },
                "options": _present(
                    seed=self.seed.value,
                    format=self.format.value,
                    preview=self.preview.value,
                    delivery=self.delivery.value,
                ),
                **self.start.fields,
            }
        )

    def generate(self) -> None:
        """Make the track that the form asks for; sets `track`, or shows in one line what is wrong.

        An interrupt of the kernel stops it, and the track that was there before stays.
        """
        from workbench.pipeline import generate

        self.button.disabled = True
        try:
            request = self.request
            self.progress.bar.layout.display = ""
            self.progress(0.0, "starting")
            self.track = generate(request, progress=self.progress)
            self.progress(1.0, f"{self.track.score.title} is ready")
        except WorkbenchError as error:
            self._fail(str(error))
        except KeyboardInterrupt:
            self._fail("stopped: press Generate to start anew")
        except Exception as error:
            # A click has no cell that would show the traceback: it goes to the kernel's log.
            self._fail(f"unexpected error: {type(error).__name__}: {error}")
            raise
        finally:
            self.button.disabled = False

    def _fail(self, message: str) -> None:
        self.progress.bar.layout.display = "none"
        self.progress.fail(message)

    def _build_music(self) -> None:
        tempo_low, tempo_high = _range(Technical, "tempo")
        seconds_low, seconds_high = _range(Technical, "duration")
        slider = {"continuous_update": False, "layout": _layout(**_CONTROL)}
        key = _KeyPicker()
        self.style = _Choice(
            "Style", w.Dropdown(options=list_styles(), layout=_layout(**_CONTROL)), _hint(Creative, "style")
        )
        self.technical = {
            "tempo": _Choice(
                "Tempo, BPM",
                w.FloatSlider(value=100.0, min=tempo_low, max=tempo_high, step=1.0, readout_format=".0f", **slider),
                _hint(Technical, "tempo"),
            ),
            "key": _Choice("Key", key, _hint(Technical, "key")),
            "duration": _Choice(
                "Duration, s",
                w.FloatSlider(value=60.0, min=seconds_low, max=seconds_high, step=1.0, readout_format=".0f", **slider),
                _hint(Technical, "duration"),
            ),
            "structure": _Choice("Structure", _Names("intro, verse, chorus, outro"), _hint(Technical, "structure")),
        }

    def _build_sound(self) -> None:
        low, high = _range(SoundDesign, "texture_density")
        density = w.FloatSlider(
            value=0.5, min=low, max=high, step=0.01, continuous_update=False, layout=_layout(**_CONTROL)
        )
        self.sound = {
            "texture_density": _Choice("Density", density, _hint(SoundDesign, "texture_density")),
            "processing_style": _Choice(
                "Processing",
                w.Dropdown(options=(*PROCESSING_STYLES, *user_style_names()), layout=_layout(**_CONTROL)),
                _hint(SoundDesign, "processing_style"),
            ),
        }
        self.palette = {element: _toggle(element) for element in ELEMENTS}
        self.project_id = w.Text(value="untitled", layout=_layout(**_CONTROL), tooltip="Name of the project")
        seed_low, seed_high = _range(Options, "seed")
        self.seed = w.BoundedIntText(
            value=0,
            min=int(seed_low),
            max=int(seed_high),
            tooltip=_hint(Options, "seed"),
            layout=_layout(width="112px"),
        )
        self.format = w.Dropdown(
            options=_choices(Options, "format"), tooltip=_hint(Options, "format"), layout=_layout(width="76px")
        )
        self.delivery = _Choice(
            "Delivery",
            w.Dropdown(options=_choices(Options, "delivery"), value="streaming", layout=_layout(**_CONTROL)),
            _hint(Options, "delivery"),
        )
        self.preview = w.Checkbox(
            value=False,
            description="Preview",
            indent=False,
            tooltip=_hint(Options, "preview"),
            layout=_layout(width="100px"),
        )

    def _build_references(self) -> None:
        tracks = [(f"{one.title} ({one.id})", one.id) for one in ReferenceLibrary().list()]
        self.references = _Choice(
            "References",
            w.SelectMultiple(options=tracks, rows=3, layout=_layout(**_CONTROL)),
            f"{_hint(Creative, 'references')} Hold Ctrl for more than one.",
        )
        low, high = _range(Creative, "reference_weight")
        slider = w.FloatSlider(
            value=Creative.model_fields["reference_weight"].default,
            min=low,
            max=high,
            step=0.05,
            continuous_update=False,
            layout=_layout(**_CONTROL),
        )
        self.reference_weight = _Choice("Weight", slider, _hint(Creative, "reference_weight"))

    def _rows(self) -> list[w.Widget]:
        column = {"width": "50%", "padding": "0 14px 0 0", "min_width": "0"}
        palette = w.HBox([_name("Palette"), *self.palette.values()])
        file = w.HBox([_name("Seed"), self.seed, _name("Format", "52px"), self.format, self.preview])
        music = w.VBox([self.style, *self.technical.values()], layout=_layout(**column))
        sound = w.VBox([palette, *self.sound.values(), self.delivery, file], layout=_layout(**column))
        return [
            w.HBox([_name("Concept"), self.concept]),
            w.HBox([_name("Mood"), self.mood, _name("Project", "64px"), self.project_id]),
            w.HTML(
                '<div class="bf-hint">Tick what you want to state; the concept decides the rest, and says why.</div>'
            ),
            w.HBox([music, sound]),
            w.HBox([w.VBox([one], layout=_layout(**column)) for one in (self.references, self.reference_weight)]),
            self.start,
            w.HBox([self.button, self.progress], layout=_layout(align_items="center", margin="10px 0 2px 0")),
        ]


class _Choice(w.HBox):
    """A control with a box: not ticked, `value` is None and the control is greyed."""

    def __init__(self, name: str, control: Any, hint: str) -> None:
        self.box = w.Checkbox(value=False, description=name, indent=False, tooltip=hint, layout=_layout(width="112px"))
        self.control = control
        super().__init__([self.box, control], layout=_layout(width="100%"))
        self.add_class("bf-choice")
        self.box.observe(lambda change: self._enable(change.new), "value")
        self._enable(False)

    @property
    def value(self) -> Any:
        """What was chosen, or None where the concept decides."""
        return self.control.value if self.box.value else None

    @value.setter
    def value(self, value: Any) -> None:
        self.box.value = value is not None
        if value is not None:
            self.control.value = value

    def _enable(self, ticked: bool) -> None:
        self.control.disabled = not ticked
        (self.remove_class if ticked else self.add_class)("bf-left-open")


class _KeyPicker(w.HBox):
    """Tonic and mode as two lists; `value` is text such as 'F minor'."""

    def __init__(self) -> None:
        self.tonic = w.Dropdown(options=NOTE_NAMES_FLAT, layout=_layout(width="74px"))
        self.mode = w.Dropdown(options=tuple(SCALES), value="minor", layout=_layout(**_CONTROL))
        super().__init__([self.tonic, self.mode], layout=_layout(**_CONTROL))

    @property
    def value(self) -> str:
        """The key as text."""
        return f"{self.tonic.value} {self.mode.value}"

    @value.setter
    def value(self, text: str) -> None:
        self.tonic.value, self.mode.value = text.split()

    @property
    def disabled(self) -> bool:
        """Whether the lists are greyed."""
        return bool(self.tonic.disabled)

    @disabled.setter
    def disabled(self, value: bool) -> None:
        self.tonic.disabled = self.mode.disabled = value


class _Names(w.HBox):
    """A line of names parted by commas; `value` is the list of them."""

    def __init__(self, text: str) -> None:
        self.text = w.Text(value=text, continuous_update=False, layout=_layout(**_CONTROL))
        super().__init__([self.text], layout=_layout(**_CONTROL))

    @property
    def value(self) -> list[str]:
        """The names, without empty ones."""
        return [name.strip() for name in self.text.value.split(",") if name.strip()]

    @value.setter
    def value(self, names: list[str]) -> None:
        self.text.value = ", ".join(names)

    @property
    def disabled(self) -> bool:
        """Whether the line is greyed."""
        return bool(self.text.disabled)

    @disabled.setter
    def disabled(self, value: bool) -> None:
        self.text.disabled = value


def _toggle(element: str) -> w.ToggleButton:
    toggle = w.ToggleButton(
        value=True,
        description=element,
        tooltip=f"Whether {element} plays",
        layout=_layout(width="auto", flex="1 1 auto"),
    )
    toggle.add_class("bf-element")
    toggle.add_class(f"bf-element-{element}")
    return toggle


def _style() -> w.HTML:
    """The form's style sheet; each element's button takes the element's colour."""
    colours = "".join(f".bf-element-{name} {{ --bf-colour: {element_colour(name)}; }}\n" for name in ELEMENTS)
    sheet = (_ASSETS / "form.css").read_text(encoding="utf-8")
    return w.HTML(f"<style>{sheet}{colours}</style>", layout=_layout(display="none"))


def _range(model: type[BaseModel], name: str) -> tuple[float, float]:
    bounds = model.model_fields[name].metadata
    low = next(item.ge for item in bounds if hasattr(item, "ge"))
    high = next(item.le for item in bounds if hasattr(item, "le"))
    return low, high


def _choices(model: type[BaseModel], name: str) -> tuple[str, ...]:
    def literals(annotation: Any) -> list[str]:
        if isinstance(annotation, str):
            return [annotation]
        return [text for inner in get_args(annotation) for text in literals(inner)]

    return tuple(literals(model.model_fields[name].annotation))


def _hint(model: type[BaseModel], name: str) -> str:
    return model.model_fields[name].description or ""


def _present(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _name(text: str, width: str = "112px") -> w.Label:
    return w.Label(value=text, layout=_layout(width=width))


def _layout(**values: str) -> w.Layout:
    return w.Layout(**values)
