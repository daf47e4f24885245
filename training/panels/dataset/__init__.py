"""Songs of a corpus or folder, and what was dropped."""
