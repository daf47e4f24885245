"""Where each public set is had, and what its publication holds: the facts behind `corpora list` and `corpora get`.

A checksum is written here only where a publisher or another project's catalogue states it. GitHub makes archives of a
commit when they are asked for and promises no steady bytes, so for those the checksum of the first download is kept and
later ones are held against it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """Where a set is had.

    Parameters
    ----------
    page : str
        Its own page, repository or DOI.
    songs : int
        Songs (or patterns, progressions) of the publication; 0 where there is no publication to count.
    url : str
        The archive that `get` loads; "" if there is none that can be read as it is.
    folder : str
        Folder below the data folder that the archive's content goes to; its own outermost folder is left out.
    keep : tuple of str
        Patterns of the files that are unpacked; all if empty.
    checksum : str
        "sha256:..." or "md5:..." as published; "" where none is.
    note : str
        What to know, such as how to have a set that cannot be loaded.
    made : bool
        Whether `corpora make` makes it.
    """

    page: str
    songs: int = 0
    url: str = ""
    folder: str = ""
    keep: tuple[str, ...] = ()
    checksum: str = ""
    note: str = ""
    made: bool = False


def _github(repository: str, commit: str) -> str:
    return f"https://github.com/{repository}/archive/{commit}.tar.gz"


_BILLBOARD = Source(
    page="https://ddmal.music.mcgill.ca/research/The_McGill_Billboard_Project_(Chord_Analysis_Dataset)/",
    songs=890,
    url="https://www.dropbox.com/s/2lvny9ves8kns4o/billboard-2.0-salami_chords.tar.gz?dl=1",
    folder="McGill-Billboard",
    keep=("*/salami_chords.txt",),
    checksum="md5:6954a6fad962a111e69c9c80cb87d3a5",
    note="checksum as in mirdata's catalogue",
)

SOURCES: dict[str, Source] = {
    "groove": Source(
        page="https://magenta.tensorflow.org/datasets/groove",
        songs=1150,
        url="https://storage.googleapis.com/magentadata/datasets/groove/groove-v1.0.0-midionly.zip",
        folder="groove",
        checksum="sha256:651cbc524ffb891be1a3e46d89dc82a1cecb09a57c748c7b45b844c4841dcc1e",
        note="checksum as on the set's page",
    ),
    "pop909": Source(
        page="https://github.com/music-x-lab/POP909-Dataset",
        songs=909,
        url=_github("music-x-lab/POP909-Dataset", "d83e6edba6872a704f5d3b8b32f5cb540088dae6"),
        folder="POP909-Dataset",
        keep=("POP909/???/???.mid", "POP909/???/*.txt", "LICENSE", "README.md"),
        note="named sections come from https://github.com/Dsqvival/hierarchical-structure-analysis and are not loaded",
    ),
    "billboard": _BILLBOARD,
    "billboard_waltzes": _BILLBOARD,
    "freedoom": Source(
        page="https://github.com/freedoom/freedoom",
        songs=112,
        url=_github("freedoom/freedoom", "d14dbbee3b6fbfb2c11cdb65eb61216e86d4ee85"),
        folder="freedoom",
        keep=("musics/*.mid", "COPYING.adoc", "CREDITS-MUSIC"),
    ),
    "accompaniment": Source(
        page="https://www.mellowood.ca/mma/",
        note="`corpora make` generates it by rule over the chords of POP909 and Billboard; the shipped networks "
        "learned from what MMA's patterns (see the page) gave over the same chords, of which there is no public copy",
        made=True,
    ),
    "easyrpg": Source(
        page="https://github.com/EasyRPG/RTP",
        songs=30,
        url=_github("EasyRPG/RTP", "993d88cbc78c658d348bbfa74a3b424d393d27e5"),
        folder="easyrpg_rtp",
        keep=("Music/*.mid", "AUTHORS.md", "COPYING"),
    ),
    "drum_patterns": Source(
        page="https://github.com/gvellut/dmp_midi",
        songs=468,
        url=_github("gvellut/dmp_midi", "81f926a4c7045a37dbadc21b9c332d799b1be9bf"),
        folder="dmp_midi",
        keep=("input/Patterns_*.json", "LICENSE", "README.md"),
    ),
    "progressions": Source(
        page="https://github.com/ldrolez/free-midi-chords",
        songs=190,
        url=_github("ldrolez/free-midi-chords", "baf0896694de6b09ac00250722f2414202e668ed"),
        folder="free-midi-chords",
        keep=("chords.py", "LICENSE", "README.md"),
    ),
    "simutrans": Source(
        page="https://github.com/simutrans/simutrans",
        note="copy the .mid files of the repository's folder music/ to simutrans/",
    ),
    "openmsx": Source(
        page="https://github.com/OpenTTD/OpenMSX",
        songs=31,
        url=_github("OpenTTD/OpenMSX", "5ecb59b97e13fe65b22014583b2c9aa46a2b9e63"),
        folder="openmsx",
        keep=("src/*.mid", "LICENSE", "README.md"),
    ),
    "planetblupi": Source(
        page="https://packages.debian.org/planetblupi-music-midi",
        note="copy the .mid files of the Debian package to planetblupi/",
    ),
    "lmms": Source(
        page="https://github.com/LMMS/lmms",
        note="export the projects of the repository's folder data/projects/ as MIDI from LMMS to lmms_demos/",
    ),
    "nottingham": Source(
        page="https://github.com/jukedeck/nottingham-dataset",
        songs=1034,
        url=_github("jukedeck/nottingham-dataset", "0992bb6cd864f6d4b90d6663e08c0ef53ffaa08f"),
        folder="nottingham-dataset",
        keep=("MIDI/*.mid", "ABC_cleaned/*.abc", "LICENSE.md", "README.md"),
    ),
}
"""Sources by the name of the corpus; a corpus that is missing here is not public (a user's own files)."""


def how_to_have(name: str) -> str:
    """How a corpus comes into the data folder, in a few words.

    Examples
    --------
    >>> how_to_have("groove")
    '`beatsfoundry corpora get groove --data DIR` has groove'
    """
    source = SOURCES.get(name)
    if source is None:
        return f"{name} is not public"
    if source.made:
        return f"`beatsfoundry corpora make {name} --data DIR` makes {name}"
    if source.url:
        return f"`beatsfoundry corpora get {name} --data DIR` has {name}"
    return f"for {name} see {source.page} ({source.note})"
