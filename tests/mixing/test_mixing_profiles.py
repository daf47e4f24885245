"""Mix profiles and processing styles: every file reads, unknown names and keys are refused."""

import pytest

from workbench.domain.elements import ELEMENTS
from workbench.domain.errors import ParameterError
from workbench.domain.plain_data import from_plain
from workbench.domain.plan import SoundTraits
from workbench.domain.request import PROCESSING_STYLES
from workbench.mixing import list_profiles, load_profile
from workbench.mixing.profiles import Strip, coloured, list_colours, load_colour, shaded

EXPECTED = {
    "hip-hop", "trap", "lo-fi", "house", "deep-house", "techno", "drum-and-bass", "garage", "ambient", "synthwave",
    "pop", "rock", "soul", "funk", "dub",
}  # fmt: skip


def test_every_family_has_a_profile():
    assert set(list_profiles()) >= EXPECTED


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_profile_is_complete_and_sane(name):
    profile = load_profile(name)
    assert set(profile.strips) >= set(ELEMENTS)
    assert profile.description
    assert 0 < profile.energy_slope_lu < 15
    assert profile.strip_of("bass").side_db < profile.strip_of("pads").side_db, "lows in the middle, pads wide"
    assert profile.strip_of("percussion").duck_db == 0, "the kick does not duck itself"


def test_profiles_differ():
    assert load_profile("ambient").reverb.decay_seconds > 3 * load_profile("hip-hop").reverb.decay_seconds
    assert load_profile("house").strip_of("bass").duck_db > load_profile("rock").strip_of("bass").duck_db


def test_a_profile_names_only_what_it_changes():
    assert load_profile("house").strip_of("leads").highpass_hz == load_profile("pop").strip_of("leads").highpass_hz


def test_new_elements_are_mixed_like_leads():
    profile = load_profile("pop")
    assert profile.strip_of("vocal-chops") == profile.strip_of("leads")


def test_every_processing_style_of_the_request_exists():
    assert set(list_colours()) == {*PROCESSING_STYLES, "neutral"}
    for name in PROCESSING_STYLES:
        assert load_colour(name).name == name


def test_style_moves_the_strip():
    strip = load_profile("pop").strip_of("pads")
    assert coloured(strip, load_colour("wide")).side_db > strip.side_db > coloured(strip, load_colour("lo-fi")).side_db
    driven = coloured(strip, load_colour("aggressive"))
    assert driven.drive_db > strip.drive_db
    assert driven.compressor.ratio > strip.compressor.ratio
    bass = load_profile("pop").strip_of("bass")
    assert coloured(bass, load_colour("wide")).side_db == bass.side_db, "lows keep their place"


def test_the_sound_of_the_plan_comes_on_top_of_the_style():
    warm = load_colour("warm")
    moved = shaded(warm, SoundTraits(tilt_db=1, low_db=2, side_db=3, reverb_db=4, delay_db=5, drive_db=6))
    assert (moved.tilt_db, moved.side_db, moved.reverb_db, moved.delay_db, moved.drive_db) == (-1, 3, 4, 5, 9)
    assert moved.eq[:-1] == warm.eq
    assert moved.eq[-1].gain_db == 2
    assert shaded(warm, SoundTraits()) == warm


@pytest.mark.parametrize("name", ["polka", "../defaults", "House"])
def test_unknown_names_list_the_known(name):
    with pytest.raises(ParameterError, match="house"):
        load_profile(name)
    with pytest.raises(ParameterError, match="vintage"):
        load_colour(name)


def test_unknown_keys_are_refused():
    with pytest.raises(ParameterError, match="levle"):
        from_plain(Strip, {"levle_lu": 1})
