"""ntsc-rs presets become settings of ours; what could not be mapped is said."""

import json

import pytest

from tapehead.analysis.errors import DamagedEntryError
from tapehead.render.tape.settings import Settings
from tapehead.render.tape_tool.ntscrs import import_preset


def imported(**keys):
    return import_preset(json.dumps({"version": 1, **keys}), "theirs.json")


def test_an_empty_preset_gets_the_defaults_of_its_time():
    found = imported()
    settings = Settings(found.settings)
    assert settings["speed"] == "LP" and settings["fields"] == "upper"
    assert settings["luma.smear"] == 0  # keys that were added later had no effect before
    assert settings["head.point"] == 8.0
    assert found.dropped == []


@pytest.mark.parametrize(
    ("keys", "name", "value"),
    [
        ({"vhs_tape_speed": 1}, "speed", "SP"),
        ({"use_field": 3}, "fields", "progressive"),
        ({"use_field": 5}, "fields", "lower"),
        ({"chroma_demodulation": 3}, "composite.mode", "2H"),
        ({"head_switching": False}, "head.shift", 0.0),
        ({"tracking_noise": False}, "track.error", 0.0),
        ({"tracking_noise_height": 20}, "track.height", 20.0),
        ({"vhs_edge_wave_enabled": False}, "wave.amp", 0.0),
        ({"vhs_edge_wave_frequency": 0.1}, "wave.freq", 0.1),
        ({"composite_noise": False}, "luma.snr", None),
        ({"chroma_noise": False}, "chroma.noise", 0.0),
        ({"chroma_phase_error": 0.1}, "chroma.hue", 36.0),
        ({"chroma_delay_vertical": 2}, "chroma.delay_v", 2),
        ({"vhs_chroma_vert_blend": False}, "chroma.comb", False),
        ({"vhs_settings": False}, "luma.bw", 4.2),
    ],
)
def test_keys_with_a_counterpart(keys, name, value):
    assert imported(**keys).settings[name] == value


def test_pixels_become_microseconds():
    rate = 14.318182
    assert abs(imported(head_switching_horizontal_shift=72.0).settings["head.shift"] - 72 / rate) < 1e-3
    doubled = imported(head_switching_horizontal_shift=72.0, scale_settings=True, bandwidth_scale=2.0)
    assert abs(doubled.settings["head.shift"] - 36 / rate) < 1e-3
    late = imported(chroma_delay_horizontal=2.0, vhs_tape_speed=1).settings["chroma.delay"]
    assert abs(late - (2 + 4) / rate) < 1e-3


def test_what_has_no_counterpart_is_reported():
    found = imported(random_seed=7, filter_type=1, composite_preemphasis=1.0, something_new=3)
    assert {line.split(":")[0] for line in found.dropped} == {
        "random_seed",
        "filter_type",
        "composite_preemphasis",
        "something_new",
    }
    assert any(line.startswith("luma.snr") for line in found.approximated)


def test_values_outside_of_our_range_are_held_and_reported():
    found = imported(vhs_edge_wave=500.0)
    assert found.settings["wave.amp"] == 2.0
    assert any("wave.amp" in line and "outside" in line for line in found.approximated)
    Settings(found.settings)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"version": 2}', '{"version": 1, "use_field": "upper"}', "[" * 99999]
)
def test_what_is_no_preset_is_refused(text):
    with pytest.raises(DamagedEntryError, match=r"theirs\.json"):
        import_preset(text, "theirs.json")


def test_the_result_is_a_preset_file(tmp_path):
    from tapehead.render.tape import tape_from

    path = tmp_path / "theirs.json"
    path.write_text(json.dumps(imported(vhs_tape_speed=3).preset("theirs", "From ntsc-rs")))
    assert tape_from(path).settings["speed"] == "EP"
