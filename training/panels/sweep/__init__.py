"""Trials of a sweep."""
