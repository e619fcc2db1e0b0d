"""Meter profiles: what ships is valid, what contradicts itself is told, and a calibrated pace is kept apart."""

from dataclasses import replace
from pathlib import Path

import pytest

from hardware.adapter import MeterRegister
from hardware.errors import ProfileInvalid
from hardware.keypad.models import CALIBRATED, models, read_profile, store_timing
from hardware.keypad.profile import Lockout, Profile, Timing
from krn_engine.issuing.campaign import Campaign

GOOD = 'layout = [["1","2","3"],["4","5","6"],["7","8","9"],["backspace","0","enter"]]\n'


def test_four_models_ship_and_say_where_their_claims_come_from() -> None:
    assert models() == ("auto-accept", "conlog-like", "enter-key", "generic-4x3")
    for model in models():
        profile = read_profile(model)
        assert profile.title
        assert len(profile.source) > 40
    assert read_profile("generic-4x3").codes[MeterRegister.KRN] == "04"
    assert read_profile("auto-accept").entry_keys("1" * 20) == tuple("1" * 20)
    assert read_profile("enter-key").entry_keys("1" * 20)[-1] == "enter"
    assert read_profile("conlog-like").code_keys("078") == ("hash", "0", "7", "8", "hash")


def test_a_maker_is_named_only_where_the_source_names_it() -> None:
    named = {model: (read_profile(model).maker, read_profile(model).series) for model in models()}
    assert named["generic-4x3"] == ("", "")
    for model, (maker, series) in named.items():
        assert maker in read_profile(model).source
        assert series in read_profile(model).source
    assert sum(bool(maker) for maker, _ in named.values()) == 3


def test_no_model_forgets_sooner_than_customers_are_told() -> None:
    told = Campaign.default().minutes_for_a_change * 60
    assert all(read_profile(model).section_timeout >= told for model in models())


def test_the_defaults_are_the_safe_ones() -> None:
    timing = Profile.parse(GOOD, "x").timing
    assert (timing.press, timing.gap, timing.before_enter) == (0.12, 0.15, 0.3)
    assert (timing.shortest_press, timing.longest_press) == (0.06, 0.5)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("layout = ", "is not TOML"),
        ("", "layout must be rows of different keys"),
        ('layout = [["1","1"]]', "layout must be rows of different keys"),
        ('layout = [["1","A"]]', "layout must be rows of different keys"),
        ('layout = [[["1"]]]', "layout must be rows of different keys"),
        ('layout = [["1","2"]]', "the layout has no key '0'"),
        (GOOD + 'enter = "hash"', "the layout has no key 'hash'"),
        (GOOD + "colour = 1", "unknown setting colour"),
        (GOOD + "[timing]\npress = 0.01", "press must lie between"),
        (GOOD + "[timing]\npress = true", "timing.press must be a number from 0.001 to 10"),
        (GOOD + "[timing]\nlongest_press = 0.9", "longest_press may not be over 0.5 s"),
        (GOOD + "[timing]\ngap = 9.9\nrepeat_gap = 10.0", "a gap may not come near entry_timeout"),
        (GOOD + "[timing]\nspeed = 1", "unknown setting timing.speed"),
        (GOOD + '[codes]\nkrn = "4a"', "the short code '4a' is not digits"),
        (GOOD + "[codes]\nkrn = 4", "codes.krn must be text"),
        (GOOD + '[codes]\nvoltage = "41"', "unknown setting codes.voltage"),
        (GOOD + 'clear = "backspace"', "clear must be a list of texts"),
        (GOOD + "clear = []", "clear must name the key"),
        (GOOD + "[tones]\naccepted = [0]", "tones.accepted must be a list of numbers"),
        (GOOD + 'timing = "fast"', "timing must be a table"),
        (GOOD + 'series = "X1"', "series needs a maker"),
        (GOOD + "entry_timeout = 0", "entry_timeout must be a number"),
    ],
)
def test_what_is_wrong_is_told(text: str, problem: str) -> None:
    with pytest.raises(ProfileInvalid) as refusal:
        Profile.parse(text, "x")
    assert problem in refusal.value.message
    assert "the profile x" in refusal.value.message


def test_everything_wrong_is_told_at_once() -> None:
    with pytest.raises(ProfileInvalid) as refusal:
        Profile.parse(GOOD + 'colour = 1\nentry_timeout = 0\n[words]\naccepted = "x"', "x")
    for problem in ("colour", "entry_timeout", "words.accepted"):
        assert problem in refusal.value.message


def test_an_unknown_model_names_those_that_there_are() -> None:
    with pytest.raises(ProfileInvalid, match="choose from auto-accept, conlog-like, enter-key, generic-4x3"):
        read_profile("../generic-4x3")


def test_a_calibrated_pace_is_kept_beside_and_read_again(tmp_path: Path) -> None:
    safe = read_profile("generic-4x3", tmp_path)
    fast = Timing(0.07, 0.06, 0.065, 0.06, 0.055, 0.5)
    path = store_timing("generic-4x3", fast, tmp_path / "new")
    assert path.name == f"generic-4x3{CALIBRATED}"
    assert read_profile("generic-4x3", tmp_path / "new").timing == fast
    assert read_profile("generic-4x3", tmp_path / "new") == replace(safe, timing=fast)
    assert read_profile("enter-key", tmp_path / "new").timing == Timing()
    assert [file.name for file in (tmp_path / "new").iterdir()] == [path.name]


@pytest.mark.parametrize("text", ["press = ", "press = 0.001", "speed = 1", "press = true", b"\xff"])
def test_a_broken_calibrated_pace_is_told_and_not_used(tmp_path: Path, text: str | bytes) -> None:
    path = tmp_path / f"generic-4x3{CALIBRATED}"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ProfileInvalid, match="timing"):
        read_profile("generic-4x3", tmp_path)


def test_what_a_profile_leaves_out_is_as_the_classes_have_it() -> None:
    """The defaults are written once: in the classes."""
    text = 'title = "t"\nlayout = [["1", "2", "3"], ["4", "5", "6"], ["7", "8", "9"], ["backspace", "0", "enter"]]\n'
    layout = (("1", "2", "3"), ("4", "5", "6"), ("7", "8", "9"), ("backspace", "0", "enter"))
    assert Profile.parse(text, "n") == Profile("n", "t", layout)
    slow = Profile.parse(text + "[lockout]\nfirst = 30.0\n", "n")
    assert slow.lockout == Lockout(first=30.0)
