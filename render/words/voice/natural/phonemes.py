"""From English text to the phonemes that Kokoro speaks, word by word, so that a word's sound can be found again.

Three sources, the first that knows a word wins: the project's own table (``assets/voices/pronunciation.toml``), the two
dictionaries of the package ``misaki`` (185,000 entries in exactly the alphabet that Kokoro was trained on), and what
grammar makes of their words (plurals, past tenses, possessives, compounds).  A word in none of them is asked of
espeak-ng, if that is installed.  Of ``misaki`` only the data is used, none of its code.
"""

from __future__ import annotations

import functools
import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tapehead.analysis.errors import MissingPartError, ResultError
from tapehead.render.assets import asset
from tapehead.render.words.voice.natural.outside import phonemes_of
from tapehead.render.words.voice.natural.sounds import SOUNDS
from tapehead.scenes.number_words import spelled

TABLE = "voices/pronunciation.toml"
REMEDY = "run: pip install 'tapehead[voice]'"

_PAUSES = ";:,.!?—…"
_SENTENCE_ENDS = ".!?…"
_SILENT_MARKS = '"()“”'
_STRESS = "ˈˌ"
_VOWELS = "AIOQWYaeiouæɑɐɒɔəɚɛɜɪɨʊʌᵊᵻ"
_VOICELESS = "ptkfθ"
_SIBILANT = "szʃʒʧʤ"
_LARGEST = 999_999

_TOKEN = re.compile(
    r"(?P<phonemes>(?<!\S)/[^/\s]+/)"
    r"|(?P<number>[$€£]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:st|nd|rd|th)?(?:\s?%)?)"
    r"|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*(?:(?<=[sS])['’](?!\w))?)"
    r"|(?P<space>\s+)"
    r"|(?P<mark>.)",
    re.DOTALL,
)
_OWNER = re.compile(r"['’]s(?!\w)")


@dataclass(frozen=True)
class Pronunciations:
    """The project's own table: phonemes of words, words for symbols and units, and what abbreviations stand for."""

    words: Mapping[str, str]
    symbols: Mapping[str, str]
    units: Mapping[str, str]
    written: Mapping[str, str]

    def found_in(self, text: str) -> dict[str, str]:
        """What of the table may bear on this text, whichever rule would use it."""
        small = text.lower()
        tables = (self.words, self.symbols, self.units, self.written)
        return {each: said for table in tables for each, said in table.items() if each.lower() in small}

    @classmethod
    def load(cls, path: Path) -> Pronunciations:
        """Read the table.

        Raises:
            MissingPartError: it is damaged.
        """
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
            return cls(data["words"], data["symbols"], data["units"], data["written"])
        except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
            raise MissingPartError(f"tapehead's own {path} cannot be read ({error}); install again") from error


@dataclass(frozen=True)
class Piece:
    """A stretch of the text and its phonemes; ``pause`` is set for punctuation, which is no word."""

    first: int
    count: int
    phonemes: str
    pause: bool = False
    spaced: bool = True
    """Whether a space goes before it."""


@dataclass(frozen=True)
class Utterance:
    """Phonemes in Kokoro's alphabet, and for each word its place in the text and its stretch of phonemes."""

    phonemes: str
    words: tuple[tuple[int, int, int, int], ...]
    """First character, number of characters, first phoneme, end of its phonemes."""

    @property
    def sentence_ends(self) -> list[int]:
        """Indices of the words that end a sentence, the last one of all aside."""
        return [
            index
            for index, (*_, end) in enumerate(self.words[:-1])
            if self.phonemes[end : end + 1] in set(_SENTENCE_ENDS)
        ]


@dataclass
class Reading:
    """A text read: its pieces, and what could not be."""

    pieces: list[Piece] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    """Words that are in no dictionary and that no rule makes."""
    guessed: dict[str, str] = field(default_factory=dict)
    """What espeak-ng would say for them; empty where it is not installed."""
    unspeakable: list[str] = field(default_factory=list)
    """Characters that stand for no English sound: emoji, other scripts."""


