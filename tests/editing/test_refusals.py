"""Edits that cannot be made are refused in one line, which says which edit, what came and what would do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from workbench.domain.errors import ParameterError
from workbench.editing import Song, edit_song, edits_schema, parse_edits
from workbench.editing.edits import KINDS, load_edits

BAD: list[tuple[Any, str]] = [
    ({"edit": "regenerate", "bars": [1, 900]}, r"edit 1 \(regenerate\): bar 900 is not in the song: .* bars 1 to 20"),
    ({"edit": "regenerate", "bars": [9, 2]}, "expected the first bar, then the last"),
    ({"edit": "regenerate", "bars": [0, 2]}, "0 is below the limit"),
    ({"edit": "regenerate", "bars": [2]}, "bars"),
    (
        {"edit": "regenerate", "section": "verse 3"},
        "section 'verse 3' is not in the song: .* verse 1, chorus 1, verse 2",
    ),
    ({"edit": "regenerate", "section": "nonsense"}, "section 'nonsense' is not known"),
    ({"edit": "regenerate", "section": "verse", "bars": [1, 2]}, "a section or bars, got both"),
    ({"edit": "regenerate", "element": "banjo"}, '"banjo" is not known; expected one of harmony, percussion'),
    ({"edit": "regenerate", "element": "leads", "section": "intro"}, "leads does not play in bars 1 to 4"),
    ({"edit": "fly"}, 'edit 1: "fly" is not known: expected one of regenerate, vary'),
    ({"edit": "regenarate"}, "did you mean regenerate"),
    ({"element": "bass"}, "edit 1: null is not known"),
    ("drop pads", "expected an object with the field edit"),
    ({"edit": "tempo", "bpm": 900}, r"edit 1 \(tempo\): bpm: 900 is above the limit; expected 40 to 240 BPM"),
    ({"edit": "tempo", "bpm": 100, "speed": 2}, "speed: unknown field"),
    (
        {"edit": "mix", "element": "bass", "eq": [{"frequency": 90}]},
        r"eq\[0\].frequency: unknown field; .*known here: kind, frequency_hz",
    ),
    ({"edit": "chords", "chords": "Fm | Hq7"}, "chord 'Hq7' is not known"),
    ({"edit": "patch", "element": "bass", "patch": "tuba"}, "bass patch 'tuba' is not known: expected one of"),
    ({"edit": "patch", "element": "percussion", "patch": "sub-sine"}, "kit 'sub-sine' is not known"),
    ({"edit": "style", "element": "bass", "style": "polka"}, "style 'polka' is not known"),
    ({"edit": "vary", "strength": 0}, "strength"),
    ({"edit": "transpose", "semitones": 60}, "semitones: 60 is above the limit; expected -24 to 24 semitones"),
    (
        {"edit": "transpose", "element": "bass", "semitones": -24},
        r"bass would lie at MIDI \d+ to \d+ \(.* to .*\) by -24 semitones, expected 23 to 108 \(B0 to C8\)",
    ),
    ({"edit": "unlock"}, "nothing is locked"),
    ({"edit": "unmute", "element": "bass"}, "bass is not muted in bars 1 to 20"),
    ({"edit": "add", "element": "bass", "section": "verse"}, "bass plays in .* already"),
    ({"edit": "extend", "section": "verse", "bars": 4}, "is there 2 times: say verse 1 or verse 2"),
    ({"edit": "shorten", "section": "intro", "bars": 4}, "intro has 4 bars, so at most 3 can be taken out"),
    ({"edit": "reorder", "sections": ["intro", "bridge"]}, "section 'bridge' is not in the song"),
    ({"edit": "loop", "section": "verse"}, "a loop is one stretch of bars"),
    ({"edit": "import", "file": "absent.mid", "role": "melody"}, "absent.mid cannot be read: the file is not there"),
    ({"edit": "import", "file": "x.mid", "role": "noise"}, "role"),
]


@pytest.mark.parametrize(("edit", "line"), BAD, ids=range(len(BAD)))
def test_a_bad_edit_is_one_clear_line(song: Song, digest: Callable[[object], str], edit: Any, line: str) -> None:
    before = digest((song.plan, song.score, song.state))
    with pytest.raises(ParameterError, match=line) as caught:
        edit_song(song, [edit])
    assert "\n" not in str(caught.value)
    assert digest((song.plan, song.score, song.state)) == before


@pytest.mark.parametrize("edits", [[], {}, "drop", None])
def test_what_is_no_list_of_edits_is_refused(edits: Any) -> None:
    with pytest.raises(ParameterError, match="edits: "):
        parse_edits(edits)


def test_one_bad_edit_undoes_all(song: Song) -> None:
    with pytest.raises(ParameterError, match=r"edit 2 \(drop\): "):
        edit_song(song, [{"edit": "drop", "element": "pads"}, {"edit": "drop", "element": "pads"}])


def test_the_last_element_cannot_be_dropped(song: Song) -> None:
    edits = [{"edit": "drop", "element": name} for name in song.score.parts]
    with pytest.raises(ParameterError, match="leave one element"):
        edit_song(song, edits)


@pytest.mark.parametrize(
    "edit",
    [
        {"edit": "regenerate", "element": "bass"},
        {"edit": "vary", "element": "bass", "bars": [5, 5]},
        {"edit": "transpose", "semitones": 2},
        {"edit": "style", "element": "bass", "style": "techno"},
        {"edit": "mute", "element": "bass"},
        {"edit": "drop", "element": "bass"},
        {"edit": "patch", "element": "bass", "patch": "sub-sine"},
        {"edit": "regenerate", "element": "harmony", "section": "verse 1"},
        {"edit": "chords", "chords": "Fm", "section": "verse 1"},
        {"edit": "reorder", "sections": ["intro", "chorus 1"]},
        {"edit": "shorten", "section": "verse 1", "bars": 3},
        {"edit": "loop", "section": "chorus 1"},
    ],
    ids=lambda edit: edit["edit"],
)
def test_a_lock_is_reported(song: Song, edit: dict[str, Any]) -> None:
    held = edit_song(song, [{"edit": "lock", "element": "bass", "section": "verse 1"}])
    with pytest.raises(ParameterError, match=r"bass.*locked"):
        edit_song(held, [edit])
    edit_song(held, [{"edit": "unlock", "element": "bass"}, {"edit": "mute", "element": "bass"}])


def test_a_sound_that_comes_with_new_bars_does_not_reach_locked_ones(song: Song) -> None:
    silent = edit_song(
        song,
        [
            {"edit": "mute", "element": "bass", "section": "intro"},
            {"edit": "lock", "element": "bass", "section": "verse 1"},
        ],
    )
    for given in ({"patch": "sub-sine"}, {"style": "techno"}):
        with pytest.raises(ParameterError, match="bass is locked: unlock it first"):
            edit_song(silent, [{"edit": "add", "element": "bass", "section": "intro", **given}])


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "cannot be read: the file is empty"),
        (b"MThd", "cannot be read: damaged MIDI: the header ends too early"),
        (b"RIFF....WAVE", "cannot be read: not a MIDI file: it is WAV audio"),
        (b"PK\3\4" + bytes(40), "cannot be read: not a MIDI file: it is a ZIP archive"),
        (b"MThd\0\0\0\6\0\1\0\1\1\xe0MTrk\0\0\0\xff\0", r"holds no notes \(track 1 is damaged after 0 events"),
    ],
)
def test_a_broken_midi_file_is_one_line(song: Song, tmp_path: Path, content: bytes, line: str) -> None:
    (tmp_path / "broken.mid").write_bytes(content)
    with pytest.raises(ParameterError, match=rf"broken\.mid {line}") as caught:
        edit_song(song, [{"edit": "import", "file": str(tmp_path / "broken.mid"), "role": "melody"}])
    assert "\n" not in str(caught.value)


def test_a_file_that_was_changed_is_not_the_one_that_was_meant(song: Song, tmp_path: Path) -> None:
    from workbench.output import write_midi

    write_midi(song.score, tmp_path / "song.mid", "leads")
    edit = {"edit": "import", "file": str(tmp_path / "song.mid"), "role": "melody", "sha256": "0" * 64}
    with pytest.raises(ParameterError, match="not the file that was imported before"):
        edit_song(song, [edit])


def test_a_file_that_is_too_long_is_refused(song: Song, tmp_path: Path) -> None:
    from workbench.output import write_midi

    write_midi(song.score, tmp_path / "song.mid", "bass")
    edit = {"edit": "import", "file": str(tmp_path / "song.mid"), "role": "melody", "element": "bass", "bar": 9}
    with pytest.raises(ParameterError, match="lasts 20 bars from bar 9, but the song ends with bar 20"):
        edit_song(song, [edit])


def test_files_of_edits(tmp_path: Path) -> None:
    path = tmp_path / "changes.json"
    path.write_text('[{"edit": "import", "file": "a.mid", "role": "drums"}]')
    (edit,) = load_edits(path)
    assert edit.model_dump()["file"] == str(tmp_path / "a.mid")
    for text in ("{", '[{"edit": "tempo", "bpm": NaN}]', '[{"edit": "drop", "edit": "lock"}]'):
        path.write_text(text)
        with pytest.raises(ParameterError, match="is not JSON"):
            load_edits(path)
    with pytest.raises(ParameterError, match="cannot be read"):
        load_edits(tmp_path / "absent.json")


def test_the_schema_tells_every_kind() -> None:
    schema = edits_schema()
    assert set(schema["items"]["discriminator"]["mapping"]) == set(KINDS)
    assert schema["$defs"]["Tempo"]["properties"]["bpm"]["unit"] == "BPM"
