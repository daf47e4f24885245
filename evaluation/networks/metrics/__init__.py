"""Metrics of encoded notes that only this wing uses."""