class Lexicon:
    """The dictionaries together; ``outside`` is asked for the phonemes of words that none of them has."""

    def __init__(
        self,
        table: Pronunciations,
        gold: Mapping[str, str | Mapping[str, str] | None],
        silver: Mapping[str, str | Mapping[str, str] | None],
        outside: Callable[[str], str] | None = None,
    ) -> None:
        self.table, self._gold, self._silver, self._outside = table, gold, silver, outside

    def read(self, text: str) -> Reading:
        """The text as pieces with phonemes; nothing is raised, see the lists of what could not be read."""
        reading = Reading()
        tokens = list(self._tokens(text))
        ahead = _Following("", True)
        # Backwards, because a word's weak form hangs on the sound after it: "the apple", "the pear".
        pieces: list[Piece | None] = [None] * len(tokens)
        for index in range(len(tokens) - 1, -1, -1):
            token = tokens[index]
            if token.pause:
                pieces[index] = Piece(token.first, token.count, token.text, True, False)
                ahead = _Following("", True)
                continue
            if token.bad:
                reading.unspeakable.insert(0, token.text)
                continue
            before = tokens[index - 1] if index else None
            phonemes = token.phonemes or self._sound(token.text, ahead, before is None or before.pause)
            if phonemes is None:
                reading.unknown.insert(0, token.text)
                phonemes = reading.guessed[token.text] = self._outside(token.text) if self._outside else ""
            pieces[index] = Piece(token.first, token.count, phonemes, False, token.spaced)
            ahead = _Following(phonemes, False, token.text.lower())
        reading.pieces = [piece for piece in pieces if piece is not None and piece.phonemes]
        return reading

    def phonemes(self, word: str) -> str | None:
        """A single word as the dictionaries or the rules have it; ``None`` if they do not."""
        return self._sound(word, _Following("", False), False)

    # -- words --------------------------------------------------------------------------------------

    def _sound(self, word: str, ahead: _Following, at_start: bool) -> str | None:
        word = word.replace("’", "'")
        lower = word.lower()
        if weak := _weak(word, lower, ahead, at_start):
            return weak
        found = self._known(word, ahead)
        if found is None and len(word) > 1 and word.isupper():
            found = self._letters(word)
        elif found is None and len(word) > 2 and word[:-1].isupper() and word[-1] == "s":
            spelled_out = self._letters(word[:-1])
            found = plural(spelled_out) if spelled_out else None
        return found if found is not None else self._made(lower, ahead)

    def _known(self, word: str, ahead: _Following) -> str | None:
        """A word that is in a table as it stands, or in small letters, or (a name) with a capital."""
        for spelling in dict.fromkeys((word, word.lower(), word.capitalize())):
            if spelling in self.table.words:
                return self.table.words[spelling]
        for spelling in dict.fromkeys((word, word.lower(), word.capitalize())):
            for dictionary in (self._gold, self._silver):
                entry = dictionary.get(spelling)
                if isinstance(entry, str):
                    return entry
                if entry:  # "None" is how the dictionary names the form before a pause
                    return entry["None"] if ahead.pause and "None" in entry else entry["DEFAULT"]
        return None

    def _letters(self, word: str) -> str | None:
        """Initials, letter by letter; the last one bears the stress."""
        names = [self._gold.get(letter) for letter in word]
        if not all(isinstance(name, str) for name in names):
            return None
        spelled = [str(name).replace("ˈ", "ˌ") for name in names]
        return "".join([*spelled[:-1], str(names[-1])])

    def _made(self, word: str, ahead: _Following) -> str | None:
        """What English grammar makes of words that are known."""
        if word.endswith("'s") and (stem := self._base(word[:-2], ahead)):
            return plural(stem)
        if word.endswith("s'"):
            return self._base(word[:-1], ahead)
        for ending, make in (("s", plural), ("ed", past), ("ing", continuous), ("er", comparative)):
            if word.endswith(ending) and len(word) > len(ending) + 2:
                for stem in stems(word, ending):
                    if found := self._known(stem, ahead):
                        return make(found)
        for split in range(len(word) - 3, 2, -1):  # sunflower: the longest first part
            first, second = self._known(word[:split], ahead), self._known(word[split:], ahead)
            if first and second and split >= 3:
                return first + second.replace("ˈ", "ˌ")
        return None

    def _base(self, word: str, ahead: _Following) -> str | None:
        return self._known(word, ahead) or self._made(word, ahead)

    # -- tokens -------------------------------------------------------------------------------------

    def _tokens(self, text: str) -> Iterator[_Token]:
        spaced = False
        written = _longest_first(self.table.written)
        at = 0
        while at < len(text):
            if written and (match := written.match(text, at)):
                owner = _OWNER.match(text, match.end())
                end = owner.end() if owner else match.end()
                words = self.table.written[match.group()] + ("'s" if owner else "")
                yield from self._as_words(words, at, end - at, spaced)
                at, spaced = end, False
                continue
            found = _TOKEN.match(text, at)
            assert found is not None  # the last alternative takes any character
            kind, said = found.lastgroup, found.group()
            first, at = found.start(), found.end()
            if kind == "space":
                spaced = True
                continue
            if kind == "phonemes":
                yield _Token(first, len(said), said, spaced, bad=not set(said[1:-1]) <= SOUNDS, phonemes=said[1:-1])
            elif kind == "number":
                words, count = self._number(text, first, said)
                at = first + count
                yield from self._as_words(words, first, count, spaced)
            elif kind == "word" and said in self.table.symbols:  # Greek letters are letters
                yield from self._as_words(self.table.symbols[said], first, len(said), spaced)
            elif kind == "word":
                yield self._word(first, said, spaced)
            elif said in _PAUSES:
                yield _Token(first, 1, said, False, pause=True)
            elif said in _SILENT_MARKS or said in "'’‘":
                pass
            elif said in "-–" and _joins(text, first):
                spaced = True
                continue
            elif said in "-–" and text[first + 1 : first + 2].isspace():
                yield _Token(first, 1, "—", False, pause=True)
            elif said in self.table.symbols:
                yield from self._as_words(self.table.symbols[said], first, 1, True)
                spaced = True
                continue
            else:
                yield _Token(first, 1, said, spaced, bad=True)
            spaced = False

    def _word(self, first: int, said: str, spaced: bool) -> _Token:
        foreign = any(ord(letter) > 0x24F for letter in said if letter not in "'’")
        return _Token(first, len(said), said, spaced, bad=foreign)

    def _as_words(self, words: str, first: int, count: int, spaced: bool) -> Iterator[_Token]:
        for index, word in enumerate(re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)*|[;:,.!?]", words)):
            if word in _PAUSES:
                yield _Token(first, count, word, False, pause=True)
            else:
                yield _Token(first, count, word, spaced or index > 0)

    def _number(self, text: str, first: int, said: str) -> tuple[str, int]:
        """A number in words and how many characters it took, its unit included."""
        money = {"$": ("dollar", "cent"), "€": ("euro", "cent"), "£": ("pound", "penny")}.get(said[0])
        plain = said.lstrip("$€£").replace(",", "")
        count = len(said)
        percent, plain = plain.endswith("%"), plain.rstrip("%").rstrip()
        ordinal = bool(re.search(r"\d(st|nd|rd|th)$", plain))
        plain = re.sub(r"(st|nd|rd|th)$", "", plain)
        whole, point, _rest = plain.partition(".")
        if int(whole) > _LARGEST or (len(whole) > 1 and whole.startswith("0")):
            words = " ".join(spelled(digit) if digit != "." else "point" for digit in plain)
        elif len(whole) == 4 and not point and "," not in said and money is None and 1100 <= int(whole) <= 2099:
            words = _year(int(whole))
        else:
            words = spelled(plain)
        if ordinal:
            words = _ordinal(words)
        if percent:
            words += " percent"
        if money:
            words += f" {money[0]}" + ("" if plain == "1" else "s")
        unit = _longest_first(self.table.units)
        if unit and not percent and not money and (match := re.compile(r"\s?").match(text, first + count)):
            after = unit.match(text, match.end())
            if after:
                name = self.table.units[after.group()]
                words += " " + (name if plain == "1" else _several(name))
                count = after.end() - first
        return words, count


