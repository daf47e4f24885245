"""Judges of the sound engine: finished tracks, the chain itself, oscillators, meters and parameters."""
