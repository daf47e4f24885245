"""Everything that can be measured in audio and notes."""
