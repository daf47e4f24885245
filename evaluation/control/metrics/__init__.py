"""Metrics of whole scores that only this wing uses."""
