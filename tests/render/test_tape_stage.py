"""The tape's seam: presets are found, checked and turned into stages; `clean` changes nothing."""

import json

import numpy as np
import pytest

from tapehead.analysis.errors import DamagedEntryError, UnknownNameError
from tapehead.render.assets import asset
from tapehead.render.tape import tape_named, tape_names
from tapehead.render.tape.effects import stage_of
from tapehead.render.tape.presets import read_preset

GOOD = {"name": "x", "version": 1, "title": "X", "effect": "none", "settings": {}}


def test_clean_returns_the_same_pixels_whatever_index_and_seed():
    clean = tape_named("clean")
    frame = np.random.default_rng(0).integers(0, 256, (8, 10, 3), dtype=np.uint8)
    before = frame.copy()
    for index, seed in ((0, 0), (17, 0), (17, 5)):
        assert np.array_equal(clean.apply(frame, index, 15, seed), before)
    assert clean.is_static


def test_unknown_tape_names_the_nearest():
    with pytest.raises(UnknownNameError, match="unknown tape 'claen': did you mean clean") as caught:
        tape_named("claen")
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("name", ["../tapes/clean", "", "clean.json"])
def test_a_path_is_not_a_name(name):
    with pytest.raises(UnknownNameError):
        tape_named(name)


def test_every_shipped_tape_loads_and_its_identity_is_plain_data():
    assert "clean" in tape_names()
    for name in tape_names():
        identity = tape_named(name).identity()
        assert json.loads(json.dumps(identity)) == identity
        assert identity["name"] == name


def test_identity_follows_the_settings_but_not_the_title():
    one, other = dict(GOOD), {**GOOD, "title": "Another title"}
    third = {**GOOD, "settings": {"noise": 0.1}}
    digests = [read_preset("x", json.dumps(fields)).digest for fields in (one, other, third)]
    assert digests[0] == digests[1] != digests[2]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "y"}, "calls itself 'y'"),
        ({"version": "1"}, "'version' must be of type int"),
        ({"version": True}, "'version' must be of type int"),
        ({"settings": []}, "'settings' must be of type dict"),
        ({"extra": 1}, "exactly the fields"),
    ],
)
def test_a_bad_preset_is_refused(change, said):
    with pytest.raises(DamagedEntryError, match=said):
        read_preset("x", json.dumps({**GOOD, **change}))


def test_text_that_is_not_json_is_refused():
    with pytest.raises(DamagedEntryError, match="not JSON"):
        read_preset("x", "{")


@pytest.mark.parametrize("change", [{"effect": "beta"}, {"settings": {"noise": 1}}])
def test_a_stage_refuses_what_it_can_not_do(change):
    with pytest.raises(DamagedEntryError):
        stage_of(read_preset("x", json.dumps({**GOOD, **change})))


def test_the_shipped_file_is_found_in_the_package():
    assert asset("tapes/clean.json").is_file()
