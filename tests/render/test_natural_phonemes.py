"""How English is read aloud by the voice `natural`: words, numbers, weak forms, places in the text."""

import re
import tomllib

import pytest

from tapehead.analysis.errors import MissingPartError
from tapehead.render.assets import asset
from tapehead.render.words.voice.choose import voice_named
from tapehead.render.words.voice.natural import model
from tapehead.render.words.voice.natural.outside import in_kokoro
from tapehead.render.words.voice.natural.phonemes import (
    TABLE,
    Lexicon,
    Pronunciations,
    continuous,
    in_sentences,
    lexicon,
    past,
    plural,
    utterance,
)
from tapehead.render.words.voice.wording import pronounced
from tapehead.scenes.episode import BUILT_IN
from tapehead.scenes.script import Script

installed = pytest.mark.skipif(not model.is_installed(), reason="the voice 'natural' is not installed")

GOLD = {
    "cat": "kˈæt",
    "dog": "dˈɔɡ",
    "house": "hˈWs",
    "carry": "kˈɛɹi",
    "want": "wˈɑnt",
    "notice": "nˈOɾəs",
    "stop": "stˈɑp",
    "apple": "ˈæpᵊl",
    "eat": "ˈit",
    "used": {"DEFAULT": "jˈuzd"},
    "by": {"DEFAULT": "bI", "None": "bˈI"},
    "sun": "sˈʌn",
    "flower": "flˈWəɹ",
    "go": "ɡˌO",
    **{word: word for word in ("one", "two", "five", "six", "twenty", "nineteen", "oh", "point", "and")},
    **{word: word for word in ("percent", "dollar", "dollars")},
    **{"M": "ˈɛm", "L": "ˈɛl", "P": "pˈi", "G": "ʤˈi", "T": "tˈi", "kilometres": "kk", "first": "ff", "that": "ðæt"},
    "is": "ɪz",
    "plus": "plˈʌs",
    "equals": "ˈikwᵊlz",
    "pie": "pˈI",
}


@pytest.fixture(scope="module")
def small() -> Lexicon:
    return Lexicon(Pronunciations.load(asset(TABLE)), GOLD, {}, lambda word: f"<{word}>")


def said(lex: Lexicon, text: str) -> str:
    return utterance(lex.read(text).pieces).phonemes


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ("the cat, the apple", "ðə kˈæt, ði ˈæpᵊl"),
        ("a cat to eat, to go, to.", "ɐ kˈæt tʊ ˈit, tə ɡˌO, tu."),
        ("cats dogs houses carries", "kˈæts dˈɔɡz hˈWsᵻz kˈɛɹiz"),
        ("wanted stopped noticed stopping", "wˈɑntᵻd stˈɑpt nˈOTəst stˈɑpɪŋ"),
        ("by cat by", "bI kˈæt bˈI"),
        ("used cats used to", "jˈuzd kˈæts jˈust tu"),
        ("MLP cat's MLPs", "ˌɛmˌɛlpˈi kˈæts ˌɛmˌɛlpˈiz"),
        ("sunflower", "sˈʌnflˌWəɹ"),
        ("2.5%", "two point five percent"),
        ("$5, $1 and 21st", "five dollars, one dollar and twenty ff"),
        ("1926", "nineteen twenty six"),
        ("5 km", "five kk"),
        ("GPT-2's", "ʤˈi pˈi tˈi twoz"),
        ("i.e. cat", "ðæt ɪz kˈæt"),
        ("cat + dog = π", "kˈæt plˈʌs dˈɔɡ ˈikwᵊlz pˈI"),
        ("cat-dog — /lˈɛd/ “cat”", "kˈæt dˈɔɡ — lˈɛd kˈæt"),
    ],
)
def test_text_is_read(small, text, phonemes):
    assert said(small, text) == phonemes


def test_each_word_is_found_in_text_and_phonemes(small):
    text = "The cat, 2.5% GPT-2’s dogs."
    read = utterance(small.read(text).pieces)
    assert [text[first : first + count] for first, count, *_ in read.words] == ["The", "cat", "2.5%", "GPT-2’s", "dogs"]
    assert [read.phonemes[start:end] for *_, start, end in read.words] == [
        "ðə",
        "kˈæt",
        "two point five percent",
        "ʤˈi pˈi tˈi twoz",
        "dˈɔɡz",
    ]


