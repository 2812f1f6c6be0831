from pathlib import Path

import pytest

from tapehead.analysis.errors import EpisodeError
from tapehead.scenes.script import Script, TimedLine, Word, occurrences

WHOLE = """
language = "en"
[speakers.narrator]
variant = "en-us"
rate = 160
[speakers.guest]
pitch = 60
[pronounce]
"Wx" = "W x"
[[line]]
key = "hook.recipe"
text = "The recipe is easy to run, and hard to believe."
marks = { believe = "hard to believe" }
[[line]]
key = "hook.guest"
speaker = "guest"
text = "So 2 + 2 is 4."
say = "So two plus two is four."
pause = 1
[[line]]
key = "end.bye"
text = "Good night."
"""


def load(tmp_path: Path, text: str) -> Script:
    path = tmp_path / "script.toml"
    path.write_text(text)
    return Script.load(path)


def test_everything_written_is_read(tmp_path):
    script = load(tmp_path, WHOLE)
    assert [line.key for line in script.lines] == ["hook.recipe", "hook.guest", "end.bye"]
    assert [line.key for line in script.scene("hook")] == ["hook.recipe", "hook.guest"]
    assert script.scene("nowhere") == ()
    assert script.pronounce == {"Wx": "W x"}
    guest = script.line("hook.guest")
    assert (guest.scene, guest.speaker, guest.pause, guest.say) == ("hook", "guest", 1.0, "So two plus two is four.")
    assert script.line("end.bye").speaker == "narrator"
    assert script.line("end.bye").pause == 0.35
    assert (script.speakers["narrator"].rate, script.speakers["guest"].pitch) == (160, 60)


def test_a_script_without_speakers_has_one(tmp_path):
    script = load(tmp_path, '[[line]]\nkey = "a.b"\ntext = "Hello."')
    assert script.lines[0].speaker in script.speakers


def one(fields: str) -> str:
    return f'[speakers.narrator]\nrate = 160\n[[line]]\nkey = "a.b"\n{fields}\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (one('text = "One."') + '[[line]]\nkey = "a.b"\ntext = "Two."', ["a.b", "same key", "number 2"]),
        (one('text = "One."\nspeaker = "bob"'), ["a.b", "unknown speaker 'bob'", "narrator"]),
        (one('text = "One two."\nmarks = { m = "three" }'), ["a.b", "'m'", "not in the text"]),
        (one('text = "One two."\nmarks = { m = "one" }'), ["case matters"]),
        (one('text = "Two and two."\nmarks = { m = "two", n = "Two" }'.replace("Two and", "two and")), ["2 times"]),
        (one('text = "One."\nmarks = { m = " " }'), ["no words"]),
        (one('text = " ... "'), ["a.b", "text is empty"]),
        (one('text = "One."\nsay = ""'), ["say is empty"]),
        (one('text = "One."\nvoice = "x"'), ["a.b", "unknown field 'voice'", "speaker"]),
        (one("text = 5"), ["a.b", "must be text", "5"]),
        (one('text = "One."\npause = "long"'), ["a.b", "pause must be seconds"]),
        (one('text = "One."\npause = true'), ["pause must be seconds"]),
        (one('text = "One."\npause = -1'), ["from 0 to"]),
        (one('text = "One."\npause = nan'), ["from 0 to"]),
        (one('text = "One."\nmarks = "x"'), ["marks must be a table"]),
        ('[[line]]\nkey = "nodot"\ntext = "One."', ["line number 1", "scene.name"]),
        ('[[line]]\ntext = "One."', ["line number 1", "scene.name"]),
        ('[line]\nkey = "a.b"', ["two brackets"]),
        ("lines = 3", ["unknown field 'lines'", "line"]),
        ("language = 3", ["language must be text"]),
        ("[speakers.n]\nrate = 1000", ["[speakers.n]", "rate", "80 to 400"]),
        ("[speakers.n]\nrate = true", ["rate must be a whole number"]),
        ("[speakers.n]\npitch = 100", ["pitch", "0 to 99"]),
        ("[speakers.n]\nspeed = 1", ["unknown field 'speed'", "rate"]),
        ("[pronounce]\nWx = 3", ["[pronounce]", "Wx must be text"]),
        ('[pronounce]\n"" = "x"', ["[pronounce]", "empty"]),
        ("language = ", ["no valid TOML"]),
    ],
)
def test_mistakes_are_named_with_file_and_place(tmp_path, text, says):
    with pytest.raises(EpisodeError) as caught:
        load(tmp_path, text)
    message = str(caught.value)
    assert "script.toml" in message
    for part in says:
        assert part in message


def test_a_missing_file_and_a_missing_line_are_named(tmp_path):
    with pytest.raises(EpisodeError, match=r"nowhere\.toml"):
        Script.load(tmp_path / "nowhere.toml")
    with pytest.raises(EpisodeError, match=r"a\.c"):
        load(tmp_path, one('text = "One."')).line("a.c")


def test_phrases_are_whole_words():
    assert occurrences("cat", "A catalogue, a cat, a tomcat.") == [15]
    assert occurrences("add.", "add, add.") == [5]
    assert occurrences("one", "one one") == [0, 4]


def test_timed_lines_survive_json():
    words = (Word("Hé", 0.0, 0.5), Word("you.", 0.5, 1.0, False))
    line = TimedLine("a.b", "a", "narrator", "Hé you.", 1.25, words, False, {"m": 0.5}, 0.35, "/x/speech.wav")
    assert TimedLine.from_json(line.to_json()) == line
