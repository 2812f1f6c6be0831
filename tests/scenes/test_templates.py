"""Texts with fields: cut, filled, and where things stand before and after."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehead.analysis.errors import EpisodeError
from tapehead.scenes.fields import Field
from tapehead.scenes.templates import Template

FIELDS = ("{a.x}", "{a.x:.0%}", "{result.name[task=one,layer=2]:.1f}", "{a.x : d}")
words = st.sampled_from(["the", "score", "5", "of", "{{set}}", "x,", "mark", "a", "-", "«", "ß"])
texts = st.lists(words | st.sampled_from(FIELDS), min_size=1, max_size=12)


@given(texts, st.lists(st.sampled_from(["5", "99 %", "", "mark", "one hundred"]), min_size=12, max_size=12), st.data())
def test_a_place_in_the_written_text_is_the_same_word_in_the_filled_one(
    pieces: list[str], fillings: list[str], data: st.DataObject
) -> None:
    template = Template.of(" ".join(pieces))
    left = iter(fillings)
    filled = template.filled(lambda _: next(left))
    again = iter(fillings)
    naive = [next(again) if piece in FIELDS else piece.replace("{{", "{").replace("}}", "}") for piece in pieces]
    assert filled.text == " ".join(naive)
    at = data.draw(st.integers(0, len(pieces) - 1))
    written = len(" ".join([*pieces[:at], ""]))
    assert filled.place(written) == len(" ".join([*naive[:at], ""]))


def test_fields_formats_and_sentences() -> None:
    found = Template.of("{a.x} of {r.n[task=one]:.0%}. {a.x:d} more? “{a.y}”").placeholders
    assert [(each.field, each.form, each.opens) for each in found] == [
        (Field("a", "x"), "", True),
        (Field("r", "n", "task=one"), ".0%", False),
        (Field("a", "x"), "d", True),
        (Field("a", "y"), "", True),
    ]


def test_a_phrase_is_not_found_in_a_field_s_name_and_not_across_its_edge() -> None:
    template = Template.of("The score is {a.score:.0%} now, a {a.score:.0%}")
    assert template.occurrences("score") == [4]
    assert template.occurrences("is {a.score:.0%} now") == [10]
    assert template.occurrences("{a.score:.0%}") == [13, 34]
    assert template.occurrences("a") == [32]
    assert template.occurrences("%} now") == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a { b", "'{' stands alone"),
        ("a } b", "'}' stands alone"),
        ("{}", "names no field"),
        ("{x}", "'{x}'.*names no field"),
        ("{a.x + 1}", "names no field"),
        ("{a.x.y}", "names no field"),
        ("{a.x:.12f}", "no format '.12f'; there are .0f"),
        ("{a.x:s}", "no format 's'"),
        ("{a.x!r}", "names no field"),
    ],
)
def test_what_does_not_fit_is_quoted(text: str, says: str) -> None:
    with pytest.raises(EpisodeError, match=says):
        Template.of(text)