def test_what_can_not_be_read_is_listed(small):
    reading = small.read("cat 🙂 привет Zork 你")
    assert reading.unspeakable == ["🙂", "привет", "你"]
    assert reading.unknown == ["Zork"]
    assert reading.guessed == {"Zork": "<Zork>"}
    assert said(small, "cat 🙂 dog") == "kˈæt dˈɔɡ"


def test_long_texts_are_cut_after_sentences(small):
    text = "cat dog cat dog. " * 10
    pieces = small.read(text).pieces
    parts = in_sentences(pieces, 60)
    assert [piece for part in parts for piece in part] == pieces
    assert len(parts) == 5
    for part in parts:
        assert len(utterance(part).phonemes) <= 60
        assert part[-1].phonemes == "."
    no_pause = in_sentences(small.read("cat " * 50).pieces, 60)
    assert max(len(utterance(part).phonemes) for part in no_pause) <= 60
    assert sum(map(len, no_pause)) == 50


def test_endings_follow_the_last_sound():
    assert [plural(stem) for stem in ("kˈæt", "dˈɔɡ", "hˈWs")] == ["kˈæts", "dˈɔɡz", "hˈWsᵻz"]
    assert [past(stem) for stem in ("wˈɔk", "plˈA", "nˈid", "wˈAt")] == ["wˈɔkt", "plˈAd", "nˈidᵻd", "wˈAɾᵻd"]
    assert continuous("wˈAt") == "wˈAɾɪŋ"


def test_rules_of_endings_agree_with_the_dictionary():
    """The dictionary holds thousands of inflected words itself, the irregular ones among them."""
    if not model.is_installed():
        pytest.skip("the dictionaries are not installed")
    gold = lexicon()._gold
    for ending, make, least in (("s", plural, 0.75), ("ed", past, 0.8), ("ing", continuous, 0.85)):
        agree = total = 0
        for word, there in gold.items():
            stem = gold.get(word[: -len(ending)])
            if word.endswith(ending) and len(word) > len(ending) + 3 and isinstance(stem, str) and there:
                total += 1
                agree += make(stem) == there
        assert total > 50
        assert agree / total > least, (ending, agree, total)


def test_the_table_uses_sounds_that_the_model_has():
    data = tomllib.loads(asset(TABLE).read_text(encoding="utf-8"))
    for word, phonemes in data["words"].items():
        assert set(phonemes.replace("ɾ", "T")) <= set(model._ALPHABET), word


def test_espeaks_alphabet_becomes_kokoros():
    assert in_kokoro("tʃˈeɪndʒ") == "ʧˈAnʤ"
    assert in_kokoro("bˈɜːd") == "bˈɜɹd"
    assert set(in_kokoro("θˈɔːɹn̩ pyːø")) <= set(model._ALPHABET)


@installed
@pytest.mark.parametrize("folder", sorted(path.parent.name for path in BUILT_IN.glob("*/script.toml")))
def test_every_word_of_our_scripts_is_in_a_dictionary(folder):
    """A word that is in none is said by guesswork: put it into assets/voices/pronunciation.toml."""
    script, lex = Script.load(BUILT_IN / folder / "script.toml"), lexicon()
    unknown = {}
    for line in (each for first in script.lines for each in (first, *(other.line for other in first.variants))):
        written = re.sub(r"\{[^{}]*\}", "7", line.say or line.text)  # a number that a result will fill in
        reading = lex.read(pronounced(written, script.pronounce).text)
        if reading.unknown or reading.unspeakable:
            unknown[line.key] = reading.unknown + reading.unspeakable
    assert not unknown


@installed
def test_the_table_s_words_are_read_with_words_that_are_known():
    lex = lexicon()
    for table in (lex.table.symbols, lex.table.units, lex.table.written):
        for said_for in table.values():
            assert not lex.read(said_for).unknown, said_for


def test_without_the_dictionaries_the_message_holds_the_line_that_installs_them(monkeypatch):
    import importlib.metadata as metadata

    def gone(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", gone)
    lexicon.cache_clear()
    with pytest.raises(MissingPartError, match=r"pip install 'tapehead\[voice\]'"):
        lexicon()


def test_an_empty_folder_is_refused():
    with pytest.raises(Exception, match="natural:DIR"):
        voice_named("natural:")
