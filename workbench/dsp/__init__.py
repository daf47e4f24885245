"""Pure functions on arrays of sound."""
