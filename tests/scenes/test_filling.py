"""Scripts that speak results: chosen, filled in, and what is wrong with them said in one line each."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.results import Result, quantity
from tapehead.scenes.filling import caption, filled, misfits, undeclared
from tapehead.scenes.script import Script, SpokenNumber
from tapehead.scenes.spoken_numbers import contradictions


def made(score: float = 0.868, p: float = 0.2) -> dict[str, Result]:
    return {
        "circuit": Result(
            {
                "score": quantity(score),
                "heads": quantity(12),
                "left": quantity([[0.5, 81.25], [1.0, 7.0]], "task", "n", labels={"task": ("ioi", "next")}),
                "found": quantity(np.array(True)),
                "lost": quantity(np.nan),
            },
            model="mini",
            facts={"top": ["head 3.1", "head 0.2"], "by": {"ioi": "names"}, "n": 4},
            name="circuit",
        ),
        "control": Result({"p": quantity(p), "zero": quantity(0.0)}, name="control"),
    }


def load(tmp_path: Path, text: str) -> Script:
    path = tmp_path / "script.toml"
    path.write_text(text, encoding="utf-8")
    return Script.load(path)


WHOLE = """language = "en"
[pronounce]
"GPT-2" = "G P T two"

[[line]]
key = "one.score"
text = "{circuit.heads} heads of {circuit.model} keep {circuit.score:.0%}, not {circuit.left[task=ioi,n=1]:.1f}."
marks = { keep = "keep {circuit.score:.0%}", not = "not" }

