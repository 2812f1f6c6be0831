"""Captions and their tokenizer."""

import random
from pathlib import Path

import pytest

from tapehead.analysis.diffusion.puppets import captions
from tapehead.analysis.diffusion.puppets.puppets import ATTRIBUTES, sample_attributes
from tapehead.analysis.errors import UsageError


def test_a_full_caption() -> None:
    values = dict.fromkeys(ATTRIBUTES, 0.9)
    assert captions.caption(captions.words_of(list(values.values()))) == (
        "an old smiling puppet with big eyes, purple hair, mint skin and a wide face, leaning right, on strings, "
        "before a sand curtain"
    )


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ({}, "a puppet"),
        ({"age": "old"}, "an old puppet"),
        ({"smile": "sad", "hair": "red"}, "a sad puppet with red hair"),
        ({"eyes": "small", "hair": "red"}, "a puppet with small eyes and red hair"),
        ({"strings": "no strings"}, "a puppet, on no strings"),
    ],
)
def test_parts_of_captions(words: dict[str, str], text: str) -> None:
    assert captions.caption(words) == text


def test_middle_values_are_not_named() -> None:
    assert captions.word_of("smile", 0.29) is None
    assert captions.word_of("smile", -0.31) == "sad"
    assert captions.word_of("hair", 0.0) == "green"


def test_random_captions_name_about_the_asked_share() -> None:
    rng = random.Random(1)
    face = [0.9] * 9
    counts = [captions.random_caption(face, rng, 0.5).count("hair") for _ in range(400)]
    assert 160 < sum(counts) < 240, "200 +- four standard errors of 10"
    assert captions.random_caption(face, rng, 0.0) == "a puppet"


def test_unknown_words_are_refused() -> None:
    with pytest.raises(UsageError, match="no caption says 'pink' of hair"):
        captions.caption({"hair": "pink"})
    with pytest.raises(UsageError, match="no attribute 'beard'"):
        captions.choices("beard")
    with pytest.raises(UsageError, match="'beard' in 'a puppet with beard'"):
        captions.encode(["a puppet with beard"])
    with pytest.raises(UsageError, match="has 31 words"):
        captions.encode(["puppet " * 31])


def test_own_encoding_is_what_the_tokenizer_says(tmp_path: Path) -> None:
    from transformers import AutoTokenizer, CLIPTokenizer

    captions.save_tokenizer(tmp_path)
    texts = [captions.caption(captions.words_of(row)) for row in sample_attributes(50, 6).tolist()]
    rng = random.Random(3)
    texts += ["", *(captions.random_caption(row, rng) for row in sample_attributes(50, 7).tolist())]
    own = captions.encode(texts)
    for tokenizer in (captions.make_tokenizer(), AutoTokenizer.from_pretrained(tmp_path)):
        assert isinstance(tokenizer, CLIPTokenizer)
        assert tokenizer.model_max_length == captions.LENGTH
        assert tokenizer(texts, padding="max_length", truncation=True).input_ids == own
    assert (tmp_path / "merges.txt").read_text().startswith("#version: 0.2\n")


def test_every_word_is_one_token_and_others_fall_into_letters() -> None:
    tokenizer = captions.make_tokenizer()
    vocabulary, _ = captions.byte_pairs()
    for word in captions.lexicon():
        assert tokenizer(word, add_special_tokens=False).input_ids == [vocabulary[word + "</w>"]]
    pieces = tokenizer.convert_ids_to_tokens(tokenizer("zzz", add_special_tokens=False).input_ids)
    assert pieces == ["z", "z", "z</w>"]
    assert max(vocabulary.values()) == vocabulary[captions.END] == len(vocabulary) - 1
