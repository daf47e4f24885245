"""Engines that carry out many tasks: processes of this machine (loky), a Dask cluster, a Ray cluster.

`open_backend` gives one by name, `carry_out` runs work of many items on it and gives each result as it comes.
"""

from workbench.backends.backend import BACKENDS, Backend, open_backend
from workbench.backends.carrying_out import Settled, carry_out
from workbench.backends.limits import Limits

__all__ = ["BACKENDS", "Backend", "Limits", "Settled", "carry_out", "open_backend"]
