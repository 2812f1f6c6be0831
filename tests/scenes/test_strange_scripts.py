"""Scripts and declarations made by a stranger: a script, or one clear line at once and in bounded memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

from tapehead.analysis.errors import EpisodeError, TapeheadError, UnknownNameError
from tapehead.analysis.store import Store
from tapehead.render.words.narration import narrate
from tapehead.render.words.voice.choose import voice_named
from tapehead.scenes.episode import Episode, SceneRef, find_episode, folders, load_episode
from tapehead.scenes.script import Script

pytestmark = pytest.mark.timeout(60)


def one_line(error: BaseException) -> str:
    text = str(error)
    assert "\n" not in text
    assert len(text) < 700
    assert not any(ord(sign) < 32 for sign in text)
    return text


def refused(tmp_path: Path, text: str | bytes, match: str) -> None:
    path = tmp_path / "script.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    began = time.monotonic()
    with pytest.raises(EpisodeError, match=match) as caught:
        Script.load(path)
    assert time.monotonic() - began < 5
    assert "script.toml" in one_line(caught.value)


def line(text: str, more: str = "") -> str:
    return f'[[line]]\nkey = "a.b"\ntext = "{text}"\n{more}'


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (line("word " * 2_000_000), "more than 4 MiB"),
        (line("word " * 600_000), "3000000 characters, and 5000 are the most"),
        (line("x" * 3_000_000), "3000000 characters"),
        (line("One.", 'say = "' + "x" * 10_000 + '"'), "say has 10000"),
        ("a = " + "[" * 100_000 + "]" * 100_000, "nested"),
        ("a = " + "[" * 100 + "]" * 100, "nested"),
        ("a." * 1_000 + "a = 1", "nested"),
        ("a = " + "{a=" * 5_000 + "1" + "}" * 5_000, "nested"),
        ("a." * 100 + "a = 1", "nested"),
        ("a." * 30 + "a = 1", "unknown field 'a'"),
        ("a = " + "9" * 10_000, "no valid TOML"),
        ("a = 2000-99-99", "no valid TOML"),
        ("language = " + "9" * 4_000, "language must be text in quotes, not a long number"),
        ('language = "../../x"', "no language code"),
        ('language = ""', "no language code"),
        (line("One.", "pause = 1e400"), "pause must be from 0 to 60"),
        (line("One.", "pause = " + "9" * 400), "pause must be from 0 to 60"),
        (line("One.", 'pause = "' + "x" * 10**6 + '"'), "pause must be seconds"),
        (line("One.", '"' + "x" * 10**6 + '" = 1'), "unknown field"),
        (line("One.", '"a\\u0000b" = 1'), "unknown field"),
        (line("One \\u0000 two."), "control character"),
        (line("One \\u001b[31m two."), "control character"),
        (line("One.", 'marks = { "a\\nb" = "Two" }'), "not in the text"),
        (line("One.", 'marks = { m = "' + "x" * 10**6 + '" }'), "not in the text"),
        (line("One.", 'said = { "' + "x" * 10**6 + '" = "1" }'), "not in the text"),
        ('[[line]]\nkey = "a.' + "b" * 10**6 + '"\ntext = "One."', "must read scene.name"),
        ('[[line]]\nkey = "a.b\\u0000"\ntext = "One."', "must read scene.name|control"),
        ('[speakers."' + "x" * 10**6 + '"]', "1000000 characters"),
        ('[speakers."a\\u0000b"]\nrate = 1', "rate must be"),
        (line("One.", 'speaker = "' + "x" * 10**6 + '"'), "unknown speaker"),
        ('[pronounce]\na = "' + "x" * 10**6 + '"', "1000000 characters"),
        ('[pronounce]\n"' + "x" * 10**6 + '" = "x"', "1000000 characters"),
        ("[pronounce]\n" + "".join(f'w{n} = "x"\n' for n in range(6000)), "6000 words"),
        ("".join(f'[[line]]\nkey = "a.b{n}"\ntext = "One."\n' for n in range(10_001)), "10001 lines"),
        (b"\xff\xfea", "UTF-8"),
        (b"a = 1\x00", "no valid TOML"),
    ],
    ids=range(36),
)
def test_what_can_not_be_a_script_is_one_line(tmp_path: Path, text: str | bytes, match: str) -> None:
    refused(tmp_path, text, match)


def test_a_script_that_is_no_file(tmp_path: Path) -> None:
    path = tmp_path / "script.toml"
    os.mkfifo(path)
    with pytest.raises(EpisodeError, match="named pipe"):
        Script.load(path)
    path.unlink()
    path.symlink_to("/dev/zero")
    with pytest.raises(EpisodeError, match="device"):
        Script.load(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(EpisodeError, match="folder"):
        Script.load(path)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "script.toml").write_bytes(b"\xef\xbb\xbf" + line("One.").encode())
    assert Script.load(tmp_path / "script.toml").lines[0].text == "One."


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of a process is read from Linux' /proc")
def test_the_longest_line_is_spoken_in_bounded_memory(tmp_path: Path) -> None:
    """5,000 characters with --voice none: some minutes of silence, and not gigabytes of it."""
    program = (
        "import re, sys\n"
        "from pathlib import Path\n"
        "from tapehead.analysis.store import Store\n"
        "from tapehead.render.words.narration import narrate\n"
        "from tapehead.render.words.voice.choose import voice_named\n"
        "from tapehead.scenes.script import Script\n"
        "folder = Path(sys.argv[1])\n"
        "made = narrate(Script.load(folder / 'script.toml'), voice_named('none'), Store(folder / 'store'))\n"
        # The peak of this program itself: ru_maxrss starts at that of the process it was forked from.
        "peak = re.search(r'VmHWM:\\s+(\\d+) kB', Path('/proc/self/status').read_text())\n"
        "print(made['a.b'].duration, int(peak[1]) / 1024)\n"
    )
    (tmp_path / "script.toml").write_text(line("word " * 999))
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True)
    seconds, megabytes = map(float, done.stdout.split())
    assert 200 < seconds < 1000
    assert megabytes < 1500


def test_pronunciations_do_not_multiply_without_end(tmp_path: Path) -> None:
    path = tmp_path / "script.toml"
    path.write_text('[pronounce]\na = "' + "long " * 90 + '"\n' + line("a " * 2000))
    with pytest.raises(EpisodeError, match="20000 are the most") as caught:
        narrate(Script.load(path), voice_named("none"), Store(tmp_path / "store"))
    one_line(caught.value)


plain = some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=8)
values = some.recursive(
    plain, lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=4), inner, max_size=3)
)
fields = some.sampled_from(["key", "speaker", "text", "say", "marks", "pause", "said", "x"])


def toml(value: object) -> str:
    """A value in TOML, written independently of any library."""
    if value is None or (isinstance(value, float) and value != value):
        return "nan"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return {float("inf"): "inf", float("-inf"): "-inf"}.get(value, repr(value))
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(sign):08x}" if not "\ud800" <= sign <= "\udfff" else "?" for sign in value) + '"'
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    assert isinstance(value, dict)
    return "{" + ", ".join(f"{toml(name)} = {toml(inner)}" for name, inner in value.items()) + "}"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    some.dictionaries(fields, values, max_size=5),
    some.dictionaries(some.sampled_from(["language", "speakers", "pronounce", "y"]), values, max_size=3),
)
@example({"key": "a.b", "text": "One.", "pause": 10**400}, {})
@example({"key": "a.b", "text": "One.", "marks": {"m": []}}, {"speakers": {"n": 5}})
def test_any_fields_are_a_script_or_one_line(tmp_path: Path, fields: dict, top: dict) -> None:
    path = tmp_path / "script.toml"
    head = "".join(f"{name} = {toml(value)}\n" for name, value in top.items())
    path.write_text(head + "[[line]]\n" + "".join(f"{name} = {toml(value)}\n" for name, value in fields.items()))
    try:
        script = Script.load(path)
    except EpisodeError as error:
        one_line(error)
    else:
        assert all(line.key and 0 <= line.pause <= 60 for line in script.lines)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.binary(max_size=60))
def test_any_bytes_are_a_script_or_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "script.toml"
    path.write_bytes(content)
    try:
        Script.load(path)
    except EpisodeError as error:
        one_line(error)


# -- slugs, names, declarations


@pytest.mark.parametrize(
    "slug", ["a\0b", "../x", "a\nb", "/tmp/x", "-a", "a--b", "ü", "x" * 10**6, "A", "a b", ".", "con\x1b"]
)
def test_a_slug_that_names_no_folder(slug: str) -> None:
    with pytest.raises(EpisodeError, match="slug") as caught:
        Episode(slug, "Title", (SceneRef("a", ".a:A", "A"),))
    one_line(caught.value)


@pytest.mark.parametrize("name", ["a\0b", "a\nb", "x" * 10**6, "./a\0b", "./" + "x" * 10**4, "\x1b[31m", "\ud800"])
def test_a_name_that_no_episode_has(name: str) -> None:
    began = time.monotonic()
    with pytest.raises((EpisodeError, UnknownNameError)) as caught:
        find_episode(name)
    one_line(caught.value)
    assert time.monotonic() - began < 10


def declared(folder: Path, declaration: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "episode.py").write_text(declaration)
    (folder / "script.toml").write_text("")
    return folder


WHOLE = """from tapehead.scenes.episode import Episode, SceneRef
EPISODE = Episode({}title="A film", scenes=(SceneRef("a", ".a:A", "A"),))
"""


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Größe – Übung", "grosse-ubung"),
        ("dashes-and--more", "dashes-and-more"),
        ("日本 film", "film"),
        ("a\nb", "a-b"),
    ],
)
def test_folders_of_any_name_are_episodes(tmp_path: Path, name: str, slug: str) -> None:
    assert load_episode(declared(tmp_path / name, WHOLE.format(""))).slug == slug


def test_a_folder_without_letters_or_too_long_is_told(tmp_path: Path) -> None:
    for name, match in (("日本", "no slug can be made"), ("x" * 200, "100 at most")):
        with pytest.raises(EpisodeError, match=match) as caught:
            load_episode(declared(tmp_path / name, WHOLE.format("")))
        one_line(caught.value)


@pytest.mark.parametrize(
    "declaration",
    [
        WHOLE.format('slug="a\\0b", '),
        WHOLE.format('slug="../../x", '),
        WHOLE.format('slug="a\\nb", '),
        "EPISODE = " + "(" * 100_000,
        "EPISODE = " + "-" * 100_000 + "1",
        "EPISODE = a" + ".a" * 50_000 + "()",
        "EPISODE = " + "[" * 90 + "]" * 90,
        "EPISODE = '" + "x" * (5 * 2**20) + "'",
        "EPISODE = 1\0",
        "\xff\xfe",
        "raise SystemExit",
        "def f(): f()\nf()",
    ],
    ids=range(12),
)
def test_declarations_that_can_not_be(tmp_path: Path, declaration: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = declared(tmp_path / "films" / "my_film", declaration)
    monkeypatch.setenv("TAPEHEAD_EPISODES", str(tmp_path / "films"))
    assert ("my-film", folder) in list(folders()), "it is listed by its folder's name, without being run"
    with pytest.raises(TapeheadError) as caught:
        load_episode(folder)
    assert str(folder) in one_line(caught.value) or "slug" in str(caught.value)


def test_a_declaration_that_blocks_is_none(tmp_path: Path) -> None:
    folder = declared(tmp_path / "film", WHOLE.format(""))
    os.mkfifo(folder / "__init__.py")
    assert load_episode(folder).slug == "film"
    (folder / "episode.py").unlink()
    os.mkfifo(folder / "episode.py")
    with pytest.raises(EpisodeError, match="is no episode"):
        find_episode(f"{folder}/")
    for pipe in folder.iterdir():
        if pipe.is_fifo():  # hypothesis reads the source of every module that is loaded, and would wait for ever
            pipe.unlink()
