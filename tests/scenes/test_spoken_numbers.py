"""Spoken numbers against results."""

from __future__ import annotations

from pathlib import Path

import pytest

from tapehead.analysis.errors import EpisodeError, ResultError
from tapehead.analysis.results import Result, quantity
from tapehead.scenes.script import Script
from tapehead.scenes.spoken_numbers import contradictions, read

MADE = Result(
    {"x": quantity([5.44, 81.2], "task", labels={"task": ("a", "b")}), "n": quantity(1536)}, model="m", name="r"
)


def script(tmp_path: Path, said: str, text: str = "The meter stands at five point four.") -> Script:
    path = tmp_path / "script.toml"
    path.write_text(f'[[line]]\nkey = "one.line"\ntext = "{text}"\nsaid = {said}\n')
    return Script.load(path)


def test_a_number_that_is_borne_out_is_silent_and_one_that_is_not_is_named(tmp_path: Path) -> None:
    good = script(tmp_path, '{ "five point four" = "r/x[task=a] .1f" }')
    assert list(contradictions(good, lambda _: MADE)) == []
    bad = script(tmp_path, '{ "five point four" = "r/x[task=b] .1f" }')
    (complaint,) = contradictions(bad, lambda _: MADE)
    assert "one.line" in complaint and "eighty-one point two" in complaint and "r/x[1]" in complaint


def test_shares_in_per_cent_and_a_hundred(tmp_path: Path) -> None:
    results = Result({"share": quantity(0.986), "many": quantity(114.2)}, name="r")
    text = "Ninety-nine per cent of a hundred and fourteen."
    said = '{ "Ninety-nine per cent" = "r/share .0%", "a hundred and fourteen" = "r/many .0f" }'
    assert list(contradictions(script(tmp_path, said, text), lambda _: results)) == []


def test_a_phrase_that_is_not_said_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EpisodeError, match="is not in the text"):
        script(tmp_path, '{ "six" = "r/x[task=a] .1f" }')


def test_malformed_or_missing_places_are_errors() -> None:
    assert read("r/n .0f", lambda _: MADE) == (1536, ".0f")
    with pytest.raises(EpisodeError, match="names no number"):
        read("r/n", lambda _: MADE)
    with pytest.raises(ResultError, match="no place 'c'"):
        read("r/x[task=c] .1f", lambda _: MADE)
    with pytest.raises(EpisodeError, match="has no labels; its places are whole numbers, not 'first'"):
        read("r/y[n=first] .1f", lambda _: Result({"y": quantity([1.0], "n")}, name="r"))


def test_other_languages_have_their_own_words(tmp_path: Path) -> None:
    path = tmp_path / "script.toml"
    path.write_text(
        'language = "de"\n[[line]]\nkey = "one.line"\ntext = "Er steht bei fünf Komma vier."\n'
        'said = { "fünf Komma vier" = "r/x[task=a] .1f" }\n'
    )
    assert list(contradictions(Script.load(path), lambda _: MADE)) == []
