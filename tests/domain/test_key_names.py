"""Keys as people, DAWs and key finders write them."""

from __future__ import annotations

import pytest

from workbench.domain.theory import Key

NAMES = {
    "C# minor": "C# Min|C#min|C# MIN|c# minor|C#m|C sharp minor|C-sharp minor|cis-Moll|Cis Moll|do dièse mineur|12A",
    "C# major": "C# Maj|C#Maj|Db major|D-flat Major|des-Dur",
    "C major": "CM|C|C Major|C maj|C-Dur|do mayor|do maggiore|8B|C ionian",
    "Eb major": "E-flat major|E flat major|Eb Maj|E♭ major|Es-Dur|mi bémol majeur|5B",
    "F# minor": "F#-|F sharp minor|F#m|Fis-Moll|fis moll",
    "B minor": "H-Moll|h-moll|Bm|B min|si mineur|10A|B natural minor",
    "Bb major": "B-Dur|Bb|si bemol mayor|6B",
    "A minor": "Am|a minor|A-minor|A aeolian|la menor|la minore|8A|A natural minor|A minor scale|A-|a-",
    "D dorian": "D Dorian|d dor|D dorian mode",
}


@pytest.mark.parametrize(("text", "key"), [(one, key) for key, line in NAMES.items() for one in line.split("|")])
def test_names_of_keys(text: str, key: str) -> None:
    assert Key.parse(text) == Key.parse(key)
