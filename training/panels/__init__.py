"""What engineers watch and look through in a notebook: a training, a data set, a sweep."""

from training.panels.dataset.dataset import DatasetBrowser
from training.panels.monitor.monitor import TrainingMonitor
from training.panels.sweep.sweep import SweepView

__all__ = ["DatasetBrowser", "SweepView", "TrainingMonitor"]