@dataclass(frozen=True)
class _Following:
    """What is spoken after a word: its phonemes, or a pause."""

    phonemes: str
    pause: bool
    word: str = ""

    @property
    def vowel(self) -> bool:
        return self.phonemes.lstrip(_STRESS)[:1] in set(_VOWELS)


@dataclass(frozen=True)
class _Token:
    first: int
    count: int
    text: str
    spaced: bool
    pause: bool = False
    bad: bool = False
    phonemes: str = ""


def utterance(pieces: Sequence[Piece], american: bool = True) -> Utterance:
    """Pieces in a row, spaces between words, in the spelling of Kokoro's first version.

    There an ``american`` flap is ``T``; in Spanish the same sign is the *r* of *pero*, and stays.
    """
    made, words = "", list[tuple[int, int, int, int]]()
    for piece in pieces:
        if piece.pause:
            if made and made[-1] not in _PAUSES:
                made += f" {piece.phonemes}" if piece.phonemes == "—" else piece.phonemes
            continue
        if made:
            made += " "
        start = len(made)
        made += piece.phonemes.replace("ɾ", "T").replace("ʔ", "t") if american else piece.phonemes
        if words and words[-1][:2] == (piece.first, piece.count):  # a number is several words of one place
            words[-1] = (piece.first, piece.count, words[-1][2], len(made))
        else:
            words.append((piece.first, piece.count, start, len(made)))
    return Utterance(made, tuple(words))


