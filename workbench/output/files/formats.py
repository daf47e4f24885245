"""Formats of sound files that are written."""

FORMATS = ("wav", "aiff", "flac", "mp3")
SOUND_SUFFIXES = tuple(f".{form}" for form in FORMATS)
"""What the names of sound files end with (`Delivery.suffix`)."""
