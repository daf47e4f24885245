"""Mastering: a mix in, a master at its loudness and below its true-peak ceiling out."""

from workbench.mastering.chain import master
from workbench.mastering.styles import list_styles, load_style

__all__ = ["list_styles", "load_style", "master"]