[[line]]
key = "one.control"
text = "A random circuit keeps less."
marks = { less = "keeps" }
pause = 1
[[line.variants]]
name = "weak"
when = "control.p > 0.05 and circuit.found"
text = "Its control does as well, with p at {control.p}: nothing keeps."
[[line.variants]]
name = "other"
when = "control.p > 0.01"
text = "Perhaps, keeps GPT-2."
pause = 2
"""


def test_numbers_are_words_for_the_ear_and_digits_for_the_eye(tmp_path: Path) -> None:
    line, _ = filled(load(tmp_path, WHOLE), made().__getitem__).lines
    assert line.text == "12 heads of mini keep 87%, not 81.2."
    assert line.say == "Twelve heads of mini keep eighty-seven per cent, not eighty-one point two."
    assert [line.text[line.place(mark) :].split()[0] for mark in ("keep", "not")] == ["keep", "not"]
    assert line.numbers == (
        SpokenNumber("{circuit.heads}", "12", "circuit/heads[]", 12.0),
        SpokenNumber("{circuit.model}", "mini", "circuit:model", "mini"),
        SpokenNumber("{circuit.score:.0%}", "87%", "circuit/score[]", 0.868),
        SpokenNumber("{circuit.left[task=ioi,n=1]:.1f}", "81.2", "circuit/left[0,1]", 81.25),
    )


@pytest.mark.parametrize(("p", "variant", "pause"), [(0.2, "weak", 1), (0.03, "other", 2), (0.001, "default", 1)])
def test_the_first_variant_whose_condition_holds_is_taken(tmp_path: Path, p: float, variant: str, pause: int) -> None:
    _, line = filled(load(tmp_path, WHOLE), made(p=p).__getitem__).lines
    assert (line.variant, line.pause, line.key, line.variants) == (variant, pause, "one.control", ())
    assert line.text[line.place("less") :].startswith("keeps")
    assert line.recording == ("one.control" if variant == "default" else f"one.control@{variant}")


def test_other_languages_spell_and_write_their_own_way(tmp_path: Path) -> None:
    script = load(
        tmp_path, 'language = "de"\n[[line]]\nkey = "a.b"\ntext = "Er hält {circuit.score:.1%} von {circuit.heads}."'
    )
    (line,) = filled(script, made().__getitem__).lines
    assert line.text == "Er hält 86,8\N{NO-BREAK SPACE}% von 12."
    assert line.say == "Er hält sechsundachtzig Komma acht Prozent von zwölf."


def test_what_is_said_otherwise_is_filled_in_as_well_and_said_numbers_are_recorded(tmp_path: Path) -> None:
    script = load(
        tmp_path,
        '[[line]]\nkey = "a.b"\ntext = "{circuit.heads} heads, {{so}}, and seven."\n'
        'say = "There are {circuit.heads}, and seven."\n'
        'said = { "seven" = "circuit/left[task=next,n=1] .0f" }',
    )
    (line,) = filled(script, made().__getitem__).lines
    assert (line.text, line.say) == ("12 heads, {so}, and seven.", "There are twelve, and seven.")
    assert line.numbers[1] == SpokenNumber("seven", "seven", "circuit/left[1,1]", 7.0)
    assert list(contradictions(filled(script, made().__getitem__), made().__getitem__)) == []


def test_a_script_without_fields_stays_what_it_is(tmp_path: Path) -> None:
    script = load(tmp_path, '[[line]]\nkey = "a.b"\ntext = "Three 4 five."\nmarks = { m = "4" }')
    (line,) = filled(script, made().__getitem__).lines
    assert (line.text, line.say, line.numbers) == ("Three 4 five.", "", ())
    assert line.place("m") == 6


@settings(deadline=None)
@given(st.floats(-1e5, 1e5), st.sampled_from(["", ":.0f", ":.1f", ":.2f", ":.0%"]))
def test_marks_point_to_their_words_whatever_the_number_is(tmp_path_factory, value: float, form: str) -> None:
    """And the same number is heard and seen, if it is read back from what a caption shows."""
    place = tmp_path_factory.getbasetemp() / "script.toml"
    place.write_text(
        f'[[line]]\nkey = "a.b"\ntext = "At {{circuit.score{form}}}, at last."\n'
        f'marks = {{ number = "{{circuit.score{form}}}", last = "at last" }}'
    )
    (line,) = filled(Script.load(place), made(score=value).__getitem__).lines
    assert line.text[line.place("last") :] == "at last."
    shown = re.match(r"[^ ]+(?=, at last)", line.text[line.place("number") :])
    assert shown is not None
    digits = float(shown.group().replace("\N{MINUS SIGN}", "-").replace(",", "").rstrip("%"))
    scale = 100 if form == ":.0%" else 1
    assert digits == pytest.approx(scale * value, abs=max(0.51, 0.006 * abs(value)))
    assert ("minus" in line.say) == (digits < 0)


BAD = '[[line]]\nkey = "a.a"\ntext = "Fine."\n\n[[line]]\nkey = "a.b"\n'


@pytest.mark.parametrize(
    ("fields", "number", "says"),
    [
        ('text = "It keeps { of it."', 7, "'{' stands alone"),
        ('text = "It keeps {score}."', 7, "names no field"),
        ('text = "It keeps {circuit.score:.0x}."', 7, "no format '.0x'"),
        ('text = "It keeps {circuit.score} of ten."', 7, "'ten' is said and no result holds it"),
        ('text = "It keeps {circuit.score} of 10."', 7, "'10' is said and no result holds it"),
        ('text = "Fine {circuit.score}."\n\nsay = "Fine, {circuit.score:q}"', 9, "no format 'q'"),
        ('text = "Fine."\n[[line.variants]]\nname = "x"\nwhen = "circuit.score >"\ntext = "X."', 10, "does not parse"),
        ('text = "Fine."\n[[line.variants]]\nname = "x"\nwhen = "p > 1"\ntext = "X."', 10, "'p' is no field"),
        ('text = "Fine."\n[[line.variants]]\nname = "x"\nwhen = "a.p > 1"\ntext = "Nine."', 11, "'Nine' is said"),
        ('text = "Fine nine."\n[[line.variants]]\nname = "x"\nwhen = "a.p > 1"\ntext = "X."', 7, "'nine' is said"),
        ('text = "Fine."\n[[line.variants]]\nname = "x"\nwhen = " "\ntext = "X."', 8, "has no condition"),
        ('text = "Fine."\n[[line.variants]]\nname = "default"\nwhen = "a.p > 1"\ntext = "X."', 8, "and not default"),
        ('text = "Fine."\n[[line.variants]]\nname = "x"\nwhen = "a.p > 1"', 8, "text is empty"),
        ('text = "Fine."\n[[line.variants]]\nname = "x"\nwen = "a.p > 1"\ntext = "X."', 8, "unknown field 'wen'"),
        ('text = "Fine."\nvariants = 3', 5, r"written as \[\[line.variants\]\]"),
        ('text = "Fine."\ntyped = ["two"]', 5, "typed: 'two' is not in the text"),
        ('text = "Fine."\ntyped = "two"', 5, "typed lists phrases"),
        (
            'text = "Fine day."\nmarks = { d = "day" }\n[[line.variants]]\nname = "x"\nwhen = "a.p > 1"\n'
            'text = "Night."',
            9,
            "variant 'x': mark 'd': 'day' is not in the text",
        ),
        (
            'text = "Fine day."\nmarks = { d = "day" }\n[[line.variants]]\nname = "x"\nwhen = "a.p > 1"\n'
            'text = "Night."\nmarks = { n = "Night" }',
            9,
            "variant 'x': the mark 'd' of the line is missing",
        ),
    ],
)
def test_a_bad_line_is_named_with_file_and_line(tmp_path: Path, fields: str, number: int, says: str) -> None:
    with pytest.raises(EpisodeError, match=says) as caught:
        load(tmp_path, BAD + fields)
    assert str(caught.value).startswith(f"{tmp_path / 'script.toml'}:{number}: line 'a.b'")
    assert "\n" not in str(caught.value)


def test_all_bad_lines_are_told_together(tmp_path: Path) -> None:
    text = "".join(f'[[line]]\nkey = "a.l{n}"\ntext = "It is {{x{n}}} of {{circuit.y}}."\n' for n in range(3))
    with pytest.raises(EpisodeError) as caught:
        load(tmp_path, text)
    assert [line.split(":")[1] for line in str(caught.value).splitlines()] == ["3", "6", "9"]


def test_names_and_numbers_that_measure_nothing_may_be_said(tmp_path: Path) -> None:
    script = load(
        tmp_path,
        '[pronounce]\n"GPT-2" = "G P T two"\n[[line]]\nkey = "a.b"\ntyped = ["two halves"]\n'
        'text = "GPT-2 keeps {circuit.score:.0%} in its two halves, one by one."',
    )
    assert filled(script, made().__getitem__).lines[0].text.startswith("GPT-2 keeps 87%")


def test_a_result_that_is_not_declared_is_known_before_anything_is_computed(tmp_path: Path) -> None:
    script = load(
        tmp_path, WHOLE.replace("{circuit.model}", "{cirquit.model}").replace("control.p > 0.01", "other.p > 0")
    )
    first, second = undeclared(script, {"circuit", "control"})
    assert first.startswith(f"{script.path}:7: line 'one.score'") and "did you mean 'circuit'?" in first
    assert second.startswith(f"{script.path}:21: line 'one.control', variant 'other'")
    assert "declared are circuit, control" in second


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{circuit.scor}", "no field 'scor': did you mean 'score'"),
        ("{circuit.left}", "not given"),
        ("{circuit.left[task=oi,n=0]}", "no place 'oi'"),
        ("{circuit.left[task=ioi,n=x]}", "whole numbers, not 'x'"),
        ("{circuit.left[ioi]}", "write axis=place"),
        ("{circuit.score:d}", "no whole number"),
        ("{circuit.model:.1f}", "for numbers, and this is the text 'mini'"),
        ("{circuit.found}", "yes or no; choose words with a variant"),
        ("{circuit.top}", "no single text"),
        ("{circuit.top[7]}", "no place '7'; it holds 2 places"),
        ("{circuit.by[x]}", "it holds ioi"),
        ("{circuit.n}", "numbers are read from quantities"),
    ],
)
def test_what_a_result_does_not_hold_is_one_line(tmp_path: Path, text: str, says: str) -> None:
    """Also in words that are not said this time."""
    script = load(
        tmp_path,
        '[[line]]\nkey = "a.b"\ntext = "Fine."\n[[line.variants]]\nname = "x"\nwhen = "control.p > 9"\n'
        f'text = "X {text}."',
    )
    (complaint,) = misfits(script, made().__getitem__)
    assert complaint.startswith(f"{script.path}:7: line 'a.b', variant 'x': '{text}'")
    assert re.search(says, complaint), complaint
    with pytest.raises(EpisodeError, match=says):
        filled(script, made().__getitem__)


def test_a_part_that_is_not_there_is_asked_for_by_a_condition(tmp_path: Path) -> None:
    text = (
        '[[line]]\nkey = "a.b"\ntext = "Nothing."\n[[line.variants]]\nname = "x"\n'
        'when = "edges.there == 1 and edges.share > 0.5"\ntext = "It is {edges.share:.0%}."'
    )
    there = {"edges": Result({"there": quantity(1), "share": quantity(0.9)}, name="edges")}
    absent = {"edges": Result({"there": quantity(0)}, name="edges")}
    assert filled(load(tmp_path, text), there.__getitem__).lines[0].text == "It is 90%."
    assert filled(load(tmp_path, text), absent.__getitem__).lines[0].text == "Nothing."
    careless = load(tmp_path, text.replace("edges.there == 1 and ", ""))
    with pytest.raises(EpisodeError, match=r"script\.toml:.*'edges' has no field 'share'"):
        filled(careless, absent.__getitem__)


def test_texts_of_a_result_are_said_as_they_are(tmp_path: Path) -> None:
    script = load(tmp_path, '[[line]]\nkey = "a.b"\ntext = "It is {circuit.top[1]}, for {circuit.by[ioi]}."')
    (line,) = filled(script, made().__getitem__).lines
    assert (line.text, line.say) == ("It is head 0.2, for names.", "")


@pytest.mark.parametrize(
    ("when", "says"),
    [
        ("circuit.lost > 1", "is nan: it cannot be shown"),
        ("circuit.score / control.zero > 1", "divides by zero"),
        ("circuit.model > 1", "compares a text with a number"),
        ("circuit.score", "has to be yes or no"),
    ],
)
def test_a_condition_that_can_not_be_decided_is_named(tmp_path: Path, when: str, says: str) -> None:
    script = load(
        tmp_path, f'[[line]]\nkey = "a.b"\ntext = "Fine."\n[[line.variants]]\nname = "x"\nwhen = "{when}"\ntext = "X."'
    )
    with pytest.raises(EpisodeError, match=says) as caught:
        filled(script, made().__getitem__)
    assert str(caught.value).startswith(f"{script.path}:1: line 'a.b'")


def test_translations_write_the_same_numbers_their_own_way() -> None:
    numbers = (SpokenNumber("{circuit.score:.0%}", "87%", "circuit/score[]", 0.868),)
    assert caption("Er hält {circuit.score:.1%}.", numbers, "de") == "Er hält 86,8\N{NO-BREAK SPACE}%."
    with pytest.raises(EpisodeError, match=r"asks for control\.p, and said are only: circuit\.score"):
        caption("{control.p}", numbers, "de")