def in_sentences(pieces: Sequence[Piece], limit: int) -> list[list[Piece]]:
    """The pieces cut after sentences, or else after other pauses, or else between words, each below ``limit``.

    Sentences are put together as long as they fit: the fewer cuts, the more natural the melody.
    """
    rest, made = list(pieces), list[list[Piece]]()
    while rest:
        size, fits = 0, 0
        best = {"sentence": 0, "pause": 0}
        for index, piece in enumerate(rest):
            size += len(piece.phonemes) + (0 if piece.pause else 1)
            if size > limit:
                break
            fits = index + 1
            if piece.pause:
                best["pause"] = fits
                if piece.phonemes in _SENTENCE_ENDS:
                    best["sentence"] = fits
        if fits < len(rest):
            fits = best["sentence"] or best["pause"] or max(1, fits)
        made.append(rest[:fits])
        rest = rest[fits:]
    return made


# -- grammar -------------------------------------------------------------------------------------------


def plural(stem: str) -> str:
    """``s`` after a word, as English says it: *cats*, *dogs*, *houses*."""
    if stem[-1] in _SIBILANT:
        return stem + "ᵻz"
    return stem + ("s" if stem[-1] in _VOICELESS else "z")


def past(stem: str) -> str:
    """``ed`` after a verb: *walked*, *played*, *wanted*."""
    if stem[-1] in "td":
        return (_flapped(stem) if stem[-1] == "t" else stem) + "ᵻd"
    return stem + ("t" if stem[-1] in _VOICELESS + "sʃʧ" else "d")


def continuous(stem: str) -> str:
    """``ing`` after a verb."""
    return _flapped(stem) + "ɪŋ"


