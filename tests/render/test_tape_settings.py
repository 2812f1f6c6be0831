"""Settings and presets: self-describing, checked, refused with setting, value and range."""

import json
import re

import pytest

from tapehead.analysis.errors import DamagedEntryError, UnknownNameError, UsageError
from tapehead.render.assets import asset
from tapehead.render.tape import tape_from, tape_named, tape_names
from tapehead.render.tape.settings import SettingError, Settings, parse_assignments, registry

EXPECTED = {"clean", "broadcast", "sp", "lp", "ep", "worn", "third-generation", "eaten", "pal-sp"}


def test_the_presets_that_were_promised_are_there():
    assert set(tape_names()) >= EXPECTED


def test_every_setting_describes_itself():
    for setting in registry().values():
        assert setting.label and setting.help.endswith(".") and setting.basis
        assert setting.check(setting.default) == setting.check(setting.check(setting.default))
        assert setting.allowed()
    assert 5 <= sum(setting.easy for setting in registry().values()) <= 25


def test_every_shipped_preset_says_only_what_differs():
    for name in EXPECTED - {"clean"}:
        given = json.loads(asset(f"tapes/{name}.json").read_text())["settings"]
        settings = Settings(given)
        assert set(settings.differing()) == set(given)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("luma.snr", 900, "luma.snr is 900; it must be 20 to 80 dB, or null (no noise)"),
        ("luma.snr", "loud", "luma.snr is 'loud'"),
        ("luma.snr", True, "luma.snr is True"),
        ("luma.snr", float("nan"), "luma.snr is nan"),
        ("luma.ring", None, "luma.ring is None; it must be 4 to 30 %"),
        ("generations", 2.5, "generations is 2.5; it must be a whole number from 1 to 8 passes"),
        ("generations", 0, "generations is 0"),
        ("system", "SECAM", "system is 'SECAM'; it must be one of NTSC, PAL"),
        ("chroma.comb", 1, "chroma.comb is 1; it must be true or false"),
        ("pause.at", [3, 2], "pause.at is [3, 2]; it must be [from, to] in seconds"),
        ("transport", [{"kind": "melt", "from": 0, "to": 1}], "transport is"),
        ("transport", [{"kind": "eaten", "from": 0}], "transport is"),
        ("osd.date", "x" * 40, "at most 32 characters"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_name_value_and_range(name, value, said):
    with pytest.raises(SettingError, match=re.escape(said)) as caught:
        Settings({name: value})
    assert caught.value.exit_code == 2


def test_an_unknown_setting_names_the_nearest():
    with pytest.raises(UnknownNameError, match=r"unknown tape setting 'luma.srn': did you mean luma.snr"):
        Settings({"luma.srn": 40})


def test_the_ends_of_ranges_are_allowed():
    for setting in registry().values():
        if setting.range and setting.kind in ("number", "integer"):
            for end in setting.range:
                assert Settings({setting.id: end})[setting.id] == end


def test_settings_are_values():
    one, two = Settings({"luma.snr": 40}), Settings({"luma.snr": 40.0})
    assert one == two and hash(one) == hash(two) and one.digest() == two.digest()
    assert one.but({"luma.snr": 41}) != one
    assert one["luma.snr"] == 40.0
    assert one.differing() == {"luma.snr": 40.0}


def test_bandwidth_follows_the_speed_unless_it_is_set():
    assert [Settings({"speed": s}).luma_bw for s in ("SP", "LP", "EP")] == [3.0, 2.76, 2.4]
    assert Settings({"speed": "EP", "luma.bw": 3.3}).luma_bw == 3.3


def test_assignments_from_the_command_line():
    found = parse_assignments(
        ["luma.snr=38", "chroma.comb=off", "osd.date=NOV 22 1991", "luma.bw=none", "pause.at=[1, 2]", "system=PAL"]
    )
    assert found == {
        "luma.snr": 38.0,
        "chroma.comb": False,
        "osd.date": "NOV 22 1991",
        "luma.bw": None,
        "pause.at": (1.0, 2.0),
        "system": "PAL",
    }
    with pytest.raises(UsageError, match="NAME=VALUE"):
        parse_assignments(["luma.snr"])
    with pytest.raises(SettingError, match=r"luma.snr is '\.\.'"):
        parse_assignments(["luma.snr=.."])
    with pytest.raises(UnknownNameError):
        parse_assignments(["noise=1"])


GOOD = {"name": "mine", "version": 1, "title": "Mine", "effect": "vhs", "settings": {"luma.snr": 30}}


def test_a_preset_of_the_users(tmp_path):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(GOOD))
    assert tape_from(path).settings["luma.snr"] == 30
    with pytest.raises(UsageError, match=r"other.json can not be read"):
        tape_from(tmp_path / "other.json")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"settings": {"luma.snr": 900}}, r"tape 'mine': tape setting luma.snr is 900; it must be 20 to 80 dB"),
        ({"settings": {"luma.srn": 30}}, r"tape 'mine': unknown tape setting 'luma.srn': did you mean luma.snr"),
        ({"version": 99}, r"tape 'mine': unknown version of tape settings '99': there is 1"),
        ({"name": "yours"}, "calls itself 'yours'"),
        ({"effect": "beta"}, "there is none, vhs"),
    ],
)
def test_a_preset_edited_wrongly_is_refused(tmp_path, change, said):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({**GOOD, **change}))
    with pytest.raises(DamagedEntryError, match=said):
        tape_from(path)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"name": NaN', "\x00", '"' + "x" * 50, "[" * 100000])
def test_text_that_is_no_preset_is_refused(tmp_path, text):
    path = tmp_path / "mine.json"
    path.write_text(text)
    with pytest.raises(DamagedEntryError, match=r"mine.json"):
        tape_from(path)


def test_the_identity_covers_defaults_too():
    identity = tape_named("sp").identity()
    assert identity["settings"] == Settings().digest()
    assert identity["effect"] == "vhs" and identity["backend"] == "numba"
    assert json.loads(json.dumps(identity)) == identity
