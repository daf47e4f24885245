"""Evaluation: metrics, suites and comparisons. It stands on training (for its corpora) and on the workbench."""
