"""One file a metric: conventions, the metric, its validation."""
