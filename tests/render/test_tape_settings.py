"""Settings and presets: self-describing, checked, refused with setting, value and range."""

import json
import os
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tapehead.analysis.errors import DamagedEntryError, UnknownNameError, UsageError
from tapehead.render.assets import asset
from tapehead.render.tape import tape_from, tape_named, tape_names
from tapehead.render.tape.effects import stage_of, tape_told
from tapehead.render.tape.presets import read_preset
from tapehead.render.tape.settings import SettingError, Settings, UnknownSettingError, parse_assignments, registry

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
        said = json.loads(asset(f"tapes/{name}.json").read_text())["settings"]
        assert set(Settings(said).differing()) == set(said)


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


@pytest.mark.parametrize(
    ("pair", "found"),
    [
        ("speed=sp", {"speed": "SP"}),
        ("system=Pal", {"system": "PAL"}),
        ("composite.mode=2h", {"composite.mode": "2H"}),
        ("drop.doc=no", {"drop.doc": False}),
        ("drop.doc=YES", {"drop.doc": True}),
        ("chroma.comb=0", {"chroma.comb": False}),
        ("LUMA.SNR=38", {"luma.snr": 38.0}),
        ("luma_snr=38", {"luma.snr": 38.0}),
        ("chroma-delay-v=2", {"chroma.delay_v": 2}),
        ("luma.snr=38 dB", {"luma.snr": 38.0}),
        ("luma.snr=NONE", {"luma.snr": None}),
        ("wave.amp=.1µs", None),
    ],
)
def test_what_people_type(pair, found):
    if found is None:
        with pytest.raises(SettingError):  # JSON numbers have a figure before the point
            parse_assignments([pair])
    else:
        assert parse_assignments([pair]) == found


def test_no_two_settings_are_one_when_written_loosely():
    folded = {"".join(c for c in name.lower() if c.isalnum()) for name in registry()}
    assert len(folded) == len(registry())


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("snr", "luma.snr"),
        ("tracking.error", "track.error"),
        ("hiss", "audio.hiss"),
        ("luma.noise", "chroma.noise"),
        ("dropouts", "drop.rate"),
        ("chroma.dely", "chroma.delay"),
    ],
)
def test_neighbours_are_those_that_look_or_read_alike(name, first):
    with pytest.raises(UnknownSettingError) as caught:
        Settings({name: 1})
    said = str(caught.value)
    offered = said.partition("did you mean ")[2].rstrip("?").split(", ")
    assert first in offered and len(offered) <= 3 and "\n" not in said


def test_a_name_like_none_is_told_where_they_are_listed():
    with pytest.raises(
        UnknownSettingError, match=r"'xyzzy': `tapehead tape describe sp --all` lists them all"
    ) as caught:
        Settings({"xyzzy": 1})
    assert "audio" not in str(caught.value)
    with pytest.raises(UnknownSettingError) as caught:
        Settings({"q" * 5000: 1})
    assert len(str(caught.value)) < 200


def test_values_from_strangers_are_refused_in_a_line():
    for name, value in (
        ("luma.snr", 10**400), ("generations", 10**400), ("transport", [[[]]] * 1000), ("speed", "x" * 10000),
        ("osd.date", "\x07"), ("pause.at", [float("nan"), 1]), ("luma.snr", {"a": 1}),
    ):  # fmt: skip
        with pytest.raises(SettingError) as caught:
            Settings({name: value})
        assert len(str(caught.value)) < 300


GOOD = {"name": "mine", "version": 1, "title": "Mine", "effect": "vhs", "settings": {"luma.snr": 30}}


def test_a_preset_of_the_users(tmp_path):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(GOOD))
    assert tape_from(path).settings["luma.snr"] == 30
    with pytest.raises(UsageError, match=r"other.json cannot be read"):
        tape_from(tmp_path / "other.json")


def test_a_preset_that_was_copied_and_renamed_works(tmp_path):
    copy = tmp_path / "my worn tape.json"
    copy.write_text(asset("tapes/worn.json").read_text())
    made, worn = tape_from(copy), tape_named("worn")
    assert made.settings == worn.settings and made.preset.name == "my worn tape"
    assert made.preset.digest == worn.preset.digest


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_a_mark_at_the_beginning_of_the_file_does_no_harm(tmp_path, encoding):
    path = tmp_path / "mine.json"
    path.write_bytes(json.dumps({**GOOD, "title": "Größe"}).encode(encoding))
    assert tape_from(path).settings["luma.snr"] == 30


def test_a_preset_may_be_written_loosely(tmp_path):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({**GOOD, "settings": {"LUMA.SNR": 30, "speed": "sp", "system": "pal"}}))
    found = tape_from(path).settings
    assert found["luma.snr"] == 30 and found["speed"] == "SP" and found["system"] == "PAL"


def test_what_is_no_file_is_not_waited_for(tmp_path):
    pipe = tmp_path / "mine.json"
    os.mkfifo(pipe)
    with pytest.raises(UsageError, match="no such file"):
        tape_from(pipe)
    with pytest.raises(UsageError, match="no such file"):
        tape_from(tmp_path)
    (tmp_path / "large.json").write_bytes(b" " * (1 << 20) + b"{}")
    with pytest.raises(UsageError, match="larger than 1 megabyte"):
        tape_from(tmp_path / "large.json")


def test_a_plan_carries_the_users_preset_itself(tmp_path):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({**GOOD, "name": "somebody else's"}))
    told = tape_told(str(path))
    path.unlink()
    made = tape_named(told)
    assert made.preset.name == "mine" and made.settings["luma.snr"] == 30
    assert tape_told("worn") == "worn" and tape_told(told) == told
    # A plan cannot make another machine read a file.
    with pytest.raises(UnknownNameError):
        tape_named("/etc/hostname.json")
    with pytest.raises(DamagedEntryError):
        tape_named('{"name": 1}')


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
        max_leaves=8,
    ),
    st.sampled_from(sorted(registry())),
)
@settings(max_examples=150, deadline=None)
def test_any_value_is_taken_or_refused_in_a_line(value, name):
    text = json.dumps({**GOOD, "settings": {name: value}})
    try:
        found = stage_of(read_preset("mine", text, "mine.json"))
    except DamagedEntryError as error:
        assert "\n" not in str(error).replace("\\n", "") and len(str(error)) < 400
    else:
        assert Settings({name: found.settings[name]}) == found.settings


@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: json.dumps(text).encode()))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_file_is_taken_or_refused(tmp_path, content):
    path = tmp_path / "mine.json"
    path.write_bytes(content)
    with pytest.raises((DamagedEntryError, UsageError), match=r"mine\.json"):
        tape_from(path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"settings": {"luma.snr": 900}}, r"tape 'mine': tape setting luma.snr is 900; it must be 20 to 80 dB"),
        ({"settings": {"luma.srn": 30}}, r"tape 'mine': unknown tape setting 'luma.srn': did you mean luma.snr"),
        ({"version": 99}, r"tape 'mine': unknown version of tape settings '99'; there is only 1"),
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
