"""Numbers for the ear and for the eye: rounded, spelled in words, and as a caption shows them, by language.

num2words spells; what it leaves open is said here: how a share is called, where a comma stands in a decimal.
"""

from __future__ import annotations

import functools
import re

from tapehead.analysis.errors import EpisodeError

FORMATS = ".0f to .9f, .0% to .9%, d for whole numbers"
_FORMAT = re.compile(r"(?:\.\d)?[f%]|d")
_PER_CENT = {
    "en": "per cent",
    "de": "Prozent",
    "fr": "pour cent",
    "es": "por ciento",
    "it": "per cento",
    "pt": "por cento",
    "nl": "procent",
    "sv": "procent",
    "da": "procent",
    "pl": "procent",
}
_POINT = {"en", "he", "ja", "ko", "th", "bn", "hi", "te", "kn"}
"""Languages whose decimals have a point; the others of num2words write a comma."""
_SPACED_SIGN = {"de", "fr", "es", "sv", "da", "no", "fi", "cs", "sk", "pl", "ru", "uk"}


def is_format(form: str) -> bool:
    """Whether a number can be told in that format; the empty one is :func:`for_the_ear`."""
    return not form or _FORMAT.fullmatch(form) is not None


def for_the_ear(value: float) -> str:
    """Whole numbers as they are, from ten on without decimals, below that two figures, at most three decimals.

    ``1536``, ``87`` for 87.3, ``5.4`` for 5.44, ``0.31``; ``0.003`` stays that, and what is smaller is ``0.000``.
    """
    if value == int(value) or abs(value) >= 9.95:
        return _signed(f"{value:.0f}")
    decimals = next((places for places in (1, 2, 3) if abs(value) >= 0.995 * 10.0 ** (1 - places)), 3)
    return _signed(f"{value:.{decimals}f}")


def rounded(value: float, form: str) -> str:
    """A number as its format says, ``%`` at its end for a share; a zero has no sign.

    Raises:
        EpisodeError: ``d`` and no whole number.
    """
    if not form:
        return for_the_ear(value)
    if form == "d":
        if value != int(value):
            raise EpisodeError(f"{value:.4g} is no whole number; ':.0f' rounds it")
        return f"{int(value)}"
    return _signed(format(float(value), form))


def _signed(number: str) -> str:
    return number.removeprefix("-") if not number.strip("-0.%") else number


def spelled(number: str, language: str = "en") -> str:
    """``81%`` as eighty-one per cent, ``5.40`` as five point four zero, ``-3`` as minus three.

    Raises:
        EpisodeError: num2words does not know the language.
    """
    from num2words import num2words

    lang = known_language(language)
    plain = number.rstrip("%").removeprefix("-")
    whole, _, decimals = plain.partition(".")
    words: str = num2words(plain, lang=lang)
    if decimals and (point := _point(lang)):  # by hand, since num2words drops zeros at the end
        words = " ".join([num2words(int(whole), lang=lang), point, *(num2words(int(d), lang=lang) for d in decimals)])
    if number.startswith("-"):  # by hand as well: num2words drops it from -0.5
        words = num2words(-1, lang=lang).removesuffix(num2words(1, lang=lang)) + words
    words = words.replace(",", "")  # one thousand, five hundred: the voice would pause
    return f"{words} {_PER_CENT.get(_base(language), '%')}" if number.endswith("%") else words


def in_digits(number: str, language: str = "en") -> str:
    """``81%`` as a caption has it: ``81%`` in English, with a space that does not break in German; ``5,4``; ``−3``."""
    base = _base(language)
    whole, point, rest = number.rstrip("%").removeprefix("-").partition(".")
    if len(whole) > 4 and base in ("en", "de"):
        whole = f"{int(whole):,}".replace(",", "," if base == "en" else ".")
    sign = "\N{MINUS SIGN}" if number.startswith("-") else ""
    shown = sign + whole + (("." if base in _POINT else ",") + rest if point else "")
    if not number.endswith("%"):
        return shown
    return f"{shown}\N{NO-BREAK SPACE}%" if base in _SPACED_SIGN else f"{shown}%"


def known_language(language: str) -> str:
    """num2words' own name of a language: ``en`` for ``en-GB``, ``pt_BR`` for ``pt-BR``.

    Raises:
        EpisodeError: it has none.
    """
    from num2words import CONVERTER_CLASSES

    for name in (language.replace("-", "_"), _base(language)):
        if name in CONVERTER_CLASSES:
            return name
    listed = ", ".join(sorted(name for name in CONVERTER_CLASSES if len(name) == 2))
    raise EpisodeError(f"numbers cannot be spelled in '{language}'; num2words knows {listed}")


def numbers_in(text: str, language: str = "en") -> list[str]:
    """Digits and number words in a text, as they stand there.

    One is left out: in most languages it is an article or a pronoun as well.
    """
    known = _vocabulary(known_language(language))
    return [
        word for word in re.findall(r"\d[\d.,]*\d|\d|[^\W\d_]+", text) if word[0].isdigit() or word.casefold() in known
    ]


@functools.cache
def _point(language: str) -> str:
    """The word between whole and decimals; empty where the language tells fractions in another way."""
    from num2words import num2words

    before, after = num2words(0, lang=language), num2words(5, lang=language)
    told: str = num2words("0.5", lang=language)
    if not (told.startswith(f"{before} ") and told.endswith(f" {after}")):
        return ""
    return told[len(before) + 1 : -len(after) - 1]


@functools.cache
def _vocabulary(language: str) -> frozenset[str]:
    """Numbers of one word, from 0 and 2 to 999, and the words for hundreds, thousands and millions."""
    from num2words import num2words

    def words(number: int) -> list[str]:
        return re.findall(r"[^\W\d_]+", num2words(number, lang=language).casefold())

    single = {found[0] for found in map(words, (0, *range(2, 1000))) if len(found) == 1}
    large = {word for number in (200, 2000, 2_000_000) for word in words(number)}
    return frozenset(word for word in single | large if len(word) > 1)


def _base(language: str) -> str:
    return re.split(r"[-_]", language)[0].casefold()
