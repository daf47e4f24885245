"""An element's patch under the keys: of a MIDI keyboard, of the computer, of the page."""
