"""The sounds of a song under the hands."""
