"""Pages: the quality report, its tables and players, and what a notebook shows of a value."""
