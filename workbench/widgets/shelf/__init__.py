"""The songs at hand, and the one that is gone on with."""
