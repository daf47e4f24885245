"""MIDI files in: one reader for imports and for training, forgiving of what files of practice hold.

`chunks` finds the tracks in the bytes, `events` reads one, `notes` pairs what begins with what ends, `file` puts it all
together; `parts` says what a track plays, `chord_texts` which texts are chords.
"""