def comparative(stem: str) -> str:
    """``er`` after an adjective or a verb."""
    return _flapped(stem) + "əɹ"


def stems(word: str, ending: str) -> Iterator[str]:
    """What a written word may be without its ending: *carries* from carry, *stopped* from stop."""
    base = word[: -len(ending)]
    if ending == "s":
        if base.endswith("ie"):
            yield base[:-2] + "y"
        yield base
        if base.endswith("e"):
            yield base[:-1]
        return
    if base.endswith("i"):
        yield base[:-1] + "y"
    if len(base) > 2 and base[-1] == base[-2]:
        yield base[:-1]
    yield base + "e"
    yield base


def _flapped(stem: str) -> str:
    """An American *t* between vowels."""
    return stem[:-1] + "ɾ" if len(stem) > 1 and stem[-1] == "t" and stem[-2] in _VOWELS + "ɹ" else stem


def _weak(word: str, lower: str, ahead: _Following, at_start: bool) -> str:
    """Small words whose sound hangs on what follows; empty for all others."""
    if lower == "the":
        return "ði" if ahead.vowel or ahead.pause else "ðə"
    if word == "a" or (word == "A" and not ahead.pause and at_start):
        return "ɐ"
    if lower == "an":
        return "ɐn"
    if lower == "to":
        return "tu" if ahead.pause else "tʊ" if ahead.vowel else "tə"
    if word == "I":
        return "ˌI"
    if lower == "used" and ahead.word == "to":
        return "jˈust"
    return ""


def _joins(text: str, at: int) -> bool:
    """Whether the hyphen at ``at`` stands inside a word."""
    return text[at - 1 : at].isalnum() and text[at + 1 : at + 2].isalnum() if at else False


def _year(number: int) -> str:
    first, last = divmod(number, 100)
    if number < 2010 and first == 20:
        return spelled(str(number)).replace(" and ", " ")
    if not last:
        return spelled(str(first)) + " hundred"
    return f"{spelled(str(first))} {'oh ' if last < 10 else ''}{spelled(str(last))}"


def _ordinal(words: str) -> str:
    head, last = re.fullmatch(r"(.*?)(\w+)", words).groups()  # type: ignore[union-attr]
    odd = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth"}
    odd |= {"twelve": "twelfth"}
    return head + (odd.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th"))


def _several(unit: str) -> str:
    first, *rest = unit.split()
    many = first if first in ("hertz", "per") or first.endswith("hertz") else first + "s"
    return " ".join([many, *rest])


def _longest_first(table: Mapping[str, str]) -> re.Pattern[str] | None:
    return _pattern(tuple(table)) if table else None


@functools.lru_cache(maxsize=64)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    choices = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{choices})(?!\w)")


# -- where the dictionaries are --------------------------------------------------------------------------


@functools.cache
def lexicon() -> Lexicon:
    """The dictionaries of this installation.

    Raises:
        MissingPartError: they are not installed, or damaged.
    """
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        files = distribution("misaki")
    except PackageNotFoundError:
        raise MissingPartError(f"the dictionaries of the voice 'natural' are not installed; {REMEDY}") from None
    try:
        gold, silver = (
            json.loads(Path(str(files.locate_file(f"misaki/data/{name}.json"))).read_text(encoding="utf-8"))
            for name in ("us_gold", "us_silver")
        )
    except (OSError, ValueError) as error:
        raise MissingPartError(
            f"the dictionaries of the voice 'natural' cannot be read ({error}); "
            "run: pip install --force-reinstall --no-deps misaki"
        ) from error
    return Lexicon(own_table(), gold, silver, _espeak)


@functools.cache
def own_table() -> Pronunciations:
    """The project's own table; it needs no package."""
    return Pronunciations.load(asset(TABLE))


def _espeak(word: str) -> str:
    try:
        return phonemes_of(word)
    except (MissingPartError, ResultError):  # the word is listed as one in no dictionary
        return ""
