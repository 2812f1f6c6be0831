"""Words for puppets: what a caption says about the attributes, and the tokenizer that reads it.

A caption names some attributes, each by a word for the part of [-1, 1] that its value lies in, always in the same
order; values in the middle of an opposition ("old", "young") are not named.
"""

from __future__ import annotations

import itertools
import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from tapehead.analysis.diffusion.puppets.puppets import ATTRIBUTES, BACKGROUND, HAIR, SKIN, Palette
from tapehead.analysis.errors import UsageError
from tapehead.analysis.store import write_atomically

LENGTH = 32
"""Tokens of a caption with its first and last one, as the text encoder takes them."""

MIDDLE = 0.3
"""Opposites are named from this size of the attribute on."""

PALETTES: Mapping[str, Palette] = {"skin": SKIN, "hair": HAIR, "background": BACKGROUND}
OPPOSITES: Mapping[str, tuple[str, str]] = {
    "age": ("young", "old"),
    "smile": ("sad", "smiling"),
    "tilt": ("left", "right"),
    "eyes": ("small", "big"),
    "width": ("narrow", "wide"),
    "strings": ("no strings", "strings"),
}
"""Names of the negative and the positive side."""

START, END = "<|startoftext|>", "<|endoftext|>"
_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789,.-!?'"
_WORDS = (
    "a an puppet with eyes hair skin and face leaning on no strings before curtain the of picture is not very "
    "old young smiling sad left right small big narrow wide"
)


def choices(attribute: str) -> tuple[str, ...]:
    """The words that captions have for an attribute, from -1 to 1."""
    if attribute in PALETTES:
        return PALETTES[attribute].names
    if attribute in OPPOSITES:
        return OPPOSITES[attribute]
    raise UsageError(f"puppets have no attribute '{attribute}'; there are {', '.join(ATTRIBUTES)}")


def word_of(attribute: str, value: float) -> str | None:
    """The word for a value; ``None`` in the middle of an opposition."""
    if attribute in PALETTES:
        return PALETTES[attribute].name_of(value)
    low, high = choices(attribute)
    return None if abs(value) < MIDDLE else high if value > 0 else low


def words_of(values: Sequence[float]) -> dict[str, str]:
    """Every attribute of a face (9 values) that has a word, with it."""
    named = {name: word_of(name, value) for name, value in zip(ATTRIBUTES, values, strict=True)}
    return {name: word for name, word in named.items() if word is not None}


def caption(words: Mapping[str, str]) -> str:
    """The caption that names these attributes, in the one order that captions have.

    Raises:
        UsageError: an attribute or a word that captions do not have.
    """
    for name, word in words.items():
        if word not in choices(name):
            raise UsageError(f"no caption says '{word}' of {name}; there are {', '.join(choices(name))}")
    adjectives = [words[name] for name in ("age", "smile") if name in words]
    first = " ".join([*adjectives, "puppet"])
    text = ("an " if first[0] in "aeiou" else "a ") + first
    parts = []
    if "eyes" in words:
        parts.append(f"{words['eyes']} eyes")
    if "hair" in words:
        parts.append(f"{words['hair']} hair")
    if "skin" in words:
        parts.append(f"{words['skin']} skin")
    if "width" in words:
        parts.append(f"a {words['width']} face")
    if parts:
        text += " with " + " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))
    if "tilt" in words:
        text += f", leaning {words['tilt']}"
    if "strings" in words:
        text += f", on {words['strings']}"
    if "background" in words:
        text += f", before a {words['background']} curtain"
    return text


def random_caption(values: Sequence[float], rng: random.Random, share: float = 0.6) -> str:
    """A caption of a face that names each attribute with probability ``share``."""
    return caption({name: word for name, word in words_of(values).items() if rng.random() < share})


@cache
def lexicon() -> tuple[str, ...]:
    """Every word that is one token, sorted."""
    found = {*_WORDS.split(), ",", "."}
    for palette in PALETTES.values():
        found |= set(palette.names)
    return tuple(sorted(found))


@cache
def byte_pairs() -> tuple[dict[str, int], tuple[tuple[str, str], ...]]:
    """Vocabulary (piece -> id) and merges of a byte-pair code that was trained until each word is one token.

    Unknown words fall into letters.  The first and the last token come last, as in CLIP.
    """
    words = {word: [*word[:-1], word[-1] + "</w>"] for word in lexicon()}
    merges: list[tuple[str, str]] = []
    while True:
        pairs = Counter(pair for pieces in words.values() for pair in itertools.pairwise(pieces))
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        words = {word: _merge(pieces, best) for word, pieces in words.items()}
    pieces = [*_CHARACTERS, *(c + "</w>" for c in _CHARACTERS), *(a + b for a, b in merges), START, END]
    return {piece: i for i, piece in enumerate(dict.fromkeys(pieces))}, tuple(merges)


def _merge(pieces: list[str], pair: tuple[str, str]) -> list[str]:
    merged: list[str] = []
    for piece in pieces:
        if merged and (merged[-1], piece) == pair:
            merged[-1] += piece
        else:
            merged.append(piece)
    return merged


def encode(captions: Iterable[str]) -> list[list[int]]:
    """Token ids (n, LENGTH) of our own captions: what the tokenizer says, without its pace.

    Raises:
        UsageError: a word that is not in the lexicon, or a caption that is too long.
    """
    vocabulary, _ = byte_pairs()
    rows = []
    for text in captions:
        words = re.findall(r"[a-z]+|[,.]", text)
        if unknown := sorted(set(words) - set(lexicon())):
            raise UsageError(f"'{unknown[0]}' in '{text}' is no word of the captions")
        if len(words) > LENGTH - 2:
            raise UsageError(f"the caption '{text}' has {len(words)} words; the text encoder takes {LENGTH - 2}")
        ids = [vocabulary[START], *(vocabulary[word + "</w>"] for word in words)]
        rows.append(ids + [vocabulary[END]] * (LENGTH - len(ids)))
    return rows


def make_tokenizer() -> Any:
    """The captions' ``CLIPTokenizer``."""
    from transformers import CLIPTokenizer

    vocabulary, merges = byte_pairs()
    pairs: Any = list(merges)  # the signature says text, the code takes pairs
    return CLIPTokenizer(
        vocab=dict(vocabulary),
        merges=pairs,
        bos_token=START,
        eos_token=END,
        unk_token=END,
        pad_token=END,
        model_max_length=LENGTH,
    )


def save_tokenizer(directory: Path) -> None:
    """Write the tokenizer's files; ``vocab.json`` and ``merges.txt`` too, which older readers want."""
    make_tokenizer().save_pretrained(str(directory))
    vocabulary, merges = byte_pairs()
    write_atomically(directory / "vocab.json", json.dumps(vocabulary, indent=0))
    write_atomically(directory / "merges.txt", "\n".join(["#version: 0.2", *(f"{a} {b}" for a, b in merges)]) + "\n")
