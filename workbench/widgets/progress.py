"""Progress of long work as a bar in the notebook."""

from __future__ import annotations

from html import escape

import ipywidgets as w

from workbench.output.figures.palette import ACCENT


class ProgressBar(w.HBox):
    """A bar that is called with a fraction 0..1 and what is being done, as `generate(request, progress=bar)` does."""

    def __init__(self) -> None:
        self.bar = w.FloatProgress(value=0.0, min=0.0, max=1.0, layout=w.Layout(width="320px"))
        self.bar.style.bar_color = ACCENT
        self.label = w.HTML(layout=w.Layout(flex="1 1 auto", min_width="0"))
        super().__init__([self.bar, self.label], layout=w.Layout(width="100%", align_items="center"))

    def __call__(self, fraction: float, message: str) -> None:
        """Show how far the work is; steps too small to see are left out."""
        text = f'<span style="color:#667085">{escape(message)}</span>'
        if text == self.label.value and 0.0 <= fraction - self.bar.value < 0.01 and fraction < 1.0:
            return
        self.bar.value = min(max(fraction, 0.0), 1.0)
        self.label.value = text

    def clear(self) -> None:
        """Show an empty bar without a word."""
        self.bar.value = 0.0
        self.label.value = ""

    def fail(self, message: str) -> None:
        """Say in one line what went wrong."""
        self.bar.value = 0.0
        self.label.value = f'<span style="color:#c8352b">{escape(message)}</span>'
