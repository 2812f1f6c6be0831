import json
import os
import wave
from pathlib import Path

import numpy as np
import pytest

from tapehead.analysis.errors import UsageError
from tapehead.analysis.results import Result, quantity
from tapehead.analysis.store import Store
from tapehead.render.words.narration import narrate
from tapehead.render.words.voice.choose import voice_named
from tapehead.render.words.voice.speech import Speech
from tapehead.render.words.voice.timbre import line_loudness
from tapehead.render.words.voice.wording import estimate
from tapehead.scenes.filling import filled
from tapehead.scenes.script import Script, TimedLine

TEXT = """
[speakers.narrator]
variant = "en-us"
rate = 160
[pronounce]
"Wx" = "W x"
[[line]]
key = "hook.recipe"
text = "The recipe Wx is easy to run, and hard to believe."
marks = { believe = "hard to believe", formula = "Wx" }
[[line]]
key = "hook.short"
text = "Yes."
pause = 0.5
"""


class Counting:
    """A voice that says a tone and counts how often."""

    name = "counting"

    def __init__(self) -> None:
        self.said: list[str] = []

    def identity(self):
        return {"voice": self.name}

    def line_identity(self, line, speaker, spoken):
        return {"voice": self.name, "spoken": spoken, "rate": speaker.rate}

    def check(self, script):
        if len(script.lines) > 5:
            raise UsageError("too much")

    def speak(self, line, speaker, spoken):
        self.said.append(spoken)
        sound = np.sin(np.arange(22050) * 0.1).astype(np.float32)
        return Speech(sound, 22050, estimate(spoken, 0.0, 1.0), True)


def script(tmp_path: Path, text: str = TEXT) -> Script:
    (tmp_path / "script.toml").write_text(text)
    return Script.load(tmp_path / "script.toml")


def test_lines_are_spoken_once(tmp_path):
    store, voice, seen = Store(tmp_path / "store"), Counting(), []
    first = narrate(script(tmp_path), voice, store, lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]
    assert voice.said == ["The recipe W x is easy to run, and hard to believe.", "Yes."]
    assert narrate(script(tmp_path), voice, store) == first
    assert len(voice.said) == 2


def test_pauses_marks_and_captions_keep_the_sound(tmp_path):
    store, voice = Store(tmp_path / "store"), Counting()
    before = narrate(script(tmp_path), voice, store)
    changed = TEXT.replace("pause = 0.5", "pause = 0.9").replace('formula = "Wx"', 'formula = "The recipe"')
    changed = changed.replace('text = "Yes."', 'text = "Oui."\nsay = "Yes."')
    after = narrate(script(tmp_path, changed), voice, store)
    assert len(voice.said) == 2
    assert after["hook.short"].pause == 0.9
    assert after["hook.short"].audio == before["hook.short"].audio
    assert [word.text for word in after["hook.short"].words] == ["Oui."]
    assert not after["hook.short"].measured
    assert after["hook.recipe"].marks["formula"] == after["hook.recipe"].words[0].start


@pytest.mark.parametrize(("old", "new"), [("Yes.", "No."), ("rate = 160", "rate = 150"), ('"W x"', '"W times x"')])
def test_what_is_heard_is_spoken_again(tmp_path, old, new):
    store, voice = Store(tmp_path / "store"), Counting()
    narrate(script(tmp_path), voice, store)
    narrate(script(tmp_path, TEXT.replace(old, new)), voice, store)
    assert len(voice.said) > 2


def test_other_numbers_are_other_words_and_another_sound(tmp_path):
    """And numbers that are told alike are spoken once, with what was read kept beside them."""
    store, voice = Store(tmp_path / "store"), Counting()
    text = (
        '[[line]]\nkey = "a.b"\ntext = "It keeps {kept.share:.0%} of the score."\nmarks = { score = "the score" }\n'
        '[[line.variants]]\nname = "weak"\nwhen = "kept.share < 0.5"\ntext = "It loses the score."'
    )

    def line(share):
        results = {"kept": Result({"share": quantity(share)}, name="kept")}
        return narrate(filled(script(tmp_path, text), results.__getitem__), voice, store)["a.b"]

    first, alike, other, weak = line(0.87), line(0.871), line(0.6), line(0.25)
    assert voice.said == [
        "It keeps eighty-seven per cent of the score.",
        "It keeps sixty per cent of the score.",
        "It loses the score.",
    ]
    assert first.audio == alike.audio != other.audio
    assert (first.text, other.text) == ("It keeps 87% of the score.", "It keeps 60% of the score.")
    assert [word.text for word in first.words] == ["It", "keeps", "87%", "of", "the", "score."]
    assert first.marks["score"] == first.words[4].start and first.words[4].measured
    assert first.numbers[0].value != alike.numbers[0].value
    assert (first.variant, weak.variant, weak.place("score")) == ("default", "weak", 9)
    assert all(TimedLine.from_json(each.to_json()) == each for each in (first, weak))


def test_a_damaged_line_is_spoken_again(tmp_path):
    store, voice = Store(tmp_path / "store"), Counting()
    path = Path(narrate(script(tmp_path), voice, store)["hook.short"].audio)
    whole = path.read_bytes()
    path.write_bytes(whole[:-2] + b"xx")
    assert narrate(script(tmp_path), voice, store)["hook.short"].audio == str(path)
    assert path.read_bytes() == whole


