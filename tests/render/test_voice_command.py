"""Any program as a voice: what it is given, and what is said when it fails."""

import sys

import numpy as np
import pytest

from tapehead.analysis.errors import MissingPartError, ResultError, UsageError
from tapehead.render.words.voice.choose import voice_named
from tapehead.scenes.script import Line, Speaker

SPEAKER = Speaker("mia", rate=140, style="low")
TONE = """
import sys, wave
out, *more = sys.argv[1:]
open(out + '.seen', 'w').write(repr((more, sys.stdin.read())))
with wave.open(out, 'wb') as file:
    file.setparams((1, 2, 8000, 0, 'NONE', ''))
    file.writeframes(b'\\x00\\x20\\x00\\xe0' * 8000)
sys.stdout.write(open(out + '.seen').read())
"""


@pytest.fixture
def program(tmp_path):
    def made(code=TONE):
        (tmp_path / "say.py").write_text(code)
        return f"'{sys.executable}' '{tmp_path / 'say.py'}'"

    return made


def line(text):
    return Line("a.b", "mia", text)


def test_a_program_speaks(program):
    voice = voice_named(f"command:{program()} {{out}} '{{text}}' {{rate}}")
    speech = voice.speak(line("Hi there."), SPEAKER, "Hi there.")
    assert speech.rate == 8000
    assert len(speech.samples) == 16000
    assert np.abs(speech.samples).max() == pytest.approx(0.25, abs=0.01)
    assert [at[:2] for at in speech.words] == [(0, 2), (3, 6)]
    assert not speech.measured  # a tone says no words


def test_the_words_can_not_become_a_command(program, tmp_path):
    """They arrive as one argument, or on the standard input, whatever is in them."""
    text = "a; touch {out} $(echo b) 'c'"
    code = TONE.replace("out + '.seen'", repr(str(tmp_path / "seen")))
    voice_named(f"command:{program(code)} {{out}} {{text}} {{speaker}} {{style}}").speak(line(text), SPEAKER, text)
    assert (tmp_path / "seen").read_text() == repr(([text, "mia", "low"], ""))
    voice_named(f"command:{program(code)} {{out}}").speak(line(text), SPEAKER, text)
    assert (tmp_path / "seen").read_text() == repr(([], text))


def test_the_key_is_what_is_run(program):
    command = program()
    voice = voice_named(f"command:{command} {{out}} {{text}} {{rate}}")
    key = voice.line_identity(line("Hi."), SPEAKER, "Hi.")
    assert key == voice_named(f"command:{command} {{out}} {{text}} {{rate}}").line_identity(line("Hi."), SPEAKER, "Hi.")
    assert key != voice.line_identity(line("Ho."), SPEAKER, "Ho.")
    assert key != voice.line_identity(line("Hi."), Speaker("mia", rate=150), "Hi.")


@pytest.mark.parametrize(
    ("code", "match"),
    [
        ("import sys; sys.exit('no licence')", "ended with 1 for line 'a.b': no licence"),
        ("pass", "wrote no sound"),
        ("import sys; open(sys.argv[1], 'w').write('x')", "cannot be read"),
    ],
)
def test_a_program_that_fails_is_told(program, code, match):
    with pytest.raises(ResultError, match=match):
        voice_named(f"command:{program(code)} {{out}}").speak(line("Hi."), SPEAKER, "Hi.")


def test_a_command_that_can_not_work_is_refused_at_once():
    with pytest.raises(UsageError, match=r"needs a program and \{out\}"):
        voice_named("command:say {text}")
    with pytest.raises(UsageError, match="quote"):
        voice_named("command:say 'x {out}")
    with pytest.raises(MissingPartError, match="no-such-program"):
        voice_named("command:no-such-program {out}")
