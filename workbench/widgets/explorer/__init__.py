"""From a sentence to a song, with every decision in sight."""
