"""What is written to disk and read again: sound, MIDI, documents, tags and seals, and the bundle that holds them."""
