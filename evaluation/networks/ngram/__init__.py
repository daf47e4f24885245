"""The baseline: n-grams with tuned contexts, as a distribution and as a writer of bars."""
