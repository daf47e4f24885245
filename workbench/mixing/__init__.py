"""Mixing: stems in, processed stems and their sum out."""

from workbench.mixing.desk import mix, mix_again
from workbench.mixing.profiles import list_profiles, load_colour, load_profile

__all__ = ["list_profiles", "load_colour", "load_profile", "mix", "mix_again"]
