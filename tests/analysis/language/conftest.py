"""Small GPT-2 checkpoints that the tests make themselves."""

import json
from pathlib import Path

import pytest

from tapehead.analysis.language.models.loading import LanguageModel, read_directory
from tapehead.analysis.language.tasks.sequences import NAMES, NOUNS, PAPER_VERBS, SEQUENCES, capital
from tapehead.analysis.language.training.corpus import vocabulary
from tapehead.analysis.language.training.tokenizer import save_tokenizer


def save_random(directory: Path, words: int, **changes: object) -> Path:
    """Write a GPT-2 of two small blocks with random weights."""
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel

    torch.manual_seed(5)
    fields = {"n_positions": 40, "n_embd": 32, "n_layer": 2, "n_head": 4, "bos_token_id": 0, "eos_token_id": 0}
    GPT2LMHeadModel(GPT2Config(vocab_size=words, **fields | changes)).save_pretrained(str(directory))
    return directory


@pytest.fixture(scope="session")
def random_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = save_random(tmp_path_factory.mktemp("random"), len(vocabulary()))
    save_tokenizer(directory)
    return directory


@pytest.fixture(scope="session")
def random_model(random_directory: Path) -> LanguageModel:
    return read_directory(random_directory, "random")


@pytest.fixture(scope="session")
def pieces_model(tmp_path_factory: pytest.TempPathFactory) -> LanguageModel:
    """A model whose tokenizer works as GPT-2's: bytes, spaces belong to words, unknown and first token are one.

    It has learnt numerals, number words and half of the months as whole tokens.
    """
    from tokenizers import ByteLevelBPETokenizer
    from transformers import GPT2Tokenizer

    directory = tmp_path_factory.mktemp("pieces")
    inner = ByteLevelBPETokenizer()
    known = [*SEQUENCES["numerals"].members, *SEQUENCES["words"].members, *SEQUENCES["months"].members[:6]]
    known += [*PAPER_VERBS, "in", *NAMES, *(capital(n) for n in NOUNS)]
    text = [" ".join([word, word]) for word in known] + ["a. b."]
    inner.train_from_iterator(text, vocab_size=5000, min_frequency=1, special_tokens=["<|endoftext|>"])
    inner.save_model(str(directory))
    vocab, merges = str(directory / "vocab.json"), str(directory / "merges.txt")
    GPT2Tokenizer(vocab, merges).save_pretrained(str(directory))
    save_random(directory, len(json.loads((directory / "vocab.json").read_text())))
    return read_directory(directory, "pieces")


@pytest.fixture(scope="session")
def rough_model(random_model: LanguageModel) -> LanguageModel:
    """Random weights far from a fresh model's: biases are not zero, LayerNorms scale and shift, heads look around."""
    import copy

    import torch

    rough = copy.deepcopy(random_model.hf)
    draw = torch.Generator().manual_seed(11)
    with torch.no_grad():
        for parameter in rough.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=draw), alpha=0.2)
    return LanguageModel("rough", "-", rough, random_model.tokenizer)