def test_nothing_is_spoken_when_the_voice_can_not_do_all(tmp_path):
    store, voice = Store(tmp_path / "store"), Counting()
    more = TEXT + "".join(f'[[line]]\nkey = "a.b{i}"\ntext = "More."\n' for i in range(9))
    with pytest.raises(UsageError):
        narrate(script(tmp_path, more), voice, store)
    assert not voice.said


def test_the_kept_sound_is_what_the_mix_expects(tmp_path):
    lines = narrate(script(tmp_path), voice_named("espeak"), Store(tmp_path / "store"))
    for line in lines.values():
        assert Path(line.audio).is_absolute()
        with wave.open(line.audio) as file:
            assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 48000)
            assert file.getnframes() / 48000 == line.duration
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
        assert line_loudness(samples, 48000) == pytest.approx(-23, abs=0.1)
        assert np.abs(samples).max() < 0.95
        assert all(0 <= word.start <= word.end <= line.duration for word in line.words)
    recipe = lines["hook.recipe"]
    assert recipe.measured
    words = {word.text: word.start for word in recipe.words}
    assert recipe.marks == {"believe": words["hard"], "formula": words["Wx"]}
    assert json.loads((Path(recipe.audio).parent / "timing.json").read_text())["measured"] is True


def test_a_word_sounds_when_its_time_says_so(tmp_path):
    line = narrate(script(tmp_path), voice_named("espeak"), Store(tmp_path / "store"))["hook.recipe"]
    with wave.open(line.audio) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
    level = [np.sqrt(np.mean(samples[at : at + 480] ** 2)) for at in range(0, len(samples) - 480, 480)]
    comma = next(index for index, word in enumerate(line.words) if word.text == "run,")
    end, start = line.words[comma].end, line.words[comma + 1].start
    assert start - end > 0.1
    rest = level[int(end * 100) + 6 : int(start * 100) - 1]
    assert max(rest) < 0.02 < max(level[int(start * 100) : int(start * 100) + 15])


def test_one_scene_alone_can_be_spoken(tmp_path):
    store, voice, seen = Store(tmp_path / "store"), Counting(), []
    more = TEXT + '[[line]]\nkey = "end.bye"\ntext = "Goodbye."\n'
    lines = narrate(script(tmp_path, more), voice, store, lambda *at: seen.append(at), scene="end")
    assert list(lines) == ["end.bye"]
    assert voice.said == ["Goodbye."]
    assert seen == [(1, 1)]


class Slow:
    """A voice that other processes can have; what it says tells which process said it."""

    name = "slow"
    side_by_side = True

    def identity(self):
        return {"voice": self.name}

    def line_identity(self, line, speaker, spoken):
        return {"voice": self.name, "spoken": spoken}

    def check(self, script):
        pass

    def speak(self, line, speaker, spoken):
        if "broken" in spoken:
            raise UsageError(f"cannot say {spoken}")
        sound = np.sin(np.arange(12000) * 0.1).astype(np.float32)
        return Speech(sound, 24000, estimate(spoken, 0.0, os.getpid() / 1e7), True)


def many(words):
    return "".join(f'[[line]]\nkey = "a.b{i}"\ntext = "{word}"\n' for i, word in enumerate(words))


def test_lines_are_spoken_side_by_side(tmp_path):
    store, seen = Store(tmp_path / "store"), []
    text = many(["One.", "Two.", "Three.", "Four."])
    both = narrate(script(tmp_path, text), Slow(), store, lambda *at: seen.append(at), jobs=2)
    assert list(both) == ["a.b0", "a.b1", "a.b2", "a.b3"]
    assert sorted(seen) == [(1, 4), (2, 4), (3, 4), (4, 4)]
    speakers = {line.words[-1].end for line in both.values()}
    assert round(os.getpid() / 1e7, 6) not in {round(end, 6) for end in speakers}
    assert narrate(script(tmp_path, text), Slow(), store, jobs=2) == both


def test_a_line_that_fails_in_another_process_is_told_and_the_others_stay(tmp_path):
    store = Store(tmp_path / "store")
    with pytest.raises(UsageError, match="cannot say broken"):
        narrate(script(tmp_path, many(["One.", "Two.", "broken", "Four."])), Slow(), store, jobs=2)
    assert not any("broken" in entry.record["facts"]["spoken"] for entry in store.entries())


def test_each_variant_has_a_recording_of_its_own(tmp_path):
    text = (
        '[[line]]\nkey = "a.b"\ntext = "It keeps."\n'
        '[[line.variants]]\nname = "weak"\nwhen = "kept.share < 0.5"\ntext = "It loses."'
    )
    (tmp_path / "voice").mkdir()
    (tmp_path / "voice" / "a.b.wav").write_bytes(b"")
    results = {"kept": Result({"share": quantity(0.2)}, name="kept")}
    # the take of the line's other words is not wanted now, and not strange either
    with pytest.raises(UsageError, match=r"missing: a\.b@weak\.wav\. Record"):
        voice_named(f"recorded:{tmp_path / 'voice'}").check(filled(script(tmp_path, text), results.__getitem__))
