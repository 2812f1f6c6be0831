"""Numbers in words and digits, against a spelling of our own."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapehead.analysis.errors import EpisodeError
from tapehead.scenes.number_words import for_the_ear, in_digits, known_language, numbers_in, rounded, spelled

_NAMES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS_NAMES = "zero ten twenty thirty forty fifty sixty seventy eighty ninety"
_SMALL, _TENS = _NAMES.split(), _TENS_NAMES.split()


def naive(number: int) -> str:
    """English by the school's rule, independent of num2words."""
    if number < 20:
        return _SMALL[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens] + (f"-{_SMALL[ones]}" if ones else "")
    for size, name in ((1000, "thousand"), (100, "hundred")):
        if number >= size:
            many, rest = divmod(number, size)
            joint = " and " if 0 < rest < 100 else " "
            return f"{naive(many)} {name}" + (joint + naive(rest) if rest else "")
    raise AssertionError


@settings(deadline=None)  # the first example imports num2words
@given(st.integers(0, 999_999), st.booleans(), st.text("0123456789", max_size=3))
def test_english_is_the_school_s(whole: int, negative: bool, decimals: str) -> None:
    number = f"{'-' if negative else ''}{whole}{'.' if decimals else ''}{decimals}"
    expected = ("minus " if negative else "") + naive(whole)
    if decimals:
        expected += " point " + " ".join(_SMALL[int(digit)] for digit in decimals)
    if float(number) or not negative:  # "minus zero" is never asked for: rounding takes the sign away
        assert spelled(number) == expected


@settings(deadline=None)
@given(st.integers(2, 999_999))
def test_whatever_is_spelled_is_found_in_a_text_and_other_words_are_not(number: int) -> None:
    assert numbers_in(f"And one of them, {spelled(str(number))}, stays.")
    assert numbers_in("And one of them, once again, stays; nobody often weighs a tenor.") == []


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("We ran it 3 times at 0.5, twice.", "en", ["3", "0.5"]),
        ("GPT-2 has a hundred and one heads.", "en", ["2", "hundred"]),
        ("Eine von siebzehn, und eine andere.", "de", ["siebzehn"]),
        ("Einhundertzwei Köpfe.", "de", ["Einhundertzwei"]),
        ("Une tête sur douze, et une autre.", "fr", ["douze"]),
    ],
)
def test_numbers_in_texts(text: str, language: str, found: list[str]) -> None:
    assert numbers_in(text, language) == found


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (1536, "1536"),
        (87.3, "87"),
        (9.96, "10"),
        (9.94, "9.9"),
        (5.44, "5.4"),
        (5.0, "5"),
        (0.314, "0.31"),
        (0.096, "0.096"),
        (0.003, "0.003"),
        (-0.0001, "0.000"),
        (-2.25, "-2.2"),
        (0.0, "0"),
    ],
)
def test_rounding_for_the_ear(value: float, told: str) -> None:
    assert for_the_ear(value) == told


@pytest.mark.parametrize(
    ("value", "form", "told"),
    [(0.868, ".0%", "87%"), (5.44, ".1f", "5.4"), (5, "d", "5"), (-0.04, ".1f", "0.0"), (-0.001, ".0%", "0%")],
)
def test_formats(value: float, form: str, told: str) -> None:
    assert rounded(value, form) == told


def test_a_part_is_no_whole_number() -> None:
    with pytest.raises(EpisodeError, match=r"5\.4 is no whole number"):
        rounded(5.4, "d")


@pytest.mark.parametrize(
    ("number", "language", "words", "digits"),
    [
        ("87%", "en", "eighty-seven per cent", "87%"),
        ("87%", "de", "siebenundachtzig Prozent", "87\N{NO-BREAK SPACE}%"),
        ("5.40", "de", "fünf Komma vier null", "5,40"),
        ("-5.4", "en-GB", "minus five point four", "\N{MINUS SIGN}5.4"),
        ("1536", "en", "one thousand five hundred and thirty-six", "1536"),
        ("123456", "en", "one hundred and twenty-three thousand four hundred and fifty-six", "123,456"),
        ("12345", "de", "zwölftausenddreihundertfünfundvierzig", "12.345"),
        ("0.5", "fr", "zéro virgule cinq", "0,5"),
        ("3%", "cs", "tři %", "3\N{NO-BREAK SPACE}%"),
    ],
)
def test_languages(number: str, language: str, words: str, digits: str) -> None:
    assert spelled(number, language) == words
    assert in_digits(number, language) == digits


def test_an_unknown_language_is_named() -> None:
    assert (known_language("pt-BR"), known_language("en-AU")) == ("pt_BR", "en")
    with pytest.raises(EpisodeError, match=r"spelled in 'tlh'.* de, "):
        known_language("tlh")
