"""Songs as data for music information retrieval: sound, notes and labels that are exact, in shards with an index."""

from workbench.dataset.card import DatasetSummary
from workbench.dataset.groups import Shares
from workbench.dataset.labels import jams_document
from workbench.dataset.reading import read_samples
from workbench.dataset.writing import write_dataset

__all__ = ["DatasetSummary", "Shares", "jams_document", "read_samples", "write_dataset"]
