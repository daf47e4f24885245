"""A learned embedding for distances of sets, as an option: musicnn (Pons and Serra 2019, ISC licence).

Its weights are read from the published wheel, without TensorFlow and without the package's own pins:
`pip install --no-deps musicnn==0.1.0`, or the wheel's path in `BEATSFOUNDRY_MUSICNN`. Nothing is downloaded here.
"""

from evaluation.musicnn.network import NAME, embed_windows

__all__ = ["NAME", "embed_windows"]
