"""From a list of edits to a new song: each edit is one pure function, and all hold or none does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from workbench.domain.errors import ParameterError
from workbench.domain.plan import Decision
from workbench.domain.seeding import derived_seed
from workbench.editing import changing, form, hand_written, importing, rewriting, transposing
from workbench.editing.beside import NEED_NOTES, check_notes
from workbench.editing.edits import Edit, Import, parse_edits
from workbench.editing.midi_reading import read_midi
from workbench.editing.song import Song


def _remix(song: Song, edit: Edit, seed: int) -> Song:
    """Nothing of the song changes: the desk is set anew where the sound is made."""
    return song


_FUNCTIONS: Mapping[str, Callable[[Song, Any, int], Song]] = {
    "regenerate": rewriting.regenerate,
    "vary": rewriting.vary,
    "lock": changing.lock,
    "unlock": changing.unlock,
    "transpose": transposing.transpose,
    "tempo": changing.tempo,
    "patch": changing.patch,
    "sound": changing.sound,
    "mix": changing.mix,
    "style": rewriting.style,
    "mute": changing.mute,
    "unmute": changing.unmute,
    "add": rewriting.add,
    "drop": changing.drop,
    "extend": form.extend,
    "shorten": form.shorten,
    "reorder": form.reorder,
    "loop": form.loop,
    "chords": rewriting.chords,
    "notes": hand_written.write_notes,
    "import": importing.take_in,
    "remix": _remix,
}


def edit_song(song: Song, edits: Sequence[Edit | Mapping[str, Any]]) -> Song:
    """Apply edits in order.

    Parameters
    ----------
    song : Song
        It stays as it is.
    edits : sequence
        Edits, or mappings in their JSON form.

    Returns
    -------
    Song
        The new song. Its history holds the edits with the seeds that they were drawn by, and the hashes of the files
        that they took in: the same edits on the same song give the same notes.

    Raises
    ------
    ParameterError
        If an edit is not valid or does not fit the song; the line begins with its number and kind.

    Examples
    --------
    >>> import workbench
    >>> from workbench.domain.edit_state import EditState
    >>> plan = workbench.translate("techno, 130 bpm")
    >>> parts = {"bass": workbench.Part("bass", (workbench.Note(0, 36, 1, 90),))}
    >>> score = workbench.Score("", 130.0, plan.metre, plan.key, plan.sections, (), parts)
    >>> slow = edit_song(Song(plan, score, EditState()), [{"edit": "tempo", "bpm": 90}])
    >>> slow.plan.tempo_bpm, slow.score.tempo_bpm
    (90.0, 90.0)
    """
    for number, edit in enumerate(parse_edits(edits), start=1):
        try:
            song = _apply(song, edit)
        except ParameterError as error:
            raise ParameterError(f"edit {number} ({edit.edit}): {error}") from None
    return song


def _apply(song: Song, edit: Edit) -> Song:
    check_notes(song, edit, ", ".join(name for name in _FUNCTIONS if name not in NEED_NOTES))
    count = len(song.state.history) + 1
    given = getattr(edit, "seed", None)
    seed = derived_seed(song.plan.seed, "edit", count) if given is None else given
    filled: dict[str, Any] = {"seed": seed} if "seed" in type(edit).model_fields else {}
    if isinstance(edit, Import):
        filled["sha256"] = edit.sha256 or read_midi(edit.file).sha256
    entry = edit.model_copy(update=filled).model_dump(mode="json", exclude_none=True)
    changed = _FUNCTIONS[edit.edit](song, edit, seed)
    if not changed.score.parts:
        raise ParameterError("nothing would play any more: leave one element")
    state = replace(changed.state, history=(*song.state.history, entry))
    remarks = "; ".join(changed.remarks)
    why = "asked for after the song was made"
    decision = Decision(f"edit {count}", _edit_text(entry), "stated", f"{why}; {remarks}" if remarks else why, remarks)
    plan = replace(changed.plan, decisions=(*song.plan.decisions, decision))
    return replace(changed, plan=plan, state=state, remarks=())


def _edit_text(entry: Mapping[str, Any]) -> str:
    """An edit as a line of a table: its kind, then its fields.

    Examples
    --------
    >>> _edit_text({"edit": "vary", "strength": 0.5, "bars": [1, 4], "seed": 3})
    'vary: strength 0.5, bars 1 to 4, seed 3'
    >>> _edit_text({"edit": "notes", "element": "bass", "remove": [{"bar": 1, "beat": 1, "pitch": 41}]})
    'notes: element bass, remove 1'
    """
    shown = {name: Path(value).name if name == "file" else value for name, value in entry.items()}
    words = [
        f"{name} {_words(value, counted=entry['edit'] == 'notes')}"
        for name, value in shown.items()
        if name not in ("edit", "sha256")
    ]
    return f"{entry['edit']}: {', '.join(words)}" if words else str(entry["edit"])


def _words(value: Any, *, counted: bool = False) -> str:
    if counted and isinstance(value, list):
        return str(len(value))
    if isinstance(value, list) and len(value) == 2 and all(isinstance(item, int) for item in value):
        return f"{value[0]} to {value[1]}"
    if isinstance(value, dict):
        # The points of a parameter that moves are counted.
        return str({name: f"{len(one)} points" if isinstance(one, list) else one for name, one in value.items()})
    return ", ".join(map(_item_words, value)) if isinstance(value, list) else str(value)


def _item_words(item: Any) -> str:
    """An entry of a list: of a plug-in its name, and whether it is bypassed.

    Examples
    --------
    >>> _item_words({"plugin": "ZamComp", "settings": {}, "bypass": True}), _item_words("verse 2")
    ('ZamComp (bypassed)', 'verse 2')
    """
    if isinstance(item, dict) and "plugin" in item:
        return f"{item['plugin']} (bypassed)" if item.get("bypass") else str(item["plugin"])
    return str(item)
